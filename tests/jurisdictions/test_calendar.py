"""Civil Code arts. 200–203, boundary by boundary; days off by an invented announcement."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqo_portal.jurisdictions.calendar import (
    AnnouncedYear,
    Months,
    WorkingCalendar,
    Years,
    days_in_month,
    elapsed,
)

DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))
PERIODS = st.integers(1, 30).map(Years) | st.integers(1, 400).map(Months)


@pytest.mark.parametrize(
    ("period", "day", "after"),
    [
        (Months(1), date(2027, 1, 31), date(2027, 2, 28)),
        (Months(1), date(2028, 1, 31), date(2028, 2, 29)),
        (Months(1), date(2027, 2, 28), date(2027, 3, 28)),
        (Months(1), date(2026, 12, 15), date(2027, 1, 15)),
        (Months(1), date(2026, 11, 30), date(2026, 12, 30)),
        (Months(13), date(2026, 12, 31), date(2028, 1, 31)),
        (Years(3), date(2024, 2, 29), date(2027, 2, 28)),
        (Years(4), date(2024, 2, 29), date(2028, 2, 29)),
        (Years(3), date(2020, 1, 1), date(2023, 1, 1)),
    ],
)
def test_a_period_ends_on_the_corresponding_day_or_the_last_of_the_month(period, day, after):
    assert period.after(day) == after


@pytest.mark.parametrize(
    ("period", "day", "before"),
    [
        (Months(3), date(2027, 5, 31), date(2027, 2, 28)),
        (Months(3), date(2028, 5, 31), date(2028, 2, 29)),
        (Months(6), date(2027, 2, 28), date(2026, 8, 28)),
        (Months(1), date(2027, 1, 15), date(2026, 12, 15)),
        (Years(1), date(2024, 2, 29), date(2023, 2, 28)),
    ],
)
def test_a_period_before_a_day_clamps_the_same_way(period, day, before):
    assert period.before(day) == before


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Years(3), date(2026, 9, 21), date(2029, 9, 20)),
        (Years(3), date(2026, 1, 1), date(2028, 12, 31)),
        (Years(3), date(2024, 2, 29), date(2027, 2, 28)),
        (Years(3), date(2025, 3, 1), date(2028, 2, 29)),
        (Years(4), date(2024, 2, 29), date(2028, 2, 28)),
        (Months(1), date(2027, 1, 31), date(2027, 2, 28)),
    ],
)
def test_a_period_whose_first_day_counts_ends_the_day_before(period, first, last):
    assert period.last_day_from(first) == last


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (date(2024, 3, 3), date(2026, 10, 3), "2年7个月"),
        (date(2024, 3, 3), date(2026, 10, 2), "2年6个月29天"),
        (date(2026, 1, 1), date(2026, 1, 1), "0天"),
        (date(2024, 2, 29), date(2025, 2, 28), "1年"),
        (date(2024, 1, 31), date(2024, 2, 29), "1个月"),
    ],
)
def test_elapsed_time_reads_as_people_say_it(start, end, text):
    assert str(elapsed(start, end)) == text


def test_time_does_not_run_backwards():
    with pytest.raises(ValueError, match="早于"):
        elapsed(date(2026, 1, 2), date(2026, 1, 1))


@given(DAYS, PERIODS)
def test_the_day_of_the_month_stays_or_is_the_last(day, period):
    after = period.after(day)
    assert after.day == day.day or (
        after.day < day.day and after.day == days_in_month(after.year, after.month)
    )
    assert (after.year * 12 + after.month) - (day.year * 12 + day.month) == period.months


@given(DAYS, PERIODS)
def test_before_never_overshoots_what_after_reaches(day, period):
    assert period.before(period.after(day)) <= day <= period.after(period.before(day)) + timedelta(3)


@given(DAYS, DAYS)
def test_elapsed_adds_up_to_the_end_again(one, other):
    start, end = sorted((one, other))
    years, months, days = elapsed(start, end)
    assert Months(years * 12 + months).after(start) + timedelta(days) == end
    assert Months(years * 12 + months + 1).after(start) > end


NEW_YEAR = AnnouncedYear(
    year=2030,
    source="an invented announcement",
    days_off=frozenset({date(2030, 1, 1), date(2030, 1, 2), date(2030, 1, 3)}),
    make_up_days=frozenset({date(2030, 1, 5)}),
)
CALENDAR = WorkingCalendar([NEW_YEAR])


def test_a_holiday_moves_to_the_next_working_day():
    moved = CALENDAR.moved(date(2030, 1, 1))
    assert (moved.day, moved.provisional) == (date(2030, 1, 4), False)
    assert moved.arithmetic == "2030-01-01 是休息日，顺延至下一个工作日 2030-01-04。"


@pytest.mark.parametrize(
    ("day", "lands_on"),
    [
        (date(2030, 1, 4), date(2030, 1, 4)),  # an ordinary Friday
        (date(2030, 1, 5), date(2030, 1, 5)),  # a Saturday that is made up for
        (date(2030, 1, 6), date(2030, 1, 7)),  # a Sunday that is not
        (date(2030, 1, 12), date(2030, 1, 14)),  # an ordinary Saturday
    ],
)
def test_a_weekend_moves_unless_it_is_made_up_for(day, lands_on):
    assert CALENDAR.moved(day)[:2] == (lands_on, False)


def test_an_unannounced_year_is_not_guessed():
    moved = CALENDAR.moved(date(2031, 1, 1))
    assert moved[:2] == (date(2031, 1, 1), True)
    assert moved.arithmetic == "2031 年放假安排尚未公布，暂按 2031-01-01 计，公布后重算。"


def test_a_landing_in_an_unannounced_year_is_not_guessed_either():
    assert date(2033, 12, 31).weekday() == 5
    calendar = WorkingCalendar([AnnouncedYear(2033, "invented", frozenset(), frozenset())])
    moved = calendar.moved(date(2033, 12, 31))
    assert moved[:2] == (date(2033, 12, 31), True)
    assert moved.arithmetic.startswith("2034 年放假安排尚未公布")


def test_a_holiday_announced_for_the_next_year_may_begin_in_december():
    ahead = AnnouncedYear(2032, "invented", frozenset({date(2031, 12, 31), date(2032, 1, 1)}), frozenset())
    this = AnnouncedYear(2031, "invented", frozenset(), frozenset())
    assert WorkingCalendar([this, ahead]).moved(date(2031, 12, 31)).day == date(2032, 1, 2)


def test_whether_an_unannounced_day_is_off_cannot_be_asked():
    with pytest.raises(LookupError, match="2031 年的放假安排尚未录入"):
        CALENDAR.is_day_off(date(2031, 5, 1))


@given(st.dates(date(2030, 1, 1), date(2030, 12, 20)))
def test_a_moved_day_is_the_first_working_day_not_before(day):
    moved = CALENDAR.moved(day).day
    assert not CALENDAR.is_day_off(moved)
    assert all(CALENDAR.is_day_off(day + timedelta(n)) for n in range((moved - day).days))


class TestWorkingDaysAfter:
    """By an invented announcement: 1 October 2026 (a Thursday) and the Friday off, Saturday 10 October made up for."""

    CALENDAR = WorkingCalendar(
        [
            AnnouncedYear(
                2026,
                "invented",
                days_off=frozenset({date(2026, 10, 1), date(2026, 10, 2)}),
                make_up_days=frozenset({date(2026, 10, 10)}),
            )
        ]
    )

    @pytest.mark.parametrize(
        ("day", "count", "due"),
        [
            (date(2026, 9, 29), 1, date(2026, 9, 30)),
            (date(2026, 9, 30), 1, date(2026, 10, 5)),
            (date(2026, 10, 3), 1, date(2026, 10, 5)),
            (date(2026, 9, 30), 5, date(2026, 10, 9)),
            (date(2026, 9, 30), 6, date(2026, 10, 10)),
            (date(2026, 9, 30), 7, date(2026, 10, 12)),
            (date(2026, 12, 30), 1, date(2026, 12, 31)),
        ],
    )
    def test_the_day_itself_is_not_counted_and_days_off_are_not_either(self, day, count, due):
        found = self.CALENDAR.after_working_days(day, count)
        assert (found.day, found.provisional) == (due, False)
        assert "当日不计" in found.arithmetic and f"第 {count} 个工作日是 {due}" in found.arithmetic

    def test_in_a_year_that_is_not_announced_weekdays_stand_in_provisionally(self):
        found = self.CALENDAR.after_working_days(date(2026, 12, 31), 1)
        assert (found.day, found.provisional) == (date(2027, 1, 1), True)
        assert "2027 年放假安排尚未公布，暂按周一至周五计，公布后重算" in found.arithmetic
        assert self.CALENDAR.after_working_days(date(2026, 12, 31), 2).day == date(2027, 1, 4)

    @given(st.dates(date(2025, 11, 1), date(2027, 3, 1)), st.integers(0, 60))
    def test_counting_leads_back_to_the_number_it_came_from(self, day, count):
        assert self.CALENDAR.working_days(day, self.CALENDAR.after_working_days(day, count).day) == count

    def test_between_a_day_and_one_before_it_lies_none(self):
        assert self.CALENDAR.working_days(date(2026, 10, 9), date(2026, 10, 1)) == 0
