"""A table as a value: records in, cells out, and every cell keeps the records it counts. Pure: no Django, no clock.

A definition says what each column counts; rows are a way to part the records. The same records in any order give the
same table, and the same table the same bytes (`body`). The row of all is counted by itself, not added up: that the rows
add up to it is one of the checks (`faults`), which are made before anything leaves the house.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from functools import cached_property
from statistics import median
from typing import Any

ALL = ""  # the code of the row of all
TENTHS = Decimal("0.1")


@dataclass(frozen=True)
class Record:
    """One thing that may be counted. `key` names it for good (`enterprise:<id>`); `facts` is what definitions ask for."""

    key: str
    facts: Mapping[str, Any] = field(hash=False)

    def __getitem__(self, name: str) -> Any:
        return self.facts.get(name)


Test = Callable[[Record], Any]


class Sort(StrEnum):
    COUNT = "count"  # how many records
    SHARE = "share"  # of those in `among` so many percent, to a tenth
    SHORT = "short"  # how many more of those in `among` it would take to reach `ratio`
    MEDIAN = "median"  # of `amount`, over the records that have one
    SUM = "sum"  # of `amount`


ADDS_UP = (Sort.COUNT, Sort.SUM)
IN_PARTS = (Sort.SHARE, Sort.SHORT)


@dataclass(frozen=True, kw_only=True)
class Head:
    """A column as it is read, also of a table that was kept. `ratio`: what a text asks for, `cites` where."""

    code: str
    label: str
    group: str = ""  # the heading over several columns
    sort: Sort = Sort.COUNT
    unit: str = ""
    ratio: Decimal | None = None
    cites: str = ""


@dataclass(frozen=True, kw_only=True)
class Column(Head):
    """A column as it is counted. `counts`: whether a record belongs to the cell; of a share `among` says of what."""

    counts: Test
    among: Test | None = None
    amount: Callable[[Record], Decimal | int | None] | None = None

    @property
    def head(self) -> Head:
        return Head(**{name: getattr(self, name) for name in Head.__dataclass_fields__})


@dataclass(frozen=True)
class Row:
    code: str
    label: str


TOTAL = Row(ALL, "合计")


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
    totals: bool = True  # whether a row of all means anything: of years it does not


@dataclass(frozen=True)
class Member:
    """One record as it was counted: in which row, in which columns (bit n: column n), with which amounts."""

    key: str
    row: str
    counted: int
    among: int = 0
    amounts: Mapping[str, Decimal] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Table:
    """`values` by (row, column); None where there is nothing to say: a share of nothing, a median of none."""

    code: str
    version: int
    title: str
    totals: bool
    columns: tuple[Head, ...]
    balances: tuple[Balance, ...]
    row_label: str
    rows: tuple[Row, ...]
    members: tuple[Member, ...]
    values: Mapping[tuple[str, str], Decimal | None] = field(hash=False)

    def __getitem__(self, place: tuple[str, str]) -> Decimal | None:
        return self.values[place]

    @cached_property
    def places(self) -> dict[str, int]:
        return {head.code: place for place, head in enumerate(self.columns)}

    @property
    def lines(self) -> list[tuple[Row, list[Decimal | None]]]:
        """Row by row, the row of all last."""
        codes = [each.code for each in self.columns]
        rows = (*self.rows, TOTAL) if self.totals else self.rows
        return [(row, [self.values[row.code, code] for code in codes]) for row in rows]

    def head(self, column: str) -> Head:
        return self.columns[self.places[column]]

    def column(self, code: str) -> list[tuple[Row, Decimal | None]]:
        return [(row, self.values[row.code, code]) for row in self.rows]

    def within(self, row: str, column: str, *, among: bool = False) -> list[Member]:
        """Exactly the records of a cell; with `among` those it is a share of."""
        bit = 1 << self.places[column]
        return [m for m in self.members if (m.among if among else m.counted) & bit and row in (ALL, m.row)]


def count(definition: Definition, rows: Rows, records: Iterable[Record]) -> Table:
    """The table these records give."""
    members = tuple(sorted((_member(definition, rows, each) for each in records), key=lambda each: each.key))
    heads = tuple(column.head for column in definition.columns)
    return Table(
        definition.code,
        definition.version,
        definition.title,
        definition.totals,
        heads,
        definition.balances,
        rows.label,
        rows.all,
        members,
        valued(heads, rows.all, members),
    )


def _member(definition: Definition, rows: Rows, record: Record) -> Member:
    counted = among = 0
    amounts = {}
    for place, column in enumerate(definition.columns):
        if column.among is not None and column.among(record):
            among |= 1 << place
        if not column.counts(record):
            continue
        if column.amount is not None:
            if (amount := column.amount(record)) is None:
                continue  # what has no amount is in no median and in no sum
            amounts[column.code] = Decimal(amount)
        counted |= 1 << place
    return Member(record.key, rows.of(record), counted, among, amounts)


def valued(
    heads: Sequence[Head], rows: Sequence[Row], members: Sequence[Member]
) -> dict[tuple[str, str], Decimal | None]:
    """Every cell of a table, from its members."""
    by_row: dict[str, list[Member]] = {row.code: [] for row in rows}
    for member in members:
        by_row.get(member.row, []).append(member)
    parts = [(ALL, members), *by_row.items()]
    return {
        (code, head.code): _value(head, 1 << place, some)
        for code, some in parts
        for place, head in enumerate(heads)
    }


def _value(head: Head, bit: int, members: Sequence[Member]) -> Decimal | None:
    counted = [each for each in members if each.counted & bit]
    match head.sort:
        case Sort.COUNT:
            return Decimal(len(counted))
        case Sort.SHARE:
            return share(len(counted), _among(bit, members))
        case Sort.SHORT:
            return Decimal(distance(len(counted), _among(bit, members), head.ratio))
        case Sort.SUM:
            return sum((each.amounts[head.code] for each in counted), Decimal(0))
        case Sort.MEDIAN:
            return median(each.amounts[head.code] for each in counted) if counted else None


def _among(bit: int, members: Sequence[Member]) -> int:
    return sum(1 for each in members if each.among & bit)


def share(part: int, whole: int) -> Decimal | None:
    """In percent, to a tenth, halves away from zero as people round."""
    if not whole:
        return None
    return Decimal((part * 2000 + whole) // (2 * whole)) * TENTHS


def distance(part: int, whole: int, ratio: Decimal) -> int:
    """How many more it takes to reach a target: of 5 at 60 % three are asked for."""
    asked = (ratio * whole).to_integral_value(ROUND_CEILING)
    return max(0, int(asked) - part)


# ── checks, before anything leaves ────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Fault:
    """A cell that does not agree with the others, and the sentence that says so."""

    row: str
    column: str
    said: str


def faults(table: Table) -> list[Fault]:
    """Everything in a table that contradicts itself. Empty: it may leave."""
    return [
        *_doubled(table),
        *_strays(table),
        *_rows_that_do_not_add_up(table),
        *_columns_that_do_not(table),
        *_parts_outside_their_whole(table),
    ]


def faults_of_kept(table: Table) -> list[Fault]:
    """The same of a table that was kept: there the figures could be others than its records give."""
    return [*_not_what_is_counted(table), *faults(table)]


def _doubled(table: Table) -> list[Fault]:
    often = Counter(each.key for each in table.members)
    return [
        Fault(ALL, "", f"同一条记录（{key}）被计入 {n} 次。") for key, n in sorted(often.items()) if n > 1
    ]


def _strays(table: Table) -> list[Fault]:
    known = {row.code for row in table.rows}
    found = sum(1 for each in table.members if each.row not in known)
    return [Fault(ALL, "", f"有 {found} 条记录不属于任何一行。")] if found else []


def _not_what_is_counted(table: Table) -> list[Fault]:
    """Of a table that was kept: the figures are those its rows give."""
    again = valued(table.columns, table.rows, table.members)
    found = []
    for row in (*table.rows, TOTAL):
        for head in table.columns:
            said, counted = table[row.code, head.code], again[row.code, head.code]
            if said != counted:
                sentence = (
                    f"{row.label}“{_full(head)}”写的是 {_said(said)}，按记录数出来是 {_said(counted)}。"
                )
                found.append(Fault(row.code, head.code, sentence))
    return found


def _rows_that_do_not_add_up(table: Table) -> list[Fault]:
    found = []
    for head in table.columns:
        if head.sort in ADDS_UP:
            total = table[ALL, head.code]
            added = sum((value for _, value in table.column(head.code)), Decimal(0))
            if added != total:
                sentence = f"“{_full(head)}”合计是 {_said(total)}，各行相加是 {_said(added)}。"
                found.append(Fault(ALL, head.code, sentence))
    return found


def _columns_that_do_not(table: Table) -> list[Fault]:
    found = []
    for balance in table.balances:
        for row in (*table.rows, TOTAL):
            whole = table[row.code, balance.whole]
            added = sum((table[row.code, part] for part in balance.parts), Decimal(0))
            if whole != added:
                label = _full(table.head(balance.whole))
                sentence = f"{row.label}“{label}”是 {_said(whole)}，分项相加是 {_said(added)}。"
                found.append(Fault(row.code, balance.whole, sentence))
    return found


def _parts_outside_their_whole(table: Table) -> list[Fault]:
    bits = sum(1 << place for place, head in enumerate(table.columns) if head.sort in IN_PARTS)
    wrong = [(each.row, each.counted & bits & ~each.among) for each in table.members]
    return [
        Fault(row, head.code, f"“{_full(head)}”的分子有不在分母里的记录。")
        for place, head in enumerate(table.columns)
        for row in sorted({row for row, outside in wrong if outside & 1 << place})
    ]


def _full(head: Head) -> str:
    return f"{head.group}·{head.label}" if head.group else head.label


def _said(value: Decimal | None) -> str:
    return "–" if value is None else plain(value)


# ── one spelling ──────────────────────────────────────────────────────────────────────────────
def plain(value: Decimal) -> str:
    """A number with one spelling: 100, 5.5, never an exponent."""
    return format(value.normalize(), "f") if value else "0"


def body(table: Table) -> dict:
    """Everything a table says, as plain values: what is kept, digested, and compared later."""
    codes = [row.code for row in table.rows]
    return {
        "definition": table.code,
        "version": table.version,
        "title": table.title,
        "totals": table.totals,
        "columns": [_head_as_said(head) for head in table.columns],
        "balances": [[each.whole, list(each.parts)] for each in table.balances],
        "row_label": table.row_label,
        "rows": [[row.code, row.label] for row in table.rows],
        "values": [[_or_none(table[code, head.code]) for head in table.columns] for code in (*codes, ALL)],
        "members": [
            [m.key, m.row, m.counted, m.among, {k: plain(v) for k, v in m.amounts.items()}]
            for m in table.members
        ],
    }


def table_of(said: Mapping) -> Table:
    """The table a body tells of: the inverse of `body`."""
    heads = tuple(_head_of(each) for each in said["columns"])
    rows = tuple(Row(*each) for each in said["rows"])
    codes = [*(row.code for row in rows), ALL]
    values = {
        (code, head.code): None if value is None else Decimal(value)
        for code, line in zip(codes, said["values"], strict=True)
        for head, value in zip(heads, line, strict=True)
    }
    return Table(
        said["definition"],
        said["version"],
        said["title"],
        said["totals"],
        heads,
        tuple(Balance(whole, tuple(parts)) for whole, parts in said["balances"]),
        said["row_label"],
        rows,
        tuple(
            Member(key, row, counted, among, {k: Decimal(v) for k, v in amounts.items()})
            for key, row, counted, among, amounts in said["members"]
        ),
        values,
    )


def _head_as_said(head: Head) -> dict:
    said = {name: getattr(head, name) for name in ("code", "label", "group", "unit", "cites")}
    return said | {"sort": head.sort.value, "ratio": _or_none(head.ratio)}


def _head_of(said: Mapping) -> Head:
    ratio = None if said["ratio"] is None else Decimal(said["ratio"])
    return Head(**{**said, "sort": Sort(said["sort"]), "ratio": ratio})


def _or_none(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


# ── several tables as one ─────────────────────────────────────────────────────────────────────
class Unlike(Exception):
    """Tables of another definition, or with another meaning of a column, do not make one."""


def merged(parts: Sequence[tuple[Row, Table]], *, by_part: bool, row_label: str = "") -> Table:
    """The table of all parts. `by_part`: each part becomes one row; else rows of one code go together.

    Columns only some parts have (another text asks for another duty) are there, and the others count nothing in them.
    """
    first = parts[0][1]
    heads: dict[str, Head] = {}
    for row, table in parts:
        if (table.code, table.version) != (first.code, first.version):
            raise Unlike(row.label)
        for head in table.columns:
            known = heads.setdefault(head.code, head)
            if known != head:
                heads[head.code] = _in_common(known, head, of=row.label)
    columns = tuple(heads.values())
    if by_part:
        rows = tuple(row for row, _ in parts)
    else:
        rows = tuple({row.code: row for _, table in parts for row in table.rows}.values())
    members = [
        replace(placed, row=row.code) if by_part else placed
        for row, table in parts
        for placed in _among_columns(table, columns)
    ]
    members = tuple(sorted(members, key=lambda each: (each.key, each.row)))
    return replace(
        first,
        columns=columns,
        balances=tuple(dict.fromkeys(each for _, table in parts for each in table.balances)),
        row_label=row_label or first.row_label,
        rows=rows,
        members=members,
        values=valued(columns, rows, members),
    )


def _in_common(one: Head, other: Head, *, of: str) -> Head:
    """A target only one of two texts sets is no target of both; where it is reckoned with, the two do not go together."""
    bare = replace(one, ratio=None, cites="")
    if one.sort is Sort.SHORT or bare != replace(other, ratio=None, cites=""):
        raise Unlike(of)
    return bare


def _among_columns(table: Table, columns: tuple[Head, ...]) -> Iterable[Member]:
    """Its members as these columns count them, which are its own and perhaps others."""
    if table.columns == columns:
        return table.members
    places = {head.code: place for place, head in enumerate(columns)}
    moved = [(1 << place, 1 << places[head.code]) for place, head in enumerate(table.columns)]

    def at(bits: int) -> int:
        return sum(there for here, there in moved if bits & here)

    return [replace(each, counted=at(each.counted), among=at(each.among)) for each in table.members]


# ── two tables side by side ───────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Moved:
    """What one record gives to a cell in either table; None: it is not in it."""

    key: str
    before: Decimal | None
    after: Decimal | None

    @property
    def by(self) -> Decimal:
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


@dataclass(frozen=True)
class Difference:
    """One cell of two tables that is not the same, and the records that make it so.

    Of a count and of a sum `moved` adds up to the difference. A share has two counts that do: `moved` of its part and
    `among` of its whole; of a median the records are named.
    """

    row: Row
    head: Head
    before: Decimal | None
    after: Decimal | None
    moved: tuple[Moved, ...]
    among: tuple[Moved, ...] = ()
    was: Head | None = None  # the column as the first table has it: its target may have been another
    now: Head | None = None  # and as the second has it

    @property
    def by(self) -> Decimal | None:
        """Of what adds up a row that one of the tables has not counts for nothing."""
        if self.head.sort in ADDS_UP:
            return (self.after or Decimal(0)) - (self.before or Decimal(0))
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


def differences(before: Table, after: Table) -> list[Difference]:
    """Cell by cell; a row or a column only one of the tables has is compared with nothing."""
    rows = _together(after.rows, before.rows)
    rows += [TOTAL] if after.totals else []
    heads = _together(after.columns, before.columns)
    was, is_now = ({head.code: head for head in table.columns} for table in (before, after))
    found = []
    for head in heads:
        counts = head.sort in (Sort.COUNT, *IN_PARTS)
        moved = _moved(_given(before, head), _given(after, head), counts=counts)
        among = _moved(_given(before, head, among=True), _given(after, head, among=True), counts=True)
        for row in rows:
            place = (row.code, head.code)
            then, now = before.values.get(place), after.values.get(place)
            if moved[row.code] or among[row.code] or then != now:
                parts = (_in_order(moved[row.code]), _in_order(among[row.code]))
                found.append(
                    Difference(row, head, then, now, *parts, was.get(head.code), is_now.get(head.code))
                )
    return found


def _together(ours: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """Rows or columns of both, as the first says them; behind them what only the second has."""
    known = {each.code for each in ours}
    return [*ours, *(each for each in others if each.code not in known)]


Given = Mapping[str, tuple[str, Decimal]]  # by key of the record: its row, and what it gives to the column


def _given(table: Table, head: Head, *, among: bool = False) -> Given:
    if head.code not in table.places:
        return {}
    bit = 1 << table.places[head.code]
    return {
        m.key: (m.row, m.amounts.get(head.code, Decimal(1)))
        for m in table.members
        if (m.among if among else m.counted) & bit
    }


def _moved(old: Given, new: Given, *, counts: bool) -> dict[str, list[Moved]]:
    """By row, that of all among them, what is not the same; each record is looked at once."""
    found: dict[str, list[Moved]] = defaultdict(list)
    for key in old.keys() | new.keys():
        (here, was), (there, now) = (_gives(given.get(key), counts=counts) for given in (old, new))
        if was != now:
            found[ALL].append(Moved(key, was, now))
        if here == there:
            if was != now:
                found[here].append(Moved(key, was, now))
            continue
        if here is not None:
            found[here].append(Moved(key, was, None))
        if there is not None:
            found[there].append(Moved(key, None, now))
    return found


def _gives(found: tuple[str, Decimal] | None, *, counts: bool) -> tuple[str | None, Decimal | None]:
    """(its row, what it gives there); of a record that is not in the column nothing."""
    if found is None:
        return None, None
    return found[0], Decimal(1) if counts else found[1]


def _in_order(moved: Iterable[Moved]) -> tuple[Moved, ...]:
    return tuple(sorted(moved, key=lambda each: each.key))
