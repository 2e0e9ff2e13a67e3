"""预告: what will go out in the next days, to how many, and by which clause. Of the data as they stand today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cqo_portal.accounts.models import Role, User
from cqo_portal.notifications.outbox import worded
from cqo_portal.reminders.catalogue import Reminder, all_reminders
from cqo_portal.reminders.scan import Due, told
from cqo_portal.reminders.stages import Stage

DAYS = 30
SHOWN = 50  # subjects on one page


@dataclass(frozen=True)
class Coming:
    """One stage of one kind that is reached on `on`: of how many things, told how many times."""

    kind: Reminder
    stage: Stage
    on: date
    subjects: int
    told: int

    @property
    def due_on(self) -> date:
        return self.on - timedelta(days=self.stage.offset)


def coming(today: date, *, days: int = DAYS) -> list[Coming]:
    """By day; from tomorrow on, since what today asks for the scan has written."""
    found = []
    for kind in all_reminders():
        for stage in kind.stages:
            first, last = (today + timedelta(days=n - stage.offset) for n in (1, days))
            found += _of_stage(kind, stage, first, last)
    return sorted(found, key=lambda each: (each.on, each.kind.code, each.stage.offset))


def _of_stage(kind: Reminder, stage: Stage, first: date, last: date) -> list[Coming]:
    days: dict[date, list[Due]] = {}
    for each in _said_of(kind, stage, first, last):
        days.setdefault(each.due_on, []).append(each)
    return [
        Coming(kind, stage, stage.reached_on(due_on), len({each.subject for each in some}), len(some))
        for due_on, some in days.items()
    ]


def _said_of(kind: Reminder, stage: Stage, first: date, last: date) -> Iterator[Due]:
    """By the scan's own question: what it will say of days between the two."""
    for rows in kind.rows(first, last):
        yield from told(kind, stage, rows, said=True)


# ── one line of it ────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Told:
    """One thing and everybody who will be told of it."""

    subject: object
    cites: str
    people: list[tuple[User, Role]]


def those_told(kind: Reminder, stage: Stage, due_on: date, *, beyond: Any = None) -> tuple[list[Told], bool]:
    """The first things in the order of their keys, beyond one of them; and whether there are more."""
    people: dict[Any, list[Due]] = {}
    for each in _said_of(kind, stage, due_on, due_on):
        people.setdefault(each.subject, []).append(each)
    keys = sorted(key for key in people if beyond is None or key > beyond)
    shown = keys[:SHOWN]
    subjects = {each.pk: each for each in kind.named(shown)}
    cited = kind.cites(list(subjects.values()))
    users = User.objects.in_bulk({each.user for key in shown for each in people[key]})
    return [
        Told(
            subjects[key],
            cited.get(key, kind.clause),
            [(users[each.user], each.role) for each in people[key]],
        )
        for key in shown
    ], len(keys) > SHOWN


def words_of(kind: Reminder, stage: Stage, due_on: date, told: Told) -> dict[str, str]:
    """What the message will say."""
    about = {
        "subject": told.subject,
        "due_on": due_on,
        "stage": stage,
        "cites": told.cites,
        "today": stage.reached_on(due_on),
    }
    return worded(kind.code, about)
