"""How long somebody has worked: stretches, overlaps, gaps. Requirements here are invented."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.jurisdictions.vocabulary import ExperienceKind
from registry.experience import Period, met_from, since, worked

MANAGEMENT, WORK = ExperienceKind.MANAGEMENT, ExperienceKind.WORK
ON = date(2026, 11, 21)


def period(start, end=None, kind=MANAGEMENT):
    as_date = date.fromisoformat
    return Period(as_date(start), end and as_date(end), kind)


def length(*periods, on=ON, kind=MANAGEMENT):
    return str(worked(periods, kind, on=on).length)


@pytest.mark.parametrize(
    ("periods", "text"),
    [
        ([period("2024-04-21")], "2年7个月"),
        ([period("2020-01-01", "2022-12-31")], "3年"),
        ([period("2020-01-01", "2022-12-30")], "2年11个月30天"),
        ([period("2020-01-01", "2020-12-31"), period("2021-01-01", "2022-12-31")], "3年"),
        ([period("2020-01-01", "2021-12-31"), period("2021-01-01", "2022-12-31")], "3年"),
        ([period("2020-01-01", "2022-12-31"), period("2021-01-01", "2021-06-30")], "3年"),
        ([period("2021-01-01", "2021-12-31"), period("2019-01-01", "2019-12-31")], "2年"),
        ([period("2019-01-01", "2019-06-30"), period("2021-01-01", "2021-06-30")], "1年"),
        ([period("2019-02-01", "2019-02-28"), period("2020-02-01", "2020-02-29")], "2个月"),
        ([period("2020-01-01", "2020-06-30"), period("2020-07-02", "2020-12-31")], "11个月29天"),
        ([period("2026-11-20")], "1天"),
        ([period("2026-11-21")], "0天"),
        ([period("2026-11-22")], "0天"),
        ([period("2020-01-01", "2022-12-31"), period("2026-11-22", "2028-01-01")], "3年"),
        ([], "0天"),
    ],
)
def test_periods_are_united_and_gaps_left_out(periods, text):
    assert length(*periods) == text


def test_three_whole_years_are_three_years_wherever_the_gaps_lie():
    years = [period(f"{year}-01-01", f"{year}-12-31") for year in (2017, 2019, 2021)]
    assert worked(years, MANAGEMENT, on=ON).reaches(Years(3))
    assert not worked(years[:2], MANAGEMENT, on=ON).reaches(Years(3))


def test_one_day_missing_is_one_day_short():
    broken = [period("2020-01-01", "2021-06-30"), period("2021-07-02")]
    assert not worked(broken, MANAGEMENT, on=date(2023, 1, 1)).reaches(Years(3))
    assert worked(broken, MANAGEMENT, on=date(2023, 1, 2)).reaches(Years(3))
    assert met_from(broken, MANAGEMENT, Years(3), on=date(2022, 1, 1)) == date(2023, 1, 2)


def test_stretches_that_touch_are_one_also_across_a_leap_february():
    joined = [period("2021-02-15", "2022-06-30"), period("2022-07-01")]
    assert worked(joined, MANAGEMENT, on=date(2024, 2, 15)).reaches(Years(3))


def test_an_unbroken_stretch_alone_may_be_enough():
    assert worked(
        [period("2010-05-05", "2010-05-06"), period("2021-02-15")], MANAGEMENT, on=date(2024, 2, 15)
    ).reaches(Years(3))


@pytest.mark.parametrize(
    ("kind", "asked", "counts"),
    [(MANAGEMENT, MANAGEMENT, True), (MANAGEMENT, WORK, True), (WORK, WORK, True), (WORK, MANAGEMENT, False)],
)
def test_management_counts_for_both_and_work_only_for_work(kind, asked, counts):
    assert (length(period("2020-01-01", kind=kind), kind=asked) != "0天") is counts


@pytest.mark.parametrize(
    ("start", "day"),
    [
        ("2020-01-01", "2023-01-01"),
        ("2020-02-29", "2023-02-28"),
        ("2021-03-01", "2024-03-01"),
        ("2023-12-31", "2026-12-31"),
    ],
)
def test_three_years_are_met_on_the_third_corresponding_day_itself(start, day):
    day = date.fromisoformat(day)
    assert worked([period(start)], MANAGEMENT, on=day).reaches(Years(3))
    assert not worked([period(start)], MANAGEMENT, on=day - timedelta(1)).reaches(Years(3))


def test_a_period_that_ends_too_early_will_never_be_enough():
    assert met_from([period("2025-01-01", "2027-12-30")], MANAGEMENT, Years(3), on=ON) is None
    assert met_from([period("2025-01-01", "2027-12-31")], MANAGEMENT, Years(3), on=ON) == date(2028, 1, 1)


def test_an_unbroken_stretch_waits_for_its_own_day_also_in_a_leap_february():
    assert met_from([period("2021-02-15")], MANAGEMENT, Years(3), on=date(2022, 1, 1)) == date(2024, 2, 15)


@pytest.mark.parametrize(
    ("periods", "short"),
    [
        ([], "3年"),
        ([period("2020-01-01", "2022-12-30")], "1天"),
        ([period("2020-01-01", "2020-12-31"), period("2022-01-01", "2022-06-30")], "1年6个月"),
        ([period("2020-01-01", "2021-12-31"), period("2023-01-01", "2023-12-30")], "1天"),
    ],
)
def test_what_is_missing_is_rounded_up_to_a_day(periods, short):
    assert str(worked(periods, MANAGEMENT, on=ON).short_of(Years(3))) == short


def test_a_past_period_does_not_grow():
    assert met_from([period("2020-01-01", "2021-12-31")], MANAGEMENT, Years(3), on=ON) is None


def test_what_has_not_begun_is_not_promised():
    assert met_from([period("2026-11-22")], MANAGEMENT, Years(3), on=ON) is None
    assert met_from([period("2026-11-21")], MANAGEMENT, Years(3), on=ON) == date(2029, 11, 21)


def test_what_was_worked_before_a_gap_shortens_the_wait():
    past_and_present = [period("2020-01-01", "2021-12-31"), period("2026-11-01")]
    assert met_from(past_and_present, MANAGEMENT, Years(3), on=ON) == date(2027, 11, 1)


def test_a_period_cannot_end_before_it_begins():
    with pytest.raises(ValueError, match="经历的结束日期 2019-12-31 早于开始日期 2020-01-01，请更正。"):
        period("2020-01-01", "2019-12-31")


DAYS = st.dates(date(2005, 1, 1), date(2035, 12, 31))
YEARS = st.integers(1, 8).map(Years)


@st.composite
def periods(draw):
    start = draw(DAYS)
    end = draw(st.none() | st.integers(0, 2500).map(lambda days: start + timedelta(days)))
    return Period(start, end, draw(st.sampled_from(ExperienceKind)))


ongoing = st.builds(Period, DAYS, st.none(), st.sampled_from(ExperienceKind))


def days_worked(worked_at, kind, on):
    """The oracle: count the days one by one."""
    days = set()
    for each in worked_at:
        if kind in (each.kind, WORK):
            stop = min(each.stops, on)
            days.update(range(each.start.toordinal(), stop.toordinal()))
    return len(days)


@given(st.lists(periods(), max_size=5), st.sampled_from(ExperienceKind), DAYS)
def test_no_day_is_counted_twice_and_none_is_lost(worked_at, kind, on):
    stretches = worked(worked_at, kind, on=on).stretches
    assert sum((stop - start).days for start, stop in stretches) == days_worked(worked_at, kind, on)


@given(st.lists(periods(), max_size=4), periods(), st.sampled_from(ExperienceKind), YEARS, DAYS)
def test_more_experience_is_never_less(worked_at, more, kind, least, on):
    before, after = (worked(each, kind, on=on) for each in (worked_at, [*worked_at, more]))
    assert before.reaches(least) <= after.reaches(least)
    assert before.months <= after.months


@given(st.lists(periods(), max_size=4), st.sampled_from(ExperienceKind), YEARS, DAYS)
def test_time_alone_never_takes_away(worked_at, kind, least, on):
    before, after = (worked(worked_at, kind, on=day) for day in (on, on + timedelta(1)))
    assert before.reaches(least) <= after.reaches(least)


@given(st.lists(periods(), max_size=4), st.sampled_from(ExperienceKind), YEARS, DAYS)
def test_met_from_is_the_first_day_it_is_met(worked_at, kind, least, on):
    if worked(worked_at, kind, on=on).reaches(least):
        return
    day = met_from(worked_at, kind, least, on=on)
    if day is None:
        return
    assert day > on
    assert worked(worked_at, kind, on=day).reaches(least)
    assert not worked(worked_at, kind, on=day - timedelta(1)).reaches(least)


@given(st.lists(ongoing, min_size=1, max_size=3), YEARS, DAYS)
def test_whoever_goes_on_gets_there(worked_at, least, on):
    begun = any(each.start <= on for each in worked_at)
    assert (met_from(worked_at, WORK, least, on=on) is not None) is begun


@given(st.lists(periods(), max_size=4), YEARS, DAYS)
def test_what_is_short_and_what_is_worked_are_said_in_words(worked_at, least, on):
    counted = worked(worked_at, WORK, on=on)
    if not counted.reaches(least):
        assert str(counted.short_of(least)) != "0天"


@given(st.lists(periods(), max_size=4), YEARS, DAYS)
def test_leap_years_save_nobody_a_day(worked_at, least, on):
    """What is added up is never enough before the same span without its gaps would be."""
    counted = worked(worked_at, WORK, on=on)
    if counted.reaches(least):
        assert counted.span.reaches(least)


@given(st.dates(date(2015, 1, 1), date(2029, 12, 31)), st.integers(1, 31), YEARS)
def test_a_day_left_out_never_comes_sooner_than_none_left_out(start, after, least):
    gap = start + timedelta(after)
    broken = [Period(start, gap - timedelta(1), MANAGEMENT), Period(gap + timedelta(1), None, MANAGEMENT)]
    whole = met_from([Period(start, None, MANAGEMENT)], MANAGEMENT, least, on=start)
    assert whole <= met_from(broken, MANAGEMENT, least, on=gap + timedelta(1)) <= whole + timedelta(2)


# ── since when ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("periods", "day"),
    [
        ([period("2019-03-01")], "2019-03-01"),
        ([period("2019-03-01", kind=WORK)], "2019-03-01"),
        ([period("2020-01-01", "2021-12-31")], "2024-11-21"),  # two years, as if they had been the last two
        ([period("2018-01-01", "2018-12-31"), period("2026-01-01")], "2025-01-01"),
        ([period("2026-11-21")], None),  # begins on the day itself
        ([], None),
    ],
)
def test_since_when_somebody_works_in_quality_is_what_adds_up_to_that_day(periods, day):
    found = since(periods, on=ON)
    assert (found and found.isoformat()) == day


@given(st.lists(periods(), max_size=4), DAYS)
def test_unbroken_work_since_then_is_as_long_to_the_day(worked_at, on):
    begun, months = since(worked_at, on=on), worked(worked_at, WORK, on=on).months
    if begun is None:
        assert months == 0
    else:
        assert 0 <= months - worked([Period(begun, None, WORK)], WORK, on=on).months < Fraction(1, 28)
