"""Who is short: what the database says of a whole area is what the arithmetic says of each one."""

from contextlib import ExitStack
from datetime import date
from decimal import Decimal as D

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.duties.asking import asked_of
from registry.duties.lines import earned_by, lines_of
from registry.duties.short import area_of
from tests.duties import rows
from training import ledger
from training.sources import Certified

TODAY = date(2026, 11, 20)
days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
halves = st.sampled_from(["0.25", "0.5", "3", "7", "14", "21", "40"])
learned = st.fixed_dictionaries(
    {
        "hours": halves,
        "on": days,
        "course_class": st.sampled_from([None, 1, 2]),
        "next_year": st.booleans(),
        "then": st.sampled_from(["", "", "asked", "answered", "refused"]),
        "reversed": st.sampled_from([False, False, True]),
    }
)
reported = st.fixed_dictionaries(
    {
        "hours": halves,
        "on": days,
        "course_class": st.sampled_from([None, 1, 2]),
        "activity": st.sampled_from(["training", "teaching", "publication"]),
    }
)
trained = st.fixed_dictionaries(
    {
        "on": days,
        "void": st.sampled_from([False, False, True]),
        "kind": st.sampled_from(["initial", "initial", "continuing"]),
        "hours": st.sampled_from(["21", "20.75", "7"]),
    }
)
somebody = st.fixed_dictionaries(
    {
        "appointed_on": st.dates(date(2024, 12, 30), date(2027, 1, 2)),
        "entries": st.lists(learned, max_size=4),
        "reports": st.lists(reported, max_size=2),
        "trained": st.lists(trained, max_size=2),
        "certified": st.none() | days,
        "named": st.sampled_from(["", "", "冀质培 2019-7", "CQPX-ZZ-2026-0001-9"]),
    }
)


def judged_by_both(clerk, *, year: int) -> list[tuple]:
    """Of each officer and duty what the database says, and what the arithmetic says."""
    area = area_of(clerk, year=year, today=TODAY)
    found = list(area.rows.select_related("organisation", "office__parent", "person"))
    waiting = {row.pk: row for row in area.waiting}
    lines = lines_of({post.person_id for post in found})
    earned = {person: earned_by(each) for person, each in lines.items()}
    pairs = []
    for asked in asked_of(found, year=year, earned=earned, today=TODAY):
        row = asked.post
        for column, duty in zip(area.columns, asked.found, strict=True):
            said = tuple(D(getattr(row, f"{word}_{column.place}")) for word in ("missing", "counted"))
            held = D(getattr(waiting.get(row.pk), f"held_{column.place}", 0))
            computed = (duty.missing, duty.counted) if duty.due else (D(0), D(0))
            pairs.append(((*said, held), (*computed, duty.might_count if duty.due else D(0))))
        pending = row.pk in waiting and waiting[row.pk].held > 0
        pairs.append(((row.short, pending), (len(asked.short), asked.pending)))
        pairs.append((row.missing, sum((duty.missing for duty in asked.due), D(0))))
    return pairs


@pytest.mark.django_db(transaction=False)
@pytest.mark.parametrize("jurisdiction", ["hubei", "hangzhou", "fujian", "jiangsu"])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(everybody=st.lists(somebody, min_size=1, max_size=3), year=st.sampled_from([2025, 2026]))
def test_the_database_and_the_arithmetic_say_the_same(jurisdiction, everybody, year):
    with transaction.atomic(), ExitStack() as papers:
        where = rows.county(jurisdiction)
        clerk, author = rows.clerk_of(where), rows.clerk_of(where.parent, "author")
        author.acting.role = "city"
        certified = {}
        for number, told in enumerate(everybody):
            post = rows.post(where, appointed_on=told["appointed_on"])
            told_by(told, post, clerk=clerk, number=number)
            for each in told["trained"]:
                rows.trained(post.person, by=clerk, **each)
            if told["named"]:
                rows.named(post, told["named"])
            certified |= {post.person_id: Certified(told["certified"])} if told["certified"] else {}
        papers.enter_context(rows.known(certified))
        for said, computed in judged_by_both(clerk, year=year):
            assert said == computed
        transaction.set_rollback(True)


def told_by(told: dict, post, *, clerk, number: int) -> None:
    for each in told["entries"]:
        year = each["on"].year + each["next_year"]
        entry = rows.learned(
            post.person, each["hours"], on=each["on"], by=clerk, course_class=each["course_class"], year=year
        )
        if each["then"] and not entry.flags.exists():
            counts = {"asked": None, "answered": True, "refused": False}[each["then"]]
            rows.flagged(entry, counts=counts, by=clerk)
        if each["reversed"]:
            ledger.reverse(entry, reason="误登", by=clerk)
    himself = rows.himself(post.person, f"officer{number}")
    for each in told["reports"]:
        rows.report(post.person, to=post.office, by=himself, **each)


@pytest.mark.django_db
@pytest.mark.parametrize("counts", [None, True, False])
def test_a_line_in_question_and_taken_back_is_gone_altogether(counts):
    """The control: the line nobody took back."""
    where = rows.county("hangzhou")
    clerk, post = rows.clerk_of(where), rows.post(where)
    rows.learned(post.person, "7", on=date(2026, 3, 1), by=clerk)
    entry = rows.learned(post.person, "3", on=date(2026, 4, 1), by=clerk)
    rows.flagged(entry, counts=counts, by=clerk)
    ledger.reverse(entry, reason="误登", by=clerk)
    (row,) = area_of(clerk, year=2026, today=TODAY).rows
    assert (row.counted_1, row.missing_1) == (D(7), D(33))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "short"),
    [
        ({"on": date(2026, 12, 31)}, 1),
        ({"on": date(2027, 1, 1)}, 2),
        ({"on": date(2026, 5, 1), "void": True}, 2),
        ({"on": date(2026, 5, 1), "kind": "continuing"}, 2),
    ],
)
def test_a_standing_certificate_of_the_appointment_training_proves_it_from_its_year_on(said, short):
    where = rows.county("hangzhou")
    clerk, post = rows.clerk_of(where), rows.post(where)
    rows.trained(post.person, by=clerk, **said)
    (row,) = area_of(clerk, year=2026, today=TODAY).rows
    assert (row.short, row.counted_0) == (short, D(2 - short))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "missing"),
    [
        ("冀质培 2019-7", 0),
        ("", 1),
        ("CQPX-ZZ-2026-0001-9", 1),
        ("cqpx-ZZ-2026-0001-9", 1),
        ("ＣＱＰＸ－ＺＺ－２０２６－０００１－９", 1),
        ("ｃｑpx-ZZ-2026-0001-9", 1),
        ("CQ PX-ZZ-2026-0001-9", 1),
        (" CQ—PX　ZZ 2026", 1),
        ("CQ​PX-ZZ-2026-0001-9", 1),
        ("冀CQPX-2019-7", 0),
        ("CQ质PX-2019-7", 0),
    ],
)
def test_a_certificate_of_elsewhere_proves_by_its_number_and_one_of_ours_by_itself(number, missing):
    where = rows.county("fujian")
    clerk, post = rows.clerk_of(where), rows.post(where)
    rows.named(post, number)
    (row,) = area_of(clerk, year=2026, today=TODAY).rows
    assert row.missing_0 == missing
    (asked,) = asked_of([post], year=2026, earned={}, today=TODAY)
    assert asked.found[0].missing == missing


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "missing"), [("21", 0), ("20.75", 21)])
def test_a_certificate_for_fewer_hours_than_the_text_asks_proves_none(hours, missing):
    where = rows.county("hubei")
    clerk, post = rows.clerk_of(where), rows.post(where)
    rows.trained(post.person, on=date(2026, 5, 1), by=clerk, hours=hours)
    (row,) = area_of(clerk, year=2026, today=TODAY).rows
    assert row.missing_0 == missing
