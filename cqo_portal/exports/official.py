"""A table as offices hand it in: title, who and when, headings over several columns, a place to sign; ready to print.

Text is text and no cell is ever a formula. Numbers are numbers, so that whoever receives the table can go on reckoning.
"""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, BinaryIO

from xlsxwriter import Workbook

from cqo_portal.exports.formats import SafeXlsx, as_text, explain, runs

WIDEST, NARROWEST = 32, 7
MOST_ROWS = 1_048_570  # and a few below for the signatures
SIGNATURES = ("填报单位（盖章）：", "单位负责人：", "审核人：", "填表人：", "填报日期：")


@dataclass(frozen=True)
class Heading:
    """One column: the heading over it and its neighbours (or none), its own, and how wide it must be (in signs)."""

    label: str
    group: str = ""
    width: int = 0

    @property
    def signs(self) -> int:
        return min(max(self.width, 2 * len(self.label) + 2, NARROWEST), WIDEST)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """`rows` may be an iterator: with `long` they are written one by one, and no more than one is held."""

    title: str
    lines: Sequence[str]  # under the title: whose table, of which days
    headings: Sequence[Heading]
    rows: Iterable[Sequence[Any]]
    notes: Sequence[tuple[str, str]] = ()
    signatures: Sequence[str] = SIGNATURES
    long: bool = False
    last_is_total: bool = False


PLACES = ("whole", "tenths", "hundredths")  # by how many places a number is said with


def _places(value: Decimal) -> int:
    return min(max(-value.as_tuple().exponent, 0), len(PLACES) - 1)


class OfficialXlsx(SafeXlsx):
    """Our format for django-import-export, with everything an office expects around the rows."""

    def export_data(self, dataset, **kwargs) -> bytes:
        sheet = Sheet(
            title=dataset.title or "导出",
            lines=(),
            headings=[Heading(each) for each in dataset.headers],
            rows=dataset,
            notes=kwargs.get("notes", ()),
        )
        return self.laid_out(sheet).read()

    def laid_out(self, sheet: Sheet) -> BinaryIO:
        """An open temporary file at its beginning."""
        out = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 -- the answer closes it
        book = Workbook(
            out,
            {
                "constant_memory": sheet.long,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
                "nan_inf_to_errors": False,
                "default_date_format": "yyyy-mm-dd",
            },
        )
        # The same table makes the same bytes, whenever it is written.
        book.set_properties({"title": sheet.title, "created": datetime(2000, 1, 1)})
        _Page(book, sheet).write()
        if sheet.notes:
            explain(book, list(sheet.notes))
        book.close()
        out.seek(0)
        return out


class _Page:
    def __init__(self, book: Workbook, sheet: Sheet) -> None:
        self.sheet, self.page = sheet, book.add_worksheet("表")
        frame = {"border": 1, "border_color": "#8A8F98", "valign": "vcenter"}
        formats = {
            "title": {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"},
            "line": {"font_size": 10, "align": "center", "valign": "vcenter"},
            "head": frame | {"bold": True, "text_wrap": True, "align": "center", "bg_color": "#EEF1F4"},
            "text": frame | {"num_format": "@", "text_wrap": True},
            "quoted": frame | {"num_format": "@", "quote_prefix": True, "text_wrap": True},
            "day": frame | {"num_format": "yyyy-mm-dd", "align": "center"},
            "whole": frame | {"num_format": "#,##0"},
            "tenths": frame | {"num_format": "#,##0.0"},
            "hundredths": frame | {"num_format": "#,##0.00"},
            "none": frame,
            "sign": {"font_size": 10, "valign": "vcenter"},
        }
        totals = {f"{name}.total": told | {"bold": True} for name, told in formats.items()}
        self.formats = {name: book.add_format(told) for name, told in (formats | totals).items()}
        self.last_column = max(len(sheet.headings) - 1, 0)

    def write(self) -> None:
        for place, heading in enumerate(self.sheet.headings):
            self.page.set_column(place, place, heading.signs)
        row = self._titles()
        first = row = self._headings(row)
        row = self._rows(row)
        self._signatures(row + 1)
        self._paper(first, row + 1)

    # ── above ──
    def _titles(self) -> int:
        self.page.set_row(0, 30)
        self._across(0, self.sheet.title, "title")
        for place, line in enumerate(self.sheet.lines, start=1):
            self._across(place, line, "line")
        return len(self.sheet.lines) + 1

    def _across(self, row: int, text: str, form: str) -> None:
        if self.last_column:
            self.page.merge_range(row, 0, row, self.last_column, "", self.formats[form])
        self._string(row, 0, text, self.formats[form])

    def _headings(self, row: int) -> int:
        """One row, or two where some columns stand under a common heading. Returns the first row below."""
        headings, head = self.sheet.headings, self.formats["head"]
        if not any(each.group for each in headings):
            self.page.set_row(row, 32)
            for place, each in enumerate(headings):
                self._string(row, place, each.label, head)
            return row + 1
        self.page.set_row(row + 1, 32)
        for group, some in groupby(enumerate(headings), key=lambda one: one[1].group or id(one[1])):
            places = [place for place, _ in some]
            first, last = places[0], places[-1]
            if not isinstance(group, str):
                self._merged(row, first, row + 1, first, headings[first].label)
                continue
            self._merged(row, first, row, last, group)
            for place in places:
                self._string(row + 1, place, headings[place].label, head)
        return row + 2

    def _merged(self, row: int, first: int, last_row: int, last: int, text: str) -> None:
        head = self.formats["head"]
        if (row, first) != (last_row, last):
            self.page.merge_range(row, first, last_row, last, "", head)
        self._string(row, first, text, head)

    # ── the table ──
    def _rows(self, row: int) -> int:
        """Returns the last row written."""
        pending, at = None, row - 1
        for line in self.sheet.rows:
            if pending is not None:
                at += 1
                self._line(at, pending)
            pending = line
        if pending is not None:
            at += 1
            self._line(at, pending, total=self.sheet.last_is_total)
        return at

    def _line(self, row: int, line: Sequence[Any], *, total: bool = False) -> None:
        if row >= MOST_ROWS:  # the library leaves out what a sheet cannot hold, and says nothing
            raise ValueError(f"a sheet holds no more than {MOST_ROWS} rows")
        for column, value in enumerate(line):
            self._cell(row, column, value, ".total" if total else "")

    def _cell(self, row: int, column: int, value: Any, total: str) -> None:
        page, formats = self.page, self.formats
        match value:
            case None | "":
                page.write_blank(row, column, None, formats[f"none{total}"])
            case bool():
                page.write_string(row, column, "是" if value else "否", formats[f"text{total}"])
            case int():
                page.write_number(row, column, value, formats[f"whole{total}"])
            case Decimal():
                page.write_number(row, column, float(value), formats[f"{PLACES[_places(value)]}{total}"])
            case date() if not isinstance(value, datetime):
                day = datetime(value.year, value.month, value.day)
                page.write_datetime(row, column, day, formats[f"day{total}"])
            case _:
                self._string(row, column, value, formats[f"text{total}"], formats[f"quoted{total}"])

    def _string(self, row: int, column: int, value: Any, plain, quoted=None) -> None:
        """Never anything but text; what a spreadsheet might run carries the sign that it is none."""
        text = as_text(value)
        self.page.write_string(row, column, text, quoted if quoted is not None and runs(text) else plain)

    # ── below, and on paper ──
    def _signatures(self, row: int) -> None:
        if self.sheet.signatures:
            self.page.set_row(row, 28)
            self._across_left(row, "　　　　".join(self.sheet.signatures))

    def _across_left(self, row: int, text: str) -> None:
        if self.last_column:
            self.page.merge_range(row, 0, row, self.last_column, "", self.formats["sign"])
        self._string(row, 0, text, self.formats["sign"])

    def _paper(self, first: int, last: int) -> None:
        page = self.page
        page.freeze_panes(first, 1)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        page.center_horizontally()
        page.print_area(0, 0, last, self.last_column)
        page.repeat_rows(0, first - 1)
        page.fit_to_pages(1, 0)
        page.set_footer("&C&9第 &P 页，共 &N 页")
