"""The clock of a change: within what time it is reported, by the pack's rule and the calendar. Values in, values out.

The day of the event is not counted; the period ends on the corresponding day, or on the month's last day; a last
day off gives way to the next working day (the pack's reading of its text; Civil Code arts. 201-203).
"""

from calendar import Calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cqo_portal.jurisdictions.calendar import Moved, WorkingCalendar, shifted
from cqo_portal.jurisdictions.schema import ChangeReport
from cqo_portal.wording import WEEKDAYS, days_after

NUMERALS = ("", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
SHEETS_SHOWN = 3  # from the month of the event on


@dataclass(frozen=True)
class Clock:
    """One deadline with its arithmetic. `ends_on` is before, `due_on` after days off; provisional = year unknown."""

    rule: ChangeReport
    effective_on: date
    ends_on: date
    moved: Moved
    calendar: WorkingCalendar

    @property
    def due_on(self) -> date:
        return self.moved.day

    @property
    def provisional(self) -> bool:
        return self.moved.provisional

    @property
    def length(self) -> str:
        return length(self.rule)

    @property
    def parts(self) -> tuple[str, ...]:
        """For a case head: what is added to what."""
        whole = (f"{short(self.effective_on)}生效，当日不计", "+", self.length, "→", short(self.ends_on))
        return (*whole, "→", f"顺延至 {short(self.due_on)}") if self.due_on != self.ends_on else whole

    @property
    def arithmetic(self) -> str:
        """The same as one sentence, every day in full."""
        said = f"生效日 {self.effective_on:%Y-%m-%d} 不计，{self.length}至 {in_full(self.ends_on)}"
        if self.ends_on.day < self.effective_on.day:
            said += f"（该月没有 {self.effective_on.day} 日，取最后一天）"
        return f"{said}；{self.moved.arithmetic}"

    def days_left(self, today: date) -> int:
        """Negative once it is late."""
        return (self.due_on - today).days

    def in_words(self, today: date) -> str:
        left = self.days_left(today)
        how = f"还有 {left} 天" if left > 0 else "就是今天" if left == 0 else f"已逾期 {-left} 天"
        return f"{in_full(self.due_on)}，{how}"

    def sheets(self, today: date) -> list["Sheet"]:
        """The months from the event to the last day, each as a calendar."""
        months, day = [], self.effective_on.replace(day=1)
        while day <= self.due_on and len(months) < SHEETS_SHOWN:
            months.append(Sheet(day, tuple(self._weeks(day, today))))
            day = shifted(day, months=1)
        return months

    def _weeks(self, month: date, today: date) -> Iterator[tuple["Cell | None", ...]]:
        for week in Calendar().monthdatescalendar(month.year, month.month):
            yield tuple(self._cell(day, today) if day.month == month.month else None for day in week)

    def _cell(self, day: date, today: date) -> "Cell":
        off = self.calendar.is_day_off(day) if self.calendar.knows(day) else None
        return Cell(day, off, day == self.effective_on, day == self.due_on, day == today)


@dataclass(frozen=True)
class Cell:
    """One day of a calendar; `off` is None in a year whose days off are not known."""

    day: date
    off: bool | None
    effective: bool
    due: bool
    today: bool

    @property
    def marks(self) -> list[str]:
        """What a reader of the screen hears beside the number, and everybody sees in the legend."""
        said = (
            ("生效日", self.effective),
            ("期限", self.due),
            ("休息", bool(self.off)),
            ("今天", self.today),
        )
        return [word for word, holds in said if holds]


@dataclass(frozen=True)
class Sheet:
    """A month of weeks from Monday; None where the week belongs to another month."""

    first: date
    weeks: tuple[tuple[Cell | None, ...], ...]


def clock(rule: ChangeReport, effective_on: date, calendar: WorkingCalendar) -> Clock:
    """When a change that took effect on that day must have been reported."""
    ends_on = rule.within.after(effective_on)
    moved = calendar.moved(ends_on) if rule.moves_past_days_off else Moved(ends_on, False, "休息日不顺延。")
    return Clock(rule, effective_on, ends_on, moved, calendar)


def days_late(due_on: date | None, *, reported_on: date | None) -> int:
    """How many days after the last day it was reported; 0 in time, or without a deadline."""
    return max((reported_on - due_on).days, 0) if due_on and reported_on else 0


def age(*, appointed_on: date | None, submitted_on: date | None, closed_on: date | None, today: date) -> str:
    """How old a case is, whoever has it now: 任职后 40 天 · 受理后 12 天; of a closed one, how old it became.

    No text sets a deadline here (及时), so the age is all there is to show; it never begins anew.
    """
    until = closed_on or today
    days = (("任职", appointed_on), ("受理", submitted_on))
    said = " · ".join(days_after(what, (until - day).days) for what, day in days if day and day <= until)
    return f"{said}办结" if said and closed_on else said


def length(rule: ChangeReport) -> str:
    """How long there is, as one says it: 一个月."""
    count = rule.within.count
    return f"{NUMERALS[count]}个月" if count < len(NUMERALS) else str(rule.within)


def short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def in_full(day: date) -> str:
    return f"{day:%Y-%m-%d}（周{WEEKDAYS[day.weekday()]}）"
