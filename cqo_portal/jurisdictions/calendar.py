"""Periods by the Civil Code (arts. 200–203), and days off by announced tables. Dates in, dates out: no clock.

Two ways of counting, and they differ on purpose:

* `after` / `before`: the day of the event is not counted; the period ends on the corresponding day, or, where
  the month has none, on its last day (31 January + 1 month = 28 or 29 February).
* `last_day_from`: a validity or a term whose first day counts. It ends the day before the corresponding day,
  or, where the month has none, on its last day (29 February 2024 for three years: last day 28 February 2027).
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

ONE_DAY = timedelta(days=1)
SATURDAY = 5


def days_in_month(year: int, month: int) -> int:
    return monthrange(year, month)[1]


def shifted(day: date, *, months: int) -> date:
    """The corresponding day so many months away, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


@dataclass(frozen=True, order=True)
class Months:
    count: int

    @property
    def months(self) -> int:
        return self.count

    def after(self, day: date) -> date:
        return shifted(day, months=self.months)

    def before(self, day: date) -> date:
        return shifted(day, months=-self.months)

    def last_day_from(self, first_day: date) -> date:
        corresponding = self.after(first_day)
        return corresponding - ONE_DAY if corresponding.day == first_day.day else corresponding

    def __str__(self) -> str:
        return f"{self.count} 个月"


@dataclass(frozen=True, order=True)
class Years(Months):
    @property
    def months(self) -> int:
        return self.count * 12

    def __str__(self) -> str:
        return f"{self.count} 年"


class Elapsed(NamedTuple):
    """What lies between two days, largest unit first; reads as people say it."""

    years: int
    months: int
    days: int

    def __str__(self) -> str:
        parts = ((self.years, "年"), (self.months, "个月"), (self.days, "天"))
        return "".join(f"{count}{unit}" for count, unit in parts if count) or "0天"


def elapsed(start: date, end: date) -> Elapsed:
    """Whole years, then whole months, then days, from `start` up to but not including `end`."""
    if end < start:
        raise ValueError("结束日期早于开始日期。")
    whole = (end.year - start.year) * 12 + end.month - start.month
    if shifted(start, months=whole) > end:
        whole -= 1
    return Elapsed(*divmod(whole, 12), (end - shifted(start, months=whole)).days)


@dataclass(frozen=True)
class AnnouncedYear:
    """One year's announcement: holidays off, weekend days made up for, and the document that says so."""

    year: int
    source: str
    days_off: frozenset[date]
    make_up_days: frozenset[date]


class Moved(NamedTuple):
    day: date
    provisional: bool
    arithmetic: str


class WorkingCalendar:
    """Which days are working days, as far as announced. An unannounced year is never guessed."""

    def __init__(self, years: Iterable[AnnouncedYear]):
        announced = tuple(years)
        self.years = {entry.year: entry for entry in announced}
        self._off = frozenset().union(*(entry.days_off for entry in announced))
        self._made_up = frozenset().union(*(entry.make_up_days for entry in announced))

    def knows(self, day: date) -> bool:
        return day.year in self.years

    def is_day_off(self, day: date) -> bool:
        """An announced holiday, or a weekend day nobody has to make up for."""
        if not self.knows(day):
            raise LookupError(f"{day.year} 年的放假安排尚未录入，不能判断 {day:%Y-%m-%d} 是否为工作日。")
        return day in self._off or (day.weekday() >= SATURDAY and day not in self._made_up)

    def moved(self, day: date) -> Moved:
        """A last day that is a day off gives way to the next working day (art. 203)."""
        landing = day
        while self.knows(landing) and self.is_day_off(landing):
            landing += ONE_DAY
        if not self.knows(landing):
            return Moved(
                day,
                True,
                f"{landing.year} 年放假安排尚未公布，暂按 {day:%Y-%m-%d} 计，公布后重算。",
            )
        if landing == day:
            return Moved(day, False, f"{day:%Y-%m-%d} 是工作日，不顺延。")
        return Moved(
            landing,
            False,
            f"{day:%Y-%m-%d} 是休息日，顺延至下一个工作日 {landing:%Y-%m-%d}。",
        )

    def after_working_days(self, day: date, count: int) -> Moved:
        """The `count`-th working day after `day`, which is not counted.

        In a year that is not announced Monday to Friday stand for working days, and the answer is provisional.
        """
        landing, left, unannounced = day, count, None
        while left:
            landing += ONE_DAY
            if not self.knows(landing):
                unannounced = unannounced or landing.year
            left -= self._counts(landing)
        said = f"{day:%Y-%m-%d} 当日不计，第 {count} 个工作日是 {landing:%Y-%m-%d}"
        if unannounced:
            said += f"（{unannounced} 年放假安排尚未公布，暂按周一至周五计，公布后重算）"
        return Moved(landing, unannounced is not None, f"{said}。")

    def working_days(self, day: date, until: date) -> int:
        """How many lie between: `day` is not counted, `until` is. The way back from `after_working_days`."""
        return sum(self._counts(day + timedelta(days=n)) for n in range(1, (until - day).days + 1))

    def _counts(self, day: date) -> bool:
        return not self.is_day_off(day) if self.knows(day) else day.weekday() < SATURDAY
