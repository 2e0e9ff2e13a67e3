"""Continuing education of each certificate year (9.2), from the ledger; and what the duty page learns of certificates."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from certificates.holding import certified_on
from certificates.learning import judged, learning_of
from cqo_portal.jurisdictions.vocabulary import Activity
from evaluation.bodies.models import Clocks
from tests.certificates import rows
from training.hours import Earned
from training.sources import Certified
from training.sources import certified_on as asked

pytestmark = pytest.mark.django_db


def went(on, activity: Activity = Activity.TRAINING, **more) -> Earned:
    return Earned(hours=Decimal(4), on=on, activity=activity, **more)


@pytest.fixture
def made(people):
    return rows.issued(people)[1]


def test_an_activity_counts_in_the_year_of_the_certificate_it_lies_in(made):
    first = made.first_day
    second = first.replace(year=first.year + 1)
    learned = judged(
        made, [went(first), went(second - timedelta(days=1)), went(second, Activity.TEACHING)], today=first
    )
    assert [year.counted for year in learned.years] == [2, 1, 0]
    assert [year.missing for year in learned.years] == [0, 0, 1]


def test_what_is_held_waits_and_is_told_apart(made):
    learned = judged(made, [went(made.first_day, held="有核查事项")], today=made.first_day)
    assert (learned.years[0].counted, learned.years[0].waiting) == (0, 1)


def test_a_year_that_runs_warns_and_one_that_is_over_says_how_many_were_missing(made):
    after = made.first_day.replace(year=made.first_day.year + 1)
    words = [year.word for year in judged(made, [], today=after).years]
    assert words == ["少 1 次", "还差 1 次", "还没开始"]


def test_a_body_may_ask_for_more_and_the_certificate_keeps_what_was_asked_when_it_was_issued(people):
    panel, decision = rows.decided(people)
    Clocks.objects.create(institution=panel.evaluation.body, activities=3, by=panel.staff)
    made = rows.of(decision, by=panel.staff)
    Clocks.objects.create(institution=panel.evaluation.body, activities=1, by=panel.staff)
    assert learning_of(made, today=made.first_day).years[0].asked == 3
    assert certified_on([made.person_id])[made.person_id].activities == 3


def test_the_duties_learn_of_a_certificate(made):
    assert asked([made.person_id]) == {made.person_id: Certified(made.first_day, made.last_day, 1)}


def test_of_one_that_was_lost_the_years_end_the_day_before(people, made):
    panel_staff = made.order.batch.by.acting_as(made.order.batch.assignment)
    on = timezone.localdate() + timedelta(days=30)
    rows.done("discontinue", made, on=on, by=panel_staff)
    assert certified_on([made.person_id])[made.person_id].last_day == on - timedelta(days=1)


def test_the_year_in_which_it_was_lost_is_not_owed(made):
    staff = made.order.batch.by.acting_as(made.order.batch.assignment)
    on = timezone.localdate() + timedelta(days=30)
    lost = rows.done("discontinue", made, on=on, by=staff)
    assert [year.word for year in judged(lost, [], today=on).years] == ["不再计", "不再计", "不再计"]


def test_one_that_was_void_from_the_beginning_asks_for_nothing(made):
    staff = made.order.batch.by.acting_as(made.order.batch.assignment)
    rows.done("void", made, on=made.first_day, by=staff, ground="deceit")
    assert certified_on([made.person_id]) == {}
