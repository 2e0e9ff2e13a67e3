"""The one-month clock as a page shows it: the day, the arithmetic, the calendar, and whether it was late."""

from dataclasses import dataclass
from datetime import date

from cqo_portal.jurisdictions.schema import ChangeReport
from registry import deadlines
from registry.clock import Clock, Sheet, days_late, in_full, length
from registry.editions import edition_for
from registry.models import Filing

SOON = 7  # days before the last one


@dataclass(frozen=True)
class Deadline:
    """`reported_on`: the day of the first submission; None while nothing was reported."""

    clock: Clock
    today: date
    reported_on: date | None = None

    @property
    def rule(self) -> ChangeReport:
        return self.clock.rule

    @property
    def late(self) -> int:
        return days_late(self.clock.due_on, reported_on=self.reported_on or self.today)

    @property
    def tone(self) -> str:
        if self.late:
            return "late"
        soon = self.reported_on is None and self.clock.days_left(self.today) <= SOON
        return "soon" if soon else ""

    @property
    def words(self) -> str:
        """The last day, and how far it is; once reported, whether that was in time."""
        if self.reported_on is None:
            return self.clock.in_words(self.today)
        how = f"逾期 {self.late} 天报送" if self.late else "按期报送"
        return f"{in_full(self.clock.due_on)}，{self.reported_on:%Y-%m-%d} {how}"

    @property
    def sheets(self) -> list[Sheet]:
        return self.clock.sheets(self.today)


def deadline_of(filing: Filing, effective_on: date | None, *, today: date) -> Deadline | None:
    clock = deadlines.clock_of(filing, effective_on, today=today)
    return Deadline(clock, today, filing.submitted_on) if clock else None


def deadline_before(organisation, effective_on: date | None, *, today: date) -> Deadline | None:
    """Before there is a filing: by the edition the enterprise's office works by today."""
    unsaid = Filing(organisation=organisation, office=organisation.office)
    return deadline_of(unsaid, effective_on, today=today)


@dataclass(frozen=True)
class Rule:
    """The clause of the clock, before a day is known."""

    clause: ChangeReport

    @property
    def within(self) -> str:
        return length(self.clause)


def rule_for(office, *, today: date) -> Rule | None:
    route = edition_for(office, today).route
    return Rule(route.change) if route else None
