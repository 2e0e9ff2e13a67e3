"""What the rules say of the yearly report: who hands in to whom, by which clause, closed on which day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cqo_portal.jurisdictions.schema import Duty, Report, RulePack
from cqo_portal.jurisdictions.vocabulary import Party, Recurrence
from cqo_portal.parties.models import Office
from registry.editions import editions_on, judged_on
from training.hours import Post, Progress, Unit, progress

EARLIEST = 2015  # years before this are typing errors


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """One year's reports of one office. A text that asks for none leaves `steps` empty: then it is voluntary."""

    year: int
    pack: RulePack | None
    steps: tuple[Report, ...]  # the yearly reports from the enterprise upwards, as the text has them
    cut_off: date

    @property
    def voluntary(self) -> bool:
        return self.step_of(Party.ENTERPRISE) is None

    def step_of(self, party: Party) -> Report | None:
        return next((step for step in self.steps if step.by is party), None)

    @property
    def cites(self) -> str:
        step = self.step_of(Party.ENTERPRISE)
        return step.cites if step else ""

    @property
    def begins(self) -> date:
        return date(self.year, 1, 1)

    @property
    def ends(self) -> date:
        return date(self.year, 12, 31)

    @property
    def _place(self) -> str:
        return self.pack.title if self.pack else "所在地的规定"

    @property
    def basis(self) -> str:
        """Why there is a report at all, as the page says it."""
        if self.voluntary:
            return f"{self._place}没有要求年度报告，本报告由各级自愿使用；截止日取年末，不是法定期限。"
        assumed = next((s.reading for s in self.steps if s.cut_off and s.reading), None)
        return f"依据{self.pack.title}{self.cites}。{assumed.text if assumed else ''}"


UPWARDS = (Party.ENTERPRISE, Party.COUNTY, Party.CITY)


def schedule_for(office: Office, year: int, *, today: date) -> Schedule:
    return schedules_for(office, [year], today=today)[year]


def schedules_for(office: Office, years: Iterable[int], *, today: date) -> dict[int, Schedule]:
    """Of every year, with one query: by the edition in force at its end, or today while the year still runs."""
    days = {year: judged_on(year, today=today) for year in years}
    packs = editions_on(office, days.values())
    return {year: schedule_of(packs[day], year) for year, day in days.items()}


def _last_day(year: int) -> date:
    return date(year, 12, 31)


def schedule_of(pack: RulePack | None, year: int) -> Schedule:
    """What an edition says of a year's reports."""
    yearly = [r for r in (pack.reports if pack else ()) if r.every is Recurrence.CALENDAR_YEAR]
    steps = tuple(r for party in UPWARDS for r in yearly if r.by is party)
    closed = next((r.cut_off for r in steps if r.cut_off), None)
    return Schedule(
        year=year, pack=pack, steps=steps, cut_off=date(year, *closed) if closed else _last_day(year)
    )


def duties_of(pack: RulePack | None, *, appointed_on: date, year: int) -> list[Duty]:
    """The duties in hours that this post owed in this year; a text without hours owes none."""
    return [each.duty for each in owed_of(pack, appointed_on=appointed_on, year=year)]


def owed_of(pack: RulePack | None, *, appointed_on: date, year: int) -> list[Progress]:
    """The same with nothing learned yet. What is owed once a report asks in the year of the appointment only."""
    post = Post(appointed_on=appointed_on)
    found = progress(pack, year=year, post=post, earned=()) if pack else ()
    first_year = appointed_on.year == year
    in_hours = [each for each in found if each.unit is Unit.HOURS and each.due]
    return [each for each in in_hours if first_year or each.duty.every is not Recurrence.ONCE]
