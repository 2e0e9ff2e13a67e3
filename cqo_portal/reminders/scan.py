"""What is due on a day, and the rows that say it: a function of the data and the day, however often it is asked.

Nothing is written down about when the scan ran. It asks for everything that holds on the day and has not been said, so
a day it missed is made up for, and a second run on the same day finds nothing.
"""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast

from cqo_portal.accounts.models import User
from cqo_portal.notifications import catalogue as messages
from cqo_portal.notifications.models import Message
from cqo_portal.notifications.outbox import addressed, modes_of, put, worded
from cqo_portal.reminders.catalogue import SAID_ANEW, SETTLED, Reminder, all_reminders, reminder
from cqo_portal.reminders.stages import Stage

AT_ONCE = 500  # subjects and people written in one transaction


class Due(NamedTuple):
    """One thing one person is to be told."""

    kind: Reminder
    stage: Stage
    subject: object  # its key
    due_on: date
    user: int


def due(day: date, *, said: bool = False) -> Iterator[Due]:
    """Everything that is to be said on `day`; without what has been said already, unless `said`."""
    for kind in all_reminders():
        for stage in kind.stages:
            for rows in kind.rows(*kind.stages.due_between(stage, day)):
                yield from _told(kind, stage, rows, said=said)


def _told(kind: Reminder, stage: Stage, rows: QuerySet, *, said: bool) -> Iterator[Due]:
    seen = set()  # whoever holds two of the roles is told once
    for audience in kind.audiences:
        if not audience.hears(stage):
            continue
        pairs = audience.of(rows).order_by()
        if not said:
            pairs = pairs.filter(~Exists(_earlier(kind, stage, rows)))
        found = list(pairs.values_list("pk", "falls_on", "told").distinct())
        if kind.still and found:
            left = kind.still({(key, due_on) for key, due_on, _ in found})
            found = [each for each in found if each[:2] in left]
        for each in found:
            if each not in seen:
                seen.add(each)
                yield Due(kind, stage, *each)


def _earlier(kind: Reminder, stage: Stage, rows: QuerySet) -> QuerySet:
    return Message.objects.filter(
        kind=kind.code,
        stage=stage.code,
        due_on=OuterRef("falls_on"),
        subject_type=rows.model._meta.label_lower,
        subject_id=Cast(OuterRef("pk"), CharField()),
        recipient=OuterRef("told"),
        channel=Message.Channel.INBOX,
    )


def scan(day: date) -> int:
    """Write down what is to be said on `day`, and strike out what was settled. How many people were told how many things."""
    told, found = 0, due(day)
    while some := list(islice(found, AT_ONCE)):
        with transaction.atomic():
            told += _write(some, day)
    strike_out_what_is_settled(day)
    return told


def _write(some: list[Due], day: date) -> int:
    """Rows with their words. Of two scans at once the second finds them there."""
    written = []
    for kind in {each.kind.code: each.kind for each in some}.values():
        of_it = [each for each in some if each.kind is kind]
        people = User.objects.select_related("text_number").in_bulk({each.user for each in of_it})
        modes = modes_of(kind.code, people.values())
        subjects = kind.named({each.subject for each in of_it})
        cited, subjects = kind.cites(subjects), {subject.pk: subject for subject in subjects}
        words = {}
        for each in of_it:
            subject = subjects[each.subject]
            what = each.subject, each.due_on, each.stage
            if what not in words:
                words[what] = _said(each, subject, cites=cited.get(subject.pk, kind.clause), day=day)
            written += addressed(
                messages.kind(kind.code),
                [people[each.user]],
                modes=modes,
                text=each.stage.urgent,
                **words[what],
            )
    put(written)
    return len(some)


def _said(each: Due, subject, *, cites: str, day: date) -> dict:
    late = day > each.stage.reached_on(each.due_on)
    about = {"subject": subject, "due_on": each.due_on, "stage": each.stage, "cites": cites, "today": day}
    return {
        "cause": f"{each.due_on.isoformat()}/{each.stage.code}",
        "subject_type": subject._meta.label_lower,
        "subject_id": str(subject.pk),
        "url": each.kind.url(subject, each.due_on),
        "due_on": each.due_on,
        "stage": each.stage.code,
        "cites": cites,
        "late": late,
        **worded(each.kind.code, about),
    }


def strike_out_what_is_settled(day: date) -> int:
    """Reminders in inboxes nobody has read and nobody need read any more; what still waits to be sent is asked then."""
    lying = Message.objects.still_reminding()
    struck = 0
    for code in lying.order_by().values_list("kind", flat=True).distinct():
        kind, here = reminder(code), lying.filter(kind=code)
        first, last = kind.stages.span(day)
        struck += _strike(here.exclude(due_on__range=(first, last)), SETTLED)
        for stage in kind.stages:
            begins, ends = kind.stages.due_between(stage, day)
            then = here.filter(due_on__range=(begins, ends))
            struck += _strike(then.exclude(stage=stage.code), SAID_ANEW)
            struck += _strike(_without_reason(kind, then, begins, ends), SETTLED)
    return struck


def _without_reason(kind: Reminder, here: QuerySet, begins: date, ends: date) -> QuerySet:
    for rows in kind.rows(begins, ends):
        still = rows.annotate(key=Cast("pk", CharField()))
        here = here.filter(~Exists(still.filter(key=OuterRef("subject_id"), falls_on=OuterRef("due_on"))))
    return here


def _strike(rows: QuerySet, why: str) -> int:
    return rows.update(state=Message.State.STRUCK, error=why)
