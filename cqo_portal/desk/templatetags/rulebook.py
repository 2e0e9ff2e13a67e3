"""How the tables of a scheme are laid out on the rules page."""

from decimal import Decimal

from django import template

from cqo_portal.desk import rulebook
from cqo_portal.wording import grouped

register = template.Library()
register.filter("grade_rows", rulebook.grade_rows)
register.filter("grouped_indicators", rulebook.indicators_of)


@register.filter
def points_plain(value: Decimal) -> str:
    """Points as the text prints them: 80, not 80.0; 1 000 in groups of three."""
    return grouped(value)


@register.filter
def fact_in_words(name: str) -> str:
    """Where the system takes a fact from that it may propose to the appraiser."""
    return rulebook.FACTS.get(name, name)
