"""Reads a QR code off a rendered page: the modules as they came out, then what ISO/IEC 18004 says they mean.

Nothing is corrected: a printed code has to be right module by module.
"""

from itertools import chain

import pypdfium2
from qrcode.base import rs_blocks
from qrcode.util import mask_func, pattern_position

LEVELS = {0b01: 1, 0b00: 0, 0b11: 3, 0b10: 2}  # as in the code, and as `rs_blocks` counts them
Rows = list[list[bool]]


def scanned(made: bytes, *, left: float, top: float, side: float, quiet: int, modules: int) -> Rows:
    """The dark modules of a code on the first page; places in mm from its left upper corner, quiet zone included."""
    read = pypdfium2.PdfDocument(made)
    try:
        picture = read[0].render(scale=300 / 72, grayscale=True).to_pil()
    finally:
        read.close()
    one, mm = side / (modules + 2 * quiet), 300 / 25.4

    def dark(row: int, column: int) -> bool:
        x, y = left + (quiet + column + 0.5) * one, top + (quiet + row + 0.5) * one
        return picture.getpixel((round(x * mm), round(y * mm))) < 128

    return [[dark(row, column) for column in range(modules)] for row in range(modules)]


def text_of(rows: Rows) -> str:
    """What a code of one byte segment says."""
    version = (len(rows) - 17) // 4
    level, mask = _format(rows)
    bits = [rows[r][c] ^ mask_func(mask)(r, c) for r, c in _way(version, len(rows))]
    words = [_number(bits[n : n + 8]) for n in range(0, len(bits) - 7, 8)]
    data = "".join(f"{word:08b}" for word in _put_together(words, rs_blocks(version, LEVELS[level])))
    assert data[:4] == "0100", "one segment of bytes"
    start = 4 + (8 if version < 10 else 16)
    length = int(data[4:start], 2)
    return bytes(int(data[start + 8 * n : start + 8 * n + 8], 2) for n in range(length)).decode()


def _number(bits: list[bool]) -> int:
    return int("".join("01"[bit] for bit in bits), 2)


def _format(rows: Rows) -> tuple[int, int]:
    """The level of correction and the mask, around the upper left finder."""
    places = [(8, c) for c in (0, 1, 2, 3, 4, 5, 7, 8)] + [(r, 8) for r in (7, 5, 4, 3, 2, 1, 0)]
    said = _number([rows[r][c] for r, c in places]) ^ 0b101010000010010
    return said >> 13, said >> 10 & 0b111


def _way(version: int, size: int):
    """Where the bits of the data lie, from the lower right corner in pairs of columns, up and down."""
    taken = _patterns(version, size)
    columns = [c for c in range(size - 1, 0, -2) if c > 6] + [5, 3, 1]
    for n, column in enumerate(columns):
        for row in range(size) if n % 2 else range(size - 1, -1, -1):
            yield from ((row, c) for c in (column, column - 1) if (row, c) not in taken)


def _patterns(version: int, size: int) -> set[tuple[int, int]]:
    def block(rows, columns):
        return {(r, c) for r in rows for c in columns}

    ends = [
        block(range(9), range(9)),
        block(range(9), range(size - 8, size)),
        block(range(size - 8, size), range(9)),
    ]
    taken = set(chain(*ends)) | block([6], range(size)) | block(range(size), [6])
    centres = pattern_position(version)
    for r, c in ((r, c) for r in centres for c in centres):
        if not any((r, c) in end for end in ends):
            taken |= block(range(r - 2, r + 3), range(c - 2, c + 3))
    if version >= 7:
        taken |= block(range(6), range(size - 11, size - 8)) | block(range(size - 11, size - 8), range(6))
    return taken


def _put_together(words: list[int], blocks: list) -> list[int]:
    """The data words block by block; in the code the first of each comes first."""
    parts, coming = [[] for _ in blocks], iter(words)
    for n in range(max(each.data_count for each in blocks)):
        for part, each in zip(parts, blocks, strict=True):
            if n < each.data_count:
                part.append(next(coming))
    return list(chain(*parts))
