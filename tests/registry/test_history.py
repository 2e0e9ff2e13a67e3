"""What the register says of a day, as known on another: a table of literal days, and the same answer from SQL."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry import history
from registry.history import HERE, Said, Spell
from registry.models import Entry, Officer
from tests.desk.rows import officer


def at(day: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=HERE)


def d(text: str) -> date:
    return date.fromisoformat(text)


# Appointed on 1 March, recorded the next week. The departure of 30 April is recorded in July, then corrected
# twice: in August to 31 May, in September to 15 June.
STORY = (
    Said(1, "yes", d("2026-03-01"), at("2026-03-09")),
    Said(2, "no", d("2026-05-01"), at("2026-07-20")),
    Said(3, "no", d("2026-06-01"), at("2026-08-03"), corrects=2),
    Said(4, "no", d("2026-06-16"), at("2026-09-10"), corrects=3),
)


@pytest.mark.parametrize(
    ("asked_of", "known_on", "answer"),
    [
        ("2026-02-28", "2026-12-31", None),  # before the first day
        ("2026-03-01", "2026-03-08", None),  # in office, but nobody had written it down
        ("2026-03-01", "2026-03-09", "yes"),
        ("2026-05-20", "2026-07-19", "yes"),  # the departure was not known yet
        ("2026-04-30", "2026-07-20", "yes"),  # the last day counts
        ("2026-05-01", "2026-07-20", "no"),
        ("2026-05-20", "2026-08-02", "no"),  # before the first correction
        ("2026-05-20", "2026-08-03", "yes"),  # after it
        ("2026-06-10", "2026-08-03", "no"),
        ("2026-06-10", "2026-09-09", "no"),
        ("2026-06-10", "2026-09-10", "yes"),  # after the second
        ("2026-06-16", "2026-09-10", "no"),
    ],
)
def test_late_records_and_corrections_change_what_was_known_then(asked_of, known_on, answer):
    assert history.value(STORY, on=d(asked_of), known_on=d(known_on)) == answer


@pytest.mark.parametrize(
    ("known_on", "stretches"),
    [
        ("2026-03-08", []),
        ("2026-07-19", [Spell(d("2026-03-01"))]),
        ("2026-07-20", [Spell(d("2026-03-01"), d("2026-04-30"))]),
        ("2026-08-03", [Spell(d("2026-03-01"), d("2026-05-31"))]),
        ("2026-09-10", [Spell(d("2026-03-01"), d("2026-06-15"))]),
    ],
)
def test_the_stretches_in_office_follow_the_record(known_on, stretches):
    assert history.spells(STORY, known_on=d(known_on)) == stretches


def test_of_two_entries_for_one_day_the_later_record_answers():
    said = (
        Said(1, "部长", d("2026-01-01"), at("2026-01-05")),
        Said(2, "总监", d("2026-01-01"), at("2026-01-06")),
    )
    assert history.value(said, on=d("2026-01-01"), known_on=d("2026-01-05")) == "部长"
    assert history.value(said, on=d("2026-01-01"), known_on=d("2026-01-06")) == "总监"


def test_an_earlier_day_recorded_later_does_not_cover_a_later_day():
    said = (
        Said(1, "总监", d("2026-03-01"), at("2026-03-01")),
        Said(2, "部长", d("2026-01-01"), at("2026-06-01")),
    )
    assert history.value(said, on=d("2026-04-01"), known_on=d("2026-12-31")) == "总监"
    assert history.value(said, on=d("2026-02-01"), known_on=d("2026-12-31")) == "部长"


def test_a_day_ends_at_midnight_in_china():
    before = Said(1, "yes", d("2026-01-01"), datetime(2026, 1, 10, 15, 59, 59, tzinfo=UTC))
    after = Said(1, "yes", d("2026-01-01"), datetime(2026, 1, 10, 16, 0, 0, tzinfo=UTC))
    assert history.value([before], on=d("2026-01-10"), known_on=d("2026-01-10")) == "yes"
    assert history.value([after], on=d("2026-01-10"), known_on=d("2026-01-10")) is None
    assert history.value([after], on=d("2026-01-10"), known_on=d("2026-01-11")) == "yes"


# ── the same question in SQL ──────────────────────────────────────────────────────────────────
FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 40).map(lambda n: FIRST + timedelta(days=n))
ACTS = st.lists(
    st.tuples(
        st.integers(0, 1),  # which post
        st.sampled_from(["in_office", "title"]),
        st.sampled_from(["yes", "no"]),
        DAYS,  # effective
        st.integers(0, 36),  # hours since the act before, across midnights
        st.one_of(st.none(), st.integers(0, 30)),  # corrects: the n-th entry, where it may be
    ),
    min_size=1,
    max_size=14,
)


def written(acts, posts) -> list[Entry]:
    """The acts as entries: a correction is of an entry nobody corrected, and keeps its post and name."""
    moment, made, corrected = datetime(2026, 1, 5, tzinfo=HERE), [], set()
    for post, name, value, effective_on, hours, corrects in acts:
        moment += timedelta(hours=hours)
        first = made[corrects] if corrects is not None and corrects < len(made) else None
        first = None if first and first.pk in corrected else first
        corrected |= {first.pk} if first else set()
        about = {"post": first.post, "name": first.name} if first else {"post": posts[post], "name": name}
        made.append(
            Entry.objects.create(
                organisation=about["post"].organisation,
                value=value,
                effective_on=effective_on,
                recorded_at=moment,
                corrects=first,
                **about,
            )
        )
    return made


@pytest.fixture
def posts(people):
    return [officer(people.offices["130981"], n, by=people.liu) for n in (1, 2)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, on=DAYS, known_on=DAYS)
@pytest.mark.django_db
def test_the_database_answers_as_the_pure_function_does(posts, acts, on, known_on):
    with transaction.atomic():
        made = written(acts, posts)
        pure = {
            (post.pk, name): history.value(
                [e.said for e in made if (e.post_id, e.name) == (post.pk, name)], on=on, known_on=known_on
            )
            for post in posts
            for name in ("in_office", "title")
        }
        answers = Entry.objects.known_on(known_on).holding_on(on)
        assert {(e.post_id, e.name): e.value for e in answers} == {k: v for k, v in pure.items() if v}
        held = Officer.objects.in_office_on(on, known=known_on)
        assert {o.pk for o in held} == {
            pk for (pk, name), v in pure.items() if (name, v) == ("in_office", "yes")
        }
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_property_can_fail(posts):
    """The control: a question that forgets corrections gives another answer."""
    made = written([(0, "in_office", "yes", FIRST, 1, None), (0, "in_office", "no", FIRST, 1, 0)], posts)
    forgetful = Entry.objects.filter(recorded_at__lt=history.day_after(date(2026, 3, 1)))
    answers = {e.pk: e.value for e in forgetful.filter(corrects=None).holding_on(date(2026, 3, 1))}
    assert answers == {made[0].pk: "yes"}
    assert [e.value for e in Entry.objects.known_on(date(2026, 3, 1)).holding_on(date(2026, 3, 1))] == ["no"]
