"""The two days of every table: of which day it tells, and what was known by when. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from registry.history import day_after


@dataclass(frozen=True)
class AsOf:
    """The facts of day `on`, as they had been recorded by the end of day `known`."""

    on: date
    known: date

    @property
    def recorded_before(self) -> datetime:
        """The first instant of which nothing is known any more."""
        return day_after(self.known)

    @property
    def done_before(self) -> datetime:
        """The same for acts, which happen when they are recorded: what came after `on` had not happened then."""
        return min(day_after(self.on), day_after(self.known))

    @property
    def year(self) -> int:
        return self.on.year

    @property
    def begins(self) -> date:
        """The first day of its year."""
        return date(self.on.year, 1, 1)

    def is_final(self, *, today: date) -> bool:
        """Whether nothing can be recorded any more that it would know: the same question has the same answer for ever."""
        return self.known < today

    @property
    def address(self) -> str:
        return f"on={self.on}&known={self.known}"


def yesterday(today: date) -> date:
    return today - timedelta(days=1)
