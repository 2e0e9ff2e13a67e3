"""What the lists ask of the desk: the way from a row to its page and on to the next one."""

from django import template
from django.utils import timezone

from cqo_portal.desk.lists import came_from, list_behind

register = template.Library()


@register.filter
def first_paragraph(text: str) -> str:
    """What a message says before its greeting and its address."""
    return text.strip().partition("\n\n")[0]


@register.simple_tag
def from_list(query, row) -> str:
    """`{% from_list query officer %}`: the address of a row's page, with the list it is opened from."""
    return list_behind(query).url_of(row)


@register.simple_tag
def saving(query) -> dict[str, str]:
    """What a form needs to keep a query: `page` and `address`."""
    behind = list_behind(query)
    return {"page": behind.kind, "address": behind.address}


@register.inclusion_tag("desk/_neighbours.html", takes_context=True)
def neighbours(context) -> dict:
    """`{% neighbours %}`: previous and next in the list one came from; nothing where one came from none."""
    request = context["request"]
    behind = came_from(request.GET, user=request.user, today=timezone.localdate())
    if behind is None:
        return {}
    before, after = behind.beside(request.GET.get("at", "")[:2000])
    return {"behind": behind, "before": before, "after": after}
