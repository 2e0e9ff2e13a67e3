"""How the tables of a scheme are laid out on the rules page."""

from decimal import Decimal

from django import template

from cqo_portal.wording import grouped

register = template.Library()

PROPOSED = {
    "experience": "按登记的质量经历提出",
    "education": "按登记的学历提出",
    "title": "按登记的职称提出",
    "certificate": "按培训合格证书提出",
    "hours": "按学时账提出",
}


@register.filter
def points_plain(value: Decimal) -> str:
    """Points as the text prints them: 80, not 80.0; 1 000 in groups of three."""
    return grouped(value)


@register.filter
def fact_in_words(name: str) -> str:
    """Where the system takes a fact from that it may propose to the appraiser."""
    return PROPOSED.get(name, name)


@register.filter
def grade_rows(scheme) -> list[dict]:
    """Grades from the highest, each with the points at which the next one begins."""
    rows, above = [], None
    for grade in scheme.grades:
        rows.append({"grade": grade, "least": grade.least, "below": above})
        above = grade.least
    return [*rows, {"grade": scheme.ungraded, "least": scheme.ungraded.least, "below": above}]


@register.filter("grouped_indicators")
def indicators_of(scheme) -> list[dict]:
    """The scored rows under their groups, in the order of the table."""
    return [
        {"group": group, "indicators": [row for row in scheme.indicators if row.group == group.code]}
        for group in scheme.groups
    ]
