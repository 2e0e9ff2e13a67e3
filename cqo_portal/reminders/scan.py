"""What is due on a day, and the rows that say it: a function of the data and the day, however often it is asked.

Nothing is written down about when the scan ran. It asks for everything that holds on the day and has not been said, so
a day it missed is made up for, and a second run on the same day finds nothing.
"""

from collections.abc import Iterator
from datetime import date
from functools import reduce
from itertools import islice
from operator import or_
from typing import NamedTuple

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from cqo_portal.accounts.models import User
from cqo_portal.notifications import catalogue as messages
from cqo_portal.notifications.models import Message
from cqo_portal.notifications.outbox import addressed, modes_of, put, worded
from cqo_portal.reminders.catalogue import SAID_ANEW, SETTLED, Reminder, all_reminders
from cqo_portal.reminders.stages import Stage
from cqo_portal.wording import day_full

AT_ONCE = 500  # subjects and people written in one transaction


class Due(NamedTuple):
    """One thing one person is to be told."""

    kind: Reminder
    stage: Stage
    subject: object  # its key
    due_on: date
    user: int
    role: str  # as what he is told


def due(day: date) -> Iterator[Due]:
    """Everything that is to be said on `day`, without what has been said already."""
    for kind in all_reminders():
        yield from due_of(kind, day)


def due_of(kind: Reminder, day: date) -> Iterator[Due]:
    """The same of one kind."""
    for stage in kind.stages:
        for rows in kind.rows(*kind.stages.due_between(stage, day)):
            yield from told(kind, stage, rows)


def told(kind: Reminder, stage: Stage, rows: QuerySet, *, said: bool = False) -> Iterator[Due]:
    """Who is to be told of these rows, each of each once; without what has been said already, unless `said`."""
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
                yield Due(kind, stage, *each, audience.role)


def _earlier(kind: Reminder, stage: Stage, rows: QuerySet) -> QuerySet:
    return Message.objects.filter(
        kind=kind.code,
        stage=stage.code,
        due_on=OuterRef("falls_on"),
        subject_type=rows.model._meta.label_lower,
        subject_id=Cast(OuterRef("pk"), CharField()),
        recipient=OuterRef("told"),
        channel=Message.Channel.INBOX,
    ).exclude(state=Message.State.STRUCK, error=SETTLED)  # what was settled and has come back is said again


def scan(day: date) -> int:
    """Write down what is to be said on `day`, and strike out what was settled. How many people were told how many things.

    A kind that fails keeps no other from being said: what failed is raised when all of them have had their turn.
    """
    told, failed = 0, []
    for kind in all_reminders():
        try:
            told += _scan_of(kind, day)
        except Exception as error:
            error.add_note(f"reminders: {kind.code}")
            failed.append(error)
    if failed:
        raise ExceptionGroup("kinds of reminders that could not be asked", failed)
    return told


def _scan_of(kind: Reminder, day: date) -> int:
    told, found = 0, due_of(kind, day)
    while some := list(islice(found, AT_ONCE)):
        with transaction.atomic():
            told += _write(kind, some, day)
    strike_out_what_is_settled(kind, day)
    return told


def _write(kind: Reminder, some: list[Due], day: date) -> int:
    """Rows with their words. Of two scans at once the second finds them there."""
    people = User.objects.select_related("text_number").in_bulk({each.user for each in some})
    modes = modes_of(kind.code, people.values())
    subjects = kind.named({each.subject for each in some})
    cited, subjects = kind.cites(subjects), {subject.pk: subject for subject in subjects}
    words, written = {}, []
    for each in some:
        subject = subjects[each.subject]
        what = each.subject, each.due_on, each.stage
        if what not in words:
            words[what] = _said(each, subject, cites=cited.get(subject.pk, kind.clause), day=day)
        said = {"modes": modes, "text": each.stage.urgent, **words[what]}
        written += addressed(messages.kind(kind.code), [people[each.user]], **said)
    _revive(written)
    put(written)
    return len(some)


def _revive(written: list[Message]) -> None:
    """What was struck out as settled and has come back holds its place: it is due again. What had been sent stays sent."""
    wanted = {(m.subject_id, m.cause, m.recipient_id, m.channel) for m in written}
    struck = Message.objects.filter(
        kind=written[0].kind,
        state=Message.State.STRUCK,
        error=SETTLED,
        cause__in={m.cause for m in written},
        subject_id__in={m.subject_id for m in written},
    )
    keys = ("pk", "subject_id", "cause", "recipient", "channel")
    again = [pk for pk, *key in struck.order_by().values_list(*keys) if tuple(key) in wanted]
    found = Message.objects.filter(pk__in=again)
    found.filter(channel=Message.Channel.INBOX).update(state=Message.State.SENT, error="")
    waiting = {"state": Message.State.WAITING, "carried_by": None, "not_before": timezone.now(), "error": ""}
    found.exclude(channel=Message.Channel.INBOX).update(**waiting)


def _said(each: Due, subject, *, cites: str, day: date) -> dict:
    late = day > each.stage.reached_on(each.due_on)
    about = {"subject": subject, "due_on": each.due_on, "stage": each.stage, "cites": cites, "today": day}
    words = worded(each.kind.code, about)
    if late:
        words["body"] += f"\n\n提醒的日子是{day_full(each.stage.reached_on(each.due_on))}，这是补发。"
    return {
        "cause": f"{each.due_on.isoformat()}/{each.stage.code}",
        "subject_type": subject._meta.label_lower,
        "subject_id": str(subject.pk),
        "url": each.kind.url(subject, each.due_on),
        "due_on": each.due_on,
        "stage": each.stage.code,
        "cites": cites,
        "late": late,
        **words,
    }


def strike_out_what_is_settled(kind: Reminder, day: date) -> int:
    """Reminders in inboxes nobody has read and nobody need read any more; what still waits to be sent is asked then."""
    here = Message.objects.still_reminding().filter(kind=kind.code)
    first, last = kind.stages.span(day)
    struck = _strike(here.exclude(due_on__range=(first, last)), SETTLED)
    for stage in kind.stages:
        begins, ends = kind.stages.due_between(stage, day)
        then = here.filter(due_on__range=(begins, ends))
        struck += _strike(then.exclude(stage=stage.code), SAID_ANEW)
        if then.exists():
            struck += _strike(_without_reason(kind, then, begins, ends), SETTLED)
            struck += _strike(_met_meanwhile(kind, then), SETTLED)
    return struck


def _without_reason(kind: Reminder, here: QuerySet, begins: date, ends: date) -> QuerySet:
    for rows in kind.rows(begins, ends):
        still = rows.annotate(key=Cast("pk", CharField()))
        here = here.filter(~Exists(still.filter(key=OuterRef("subject_id"), falls_on=OuterRef("due_on"))))
    return here


def _met_meanwhile(kind: Reminder, here: QuerySet) -> QuerySet:
    """Those of which SQL cannot say that they are settled."""
    if kind.still is None:
        return here.none()
    as_key = kind.subjects().model._meta.pk.to_python
    lying = {(as_key(key), due_on): (key, due_on) for key, due_on in here.values_list("subject_id", "due_on")}
    met = [lying[pair] for pair in lying.keys() - kind.still(set(lying))] if lying else []
    return (
        here.filter(reduce(or_, (Q(subject_id=key, due_on=due_on) for key, due_on in met)))
        if met
        else here.none()
    )


def _strike(rows: QuerySet, why: str) -> int:
    return rows.update(state=Message.State.STRUCK, error=why)
