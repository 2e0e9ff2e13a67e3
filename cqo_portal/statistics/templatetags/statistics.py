"""How a target and a cell of a roster look."""

from datetime import date

from django import template

from cqo_portal.statistics.counting import Head
from cqo_portal.wording import grouped

register = template.Library()


@register.filter
def target(head: Head) -> str:
    """100%."""
    return f"{head.ratio * 100:.0f}%" if head.ratio is not None else ""


@register.filter
def cell(value) -> str:
    """A value of a roster as its page shows it."""
    match value:
        case None:
            return ""
        case date():
            return value.isoformat()
        case int():
            return grouped(value)
    return value
