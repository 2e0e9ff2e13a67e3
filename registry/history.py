"""What the register says of a day, as it was known on another day. Pure: no Django, no database.

A fact has two dates: from which day it holds (effective), and when it was written down (recorded). A correction
is a fact that takes the place of another; until it was recorded, the other one answered.
Days begin and end in Asia/Shanghai.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Asia/Shanghai")
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Said:
    """One entry: `order` is unique and grows with the record; `corrects` is the order of the entry it replaces."""

    order: int
    value: str
    effective_on: date
    recorded_at: datetime
    corrects: int | None = None


@dataclass(frozen=True)
class Spell:
    """A stretch of days in office; `until` is the last day, None while it goes on."""

    since: date
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


def day_after(day: date) -> datetime:
    """The first instant that no longer belongs to `day`."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=HERE)


def known(entries: Iterable[Said], *, on: date) -> list[Said]:
    """What had been recorded by the end of that day, without what an entry of that time corrects."""
    end = day_after(on)
    recorded = [entry for entry in entries if entry.recorded_at < end]
    corrected = {entry.corrects for entry in recorded}
    return [entry for entry in recorded if entry.order not in corrected]


def holding(entries: Iterable[Said], *, on: date, known_on: date) -> Said | None:
    """The entry that answers for day `on` as known on `known_on`: the latest to take effect, then the last said."""
    open_then = [entry for entry in known(entries, on=known_on) if entry.effective_on <= on]
    return max(open_then, key=_rank, default=None)


def value(entries: Iterable[Said], *, on: date, known_on: date) -> str | None:
    found = holding(entries, on=on, known_on=known_on)
    return found.value if found else None


def spells(entries: Iterable[Said], *, known_on: date) -> list[Spell]:
    """The stretches in office that `in_office` entries of one post tell of, oldest first."""
    found: list[Spell] = []
    since = None
    for day, word in _turns(known(entries, on=known_on)):
        if word == YES and since is None:
            since = day
        elif word != YES and since is not None:
            found.append(Spell(since, day - timedelta(days=1)))
            since = None
    return found if since is None else [*found, Spell(since)]


def _turns(entries: list[Said]) -> list[tuple[date, str]]:
    """(day, what holds from then on); of several entries for one day the last said counts."""
    return sorted({entry.effective_on: entry.value for entry in sorted(entries, key=_rank)}.items())


def _rank(entry: Said) -> tuple[date, int]:
    return entry.effective_on, entry.order
