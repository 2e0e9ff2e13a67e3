"""Text tables: the encoding by trial, the separator by what makes the lines agree."""

import codecs
import csv
import io
import itertools
import re
from collections import Counter

from cqo_portal.imports.sheets import (
    LONGEST_CELL,
    MOST_COLUMNS,
    Cell,
    Row,
    Sheet,
    Unreadable,
    address,
    refuse_by_shape,
)

_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")  # no table holds them; pictures and programs do
SEPARATORS = (",", "\t", ";", "|", "，")
LINES_LOOKED_AT = 60
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read(content: bytes) -> Sheet:
    text, encoding = decoded(content)
    if text.lstrip().startswith("<"):
        raise Unreadable("这个文件其实是网页，只是后缀叫 xls 或 csv。请用表格软件打开后另存为 xlsx，再传。")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    separator = separator_of(text)
    rows = []
    try:
        for number, line in enumerate(_lines(text, separator), start=1):
            refuse_by_shape(
                rows=0, column=max((c for c, v in enumerate(line, start=1) if v.strip()), default=0)
            )
            shown = enumerate(line[:MOST_COLUMNS], start=1)
            cells = {c: Cell(address(c, number), v[:LONGEST_CELL]) for c, v in shown}
            cells = {column: cell for column, cell in cells.items() if not cell.is_blank}
            if cells:
                refuse_by_shape(rows=len(rows) + 1, column=max(cells))
                rows.append(Row(number, cells))
    except csv.Error as error:
        raise Unreadable("这个文本表格的引号不成对，读不下去。请用表格软件另存为 xlsx，再传。") from error
    return Sheet(name="", rows=rows, says=[f"按 {encoding} 编码读取"])


def decoded(content: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding as people know it."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _tried(content, encoding), "UTF-8" if encoding == "utf-8-sig" else "UTF-16"
    if encoding := _bare_utf16(content):
        return _tried(content, encoding), "UTF-16"
    for encoding, name in (("utf-8", "UTF-8"), ("gb18030", "GB18030")):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.search(text):
            return text, name
    raise Unreadable(_UNKNOWN)


_UNKNOWN = "认不出这个文件的编码，或者它不是表格。请用表格软件打开后另存为 xlsx，再传。"


def _tried(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(_UNKNOWN) from error
    if _CONTROLS.search(text):
        raise Unreadable(_UNKNOWN)
    return text


def _bare_utf16(content: bytes) -> str:
    """Without its mark UTF-16 shows by the zero halves of commas, digits and line ends."""
    if len(content) % 2 or b"\0" not in content:
        return ""
    even, odd = content[::2].count(0), content[1::2].count(0)
    return "utf-16-le" if odd > even else "utf-16-be"


def separator_of(text: str) -> str:
    """The one that parts most lines into the same, largest number of cells."""
    return max(SEPARATORS, key=lambda sign: _agreement(text, sign))


def _agreement(text: str, sign: str) -> tuple[int, int]:
    try:
        widths = [len(line) for line in itertools.islice(_lines(text, sign), LINES_LOOKED_AT) if any(line)]
    except csv.Error:
        return (0, 0)
    common = Counter(width for width in widths if width > 1).most_common(1)
    return (common[0][1], common[0][0]) if common else (0, 0)


def _lines(text: str, separator: str):
    return csv.reader(io.StringIO(text), delimiter=separator, strict=False)
