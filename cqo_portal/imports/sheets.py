"""Files as offices send them → sheets of cells with their addresses. Knows no model and no kind.

`read(content)` tells XLSX, XLS and text apart by what is inside, never by the name. Every refusal is an
`Unreadable` with a sentence. What is merely odd (a formula without its result, an error, a hidden row) is
kept with the cell or row, for the judge of the column to speak of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from cqo_portal.fenced import Refusal

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_SHEETS = 50
LONGEST_CELL = 10_000
MOST_CELLS = 1_500_000  # of a whole file: all the rows that are allowed, thirty columns wide
MOST_SIGNS = 30_000_000  # written out; a spreadsheet stores a text once, however many cells hold it
TOO_MUCH = "这个表格里的内容过多，读不下来。请只保留需要的工作表、行和列，或者分成几个文件再传。"

Value = str | int | float | bool | date | datetime | time | timedelta | None


class Unreadable(Refusal):
    """A sentence for the person who sent the file."""


class Cell(NamedTuple):
    """One cell: its value, and `flaw`: "" · "formula" (no result was saved) · "error" (#N/A and the like)."""

    address: str
    value: Value = None
    flaw: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.flaw and (
            self.value is None or (isinstance(self.value, str) and not visible(self.value))
        )

    @property
    def text(self) -> str:
        """As a person would read it aloud; numbers without a float's tail."""
        return shown(self.value)


class Area(NamedTuple):
    """Merged cells: rows and columns from 1, both ends inclusive."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True)
class Row:
    number: int  # as the spreadsheet shows it
    cells: Mapping[int, Cell]  # by column, from 1; blank ones are left out
    hidden: bool = False

    def at(self, column: int) -> Cell:
        return self.cells.get(column) or Cell(address(column, self.number))


@dataclass
class Sheet:
    name: str
    rows: list[Row]  # only those with something in them
    merged: tuple[Area, ...] = ()
    hidden: bool = False
    since_1904: bool = False  # serial days count from 1904, as on an old Macintosh
    says: list[str] = field(default_factory=list)  # what the reader noticed, as sentences


@dataclass
class Tally:
    """What was taken in of a file so far."""

    cells: int = 0
    signs: int = 0

    def add(self, row: Row) -> Row:
        self.cells += len(row.cells)
        self.signs += sum(len(c.value) for c in row.cells.values() if isinstance(c.value, str))
        if self.cells > MOST_CELLS or self.signs > MOST_SIGNS:
            raise Unreadable(TOO_MUCH)
        return row


def read(content: bytes) -> list[Sheet]:
    """Every sheet of a file, in order. Raises `Unreadable`."""
    from cqo_portal.imports import sheets_csv, sheets_xls, sheets_xlsx  # they build on the values above

    refuse_by_size(len(content))
    if content.startswith(b"PK\x03\x04"):
        sheets = sheets_xlsx.read(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        sheets = sheets_xls.read(content)
    else:
        sheets = [sheets_csv.read(content)]
    if not any(sheet.rows for sheet in sheets):
        raise Unreadable("这个文件里没有内容。请检查是否选对了文件。")
    return sheets


def refuse_by_size(size: int) -> None:
    """Asked before the file is taken into memory, too."""
    if not size:
        raise Unreadable("这个文件是空的。请检查后再传。")
    if size > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        raise Unreadable(f"这个文件有 {size / 1024 / 1024:.1f} MB，最多 {most} MB。请分成几个文件再传。")


def refuse_by_shape(*, rows: int, column: int = 0) -> None:
    if rows > MOST_ROWS:
        raise Unreadable(f"表格超过 {MOST_ROWS:,} 行。请分成几个文件再传。")
    if column > MOST_COLUMNS:
        raise Unreadable(f"表格超过 {MOST_COLUMNS} 列。请只保留需要的列再传。")


def address(column: int, row: int) -> str:
    return f"{letters(column)}{row}"


def letters(column: int) -> str:
    """1 → A, 27 → AA."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def visible(text: str) -> str:
    """Without what nobody sees: blanks at the ends, marks of direction, byte-order marks."""
    return text.strip(" \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\x00")


def shown(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return number_shown(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    return str(value)


def number_shown(value: float) -> str:
    """350.0 is 350; beyond fifteen digits a spreadsheet itself no longer knows, and shows 1.3E+17."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value).replace("e", "E")


# ── cells as JSON: over the fence, and in the rows of a run ───────────────────────────────────
def packed(cells: Mapping[int, Cell]) -> dict[str, list]:
    return {str(column): [_packed(cell.value), cell.flaw] for column, cell in cells.items()}


def _packed(value: Value) -> str | int | float | bool | dict | None:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def unpacked(line: Mapping[str, list], *, row: int) -> dict[int, Cell]:
    return {int(column): _cell(int(column), row, *told) for column, told in line.items()}


def _cell(column: int, row: int, value, flaw: str) -> Cell:
    meant = datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value
    return Cell(address(column, row), meant, flaw)


def filled_down(rows: list[Row], merged: tuple[Area, ...]) -> list[Row]:
    """Cells merged over several rows belong to each of them: the value is repeated downwards."""
    tall = [area for area in merged if area.last_row > area.first_row]
    if not tall:
        return rows
    by_number = {row.number: row for row in rows}
    for area in tall:
        top = by_number.get(area.first_row)
        first = top.at(area.first_column) if top else None
        if first is None or first.is_blank:
            continue
        for number in range(area.first_row + 1, min(area.last_row, area.first_row + MOST_ROWS) + 1):
            if (row := by_number.get(number)) is not None:
                cell = first._replace(address=address(area.first_column, number))
                by_number[number] = Row(number, {**row.cells, area.first_column: cell}, row.hidden)
    return [by_number[row.number] for row in rows]
