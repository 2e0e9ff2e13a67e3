"""Which line of a sheet is the header, and which column means what. Offices never send the same layout twice.

A heading is compared without blanks, line breaks, case, width and brackets, against every synonym of a column;
a header of two lines, the upper one merged over several columns, is read as the two words together.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cqo_portal.imports.sheets import Row, Sheet, Unreadable, letters

LINES_SEARCHED = 40
LEAST_FOR_A_PART = 4  # a shorter synonym inside a longer heading means something else too often
_BRACKETS = re.compile(r"[(\[{【〔〈《][^)\]}】〕〉》]*[)\]}】〕〉》]?")
_MARKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff*:：、,，。.·/\\_\-—]+")
_UNITS = {
    "亿元": Decimal(10_000),
    "千万元": Decimal(1000),
    "百万元": Decimal(100),
    "万元": Decimal(1),
    "千元": Decimal("0.1"),
    "元": Decimal("0.0001"),
}
_UNIT = re.compile("|".join(_UNITS))
_OVER = "\x1f"  # between the upper and the lower word of a header of two lines
_SOMEBODY_ELSE = re.compile("法定代表人|法人|联系人|经办人|填报|负责人|审核|推荐")


class NoHeader(Unreadable):
    """No line of the sheet names the columns that are needed."""


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What a column may be called. `label` first; every synonym counts the same."""

    key: str
    label: str
    synonyms: tuple[str, ...] = ()
    required: bool = False
    money: bool = False  # its unit (元, 万元, 亿元) may stand in the heading

    @property
    def names(self) -> frozenset[str]:
        return frozenset(plain(name) for name in (self.label, *self.synonyms))


@dataclass(frozen=True)
class Header:
    """Where a sheet's header stands and what it says."""

    first_row: int
    last_row: int
    columns: Mapping[str, int]  # key → column of the sheet
    texts: Mapping[int, str]  # column → heading as written
    factors: Mapping[str, Decimal]  # key → 万元 per unit, for money
    unknown: tuple[str, ...]  # headings nobody asked for, as "J 法人代表"
    doubled: tuple[str, ...]  # headings that mean a column already found

    def matches(self, row: Row) -> bool:
        """Is this line the header again, as printed on top of every page?"""
        same = sum(plain(row.at(column).text) == plain(text) for column, text in self.texts.items() if text)
        return same >= 2 and same * 2 > len(row.cells)


def plain(text: str) -> str:
    """`统一社会\\n信用代码（18 位）` → `统一社会信用代码`."""
    folded = unicodedata.normalize("NFKC", text).lower()
    without = _MARKS.sub("", _BRACKETS.sub("", folded))
    return without or _MARKS.sub("", folded)


def find(sheet: Sheet, headings: Iterable[Heading]) -> Header:
    """The header of `sheet`. Raises `NoHeader` with the columns that are missing."""
    headings = tuple(headings)
    best = max(_candidates(sheet, headings), key=lambda found: found[0], default=None)
    if best is None or best[0][1] < min(2, len(headings)):
        labels = "、".join(heading.label for heading in headings if heading.required)
        raise NoHeader(f"没有找到表头。表头须写在前 {LINES_SEARCHED} 行之内，至少有：{labels}。")
    header = best[1]
    if missing := [h for h in headings if h.required and h.key not in header.columns]:
        labels = "、".join(f"“{heading.label}”" for heading in missing)
        # Only columns we know are named: what stands in an unknown cell may be somebody's number.
        read_as = "、".join(h.label for h in headings if h.key in header.columns)
        where = f"第 {header.first_row} 行"
        raise NoHeader(f"表头（{where}）里缺少{labels}。认出的列有：{read_as}。请补上这一列再传。")
    return header


def _candidates(sheet: Sheet, headings: tuple[Heading, ...]) -> Iterator[tuple[tuple, Header]]:
    rows = sheet.rows[:LINES_SEARCHED]
    for place, row in enumerate(rows):
        alone = {column: cell.text for column, cell in row.cells.items()}
        yield _scored(alone, (row,), headings)
        below = rows[place + 1] if place + 1 < len(rows) else None
        if below and below.number == row.number + 1:
            yield _scored(_together(sheet, row, below), (row, below), headings)


def _scored(texts: Mapping[int, str], rows: tuple[Row, ...], headings) -> tuple[tuple, Header]:
    """More columns found is better, needed ones first; then one line rather than two, then the earlier one."""
    header = _header(texts, rows, headings)
    needed = sum(heading.required and heading.key in header.columns for heading in headings)
    return (needed, len(header.columns), -len(rows), -rows[0].number), header


def _together(sheet: Sheet, upper: Row, lower: Row) -> dict[int, str]:
    """The two words of each column; the upper one reaches over the columns it is merged with."""
    spread = {column: cell.text for column, cell in upper.cells.items()}
    for area in sheet.merged:
        if area.first_row <= upper.number <= area.last_row and area.first_column in spread:
            for column in range(area.first_column, min(area.last_column, area.first_column + 50) + 1):
                spread.setdefault(column, spread[area.first_column])
    texts, last = {}, ""
    for column in range(1, max((*spread, *lower.cells), default=0) + 1):
        last = spread.get(column, last if column in lower.cells else "")
        under = lower.at(column).text
        texts[column] = _OVER.join(dict.fromkeys(part for part in (spread.get(column, last), under) if part))
    return {column: text for column, text in texts.items() if text}


def _header(texts: Mapping[int, str], rows: tuple[Row, ...], headings) -> Header:
    columns, factors, unknown, doubled = {}, {}, [], []
    for column, text in sorted(texts.items()):
        named = f"{letters(column)} {' '.join(text.split())}"
        heading = _meant(text, headings)
        if heading is None:
            unknown.append(named)
        elif heading.key in columns:
            doubled.append(named)
        else:
            columns[heading.key] = column
            if heading.money:
                factors[heading.key] = unit_in(text)
    return Header(
        first_row=rows[0].number,
        last_row=rows[-1].number,
        columns=columns,
        texts=dict(texts),
        factors=factors,
        unknown=tuple(unknown),
        doubled=tuple(doubled),
    )


def unit_in(text: str) -> Decimal:
    """万元 per unit named in a heading; 万元 where none is named."""
    found = _UNIT.search(unicodedata.normalize("NFKC", text))
    return _UNITS[found[0]] if found else Decimal(1)


def _meant(text: str, headings: tuple[Heading, ...]) -> Heading | None:
    upper, _, lower = text.partition(_OVER)
    alone = "" if _SOMEBODY_ELSE.search(upper) and lower else plain(lower)
    for way in dict.fromkeys((plain(text), alone)):
        for heading in headings:
            if way and way in heading.names:
                return heading
    return _meant_in_part(plain(text), headings)


def _meant_in_part(text: str, headings: tuple[Heading, ...]) -> Heading | None:
    """`企业统一社会信用代码证号` holds a synonym of just one column; the longest decides."""
    if _SOMEBODY_ELSE.search(text):
        return None
    held = [
        (len(name), h) for h in headings for name in h.names if len(name) >= LEAST_FOR_A_PART and name in text
    ]
    longest = max((length for length, _ in held), default=0)
    meant = {h.key: h for length, h in held if length == longest}
    return next(iter(meant.values())) if len(meant) == 1 else None
