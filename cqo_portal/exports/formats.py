"""How an exported table is written: a workbook with text as text, or CSV that a spreadsheet cannot run.

Rows come one by one and are written one by one: a workbook grows in a temporary file, CSV in the answer itself.
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

from import_export.formats.base_formats import Format
from import_export.resources import Resource
from xlsxwriter import Workbook

ROWS_AT_MOST = 100_000  # one sheet holds a million; a table nobody can read needs a narrower question
# What makes a spreadsheet run a cell; full-width signs count, because an input method turns them back.
RUNS = "=+-@\t\r\n＝＋－﹣−＠﹫"
_WIDEST, _NARROWEST = 40, 8


def runs(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula, also behind blanks."""
    return text[:1] in tuple(RUNS) or text.lstrip(" \u3000\u00a0")[:1] in tuple(RUNS)


class Written:
    """The rows of a resource, in its order of columns. `rows` may be an iterator; nothing is kept."""

    def __init__(self, resource: Resource, rows: Iterable[Any]) -> None:
        self.headers: list[str] = resource.get_export_headers()
        self.resource, self.rows = resource, rows

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self.rows:
            yield list(self.resource.export_resource(row))


class SafeXlsx(Format):
    """A workbook: identifiers are text, days are days, nothing is ever a formula or a link; the header stays."""

    def get_title(self) -> str:
        return "xlsx"

    def get_extension(self) -> str:
        return "xlsx"

    def get_content_type(self) -> str:
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def is_binary(self) -> bool:
        return True

    def can_export(self) -> bool:
        return True

    def export_data(self, dataset, **kwargs) -> bytes:
        """For django-import-export's own views, which hand over a finished dataset."""
        return self.write(dataset.headers, dataset, notes=kwargs.get("notes", ())).read()

    def write(
        self, headers: Iterable[str], rows: Iterable[Iterable[Any]], *, notes: Iterable[tuple[str, str]] = ()
    ) -> BinaryIO:
        """An open temporary file at its beginning. `notes`: (word, what is said), on a second sheet."""
        out = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 -- the answer closes it
        book = Workbook(
            out,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
                "default_date_format": "yyyy-mm-dd",
            },
        )
        _Sheet(book, headers).fill(rows)
        if notes := list(notes):
            explain(book, notes)
        book.close()
        out.seek(0)
        return out


class _Sheet:
    def __init__(self, book: Workbook, headers: Iterable[str]) -> None:
        self.headers = list(headers)
        self.sheet = book.add_worksheet("名录")
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.text = book.add_format({"num_format": "@"})
        self.quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})

    def fill(self, rows: Iterable[Iterable[Any]]) -> None:
        sheet = self.sheet
        for column, header in enumerate(self.headers):
            width = min(max(len(header) * 2 + 2, _NARROWEST), _WIDEST)
            sheet.set_column(column, column, max(width, 14))
        for column, header in enumerate(self.headers):
            sheet.write_string(0, column, header, self.head)
        last = 0
        for last, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._write(last, column, value)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, max(len(self.headers) - 1, 0))
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)

    def _write(self, row: int, column: int, value: Any) -> None:
        match value:
            case None | "":
                return
            case datetime():
                self.sheet.write_string(row, column, f"{value:%Y-%m-%d %H:%M}", self.text)
            case date():
                self.sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), self.day)
            case bool():
                self.sheet.write_string(row, column, "是" if value else "否", self.text)
            case _:
                text = as_text(value)
                self.sheet.write_string(row, column, text, self.quoted if runs(text) else self.text)


def explain(book: Workbook, notes: list[tuple[str, str]]) -> None:
    """A second sheet that says what the table is."""
    sheet, text = book.add_worksheet("说明"), book.add_format({"num_format": "@", "text_wrap": True})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 70)
    for row, (word, said) in enumerate(notes):
        sheet.write_string(row, 0, word, text)
        sheet.write_string(row, 1, as_text(said), text)


class SafeCsv(Format):
    """CSV in UTF-8 with the mark Excel asks for; a cell a spreadsheet would run begins with an apostrophe."""

    def get_title(self) -> str:
        return "csv"

    def get_extension(self) -> str:
        return "csv"

    def get_content_type(self) -> str:
        return "text/csv; charset=utf-8"

    def is_binary(self) -> bool:
        return True

    def can_export(self) -> bool:
        return True

    def export_data(self, dataset, **kwargs) -> bytes:
        return b"".join(self.stream(dataset.headers, dataset))

    def stream(self, headers: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
        yield "\ufeff".encode()
        yield self._line(headers)
        for row in rows:
            yield self._line(row)

    def _line(self, cells: Iterable[Any]) -> bytes:
        out = io.StringIO()
        csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(
            [_plain(cell) for cell in cells]
        )
        return out.getvalue().encode("utf-8", "replace")


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
    text = as_text(value)
    return f"'{text}" if runs(text) else text


def as_text(value: Any) -> str:
    """Without signs no sheet can hold; what begins a formula stays, for the writers to disarm."""
    return "".join(sign for sign in str(value) if sign in "\t\r\n" or sign.isprintable() or sign == "\u3000")
