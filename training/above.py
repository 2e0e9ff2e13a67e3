"""What training asks of those above it, whom it may not import: they hang their answers in here when they start.

Which edition an office works by, and who serves where, is known to the register only.
"""

from collections.abc import Callable
from datetime import date

from django.db.models import QuerySet

from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.parties.models import Office

_answers: dict[str, Callable] = {}


def answer(*, edition_or_none: Callable, serving: Callable) -> None:
    """`edition_or_none(office, day)`; `serving(user)`: the people in office where the user may see their posts."""
    _answers.update(edition_or_none=edition_or_none, serving=serving)


def edition_or_none(office: Office, day: date) -> RulePack | None:
    return _answers["edition_or_none"](office, day)


def serving(user) -> QuerySet:
    return _answers["serving"](user)
