"""What was done with cases, read from the record of acts: nothing there is ever changed, so any day can be told again."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import models

from cqo_portal.audit.models import Event
from registry.history import HERE

AT_ONCE = 2000


@dataclass(frozen=True)
class Step:
    """A move of a case from one state to another."""

    action: str
    before: str
    after: str
    at: datetime

    @property
    def on(self) -> date:
        return self.at.astimezone(HERE).date()


def steps_of(
    model: type[models.Model], keys: Collection[UUID], *, before: datetime
) -> dict[UUID, list[Step]]:
    """By case its moves until then, oldest first."""
    found: dict[UUID, list[Step]] = defaultdict(list)
    for some in _in_parts([str(key) for key in keys]):
        events = Event.objects.filter(
            subject_type=model._meta.label_lower, subject_id__in=some, at__lt=before
        )
        moves = events.exclude(after="").order_by("id")
        for key, *said in moves.values_list("subject_id", "action", "before", "after", "at"):
            found[UUID(key)].append(Step(*said))
    return found


def on_record(model: type[models.Model], keys: Collection[UUID], *, before: datetime) -> set[UUID]:
    """Those that anything was on record of by then."""
    found: set[UUID] = set()
    for some in _in_parts([str(key) for key in keys]):
        events = Event.objects.filter(
            subject_type=model._meta.label_lower, subject_id__in=some, at__lt=before
        )
        found |= {UUID(key) for key in events.order_by().values_list("subject_id", flat=True).distinct()}
    return found


def _in_parts(keys: list[str]) -> Iterator[list[str]]:
    for n in range(0, len(keys), AT_ONCE):
        yield keys[n : n + AT_ONCE]


def days_in(steps: list[Step], state: str) -> int:
    """How many days a case lay in a state, all stays together; one that goes on is not counted."""
    days, since = 0, None
    for step in steps:
        if since is not None:
            days += (step.on - since).days
        since = step.on if step.after == state else None
    return days
