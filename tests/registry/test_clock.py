"""The one-month clock: the day itself does not count, the corresponding day or the month's last, past days off."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqo_portal.jurisdictions import pack
from cqo_portal.jurisdictions.calendar import AnnouncedYear, Months, WorkingCalendar
from registry.clock import Clock, age, clock, days_late

RULE = pack("cangzhou-2023").route.change


def days(*texts: str) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, texts))


def year(number: int, *, off: frozenset = frozenset(), made_up: frozenset = frozenset()) -> AnnouncedYear:
    return AnnouncedYear(year=number, source="公告", days_off=off, make_up_days=made_up)


CALENDAR = WorkingCalendar(
    [
        year(2024),
        year(
            2026,
            off=days(*(f"2026-10-0{n}" for n in range(1, 8))),
            made_up=days("2026-09-20", "2026-10-10"),
        ),
        year(2027),
        year(2028),
    ]
)


def of(day: str) -> Clock:
    return clock(RULE, date.fromisoformat(day), CALENDAR)


def test_the_rule_is_the_packs():
    assert (RULE.within, RULE.cites) == (Months(1), "第十四条第二款")


@pytest.mark.parametrize(
    ("effective_on", "ends_on", "due_on"),
    [
        ("2026-10-28", "2026-11-28", "2026-11-30"),  # a Saturday gives way
        ("2026-10-31", "2026-11-30", "2026-11-30"),  # November has no 31st
        ("2027-01-31", "2027-02-28", "2027-03-01"),  # 28 days, and a Sunday
        ("2028-01-31", "2028-02-29", "2028-02-29"),  # a leap year
        ("2028-01-30", "2028-02-29", "2028-02-29"),
        ("2028-01-29", "2028-02-29", "2028-02-29"),
        ("2026-09-01", "2026-10-01", "2026-10-08"),  # seven days off
        ("2026-09-10", "2026-10-10", "2026-10-10"),  # a Saturday that is made up for
        ("2026-08-20", "2026-09-20", "2026-09-20"),  # a Sunday that is made up for
        ("2026-12-15", "2027-01-15", "2027-01-15"),
        ("2024-02-29", "2024-03-29", "2024-03-29"),
    ],
)
def test_when_a_change_must_have_been_reported(effective_on, ends_on, due_on):
    found = of(effective_on)
    assert (str(found.ends_on), str(found.due_on), found.provisional) == (ends_on, due_on, False)


def test_a_year_without_its_days_off_is_provisional_and_not_guessed():
    found = clock(RULE, date(2028, 12, 30), CALENDAR)
    assert (found.due_on, found.provisional) == (date(2029, 1, 30), True)
    assert "2029 年放假安排尚未公布，暂按 2029-01-30 计，公布后重算" in found.arithmetic


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (
            "2026-10-31",
            "生效日 2026-10-31 不计，一个月至 2026-11-30（周一）（该月没有 31 日，取最后一天）；2026-11-30 是工作日，不顺延。",
        ),
        (
            "2026-09-01",
            "生效日 2026-09-01 不计，一个月至 2026-10-01（周四）；"
            "2026-10-01 是休息日，顺延至下一个工作日 2026-10-08。",
        ),
    ],
)
def test_the_arithmetic_in_words(day, said):
    assert of(day).arithmetic == said


def test_the_arithmetic_in_parts():
    assert of("2026-10-30").parts == ("10月30日生效，当日不计", "+", "一个月", "→", "11月30日")
    assert of("2026-10-28").parts[-2:] == ("→", "顺延至 11月30日")


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 11, 28), "2026-11-30（周一），还有 2 天"),
        (date(2026, 11, 30), "2026-11-30（周一），就是今天"),
        (date(2026, 12, 2), "2026-11-30（周一），已逾期 2 天"),
    ],
)
def test_how_far_it_is(today, said):
    assert of("2026-10-31").in_words(today) == said


@pytest.mark.parametrize(
    ("due_on", "reported_on", "late"),
    [
        (date(2026, 11, 30), date(2026, 11, 30), 0),
        (date(2026, 11, 30), date(2026, 12, 1), 1),
        (date(2026, 11, 30), date(2026, 11, 1), 0),
        (None, date(2026, 12, 1), 0),
        (date(2026, 11, 30), None, 0),
    ],
)
def test_late_is_what_was_reported_after_the_last_day(due_on, reported_on, late):
    assert days_late(due_on, reported_on=reported_on) == late


def test_the_calendar_shows_the_two_days_the_days_off_and_today():
    sheets = of("2026-09-01").sheets(date(2026, 9, 20))
    assert [str(sheet.first) for sheet in sheets] == ["2026-09-01", "2026-10-01"]
    cells = {cell.day: cell for sheet in sheets for week in sheet.weeks for cell in week if cell}
    assert len(cells) == 61
    assert [str(day) for day, cell in cells.items() if cell.effective] == ["2026-09-01"]
    assert [str(day) for day, cell in cells.items() if cell.due] == ["2026-10-08"]
    assert cells[date(2026, 9, 20)].marks == ["今天"]  # a Sunday that is worked
    assert cells[date(2026, 10, 4)].marks == ["休息"]
    assert cells[date(2026, 10, 12)].marks == []
    assert all(len(week) == 7 for sheet in sheets for week in sheet.weeks)
    first = sheets[0].weeks[0]
    assert (first[0], first[1].day) == (None, date(2026, 9, 1))  # a Tuesday


def test_a_month_of_an_unknown_year_says_nothing_about_days_off():
    sheet = clock(RULE, date(2028, 12, 30), CALENDAR).sheets(date(2029, 1, 1))[1]
    assert {cell.off for week in sheet.weeks for cell in week if cell} == {None}


@given(st.dates(date(2026, 1, 1), date(2026, 11, 30)))
def test_the_last_day_is_a_working_day_never_before_the_corresponding_one(day):
    found = clock(RULE, day, CALENDAR)
    assert found.ends_on <= found.due_on <= found.ends_on + timedelta(days=8)
    assert not CALENDAR.is_day_off(found.due_on)
    assert found.ends_on.day in (day.day, found.ends_on.day) and found.ends_on.day <= day.day


@given(st.dates(date(2026, 1, 1), date(2026, 11, 29)))
def test_a_later_change_is_never_due_earlier(day):
    assert clock(RULE, day, CALENDAR).due_on <= clock(RULE, day + timedelta(days=1), CALENDAR).due_on


# ── the age of a case ─────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("appointed", "submitted", "closed", "said"),
    [
        ("2026-10-11", "2026-11-08", None, "任职后 40 天 · 受理后 12 天"),
        (None, "2026-11-08", None, "受理后 12 天"),
        (None, "2026-11-20", None, "受理当天"),
        ("2026-12-01", "2026-11-08", None, "受理后 12 天"),  # appointed from a day to come
        ("2026-10-11", "2026-11-08", "2026-11-10", "任职后 30 天 · 受理后 2 天办结"),
        ("2023-10-11", None, None, "任职后 1\u00a0136 天"),
        (None, None, None, ""),
        (None, None, "2026-11-10", ""),
    ],
)
def test_the_age_of_a_case_counts_from_appointment_and_first_submission(appointed, submitted, closed, said):
    told = (date.fromisoformat(day) if day else None for day in (appointed, submitted, closed))
    appointed_on, submitted_on, closed_on = told
    days = {"appointed_on": appointed_on, "submitted_on": submitted_on, "closed_on": closed_on}
    assert age(**days, today=date(2026, 11, 20)) == said
