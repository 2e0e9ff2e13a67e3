"""What the lists ask of the desk: how much stands behind each choice, and how long a row has waited."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.desk import queries
from registry.models import Filing

register = template.Library()

MINE = {Role.ENTERPRISE: "轮到我", Role.COUNTY: "轮到我局", Role.CITY: "轮到我局"}


@register.simple_tag(takes_context=True)
def turns(context) -> list[tuple[str, str, str]]:
    """`(code, word, how many)` of each choice; a province has no move of its own."""
    user, query = context["request"].user, context["query"]
    role, numbers = user.acting.role if user.acting else "", queries.turns(user)
    words = dict(query.TURNS) | ({"mine": MINE[role]} if role in MINE else {"others": "在办"})
    return [(code, words[code], numbers[code]) for code in words if code != "mine" or role in MINE]


@register.simple_tag(takes_context=True)
def states(context) -> list[tuple[str, str]]:
    """The states a list can be narrowed to; nobody but the enterprise sees what was never submitted."""
    user = context["request"].user
    own = user.acting is not None and user.acting.role == Role.ENTERPRISE
    hidden = {Filing.State.DISCARDED} if not own else set()
    return [(code, word) for code, word in Filing.State.choices if code not in hidden]


@register.filter
def days_here(moved_at: datetime, today: date | None = None) -> str:
    """今天, 3 天: how long a filing has lain where it lies."""
    days = queries.days_since(moved_at, today=today or timezone.localdate())
    return f"{days} 天" if days else "今天"


@register.filter
def first_paragraph(text: str) -> str:
    """What a message says before its greeting and its address."""
    return text.strip().partition("\n\n")[0]
