"""Workbooks of Excel 97–2003, byte by byte: what xlrd reads must be written by something else than xlrd."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

SECTOR = 512
END, FAT, FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
PLAIN, DAY = 0, 1  # the two looks of a cell


@dataclass
class OldSheet:
    name: str
    lines: Sequence[Sequence]  # of str, int, float, bool, datetime, None
    merged: Sequence[tuple[int, int, int, int]] = ()  # first and last row, first and last column, from 0
    hidden_rows: frozenset[int] = field(default_factory=frozenset)  # from 0
    loose: Sequence[tuple[int, int, object]] = ()  # (row, column, value), wherever


def written(*sheets: OldSheet, since_1904: bool = False) -> bytes:
    return packed(_workbook(sheets, since_1904=since_1904))


def _workbook(sheets: Sequence[OldSheet], *, since_1904: bool) -> bytes:
    bodies = [_sheet(sheet, since_1904=since_1904) for sheet in sheets]
    names = [_text(sheet.name, length="B") for sheet in sheets]
    head = _begins(0x0005) + _record(0x0042, struct.pack("<H", 1200))
    head += _record(0x0022, struct.pack("<H", since_1904))
    head += b"".join(_font() for _ in range(5)) + _look(0) + _look(14)
    place = len(head) + sum(4 + 6 + len(name) for name in names) + 4
    for name, body in zip(names, bodies, strict=True):
        head += _record(0x0085, struct.pack("<IBB", place, 0, 0) + name)
        place += len(body)
    return head + _record(0x000A) + b"".join(bodies)


def _sheet(sheet: OldSheet, *, since_1904: bool) -> bytes:
    out = [_begins(0x0010)]
    out += [_record(0x0208, struct.pack("<HHHHHHI", n, 0, 0, 255, 0, 0, 0x20)) for n in sheet.hidden_rows]
    for row, line in enumerate(sheet.lines):
        out += [_cell(row, column, value, since_1904=since_1904) for column, value in enumerate(line)]
    out += [_cell(row, column, value, since_1904=since_1904) for row, column, value in sheet.loose]
    if sheet.merged:
        areas = b"".join(struct.pack("<HHHH", *area) for area in sheet.merged)
        out.append(_record(0x00E5, struct.pack("<H", len(sheet.merged)) + areas))
    return b"".join(out) + _record(0x000A)


def _cell(row: int, column: int, value, *, since_1904: bool) -> bytes:
    if value in (None, ""):
        return b""
    if isinstance(value, bool):
        return _record(0x0205, struct.pack("<HHHBB", row, column, PLAIN, value, 0))
    if isinstance(value, datetime):
        begins = date(1904, 1, 1) if since_1904 else date(1899, 12, 30)
        return _number(row, column, DAY, (value.date() - begins).days)
    if isinstance(value, int | float):
        return _number(row, column, PLAIN, value)
    return _record(0x0204, struct.pack("<HHH", row, column, PLAIN) + _text(value, length="H"))


def _number(row: int, column: int, look: int, value: float) -> bytes:
    return _record(0x0203, struct.pack("<HHHd", row, column, look, value))


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _begins(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 1996, 0, 6))


def _font() -> bytes:
    return _record(
        0x0031, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + _text("宋体", length="B")
    )


def _look(number_format: int) -> bytes:
    return _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, number_format, 1, 0x20, 0, 0, 0, 0, 0, 0x20C0))


def _text(words: str, *, length: str) -> bytes:
    units = words.encode("utf-16-le")
    return struct.pack(f"<{length}B", len(units) // 2, 1) + units


# ── the file around it: sectors, and a table that says which follows upon which ───────────────
def packed(stream: bytes, *, follows: dict[int, int] | None = None) -> bytes:
    """`stream` as the book of an OLE file. `follows` bends the chain of its sectors: {sector: next}."""
    stream = stream.ljust(4096, b"\0")  # a shorter one would lie elsewhere
    parts = list(_sectors(stream))
    tables = next(n for n in range(1, 110) if n * 128 >= n + 1 + len(parts))
    first = tables + 1
    chain = [FAT] * tables + [END] + [first + n + 1 for n in range(len(parts) - 1)] + [END]
    for sector, following in (follows or {}).items():
        chain[first + sector] = first + following
    chain += [FREE] * (tables * 128 - len(chain))
    folder = _entry("Root Entry", 5, first=END, child=1) + _entry(
        "Workbook", 2, first=first, size=len(stream)
    )
    fat = b"".join(struct.pack("<I", sector) for sector in chain)
    return _header(tables) + fat + folder.ljust(SECTOR, b"\0") + b"".join(parts)


def _sectors(stream: bytes) -> Iterator[bytes]:
    return (stream[done : done + SECTOR].ljust(SECTOR, b"\0") for done in range(0, len(stream), SECTOR))


def _header(tables: int) -> bytes:
    where: Iterable[int] = [*range(tables), *[FREE] * (109 - tables)]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head += bytes(10) + struct.pack("<IIIIIIII", tables, tables, 0, 4096, END, 0, END, 0)
    return head + b"".join(struct.pack("<I", sector) for sector in where)


def _entry(name: str, kind: int, *, first: int, size: int = 0, child: int = FREE) -> bytes:
    letters = (name + "\0").encode("utf-16-le")
    head = letters.ljust(64, b"\0") + struct.pack("<HBBIII", len(letters), kind, 1, FREE, FREE, child)
    return head + bytes(36) + struct.pack("<III", first, size, 0)
