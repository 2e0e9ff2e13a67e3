"""What cannot be, or should be looked at: days too full, sessions outside a qualification. Values only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

QUARTER = Decimal("0.25")
LONGEST_SPAN = 366  # days of one session, or of one self-report; our own limit too
LONGEST_DAY = Decimal(12)  # 学时 somebody can take in on one day; our own limit, no text has one


@dataclass(frozen=True)
class Learned:
    """Hours, and the days on which they were earned, each with its minutes; where no clock is known all weigh alike."""

    hours: Decimal
    minutes: Mapping[date, int]

    @cached_property
    def of_a_minute(self) -> Fraction:
        return Fraction(self.hours) / (sum(self.minutes.values()) or 1)

    @property
    def fullest(self) -> Fraction:
        """The hours of its longest day."""
        return self.of_a_minute * max(self.minutes.values(), default=0)


def days_between(first_day: date, last_day: date) -> tuple[date, ...]:
    return tuple(first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1))


def long_days(learned: Iterable[Learned]) -> list[date]:
    """The days on which more was learned than a day can hold, earliest first."""
    learned = list(learned)
    if sum(each.fullest for each in learned) <= LONGEST_DAY:  # not even all of them on one day
        return []
    load: dict[date, Fraction] = defaultdict(Fraction)
    for each in learned:
        for day, minutes in each.minutes.items():
            load[day] += each.of_a_minute * minutes
    return sorted(day for day, hours in load.items() if hours > LONGEST_DAY)


def days_outside(first_day: date, last_day: date, *, spans: Iterable[tuple[date, date | None]]) -> list[date]:
    """The days that no span holds. A span without an end goes on; several may follow one another without a gap."""
    held = [(begins, ends or date.max) for begins, ends in spans]
    return [
        day
        for day in days_between(first_day, last_day)
        if not any(begins <= day <= ends for begins, ends in held)
    ]


def minutes_taught(times: Iterable[tuple]) -> int:
    """The minutes between beginnings and ends."""
    return sum(int((ends - begins).total_seconds()) // 60 for begins, ends in times)


def hours_for(hours: Decimal, *, attended: int, of: int) -> Decimal:
    """What to propose for whoever was there for some of the minutes: the share, in whole quarters, never more.

    A proposal for a roster, which its organiser corrects; the ledger itself divides nothing.
    """
    if attended >= of:
        return hours
    return max(hours * attended * 4 // of / 4, min(hours, QUARTER))


def too_many_hours(hours: Decimal, *, minutes: int, class_hour: int) -> bool:
    """Whether so many class hours cannot fit into so many minutes."""
    return hours * class_hour > minutes
