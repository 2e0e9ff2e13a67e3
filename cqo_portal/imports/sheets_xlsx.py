"""XLSX: values by openpyxl (read-only, streamed), and beside them what it leaves out of a streamed sheet:
merged areas, hidden rows, formulas that were saved without a result."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

import openpyxl
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from cqo_portal.imports.sheets import (
    LONGEST_CELL,
    MOST_SHEETS,
    Area,
    Cell,
    Row,
    Sheet,
    Tally,
    Unreadable,
    address,
    filled_down,
    refuse_by_shape,
)

MOST_UNPACKED = 300 * 1024 * 1024
MOST_RATIO = 200  # a dull list shrinks to a thirtieth; a bomb to a thousandth
MOST_MEMBERS = 2000
MOST_MERGED = 20_000
_BROKEN = "这个表格打不开，可能已损坏。请用表格软件打开后另存为 xlsx，再传。"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"


@dataclass
class _Beside:
    """What the stream of values does not tell."""

    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    formulas: set[str] = field(default_factory=set)


LAST_ROW = 1_048_576  # of any worksheet


def read(content: bytes) -> list[Sheet]:
    _refuse_a_bomb(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = book.sheetnames
            if len(names) > MOST_SHEETS:
                raise Unreadable(f"这个文件有 {len(names)} 张工作表，最多 {MOST_SHEETS} 张。请拆开再传。")
            tally, since_1904 = Tally(), book.epoch == CALENDAR_MAC_1904
            return [_sheet(ws, packed, tally, since_1904=since_1904) for ws in book.worksheets]
    except (Unreadable, MemoryError):
        raise
    except DefusedXmlException as error:
        raise Unreadable("这个表格里有不允许的内容。请把数据复制到新表格里再传。") from error
    except Exception as error:  # openpyxl lets whatever goes wrong inside it through: KeyError, ValueError, …
        raise Unreadable(_BROKEN) from error


def _refuse_a_bomb(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Unreadable(_BROKEN) from error
    unpacked = sum(member.file_size for member in members)
    if (
        len(members) > MOST_MEMBERS
        or unpacked > MOST_UNPACKED
        or unpacked > MOST_RATIO * len(content) + 2**20
    ):
        raise Unreadable("这个文件解开后过大，无法读取。请把数据复制到新表格里再传。")
    if not any(member.filename.endswith("workbook.xml") for member in members):
        raise Unreadable("这个压缩文件里没有表格。请选 xlsx、xls 或 csv 文件。")


def _sheet(ws, packed: zipfile.ZipFile, tally: Tally, *, since_1904: bool) -> Sheet:
    beside = _beside(packed, ws._worksheet_path)
    ws.reset_dimensions()  # the file's own word for its size may be a lie
    rows = [tally.add(row) for row in _rows(ws, beside)]
    merged = tuple(beside.merged)
    return Sheet(
        name=ws.title,
        rows=filled_down(rows, merged),
        merged=merged,
        hidden=ws.sheet_state != "visible",
        since_1904=since_1904,
    )


def _rows(ws, beside: _Beside) -> Iterator[Row]:
    count = 0
    for number, line in enumerate(ws.iter_rows(), start=1):
        if number > LAST_ROW:  # a file may claim a row so far down that the blank ones before it never end
            raise Unreadable(f"表格的行号超过 {LAST_ROW:,}，不是表格软件存的。请另存为 xlsx 再传。")
        cells = {}
        for column, found in enumerate(line, start=1):
            cell = _cell(found, column, number, beside)
            if not cell.is_blank:
                refuse_by_shape(rows=0, column=column)
                cells[column] = cell
        if cells:
            count += 1
            refuse_by_shape(rows=count)
            yield Row(number, cells, hidden=number in beside.hidden_rows)


def _cell(found, column: int, row: int, beside: _Beside) -> Cell:
    value = found.value
    if value is None:
        here = address(column, row) if beside.formulas else ""
        return Cell(here, None, "formula") if here in beside.formulas else Cell(here)
    if isinstance(value, str):
        value = value[:LONGEST_CELL]
    return Cell(address(column, row), value, "error" if found.data_type == "e" else "")


def _beside(packed: zipfile.ZipFile, path: str) -> _Beside:
    beside = _Beside()
    with packed.open(path) as stream:
        for _, element in iterparse(stream, events=("end",)):
            name = element.tag.removeprefix(_MAIN).removeprefix(_STRICT)
            if name == "row":
                if element.get("hidden") in ("1", "true") and (element.get("r") or "").isdigit():
                    beside.hidden_rows.add(int(element.get("r")))
                element.clear()
            elif name == "f":
                continue
            elif name == "c":
                _note_formula(element, beside)
            elif name == "mergeCell" and len(beside.merged) < MOST_MERGED:
                left, top, right, bottom = range_boundaries(element.get("ref"))
                beside.merged.append(Area(top, left, bottom, right))
    return beside


def _note_formula(element, beside: _Beside) -> None:
    tags = {child.tag.rpartition("}")[2]: child for child in element}
    if "f" in tags and not ((tags["v"].text or "") if "v" in tags else ""):
        beside.formulas.add(element.get("r") or "")
