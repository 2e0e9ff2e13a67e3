"""The lines of a person's ledger: entries, their reversals, and self-reports that still wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from cqo_portal.jurisdictions.vocabulary import Activity
from training.hours import Earned
from training.models import Entry, SelfReport, Source


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line as it stands: an entry, or a report nobody has confirmed yet (then without `entry`)."""

    entry: Entry | None = None
    report: SelfReport | None = None

    @property
    def _said(self) -> Entry | SelfReport:
        return self.entry or self.report

    @property
    def key(self) -> tuple[str, object]:
        return (self._said._meta.model_name, self._said.pk)

    @property
    def number(self) -> str:
        return self.entry.number if self.entry else ""

    @property
    def on(self) -> date:
        return self.entry.on if self.entry else self.report.last_day

    @property
    def first_day(self) -> date:
        held = self.entry.session if self.entry and self.entry.session_id else self.report
        return held.first_day

    @property
    def year(self) -> int:
        return self._said.year

    @property
    def course_class(self) -> int | None:
        return self._said.course_class

    @property
    def hours(self) -> Decimal:
        return self._said.hours

    @property
    def activity(self) -> Activity:
        return Activity(self._said.activity)

    @property
    def is_reversal(self) -> bool:
        return bool(self.entry and self.entry.reverses_id)

    @property
    def reversed_by(self) -> Entry | None:
        return getattr(self.entry, "reversal", None) if self.entry else None

    @property
    def stands(self) -> bool:
        return not self.is_reversal and self.reversed_by is None

    @property
    def title(self) -> str:
        if self.is_reversal:
            return f"冲正 {self.entry.reverses.number}：{self.entry.reason}"
        return self.entry.session.name if self.entry and self.entry.session_id else self.report.title

    @property
    def organiser(self) -> str:
        """Who held it: of a self-report whom the person names."""
        if self.report is None:
            return str(self.entry.organiser)
        return f"{self.report.held_by} · 自报（{self.activity.label}）"

    @property
    def place(self) -> str:
        if self.report is not None:
            return ""
        return f"{self.entry.session.get_held_display()}，{self.entry.session.place}"

    @property
    def source(self) -> str:
        """How it became known; a reversal has its reason instead."""
        if self.is_reversal:
            return ""
        return self.entry.get_source_display() if self.entry else Source.REPORT.label

    @property
    def has_papers(self) -> bool:
        """What is confirmed has some; of a report that waits they were asked for with the list."""
        return self.entry is not None or bool(self.report.evidence.all())

    @property
    def refused(self) -> str:
        """The settlement that says no; what it says holds for good."""
        settled = (getattr(flag, "settlement", None) for flag in self._flags)
        said = next((each for each in settled if each and not each.counts), None)
        return f"核查后不计入：{said.reason}" if said else ""

    @property
    def held(self) -> str:
        """Why it waits to count; empty once nothing stands against it."""
        if self.entry is None:
            return waits_for(self.report)
        return next((flag.said for flag in self._flags if not hasattr(flag, "settlement")), "")

    @property
    def _flags(self) -> list:
        return list(self.entry.flags.all()) if self.entry else []

    @property
    def earned(self) -> Earned:
        return Earned(
            hours=self.hours,
            on=self.on,
            course_class=self.course_class,
            counts_for=self.year,
            activity=self.activity,
            held=self.held,
            refused=self.refused,
            key=self.key,
        )


def waits_for(report: SelfReport) -> str:
    since = timezone.localdate(report.moved_at)
    return f"自报，等{report.organiser}确认（{since.month}月{since.day}日起）。"


def lines_of(people: Iterable) -> dict[object, list[Line]]:
    """Every line of each person, newest first: five queries, however many people."""
    found: dict[object, list[Line]] = {}
    for entry in Entry.objects.of_people(people).for_ledger().order_by("-on", "-id"):
        found.setdefault(entry.person_id, []).append(Line(entry=entry, report=entry.self_report))
    waiting = SelfReport.objects.waiting().filter(person__in=people).for_list()
    for report in waiting:
        found.setdefault(report.person_id, []).append(Line(report=report))
    for lines in found.values():
        lines.sort(
            key=lambda line: (line.on, line.entry is None, line.entry.pk if line.entry else 0), reverse=True
        )
    return found


def earned_by(lines: Iterable[Line]) -> tuple[Earned, ...]:
    """What stands, as the arithmetic takes it."""
    return tuple(line.earned for line in lines if line.stands)
