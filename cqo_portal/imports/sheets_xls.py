"""XLS of Excel 97–2003, by xlrd. A formula's saved result is all such a file shows of it."""

import io
import re

import xlrd
from xlrd.xldate import XLDateError, xldate_as_datetime

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

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # an old file may hold them; no table of ours can


def read(content: bytes) -> list[Sheet]:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Unreadable("这个表格设有密码，打不开。请去掉密码后再传。")
    book = _opened(content)
    if book.nsheets > MOST_SHEETS:
        raise Unreadable(f"这个文件有 {book.nsheets} 张工作表，最多 {MOST_SHEETS} 张。请拆开再传。")
    try:
        tally = Tally()
        return [_sheet(book, ws, tally) for ws in book.sheets()]
    except (xlrd.XLRDError, AssertionError, IndexError, ValueError, KeyError) as error:
        raise Unreadable(_BROKEN) from error


_BROKEN = "这个表格打不开，可能已损坏。请用表格软件打开后另存为 xlsx，再传。"


def _opened(content: bytes) -> xlrd.Book:
    """With its formatting, which alone tells merged and hidden; where that is broken, without."""
    for formatted in (True, False):
        try:
            return xlrd.open_workbook(
                file_contents=content,
                formatting_info=formatted,
                logfile=io.StringIO(),
                ragged_rows=True,  # a row ends at its last cell: one cell in the last corner makes no million blanks
            )
        except xlrd.XLRDError as error:
            if "encrypted" in str(error).lower():
                raise Unreadable("这个表格设有密码，打不开。请去掉密码后再传。") from error
        except MemoryError:
            raise
        except Exception:  # noqa: S110 -- xlrd fails in many ways on broken files; the second try decides
            pass
    raise Unreadable(_BROKEN)


def _sheet(book: xlrd.Book, ws, tally: Tally) -> Sheet:
    rows = []
    for number in range(1, ws.nrows + 1):
        cells = {}
        for column in range(1, ws.row_len(number - 1) + 1):
            cell = _cell(book, ws, column, number)
            if not cell.is_blank:
                refuse_by_shape(rows=0, column=column)
                cells[column] = cell
        if cells:
            refuse_by_shape(rows=len(rows) + 1)
            look = ws.rowinfo_map.get(number - 1)
            rows.append(tally.add(Row(number, cells, hidden=bool(look and look.hidden))))
    merged = tuple(Area(top + 1, left + 1, bottom, right) for top, bottom, left, right in ws.merged_cells)
    return Sheet(
        name=_CONTROLS.sub("", ws.name),
        rows=filled_down(rows, merged),
        merged=merged,
        hidden=ws.visibility != 0,
        since_1904=book.datemode == 1,
    )


def _cell(book: xlrd.Book, ws, column: int, row: int) -> Cell:
    kind, value = ws.cell_type(row - 1, column - 1), ws.cell_value(row - 1, column - 1)
    here = address(column, row)
    if kind == xlrd.XL_CELL_TEXT:
        return Cell(here, _CONTROLS.sub("", value)[:LONGEST_CELL])
    if kind == xlrd.XL_CELL_DATE:
        try:
            return Cell(here, xldate_as_datetime(value, book.datemode))
        except (XLDateError, ValueError, OverflowError):
            return Cell(here, value)
    if kind == xlrd.XL_CELL_ERROR:
        return Cell(here, xlrd.error_text_from_code.get(value, "#?"), "error")
    if kind == xlrd.XL_CELL_BOOLEAN:
        return Cell(here, bool(value))
    return Cell(here, value if kind == xlrd.XL_CELL_NUMBER else None)
