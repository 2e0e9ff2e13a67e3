"""What the pages of tables show: a question as its address says it, the answer with its links, and what stands beside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse

from cqo_portal.parties.models import Office
from cqo_portal.statistics import records, why
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.charts import Chart, Tile, tiles, value_in_words
from cqo_portal.statistics.counting import (
    ALL,
    Difference,
    Fault,
    Head,
    Member,
    Moved,
    Record,
    Row,
    Sort,
    Table,
    differences,
    faults,
    plain,
)
from cqo_portal.statistics.forms import AskedForm
from cqo_portal.statistics.models import Published
from cqo_portal.statistics.permissions import publishes, works_at_an_office
from cqo_portal.statistics.pictures import pictures_of
from cqo_portal.statistics.queries import areas_of
from cqo_portal.statistics.subject import Dimension, Subject, tabulate
from cqo_portal.statistics.world import World

RECORDS_A_PAGE = 100
SORTED_BY_NAME = 2000  # more records than these are listed in the order of their keys


class Question:
    """`?on=&known=&by=&office=&in_size=…`: which table, of which area, at which two days, of which part."""

    def __init__(self, subject: Subject, params: Mapping, *, user, today: date) -> None:
        self.subject, self.user, self.today = subject, user, today
        asked = params if "on" in params or "known" in params else None
        self.form = AskedForm(asked, today=today)
        said = self.form.cleaned_data if asked is not None and self.form.is_valid() else {}
        self.at = AsOf(said.get("on") or today, said.get("known") or today)
        self.dimension = subject.dimension(params.get("by", ""))
        self.params = params

    @cached_property
    def areas(self) -> list[Office]:
        """Whose figures one may ask for, the own ones first."""
        found = list(areas_of(self.user).select_related("parent"))
        ranks = [Office.Level.PROVINCE, Office.Level.CITY, Office.Level.COUNTY]
        return sorted(found, key=lambda office: (ranks.index(office.level), office.pk))

    @cached_property
    def area(self) -> Office:
        own = self.user.acting.office_id or (self.areas[0].pk if self.areas else "")
        wanted = {office.pk: office for office in self.areas}
        return wanted.get(self.params.get("office", "")) or wanted[own]

    @cached_property
    def world(self) -> World:
        return World(self.area, self.at)

    @property
    def others(self) -> list[Dimension]:
        """By what else the records may be narrowed."""
        return [each for each in self.subject.dimensions if each.code != self.dimension.code]

    @cached_property
    def within(self) -> dict[str, str]:
        return {
            each.code: chosen
            for each in self.others
            if (chosen := self.params.get(f"in_{each.code}", "")[:40])
        }

    @cached_property
    def records(self) -> list[Record]:
        return list(self.subject.records(self.world))

    @cached_property
    def filters(self) -> list[tuple[Dimension, tuple[Row, ...], str]]:
        """(dimension, its rows, the chosen one) of each other dimension."""
        return [
            (each, each.rows(self.world, self.records).all, self.within.get(each.code, ""))
            for each in self.others
        ]

    @cached_property
    def table(self) -> Table:
        return tabulate(
            self.subject, self.world, by=self.dimension.code, within=self.within, records=self.records
        )

    def asked_of(self, at: AsOf) -> "Question":
        """The same question of another pair of days."""
        other = Question(self.subject, self.params, user=self.user, today=self.today)
        other.at = at
        return other

    @property
    def is_final(self) -> bool:
        return self.at.is_final(today=self.today)

    def address(self, **changes: str) -> str:
        said = {"on": self.at.on.isoformat(), "known": self.at.known.isoformat(), "by": self.dimension.code}
        if self.area.pk != self.user.acting.office_id:
            said["office"] = self.area.pk
        said |= {f"in_{code}": row for code, row in self.within.items()}
        return urlencode(said | changes)

    @property
    def said(self) -> str:
        """The question in words."""
        parts = [self.area.area, self.dimension.label]
        for _, rows, chosen in self.filters if self.within else ():
            parts += [row.label for row in rows if row.code == chosen]
        return " · ".join(parts)


# ── a table as a page shows it ────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Cell:
    head: Head
    value: Decimal | None
    url: str = ""
    first: bool = False  # of its group
    wrong: bool = False

    @property
    def word(self) -> str:
        return value_in_words(self.head, self.value)

    @property
    def label(self) -> str:
        """What it is called where it stands alone."""
        return f"{self.head.group} {self.head.label}" if self.head.group else self.head.label


@dataclass(frozen=True)
class Span:
    """A heading over so many columns."""

    label: str
    columns: int
    first: bool = True


@dataclass(frozen=True)
class Laid:
    """A table with its headings, its cells as links, and where it contradicts itself."""

    table: Table
    cell_url: str = ""  # of a cell's records, up to its row and column; without it nothing is a link
    faults: tuple[Fault, ...] = ()

    @property
    def groups(self) -> list[Span]:
        found = groupby(self.table.columns, key=lambda head: head.group)
        return [Span(label, len(list(heads))) for label, heads in found]

    @property
    def has_groups(self) -> bool:
        return any(head.group for head in self.table.columns)

    @property
    def heads(self) -> list[tuple[Head, bool]]:
        """Each column, and whether a group begins with it."""
        heads, before = [], None
        for head in self.table.columns:
            heads.append((head, bool(heads) and head.group != before))
            before = head.group
        return heads

    @cached_property
    def _wrong(self) -> set[tuple[str, str]]:
        return {(each.row, each.column) for each in self.faults}

    def lines(self) -> Iterator[tuple[Row, list[Cell]]]:
        firsts = [first for _, first in self.heads]
        for row, values in self.table.lines:
            yield (
                row,
                [
                    Cell(
                        head, value, self._url(row, head, value), first, (row.code, head.code) in self._wrong
                    )
                    for head, value, first in zip(self.table.columns, values, firsts, strict=True)
                ],
            )

    def _url(self, row: Row, head: Head, value: Decimal | None) -> str:
        if not self.cell_url or value is None:
            return ""
        if not value and head.sort is not Sort.SHARE:
            return ""
        return f"{self.cell_url}&{urlencode({'row': row.code, 'column': head.code})}"

    @property
    def body_lines(self) -> list[tuple[Row, list[Cell]]]:
        return [line for line in self.lines() if line[0].code != ALL]

    @property
    def total_line(self) -> tuple[Row, list[Cell]] | None:
        return next((line for line in self.lines() if line[0].code == ALL), None)


class TablePage:
    """Everything `templates/statistics/table.html` asks for."""

    def __init__(self, question: Question) -> None:
        self.question, self.subject, self.user = question, question.subject, question.user

    @cached_property
    def table(self) -> Table:
        return self.question.table

    @cached_property
    def faults(self) -> list[Fault]:
        return faults(self.table)

    @cached_property
    def laid(self) -> Laid:
        url = (
            reverse("statistics:cell", args=[self.subject.code]) if works_at_an_office.test(self.user) else ""
        )
        return Laid(self.table, f"{url}?{self.question.address()}" if url else "", tuple(self.faults))

    @cached_property
    def charts(self) -> list[Chart]:
        return pictures_of(self.table)

    @property
    def tiles(self) -> list[Tile]:
        """Of coverage, where the rows are places."""
        if (
            self.subject.code != "coverage"
            or self.question.dimension.code != "office"
            or len(self.table.rows) < 2
        ):
            return []
        return tiles(self.table, _share_of(self.table))

    @property
    def tiles_title(self) -> str:
        if not self.tiles:
            return ""
        head = self.table.head(_share_of(self.table))
        return f"{head.group}覆盖率，%"

    @property
    def figures(self) -> list[Cell]:
        """The totals that stand above the table."""
        totals = (
            dict(zip((head.code for head in self.table.columns), self.laid.total_line[1], strict=True))
            if self.laid.total_line
            else {}
        )
        return [totals[code] for code in HEADLINES.get(self.subject.code, ()) if code in totals]

    @property
    def targets(self) -> list[Cell]:
        """How far the targets of the text are."""
        line = self.laid.total_line
        return [cell for cell in line[1] if cell.head.sort is Sort.SHORT] if line else []

    @property
    def may_publish(self) -> bool:
        return publishes.test(self.user, self.question.area) and not self.question.within

    @cached_property
    def published(self) -> list[Published]:
        """The same table as it was published, the newest first."""
        found = Published.objects.visible_to(self.user).for_list()
        found = found.filter(
            office=self.question.area, subject=self.subject.code, dimension=self.question.dimension.code
        )
        return list(found.order_by("-at")[:5])


HEADLINES = {
    "coverage": ("all.n", "all.has", "all.share", "above_scale.share"),
    "filings": ("n", "state.filed", "days", "late"),
    "structure": ("serves", "left", "layer"),
    "hours": ("asked", "met", "short", "share"),
    "providers": ("commissions", "sessions", "people", "hours"),
    "evaluations": ("applications", "results", "share", "appeals"),
    "certificates": ("n", "state.valid", "renewable", "state.expired"),
    "reports": ("n", "received", "late", "missing"),
}


def _share_of(table: Table) -> str:
    """Of enterprises above scale, or where none are listed of all."""
    return "above_scale.share" if table[ALL, "above_scale.n"] else "all.share"


# ── the records of a cell ─────────────────────────────────────────────────────────────────────
class CellPage:
    """`?row=&column=&part=among`: exactly the records behind one number."""

    def __init__(self, table: Table, params: Mapping, *, at: AsOf, user) -> None:
        self.table, self.at, self.user = table, at, user
        codes = [row.code for row in table.rows]
        self.row = next((row for row in table.rows if row.code == params.get("row", "")), None)
        self.head = table.columns[table.places.get(params.get("column", ""), 0)]
        self.known = params.get("column", "") in table.places and params.get("row", "") in (*codes, ALL)
        self.among = params.get("part") == "among" and self.has_parts
        self.page = _page(params.get("page", ""))

    @property
    def has_parts(self) -> bool:
        return self.head.sort in (Sort.SHARE, Sort.SHORT)

    @property
    def row_code(self) -> str:
        return self.row.code if self.row else ALL

    @property
    def value(self) -> str:
        return value_in_words(self.head, self.table[self.row_code, self.head.code])

    @cached_property
    def members(self) -> list[Member]:
        return self.table.within(self.row_code, self.head.code, among=self.among)

    @property
    def count(self) -> int:
        return len(self.members)

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // RECORDS_A_PAGE))

    @cached_property
    def lines(self) -> list[tuple[records.Shown, str]]:
        """(record, its amount where the column has one), by name where they are not too many."""
        first = (min(self.page, self.pages) - 1) * RECORDS_A_PAGE
        members = self.members
        if self.count <= SORTED_BY_NAME:
            told = records.shown([each.key for each in members], at=self.at, user=self.user)
            members = sorted(members, key=lambda each: (told[each.key].year, told[each.key].title, each.key))
            members = members[first : first + RECORDS_A_PAGE]
        else:
            members = members[first : first + RECORDS_A_PAGE]
            told = records.shown([each.key for each in members], at=self.at, user=self.user)
        return [(told[each.key], self._amount(each)) for each in members]

    def _amount(self, member: Member) -> str:
        if self.head.code not in member.amounts:
            return ""
        return f"{value_in_words(self.head, member.amounts[self.head.code])} {self.head.unit}"

    @property
    def before(self) -> int:
        return min(self.page, self.pages) - 1

    @property
    def after(self) -> int:
        return self.page + 1 if self.page < self.pages else 0


def _page(said: str) -> int:
    return max(1, int(said)) if said.isascii() and said.isdigit() and len(said) < 7 else 1


# ── why two tables differ ─────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Side:
    """One of two tables, and its days."""

    table: Table
    at: AsOf


@dataclass(frozen=True)
class Told:
    """One record that moved a cell: by how much, and which acts did it."""

    record: records.Shown
    by: str
    causes: Sequence[why.Cause]
    among: bool = False


DIFFERENCES_SHOWN = 300
MOVED_SHOWN = 50


class WhyPage:
    """Two tables side by side. Without a cell all that differ; with `?row=&column=` one of them, record by record."""

    def __init__(self, before: Side, after: Side, params: Mapping, *, user) -> None:
        self.before, self.after, self.user = before, after, user
        self.place = (params.get("row", ""), params.get("column", ""))
        self.page = _page(params.get("page", ""))

    @cached_property
    def differences(self) -> list[Difference]:
        return differences(self.before.table, self.after.table)

    @property
    def shown(self) -> list[Difference]:
        """First the numbers that differ, then those that are the same although other records make them."""
        return sorted(self.differences, key=lambda each: each.before == each.after)[:DIFFERENCES_SHOWN]

    @property
    def is_cut(self) -> bool:
        return len(self.differences) > DIFFERENCES_SHOWN

    @cached_property
    def chosen(self) -> Difference | None:
        """The cell that was asked for; else the first that differs."""
        asked = [each for each in self.differences if (each.row.code, each.head.code) == self.place]
        return next(iter(asked or self.shown), None)

    @cached_property
    def _moved(self) -> list[tuple[Moved, bool]]:
        """Every record that moved the chosen cell, and whether it moved the whole of a share."""
        if self.chosen is None or self.is_one_sided:
            return []
        moved = [(each, False) for each in self.chosen.moved]
        return moved + [(each, True) for each in self.chosen.among] if self.of_two_parts else moved

    @cached_property
    def told(self) -> list[Told]:
        first = (min(self.page, self.pages) - 1) * MOVED_SHOWN
        moved = self._moved[first : first + MOVED_SHOWN]
        keys = list(dict.fromkeys(each.key for each, _ in moved))
        named = records.shown(keys, at=self.after.at, user=self.user)
        span = why.Span(self.before.at, self.after.at)
        causes = why.causes_of(keys, span, subject=self.after.table.code, user=self.user)
        return [
            Told(named[each.key], self._by(each), causes.get(each.key, ()), among) for each, among in moved
        ]

    @property
    def pages(self) -> int:
        return max(1, -(-len(self._moved) // MOVED_SHOWN))

    @property
    def earlier(self) -> int:
        return min(self.page, self.pages) - 1

    @property
    def later(self) -> int:
        return self.page + 1 if self.page < self.pages else 0

    def _by(self, moved) -> str:
        if moved.before is not None and moved.after is not None:
            return f"{plain(moved.before)} → {plain(moved.after)}"
        return _signed(moved.by)

    @property
    def sum_of_moved(self) -> str:
        return _signed(sum((each.by for each in self.chosen.moved), Decimal(0)))

    @property
    def sum_of_among(self) -> str:
        return _signed(sum((each.by for each in self.chosen.among), Decimal(0)))

    @property
    def days_differ(self) -> bool:
        return self.before.at.on != self.after.at.on

    @property
    def targets(self) -> tuple[str, str] | None:
        """(before, after) what the text asks for, where that is what moved the distance to it."""
        if self.is_one_sided or self.chosen.was.ratio == self.chosen.now.ratio:
            return None
        return _asked(self.chosen.was.ratio), _asked(self.chosen.now.ratio)

    @property
    def is_one_sided(self) -> bool:
        """Whether only one of the tables has the column: another edition asks for something else."""
        return self.chosen.was is None or self.chosen.now is None

    @property
    def of_two_parts(self) -> bool:
        return self.chosen is not None and self.chosen.head.sort in (Sort.SHARE, Sort.SHORT)

    @property
    def is_a_median(self) -> bool:
        return self.chosen is not None and self.chosen.head.sort is Sort.MEDIAN


def _asked(ratio: Decimal | None) -> str:
    return "没有目标" if ratio is None else f"{plain(ratio * 100)}%"


def _signed(value: Decimal) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{plain(abs(value))}"


def difference_in_words(each: Difference) -> tuple[str, str, str]:
    """(before, after, by)."""
    by = "" if each.by is None else _signed(each.by)
    return value_in_words(each.head, each.before), value_in_words(each.head, each.after), by
