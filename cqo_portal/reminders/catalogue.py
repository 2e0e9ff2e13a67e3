"""Every day somebody is reminded of: what of, when, by which clause, whom, and as long as what.

Each app adds its own in its `reminders.py`. `due` is asked by all who want to know: the scan that writes the rows, the
forecast, the calendar feed, and the worker right before a mail leaves. So none of them can see it differently.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone

from cqo_portal.accounts.models import User
from cqo_portal.notifications import catalogue as messages
from cqo_portal.notifications.catalogue import Group
from cqo_portal.notifications.models import Message
from cqo_portal.reminders.stages import Stage, Stages

Pair = tuple[Any, date]  # the key of a subject, and its day

SETTLED = "已经办了，或者不再需要。"
SAID_ANEW = "已有更近的一次提醒。"
NOT_HIS_ANY_MORE = "收件人不再担任这个岗位。"


@dataclass(frozen=True)
class Audience:
    """Everybody who holds `role` at what `path` leads to from the subject ("": the subject itself); `where` may ask more of
    the subject."""

    role: str
    path: str
    where: Q = field(default_factory=Q)
    stages: frozenset[int] | None = None  # by offset; None: all

    def hears(self, stage: Stage) -> bool:
        return self.stages is None or stage.offset in self.stages

    @property
    def _seat(self) -> str:
        return f"{self.path}__assignments" if self.path else "assignments"

    def of(self, subjects: QuerySet, **who) -> QuerySet:
        """The subjects, each once for every person who hears of it: his key is `told`. `user`: what this one hears of."""
        asked = {"role": self.role, "active": True, "user__is_active": True, **who}
        held = {f"{self._seat}__{name}": value for name, value in asked.items()}
        return subjects.filter(self.where, **held).annotate(told=F(f"{self._seat}__user"))


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """`due(first, last)`: the subjects with a day to be told of between the two, each with the day itself as `falls_on`; what
    is settled is not among them. Several sets where the day is another one from place to place."""

    code: str
    label: str
    clause: str  # what asks for it, in general
    group: Group
    stages: Stages
    audiences: tuple[Audience, ...]
    due: Callable[[date, date], Iterable[QuerySet]]
    # The same of a few, where that is cheaper.
    due_of: Callable[[date, date, Collection[Any]], Iterable[QuerySet]] | None = None
    subjects: Callable[[], QuerySet]  # with what the words need
    cites: Callable[[Sequence[Model]], Mapping[Any, str]]  # by key: what asks for it of these
    still: Callable[[set[Pair]], set[Pair]] | None = None  # for what SQL cannot ask of the few that are due
    url: Callable[[Model, date], str] = lambda subject, due_on: subject.get_absolute_url()
    compulsory: bool = False
    confidential: bool = False  # who is told is nobody's to read but those the case itself shows them to

    def rows(self, first: date, last: date, *, of: Collection[Any] | None = None) -> list[QuerySet]:
        """What is due between the two days: of everything, or of these alone."""
        if of is None:
            return list(self.due(first, last))
        found = self.due_of(first, last, of) if self.due_of else self.due(first, last)
        return [rows.filter(pk__in=of) for rows in found]

    def named(self, keys: Iterable[Any]) -> list[Model]:
        return list(self.subjects().filter(pk__in=keys))


_reminders: dict[str, Reminder] = {}


def add(*reminders: Reminder) -> None:
    for each in reminders:
        messages.add(
            messages.Kind(
                each.code,
                recipients=_told_by_the_scan,
                group=each.group,
                obsolete=why_obsolete,
                compulsory=each.compulsory,
            )
        )
        _reminders[each.code] = each


def reminder(code: str) -> Reminder | None:
    return _reminders.get(code)


def all_reminders() -> tuple[Reminder, ...]:
    return tuple(_reminders.values())


def _told_by_the_scan(subject: Model) -> Iterable[User]:
    raise TypeError("a reminder is not caused by an act: see `cqo_portal.reminders.scan`")


def why_obsolete(message: Message, today: date | None = None) -> str:
    """Why a reminder need not be read any more, "" if it must. The scan's own questions, asked of one row."""
    kind = _reminders[message.kind]
    holding = kind.stages.holding(message.due_on, today or timezone.localdate())
    if holding is None or holding.code != message.stage:
        return SAID_ANEW if holding else SETTLED
    rows = kind.rows(message.due_on, message.due_on, of=[message.subject_id])
    keys = {key for each in rows for key in each.values_list("pk", flat=True)}
    if kind.still and keys:
        keys = kind.still({(key, message.due_on) for key in keys})
    if not keys:
        return SETTLED
    heard = (a.of(each) for each in rows for a in kind.audiences if a.hears(holding))
    if any(each.filter(told=message.recipient_id).exists() for each in heard):
        return ""
    return NOT_HIS_ANY_MORE
