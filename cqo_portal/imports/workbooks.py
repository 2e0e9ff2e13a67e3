"""Workbooks we write: the refused rows with what is said of them, and an empty one to fill in.

Everything is written as text: an identity number keeps its digits, and nothing that begins with = is ever a formula.
"""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter

from cqo_portal.imports.judging import cells_of
from cqo_portal.imports.models import ImportRow, ImportRun
from cqo_portal.imports.sheets import shown
from cqo_portal.imports.tidy import Column

VERDICTS = "核对意见"
WIDTH = 18


def refused(run: ImportRun) -> bytes:
    """Only the refused rows: same headers, cells as they stand now, what is wrong in a column behind and as comments."""
    columns = sorted(int(column) for column in run.layout["texts"])
    places = {column: place for place, column in enumerate(columns)}
    by_key = {key: places[column] for key, column in run.layout["columns"].items()}
    heads = [" ".join(run.layout["texts"][str(column)].split()) for column in columns]
    with _Sheet([*heads, VERDICTS], widths={len(heads): 60}) as sheet:
        for row in run.rows.filter(outcome=ImportRow.Outcome.REFUSED).iterator(chunk_size=500):
            sheet.line([*_texts(run, row, columns), _said(row)])
            for verdict in row.told["verdicts"]:
                if verdict["column"] in by_key:
                    sheet.comment(by_key[verdict["column"]], verdict["sentence"])
    return sheet.content


def _texts(run: ImportRun, row: ImportRow, columns: list[int]) -> list[str]:
    known = {run.layout["columns"][key]: cell for key, cell in cells_of(run, row).items()}
    return [
        known[column].text if column in known else shown((row.line.get(str(column)) or [None])[0])
        for column in columns
    ]


def _said(row: ImportRow) -> str:
    return "\n".join(f"{verdict['address']}：{verdict['sentence']}" for verdict in row.told["verdicts"])


def template(columns: Sequence[Column]) -> bytes:
    """An empty workbook with these headers; the required ones are marked, a comment says what to write."""
    with _Sheet([column.label for column in columns], required=_required(columns)) as sheet:
        for place, column in enumerate(columns):
            sheet.comment(place, _explained(column), row=0)
    return sheet.content


def _required(columns: Iterable[Column]) -> set[int]:
    return {place for place, column in enumerate(columns) if column.required}


def _explained(column: Column) -> str:
    words = "必填。" if column.required else "选填。"
    return words + (f"例如：{column.fill}" if column.fill else "")


class _Sheet:
    """One sheet of text cells under a header, as bytes when it is closed."""

    def __init__(
        self, heads: list[str], *, widths: dict[int, int] | None = None, required: set[int] | None = None
    ) -> None:
        self.out = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self.out,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self.sheet = self.book.add_worksheet("名单")
        self.text = self.book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        head = {"bold": True, "num_format": "@", "text_wrap": True, "bottom": 1}
        plain, must = self.book.add_format(head), self.book.add_format(head | {"bg_color": "#E8F0EE"})
        self.number = 0
        for place, words in enumerate(heads):
            self.sheet.set_column(place, place, (widths or {}).get(place, WIDTH), self.text)
            self.sheet.write_string(0, place, words, must if place in (required or ()) else plain)
        self.sheet.freeze_panes(1, 0)

    def line(self, texts: list[str]) -> None:
        self.number += 1
        for place, words in enumerate(texts):
            if words:
                self.sheet.write_string(self.number, place, words, self.text)

    def comment(self, place: int, words: str, *, row: int | None = None) -> None:
        self.sheet.write_comment(self.number if row is None else row, place, words, {"x_scale": 2})

    def __enter__(self) -> "_Sheet":
        return self

    def __exit__(self, *failed) -> None:
        self.book.close()
        self.content = self.out.getvalue()
