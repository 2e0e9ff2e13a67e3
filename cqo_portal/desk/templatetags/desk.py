"""What the lists ask of the desk: how much stands behind each choice, and how long a row has waited."""

from django import template

register = template.Library()


@register.filter
def first_paragraph(text: str) -> str:
    """What a message says before its greeting and its address."""
    return text.strip().partition("\n\n")[0]
