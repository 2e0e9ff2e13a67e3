"""日历订阅: everything somebody will be told of, as a calendar of days his own programme reads."""

from datetime import date, timedelta

from django.conf import settings
from icalendar import Calendar, Event

from cqo_portal.accounts.models import User
from cqo_portal.notifications.outbox import worded
from cqo_portal.reminders.catalogue import Pair, Reminder, all_reminders

BACK, AHEAD = timedelta(days=31), timedelta(days=400)
MOST = 500  # days in one calendar; the soonest


def calendar_of(user: User, today: date) -> bytes:
    """RFC 5545; every day once, with the same name every time, so that a programme moves an entry instead of doubling it."""
    calendar = Calendar()
    calendar.add("prodid", "-//CQO Portal//reminders//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "首席质量官：我的期限")
    calendar.add("x-published-ttl", "PT6H")
    for kind, subject, due_on in days_of(user, today - BACK, today + AHEAD)[:MOST]:
        calendar.add_component(_entry(kind, subject, due_on))
    return calendar.to_ical()


def days_of(user: User, first: date, last: date) -> list[tuple[Reminder, object, date]]:
    """What somebody is told of that falls between these days, in their order."""
    found = []
    for kind in all_reminders():
        pairs = _pairs(kind, user, first, last)
        if kind.still and pairs:
            pairs = kind.still(pairs)
        subjects = {each.pk: each for each in kind.named({key for key, _ in pairs})} if pairs else {}
        found += [(kind, subjects[key], due_on) for key, due_on in pairs]
    return sorted(found, key=lambda each: (each[2], each[0].code, str(each[1].pk)))


def _pairs(kind: Reminder, user: User, first: date, last: date) -> set[Pair]:
    """Asked of what he has a part in alone, however large the register is."""
    model = kind.subjects().model
    his = {
        key
        for a in kind.audiences
        for key in a.of(model._default_manager.all(), user=user).values_list("pk", flat=True)
    }
    if not his:
        return set()
    heard = (a.of(rows, user=user) for rows in kind.rows(first, last, of=his) for a in kind.audiences)
    return {pair for rows in heard for pair in rows.order_by().values_list("pk", "falls_on")}


def _entry(kind: Reminder, subject, due_on: date) -> Event:
    about = {"subject": subject, "due_on": due_on, "stage": kind.stages.of[0], "cites": "", "today": due_on}
    entry = Event()
    entry.add("uid", f"{kind.code}-{subject.pk}-{due_on.isoformat()}@cqo-portal")
    entry.add("summary", worded(kind.code, about)["title"])
    entry.add("dtstart", due_on)
    entry.add("dtend", due_on + timedelta(days=1))
    entry.add("description", f"{kind.label}（{kind.clause}）")
    entry.add("url", f"{settings.PUBLIC_URL}{kind.url(subject, due_on)}")
    entry.add("transp", "TRANSPARENT")
    return entry
