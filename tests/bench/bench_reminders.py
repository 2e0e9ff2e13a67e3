"""`pytest tests/bench/bench_reminders.py`: what 100,000 officers are told of, against the bare SQL and the bare insert.

A day on which nothing is due; the last day of September, on which whoever is short of hours is told; a day on which a
hundredth of all terms is thirty days from its end, first asked, then written down, then asked again.
"""

import time
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection

from cqo_portal.accounts.models import Assignment, User
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Organisation
from cqo_portal.reminders.catalogue import reminder
from cqo_portal.reminders.scan import due_of, scan
from registry.models import Officer
from tests.bench.bench_hours import BARE, province  # noqa: F401 -- a fixture
from tests.bench.bench_register import median, report

SEPTEMBER, AUGUST = date(2026, 9, 30), date(2026, 8, 10)


def asked(sql: str, *params) -> list:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


@pytest.fixture
def told(province):  # noqa: F811
    """Every enterprise has a clerk; a hundredth of the terms ends thirty days after 10 August, the others much later."""
    firms = list(Organisation.objects.values_list("pk", flat=True))
    users = User.objects.bulk_create((User(username=f"c{n}", password="!") for n in range(len(firms))), 5000)
    held = (
        Assignment(user=user, role="enterprise", organisation_id=firm)
        for user, firm in zip(users, firms, strict=True)
    )
    Assignment.objects.bulk_create(held, 5000)
    Officer.objects.update(term_ends=date(2031, 12, 31))
    some = Officer.objects.order_by("pk").values_list("pk", flat=True)[::100]
    Officer.objects.filter(pk__in=list(some)).update(term_ends=AUGUST + timedelta(days=30))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.django_db
def test_bench(told):
    kind, terms = reminder("hours-short"), reminder("term-ends")
    with time_machine.travel("2026-09-30T09:00:00+08:00", tick=True):
        short = sum(1 for _ in due_of(kind, SEPTEMBER))
        ours = median(lambda: sum(1 for _ in due_of(kind, SEPTEMBER)), times=3)
        theirs = median(lambda: asked(BARE.replace("ORDER BY 2 LIMIT 51", "")), times=3)
        report(f"{short:,} told that their hours are short", ours, against="the bare sums", theirs=theirs)
    with time_machine.travel("2026-08-09T09:00:00+08:00", tick=True):
        day = AUGUST - timedelta(days=1)
        nothing = median(lambda: list(due_of(terms, day)), times=5)
        theirs = median(
            lambda: asked("SELECT count(*) FROM registry_officer WHERE term_ends = %s", day), times=5
        )
        report("no term is near its end", nothing, against="the bare question", theirs=theirs)
    with time_machine.travel("2026-08-10T09:00:00+08:00", tick=True):
        first = once(lambda: scan(AUGUST))
        count = Message.objects.filter(kind="term-ends").count()
        rows = list(Message.objects.filter(kind="term-ends"))
        Message.objects.all().delete()
        for row in rows:
            row.pk = None
        theirs = once(lambda: Message.objects.bulk_create(rows))
        report(
            f"{count:,} reminders of a term written",
            first,
            against="bulk_create of their rows",
            theirs=theirs,
        )
        assert list(due_of(terms, AUGUST)) == []
        again = median(lambda: list(due_of(terms, AUGUST)), times=5)
        report("asked again when all is said", again, against="the first time", theirs=first)


def once(act) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
