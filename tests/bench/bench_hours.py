"""`pytest tests/bench/bench_hours.py`: who is short among 100,000 officers with a million entries, against the bare sums.

Half of them hold a certificate of training, a third one of elsewhere, every hundredth entry is in question, every fiftieth person waits for an answer.
"""

import itertools
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from cqo_portal.parties.models import Organisation, Person
from cqo_portal.parties.search import pinyin_key
from registry.duties.listing import ShortQuery, page_of
from registry.models import Entry as Fact
from registry.models import Officer
from tests.bench.bench_register import median, report
from tests.cast import TODAY, user
from tests.duties import rows
from tests.training.rows import session
from training.models import Completion, Entry, Flag, SelfReport, Settlement

OFFICERS, EACH = 100_000, 10
BARE = """
    SELECT o.id, coalesce(sum(e.hours) FILTER (WHERE e.course_class = 1), 0),
           coalesce(sum(e.hours) FILTER (WHERE e.course_class = 2), 0)
    FROM registry_officer o LEFT JOIN training_entry e ON e.person_id = o.person_id AND e.year = 2026
    WHERE o.ended_on IS NULL GROUP BY o.id
    HAVING coalesce(sum(e.hours) FILTER (WHERE e.course_class = 1), 0) < 14
        OR coalesce(sum(e.hours) FILTER (WHERE e.course_class = 2), 0) < 30
    ORDER BY 2 LIMIT 51
"""


@pytest.fixture
def province(db):
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '120s'; SET CONSTRAINTS ALL IMMEDIATE")
    county = rows.county("hubei")
    clerk = rows.clerk_of(county)
    held = session(clerk, hours={1: "5", 2: "5"}, day=date(2026, 5, 1))
    people = Person.objects.bulk_create(map(_person, range(OFFICERS)), 5000)
    firms = Organisation.objects.bulk_create((_firm(n, county) for n in range(OFFICERS)), 5000)
    Officer.objects.bulk_create(map(_officer, people, firms), 5000)
    with _without_triggers("training_entry", "training_completion"):
        made = (_entry(person, n, held, clerk) for person in people for n in range(EACH))
        while batch := list(itertools.islice(made, 10_000)):
            Entry.objects.bulk_create(batch)
        Completion.objects.bulk_create((_completion(each, held, clerk) for each in people[::2]), 5000)
    Fact.objects.bulk_create((_named(post) for post in Officer.objects.all()[::3]), 5000)
    _ask_and_answer(clerk)
    SelfReport.objects.bulk_create(_report(each, clerk) for each in people[::50])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return user("hao", "province", office=county.parent.parent), clerk


@contextmanager
def _without_triggers(*tables: str):
    """A session gives each class once, a certificate is looked for by person; the numbers do not care."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _ask_and_answer(clerk) -> None:
    """A third of the questions is open, a third answered with yes, a third with no."""
    asked = Entry.objects.order_by("id").values_list("pk", flat=True)[::101]
    flags = Flag.objects.bulk_create(
        (Flag(entry_id=pk, kind=Flag.Kind.LONG_DAY, said="请核对。") for pk in asked), 5000
    )
    answered = (flag for n, flag in enumerate(flags) if n % 3)
    Settlement.objects.bulk_create(
        (Settlement(flag=flag, counts=n % 2, reason="已核实", by=clerk) for n, flag in enumerate(answered)),
        5000,
    )


def _person(number: int) -> Person:
    made = Person(name=f"丁{number}", identity_kind="passport", identity_number=f"E{number:09}")
    made.identity_index, made.pinyin = (
        Person.index_of("passport", made.identity_number),
        pinyin_key(made.name),
    )
    return made


def _firm(number: int, county) -> Organisation:
    return Organisation(
        name=f"第{number}厂", credit_code=f"{number:018d}", office=county, pinyin=f"{number:06}"
    )


def _officer(person: Person, firm: Organisation) -> Officer:
    days = {"appointed_on": date(2024, 1, 1), "term_ends": date(2029, 1, 1)}
    return Officer(
        name=person.name,
        pinyin=person.pinyin,
        person=person,
        organisation=firm,
        office_id=firm.office_id,
        **days,
    )


def _entry(person: Person, number: int, held, clerk) -> Entry:
    return Entry(
        person=person,
        office_id=held.office_id,
        session=held,
        course_class=1 + number % 2,
        hours=Decimal(1 + person.pk.int % 7),
        on=date(2025 + number % 3 // 2, 5, 1 + number),
        year=2025 + (number > 3),
        source="number",
        by=clerk,
    )


def _completion(person: Person, held, clerk) -> Completion:
    said = {"kind": "initial", "hours": [], "total": 10, "issued_on": date(2024, 5, 1)}
    by = {"office_id": held.office_id, "authority_id": held.office_id, "by": clerk}
    return Completion(number=f"B-{person.name}", name=person.name, person=person, session=held, **said, **by)


def _named(post: Officer) -> Fact:
    """A certificate of elsewhere: the register knows its number."""
    said = {
        "name": "training_certificate",
        "value": f"鄂质培 {post.pk.int % 10**6}",
        "effective_on": post.appointed_on,
    }
    return Fact(organisation_id=post.organisation_id, post=post, **said)


def _report(person: Person, clerk) -> SelfReport:
    day = date(2026, 9, 1)
    said = {"activity": "training", "title": "读书报告", "course_class": 2, "hours": 3, "year": 2026}
    return SelfReport(
        person=person, office=clerk.acting.office, first_day=day, last_day=day, created_by=clerk, **said
    )


def test_bench(province):
    high, _ = province
    with connection.cursor() as cursor:
        bare = median(lambda: cursor.execute(BARE) or cursor.fetchall(), times=5)
    asked = [
        ShortQuery(params, user=high, today=TODAY) for params in ({}, {"which": "pending"}, {"order": "name"})
    ]
    measured = {
        f"one page of {each.said}, {each.by} first": (lambda each=each: page_of(each)) for each in asked
    }
    measured["the three counts above it"] = lambda: ShortQuery({}, user=high, today=TODAY).counts
    for what, act in measured.items():
        report(what, median(act, times=5), against="two bare sums over the same rows", theirs=bare)
