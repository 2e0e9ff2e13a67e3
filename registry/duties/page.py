"""A person's ledger of one year, as the page, the PDF and the workbook show it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from cqo_portal.parties.models import Person
from registry.duties.asking import Asked, asked_of
from registry.duties.lines import Line, earned_by, lines_of
from registry.duties.queries import posts_shown
from registry.duties.shown import Panel, Verdict, headline, in_hours, verdict_on
from training.hours import CLASSES, ZERO

EARLIEST = 2015  # years before this are typing errors


@dataclass(frozen=True)
class Row:
    """One line with its hours laid into the columns of its class, and the verdict on it."""

    line: Line
    cells: tuple[tuple[str, Decimal | None], ...]  # the word of the column, and the hours
    verdict: Verdict


@dataclass(frozen=True)
class OfPost:
    """The duties of one post."""

    asked: Asked
    panels: tuple[Panel, ...]

    @property
    def readings(self) -> list:
        """How we read the texts of these duties, each once."""
        found = [panel.found.duty.reading for panel in self.panels if panel.found.duty.reading]
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Ledger:
    person: Person
    year: int
    today: date
    everything: tuple[Asked, ...]
    lines: tuple[Line, ...]

    @cached_property
    def title(self) -> str:
        return headline(self.everything, year=self.year, earned=self.earned)

    @cached_property
    def posts(self) -> list[OfPost]:
        return [
            OfPost(asked, tuple(Panel(found, self.today) for found in asked.found))
            for asked in self.everything
        ]

    @property
    def has_rulers(self) -> bool:
        """Whether any duty is drawn on a ruler: a certificate is had or not."""
        return any(not panel.is_certificate for each in self.posts for panel in each.panels)

    # ── the table ─────────────────────────────────────────────────────────────────────────────
    @cached_property
    def classes(self) -> list[int | None]:
        """The classes that have a column: those the texts ask for, and those that were learned."""
        asked = {each.duty.course_class for one in self.everything for each in one.found}
        known = (asked | {row.course_class for row in self._shown}) - {None}
        without = not known or any(row.course_class is None for row in self._shown)
        return [*sorted(known), *([None] if without else [])]

    @property
    def columns(self) -> list[str]:
        return (
            [CLASSES[each] for each in self.classes] if len(self.classes) > 1 or self.classes[0] else ["学时"]
        )

    @cached_property
    def _counting(self) -> set:
        """The lines that count somewhere, whatever year they were posted for."""
        return {e.key for one in self.everything for found in one.found for e in found.entries}

    @cached_property
    def _shown(self) -> list[Line]:
        return [line for line in self.lines if line.year == self.year or line.key in self._counting]

    @cached_property
    def rows(self) -> list[Row]:
        return [self._row(line) for line in self._shown if line.year == self.year]

    @cached_property
    def rows_of_other_years(self) -> list[Row]:
        """Posted for another year, and counting here: for what is owed once, and for certificate years."""
        return [self._row(line) for line in self._shown if line.year != self.year]

    def _row(self, line: Line) -> Row:
        hours = [line.hours if line.course_class == each else None for each in self.classes]
        return Row(line, tuple(zip(self.columns, hours, strict=True)), verdict_on(line, self.everything))

    @cached_property
    def totals(self) -> list[tuple[Decimal, Decimal]]:
        """(counts, does not count) of each class in this year; together they are what stands."""
        return [(self._sum(each, counts=True), self._sum(each, counts=False)) for each in self.classes]

    def _sum(self, course_class: int | None, *, counts: bool) -> Decimal:
        standing = [row for row in self.rows if row.line.stands and row.line.course_class == course_class]
        return sum((row.line.hours for row in standing if row.verdict.counts is counts), ZERO)

    @property
    def counted(self) -> list[Decimal]:
        return [counted for counted, _ in self.totals]

    @property
    def uncounted(self) -> list[Decimal]:
        return [uncounted for _, uncounted in self.totals]

    @property
    def earned(self) -> Decimal:
        """Everything in the ledger that stands in this year; what still waits for a confirmation is not in it."""
        own = (line for line in self.lines if line.year == self.year and line.entry is not None)
        return sum((line.hours for line in own), ZERO)

    # ── the years ─────────────────────────────────────────────────────────────────────────────
    @cached_property
    def years(self) -> list[int]:
        """This year and every year there is something of; newest first."""
        known = {line.year for line in self.lines} | {self.today.year, self.year}
        return sorted(known, reverse=True)

    @property
    def other_years(self) -> list[tuple[int, str]]:
        """[(year, hours that stand in it)] of the others."""
        sums = {year: ZERO for year in self.years if year != self.year}
        for line in self.lines:
            if line.entry is not None and line.year in sums:
                sums[line.year] += line.hours
        return [(year, in_hours(hours)) for year, hours in sums.items()]


def ledger_of(person: Person, *, user, year: int, today: date) -> Ledger:
    """The ledger as this user may see it: all lines of the person, the duties of the posts he may see."""
    posts = posts_shown(person, user=user, year=year)
    lines = tuple(lines_of([person.pk]).get(person.pk, ()))
    everything = asked_of(posts, year=year, earned={person.pk: earned_by(lines)}, today=today)
    return Ledger(person, year, today, tuple(everything), lines)


def asked_year(said: str, *, today: date) -> int:
    """The year an address asks for; anything else is this year."""
    if len(said) == 4 and said.isascii() and said.isdigit() and EARLIEST <= int(said) <= today.year + 1:
        return int(said)
    return today.year
