"""A table as a value: records in, cells out, and every cell keeps the records it counts. Pure: no Django, no clock.

A definition says what the rows are and what each column counts. The same records in any order give the same table, and
the same table gives the same bytes (`body`). The row of all is counted by itself, not added up: that the rows add up to
it is one of the checks, which are made before anything leaves the house.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from statistics import median
from typing import Any

ALL = ""  # the code of the row of all
TENTHS = Decimal("0.1")


@dataclass(frozen=True)
class Record:
    """One thing that may be counted. `key` names it for good; `facts` is what definitions ask it for."""

    key: str
    facts: Mapping[str, Any] = field(hash=False)

    def __getitem__(self, name: str) -> Any:
        return self.facts.get(name)


class Sort(StrEnum):
    COUNT = "count"  # how many records
    SHARE = "share"  # of those in `among` so many percent, to a tenth
    MEDIAN = "median"  # of `amount`, over the records that have one
    SUM = "sum"  # of `amount`


@dataclass(frozen=True, kw_only=True)
class Column:
    """`counts`: whether a record belongs to the cell. Of a share, `among` says whether it belongs to what it is a share of."""

    code: str
    label: str
    group: str = ""  # the heading over several columns
    sort: Sort = Sort.COUNT
    counts: Callable[[Record], bool]
    among: Callable[[Record], bool] | None = None
    amount: Callable[[Record], Decimal | int | None] | None = None
    unit: str = ""


@dataclass(frozen=True)
class Row:
    code: str
    label: str


@dataclass(frozen=True)
class Rows:
    """Every row there is, empty ones too, in their order. A record lies in one of them."""

    label: str
    all: tuple[Row, ...]
    of: Callable[[Record], str]


@dataclass(frozen=True)
class Balance:
    """A cross-check: in every row the first column is the sum of the others."""

    whole: str
    parts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What a table is. Another meaning of a column is another `version`: what was published keeps its own."""

    code: str
    version: int
    title: str
    columns: tuple[Column, ...]
    balances: tuple[Balance, ...] = ()

    def column(self, code: str) -> Column:
        return next(each for each in self.columns if each.code == code)


@dataclass(frozen=True)
class Cell:
    """`value` is None where there is nothing to say: a share of nothing, a median of none. `keys` in their order."""

    value: Decimal | int | None
    keys: tuple[str, ...]
    among: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    definition: Definition
    rows: Rows
    cells: Mapping[tuple[str, str], Cell]
    strays: tuple[str, ...] = ()  # records that lie in no row

    def cell(self, row: str, column: str) -> Cell:
        return self.cells[row, column]

    @property
    def lines(self) -> list[tuple[Row, list[Cell]]]:
        """Row by row, the row of all first."""
        codes = [each.code for each in self.definition.columns]
        return [
            (row, [self.cells[row.code, code] for code in codes])
            for row in (Row(ALL, "合计"), *self.rows.all)
        ]


def count(definition: Definition, rows: Rows, records: Iterable[Record]) -> Table:
    """The table these records give."""
    by_row: dict[str, list[Record]] = {row.code: [] for row in rows.all}
    everything, strays = [], []
    for record in sorted(records, key=lambda each: each.key):
        everything.append(record)
        by_row.get(rows.of(record), strays).append(record)
    cells = {}
    for column in definition.columns:
        cells[ALL, column.code] = _cell(column, everything)
        for code, some in by_row.items():
            cells[code, column.code] = _cell(column, some)
    return Table(definition, rows, cells, tuple(each.key for each in strays))


def _cell(column: Column, records: Sequence[Record]) -> Cell:
    counted = [each for each in records if column.counts(each)]
    keys = tuple(each.key for each in counted)
    match column.sort:
        case Sort.COUNT:
            return Cell(len(counted), keys)
        case Sort.SHARE:
            among = tuple(each.key for each in records if column.among(each))
            return Cell(share(len(keys), len(among)), keys, among)
        case Sort.SUM:
            return Cell(sum((column.amount(each) or 0 for each in counted), 0), keys)
        case Sort.MEDIAN:
            found = [(each.key, amount) for each in counted if (amount := column.amount(each)) is not None]
            said = Decimal(median(amount for _, amount in found)) if found else None
            return Cell(said, tuple(key for key, _ in found))


def share(part: int, whole: int) -> Decimal | None:
    """In percent, to a tenth, halves away from zero as people round."""
    if not whole:
        return None
    return Decimal((part * 2000 + whole) // (2 * whole)) * TENTHS


# ── checks, before anything leaves ────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Fault:
    """A cell that does not agree with the others, and the sentence that says so."""

    row: str
    column: str
    said: str


def faults(table: Table) -> list[Fault]:
    """Everything in a table that contradicts itself. Empty: it may leave."""
    return [*_strays(table), *_rows_that_do_not_add_up(table), *_columns_that_do_not(table), *_shares(table)]


def _strays(table: Table) -> list[Fault]:
    if not table.strays:
        return []
    return [Fault(ALL, "", f"有 {len(table.strays)} 条记录不属于任何一行。")]


def _rows_that_do_not_add_up(table: Table) -> list[Fault]:
    found = []
    for column in table.definition.columns:
        if column.sort not in (Sort.COUNT, Sort.SUM):
            continue
        total = table.cell(ALL, column.code)
        parts = [table.cell(row.code, column.code) for row in table.rows.all]
        added = sum((part.value for part in parts), 0)
        if added != total.value:
            found.append(
                Fault(ALL, column.code, f"“{column.label}”合计是 {total.value}，各行相加是 {added}。")
            )
        if sorted(key for part in parts for key in part.keys) != sorted(total.keys):
            found.append(Fault(ALL, column.code, f"“{column.label}”合计所含的记录与各行的不同。"))
    return found


def _columns_that_do_not(table: Table) -> list[Fault]:
    found = []
    for balance in table.definition.balances:
        label = table.definition.column(balance.whole).label
        for row in (Row(ALL, "合计"), *table.rows.all):
            whole = table.cell(row.code, balance.whole)
            added = sum(table.cell(row.code, part).value for part in balance.parts)
            if whole.value != added:
                said = f"{row.label}“{label}”是 {whole.value}，分项相加是 {added}。"
                found.append(Fault(row.code, balance.whole, said))
    return found


def _shares(table: Table) -> list[Fault]:
    found = []
    for column in table.definition.columns:
        if column.sort is Sort.SHARE:
            for row in (Row(ALL, "合计"), *table.rows.all):
                cell = table.cell(row.code, column.code)
                if not set(cell.keys) <= set(cell.among):
                    said = f"{row.label}“{column.label}”的分子有不在分母里的记录。"
                    found.append(Fault(row.code, column.code, said))
    return found


# ── one spelling ──────────────────────────────────────────────────────────────────────────────
def body(table: Table) -> dict:
    """Everything a table says, as plain values: what is kept, digested, and compared later."""
    return {
        "definition": table.definition.code,
        "version": table.definition.version,
        "title": table.definition.title,
        "columns": [
            {"code": c.code, "label": c.label, "group": c.group, "sort": c.sort.value, "unit": c.unit}
            for c in table.definition.columns
        ],
        "rows": [{"code": row.code, "label": row.label} for row, _ in table.lines],
        "cells": [
            [
                {"value": _plain(cell.value), "keys": list(cell.keys), "among": list(cell.among)}
                for cell in cells
            ]
            for _, cells in table.lines
        ],
    }


def _plain(value: Decimal | int | None) -> str | None:
    return None if value is None else format(Decimal(value).normalize(), "f")


# ── two tables side by side ───────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Difference:
    """One cell of two tables. What came less what went is the difference of a count."""

    row: str
    column: str
    before: str | None
    after: str | None
    came: tuple[str, ...]
    went: tuple[str, ...]
    among_came: tuple[str, ...] = ()
    among_went: tuple[str, ...] = ()


def differences(earlier: Mapping, later: Mapping) -> list[Difference]:
    """Cell by cell, of two bodies; a row or a column only one of them has is compared with nothing."""
    before, after = _by_place(earlier), _by_place(later)
    places = [*after, *(place for place in before if place not in after)]
    found = []
    for place in places:
        old, new = before.get(place, _NOTHING), after.get(place, _NOTHING)
        if old != new:
            came, went = _apart(old["keys"], new["keys"])
            among_came, among_went = _apart(old["among"], new["among"])
            found.append(Difference(*place, old["value"], new["value"], came, went, among_came, among_went))
    return found


_NOTHING = {"value": None, "keys": [], "among": []}


def _by_place(said: Mapping) -> dict[tuple[str, str], Mapping]:
    columns = [each["code"] for each in said["columns"]]
    return {
        (row["code"], column): cell
        for row, cells in zip(said["rows"], said["cells"], strict=True)
        for column, cell in zip(columns, cells, strict=True)
    }


def _apart(old: Iterable[str], new: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    old, new = set(old), set(new)
    return tuple(sorted(new - old)), tuple(sorted(old - new))
