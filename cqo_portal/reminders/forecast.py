"""预告: what will go out in the next days, to how many, and by which clause. Of the data as they stand today."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, QuerySet

from cqo_portal.accounts.models import Assignment, User
from cqo_portal.notifications.outbox import worded
from cqo_portal.reminders.catalogue import Reminder, all_reminders
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
    told: dict[date, list[int]] = {}
    for rows in kind.rows(first, last):
        for audience in kind.audiences:
            if audience.hears(stage):
                days = audience.of(rows).order_by().values("falls_on")
                for day in days.annotate(of=Count("pk", distinct=True), people=Count(F("told"))):
                    so_far = told.setdefault(day["falls_on"], [0, 0])
                    so_far[0] = max(so_far[0], day["of"])
                    so_far[1] += day["people"]
    return [
        Coming(kind, stage, stage.reached_on(due_on), subjects, people)
        for due_on, (subjects, people) in told.items()
    ]


# ── one line of it ────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Told:
    """One thing and everybody who will be told of it."""

    subject: object
    cites: str
    people: list[tuple[User, Assignment]]


def those_told(kind: Reminder, stage: Stage, due_on: date, *, beyond: Any = None) -> tuple[list[Told], bool]:
    """The first things in the order of their keys, beyond one of them; and whether there are more."""
    people: dict[object, list[tuple[int, str]]] = {}
    for rows in kind.rows(due_on, due_on):
        for audience in kind.audiences:
            if audience.hears(stage):
                for key, user in _pairs(audience.of(rows), beyond):
                    people.setdefault(key, []).append((user, audience.role))
    keys = sorted(people)
    shown = keys[:SHOWN]
    subjects = {each.pk: each for each in kind.named(shown)}
    cited = kind.cites(list(subjects.values()))
    users = User.objects.in_bulk({user for key in shown for user, _ in people[key]})
    return [
        Told(subjects[key], cited.get(key, kind.clause), [(users[user], role) for user, role in people[key]])
        for key in shown
    ], len(keys) > SHOWN


def _pairs(rows: QuerySet, beyond: Any):
    rows = rows if beyond is None else rows.filter(pk__gt=beyond)
    return rows.order_by("pk").values_list("pk", "told")[: (SHOWN + 1) * 20]


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
