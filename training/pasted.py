"""What was copied from a spreadsheet, as the importer reads it. Text in, bytes out."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from cqo_portal.imports import headings, sheets_csv
from cqo_portal.imports.headings import Heading, NoHeader
from cqo_portal.imports.sheets import Sheet, Unreadable

_NUMBER = re.compile(
    r"[0-9０-９]{15}|[0-9.]+[eE]\+"
)  # a number of identity, or what a spreadsheet made of one


class Pasted(NamedTuple):
    content: bytes
    assumed: str = ""  # the headings that were put above, where none came along


def as_table(text: str, *, columns: Sequence[Heading], usual: Sequence[Heading]) -> Pasted:
    """The table that was pasted; without a header the usual order is taken, and said. Raises `Unreadable`."""
    told = _in_cells(text)
    sheet = sheets_csv.read(told.encode())
    try:
        headings.find(sheet, columns)
    except NoHeader as refusal:
        if "缺少" in str(refusal):
            raise
        return _under_the_usual_header(told, sheet, [heading.label for heading in usual])
    return Pasted(told.encode())


def _in_cells(text: str) -> str:
    """Out of a message rather than a spreadsheet, cells are parted by blanks."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    if any(sign in line for line in lines for sign in sheets_csv.SEPARATORS):
        return "\n".join(lines)
    return "\n".join(re.sub(r"[ \u00a0\u3000]+", "\t", line.strip()) for line in lines)


def _under_the_usual_header(told: str, sheet: Sheet, labels: list[str]) -> Pasted:
    width = max((max(row.cells) for row in sheet.rows), default=0)
    if width < 3 or not any(_NUMBER.search(row.at(2).text) for row in sheet.rows):
        raise Unreadable(
            f"没有认出表头，第二格也不是证件号码。请连表头一起复制，或者按“{'、'.join(labels)}”的顺序粘贴。"
        )
    separator = sheets_csv.separator_of(told)
    assumed = labels[:width]
    return Pasted(f"{separator.join(assumed)}\n{told}".encode(), "、".join(assumed))
