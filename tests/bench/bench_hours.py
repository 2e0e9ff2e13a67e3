"""`pytest tests/bench/bench_hours.py`: who is short among 100,000 officers with a million entries, against the bare sums."""

import itertools
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from cqo_portal.parties.models import Organisation, Person
from cqo_portal.parties.search import pinyin_key
from registry.duties.listing import ShortQuery, page_of
from registry.models import Officer
from tests.bench.bench_register import median, report
from tests.cast import TODAY, user
from tests.duties import rows
from tests.training.rows import session
from training.models import Entry

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
    county = rows.county("hubei")
    clerk = rows.clerk_of(county)
    held = session(clerk, hours={1: "5", 2: "5"}, day=date(2026, 5, 1))
    people = Person.objects.bulk_create(map(_person, range(OFFICERS)), 5000)
    firms = Organisation.objects.bulk_create((_firm(n, county) for n in range(OFFICERS)), 5000)
    Officer.objects.bulk_create(map(_officer, people, firms), 5000)
    with connection.cursor() as cursor:  # a session gives each class once; the numbers do not care
        cursor.execute("ALTER TABLE training_entry DISABLE TRIGGER USER")
    made = (_entry(person, n, held, clerk) for person in people for n in range(EACH))
    while batch := list(itertools.islice(made, 10_000)):
        Entry.objects.bulk_create(batch)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE training_entry ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")
    return user("hao", "province", office=county.parent.parent), clerk


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
        by=clerk,
    )


def test_bench(province):
    high, _ = province
    with connection.cursor() as cursor:
        bare = median(lambda: cursor.execute(BARE) or cursor.fetchall(), times=3)
        cursor.execute("SET statement_timeout = '120s'")
    for params in ({}, {"which": "pending"}, {"order": "name"}):
        asked = ShortQuery(params, user=high, today=TODAY)
        report(
            f"who is short, one page {params or ''}: every duty, questions, waiting reports",
            median(lambda asked=asked: page_of(asked), times=3),
            against="two bare sums over the same rows",
            theirs=bare,
        )
        report(
            "the three counts above it",
            median(lambda params=params: ShortQuery(params, user=high, today=TODAY).counts, times=3),
            against="two bare sums over the same rows",
            theirs=bare,
        )
