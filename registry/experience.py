"""How long somebody has worked in quality: one arithmetic, exact, in which more never counts as less.

* Periods of the wanted kind are united: overlaps count once, stretches that touch are one. The last day of a
  finished period counts (2020-01-01 to 2022-12-31 is three years); the reference day does not, it is still going on.
* One unbroken stretch reaches N years on the Nth corresponding day itself: 2020-01-01, three years, 2023-01-01.
* Broken stretches are added up in months: a whole calendar month is one, a day is its month's thirtieth, thirty-first
  or twenty-eighth part. Three whole years are three years wherever the gaps lie, and one day missing is one day
  short; leap years save nobody a day (a test holds that).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import NamedTuple

from cqo_portal.jurisdictions.calendar import Elapsed, Years, days_in_month, elapsed
from cqo_portal.jurisdictions.vocabulary import ExperienceKind

ONE_DAY = timedelta(days=1)
DAYS_SHOWN_FOR_A_MONTH = 30  # only where a fraction of a month is put into words


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both worked; no last day: it goes on."""

    start: date
    end: date | None
    kind: ExperienceKind

    def __post_init__(self):
        if self.end and self.end < self.start:
            raise ValueError(f"经历的结束日期 {self.end} 早于开始日期 {self.start}，请更正。")

    @property
    def stops(self) -> date:
        """The first day no longer worked."""
        return date.max if self.end in (None, date.max) else self.end + ONE_DAY

    def counts_as(self, kind: ExperienceKind) -> bool:
        """质量工作 includes 质量管理, not the other way round."""
        return kind in (self.kind, ExperienceKind.WORK)


class Stretch(NamedTuple):
    """Worked without a break from `start` up to, not including, `stop`."""

    start: date
    stop: date

    @property
    def months(self) -> Fraction:
        return _clock(self.stop) - _clock(self.start)

    def reaches(self, least: Years) -> bool:
        return least.after(self.start) <= self.stop


@dataclass(frozen=True)
class Worked:
    """Stretches that neither touch nor overlap, earliest first."""

    stretches: tuple[Stretch, ...]

    @cached_property
    def months(self) -> Fraction:
        return sum((stretch.months for stretch in self.stretches), Fraction(0))

    @property
    def span(self) -> Stretch:
        """From the first day to the last, as if there were no gaps."""
        return Stretch(self.stretches[0].start, self.stretches[-1].stop)

    @property
    def is_broken(self) -> bool:
        return len(self.stretches) > 1

    @property
    def length(self) -> Elapsed:
        if not self.stretches:
            return Elapsed(0, 0, 0)
        return _in_words(self.months) if self.is_broken else elapsed(*self.span)

    def reaches(self, least: Years) -> bool:
        unbroken = any(stretch.reaches(least) for stretch in self.stretches)
        return unbroken or self.months >= least.months

    def short_of(self, least: Years) -> Elapsed:
        """What is missing, if `least` is not reached."""
        if len(self.stretches) == 1:
            return elapsed(self.span.stop, least.after(self.span.start))
        return _in_words(least.months - self.months, last_day=ceil)


def worked(periods: Iterable[Period], kind: ExperienceKind, *, on: date) -> Worked:
    """What counts on that day; a period that begins later does not."""
    begun = (period for period in periods if period.counts_as(kind) and period.start < on)
    return _united(Stretch(period.start, min(period.stops, on)) for period in begun)


def since(periods: Iterable[Period], *, on: date) -> date | None:
    """From which day unbroken quality work would have been as long as what counts on that day; None of none at all."""
    months = worked(periods, ExperienceKind.WORK, on=on).months
    return _day_at(_clock(on) - months) if months else None


def met_from(periods: Iterable[Period], kind: ExperienceKind, least: Years, *, on: date) -> date | None:
    """The first day it will be enough, if it is not on `on` and what has begun goes on as written."""
    begun = (period for period in periods if period.counts_as(kind) and period.start <= on)
    ahead = _united(Stretch(period.start, period.stops) for period in begun)
    if not ahead.stretches:
        return None
    *past, last = ahead.stretches
    missing = least.months - Worked(tuple(past)).months
    added_up = _day_at(_clock(last.start) + missing)
    day = min(added_up, least.after(last.start))
    return day if day <= last.stop else None


def _united(stretches: Iterable[Stretch]) -> Worked:
    """What overlaps or touches becomes one."""
    whole: list[Stretch] = []
    for stretch in sorted(stretches):
        if whole and stretch.start <= whole[-1].stop:
            whole[-1] = Stretch(whole[-1].start, max(whole[-1].stop, stretch.stop))
        else:
            whole.append(stretch)
    return Worked(tuple(whole))


def _clock(day: date) -> Fraction:
    """Months since year 0; between two firsts of the month the days divide it evenly."""
    return day.year * 12 + day.month - 1 + Fraction(day.day - 1, days_in_month(day.year, day.month))


def _day_at(clock: Fraction) -> date:
    """The first day on which the clock shows at least that much."""
    year, month = divmod(int(clock), 12)
    first = date(year, month + 1, 1)
    return first + timedelta(days=ceil((clock - int(clock)) * days_in_month(year, month + 1)))


def _in_words(months: Fraction, *, last_day=int) -> Elapsed:
    whole = int(months)
    return Elapsed(*divmod(whole, 12), last_day((months - whole) * DAYS_SHOWN_FOR_A_MONTH))
