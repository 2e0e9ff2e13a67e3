"""Pictures of tables: where everything stands, in per cent of the width and in pixels of the height. Pure.

The same picture serves the page and the PDF: colours stand in it as they are printed, and the sheets of the page say
them anew in its own. Its numbers are those of the table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cqo_portal.statistics.counting import ALL, Head, Row, Table, plain
from cqo_portal.wording import grouped

TOP, BOTTOM = 22, 26  # pixels over and under the plot
BAR = 30  # of one line of a comparison: the name, and its bar below, so that no name is too long
STROKES = {"a": "蓝色实线", "b": "褐色短划线", "c": "紫色点线"}  # as the template draws them
DRAWN = 20  # lines of a comparison: as many as a sheet of paper takes


@dataclass(frozen=True)
class Mark:
    """One value of a picture: `x`, `y` of its end or of its name, `width` and `height` of its bar, `word` as it is read."""

    label: str
    word: str
    x: str = "0"
    y: str = "0"
    width: str = "0"
    height: str = "0"
    to_x: str = ""  # where the line to the next point ends, or the word of a column stands
    to_y: str = ""  # the same; of a lying bar its upper edge


@dataclass(frozen=True)
class Series:
    label: str
    marks: tuple[Mark, ...]
    tone: str  # a: the accent, b: the ink


@dataclass(frozen=True)
class Chart:
    """`kind`: bars | columns | lines. `said` is what a reader hears instead."""

    kind: str
    title: str
    note: str
    height: int
    series: tuple[Series, ...]
    said: str
    target: str = ""  # where the line of the target stands: x of bars, y of lines
    grid: tuple[Mark, ...] = ()

    @property
    def legend(self) -> str:
        """Which line is which, where there are several and no colour may be at hand."""
        named = [f"{STROKES[each.tone]}为{each.label}" for each in self.series if each.label]
        return "，".join(named) if self.kind == "lines" and len(named) > 1 else ""

    @property
    def base(self) -> int:
        return self.height - BOTTOM


def value_in_words(head: Head, value: Decimal | None) -> str:
    """As a cell shows it; a share with its tenth, nothing as a dash."""
    if value is None:
        return "–"
    if head.unit == "%":
        return f"{value:.1f}"
    return grouped(Decimal(plain(value)))


def comparison(
    table: Table, column: str, *, title: str, note: str = "", target: Decimal | None = None
) -> Chart | None:
    """Row under row, the highest first, as many as fit: a share against its target, or a count against the largest."""
    head = table.head(column)
    known = [(row, value) for row, value in table.column(column) if value is not None]
    if not known or (head.unit != "%" and not any(value for _, value in known)):
        return None
    most = Decimal(100) if head.unit == "%" else max(value for _, value in known) or Decimal(1)
    known.sort(key=lambda one: -one[1])
    cut = len(known) - DRAWN
    shown = known[:DRAWN]
    marks = tuple(
        Mark(
            label=row.label,
            word=value_in_words(head, value),
            y=str(n * BAR + 12),
            to_y=str(n * BAR + 17),
            width=_percent(100 * value / most),
            height="8",
        )
        for n, (row, value) in enumerate(shown)
    )
    word = _target_word(target)
    more = [f"竖线为{word}"] if word else []
    more += [f"另有 {cut} 行见表"] if cut > 0 else []
    said = [f"{mark.label} {mark.word}{head.unit}" for mark in marks]
    return Chart(
        kind="bars",
        title=title,
        note="；".join([note, *more] if note else more),
        height=len(shown) * BAR + 4,
        series=(Series(head.label, marks, "a"),),
        said="；".join([word, *said] if word else said),
        target=_percent(target * 100) if target is not None else "",
    )


def _target_word(target: Decimal | None) -> str:
    return "" if target is None else f"目标 {target * 100:.0f}%"


def distribution(
    table: Table, columns: Sequence[str], *, title: str, note: str = "", row: str = ALL
) -> Chart | None:
    """Column beside column of one row: grades, months."""
    heads = [table.head(code) for code in columns]
    values = [table[row, code] or Decimal(0) for code in columns]
    if not any(values):
        return None
    height, most = 190, max(values)
    plot, step = height - TOP - BOTTOM, Decimal(100) / len(heads)
    marks = []
    for n, (head, value) in enumerate(zip(heads, values, strict=True)):
        tall = plot * value / most
        marks.append(
            Mark(
                label=_short(head.label),
                word=value_in_words(head, value),
                x=_percent(step * n + step / 5),
                y=_pixels(height - BOTTOM - tall),
                width=_percent(step * 3 / 5),
                height=_pixels(tall),
                to_x=_percent(step * n + step / 2),
                to_y=_pixels(height - BOTTOM - tall - 5),
            )
        )
    said = "；".join(f"{head.label} {mark.word}" for head, mark in zip(heads, marks, strict=True))
    return Chart("columns", title, note, height, (Series("", tuple(marks), "a"),), said)


def trend(
    table: Table,
    columns: Sequence[tuple[str, str]],
    *,
    title: str,
    note: str = "",
    target: Decimal | None = None,
) -> Chart | None:
    """Lines over the rows, which are years: `columns` are (code, name); shares stand on a scale up to 100."""
    height = 210
    share = table.head(columns[0][0]).unit == "%"
    every = [table[row.code, code] for row in table.rows for code, _ in columns]
    if not any(value is not None and value for value in every):
        return None
    most = Decimal(100) if share else _round_up(max(value for value in every if value is not None))
    plot = height - TOP - BOTTOM
    step = Decimal(84) / max(1, len(table.rows) - 1)

    def y(value: Decimal) -> str:
        return _pixels(height - BOTTOM - plot * value / most)

    series = []
    for tone, (code, label) in zip("abc", columns, strict=False):
        head = table.head(code)
        points = [(n, row, table[row.code, code]) for n, row in enumerate(table.rows)]
        points = [(n, row, value) for n, row, value in points if value is not None]
        marks = []
        for place, (n, row, value) in enumerate(points):
            following = points[place + 1] if place + 1 < len(points) else None
            marks.append(
                Mark(
                    label=row.label.removesuffix(" 年"),
                    word=value_in_words(head, value),
                    x=_percent(8 + step * n),
                    y=y(value),
                    to_x=_percent(8 + step * following[0]) if following else "",
                    to_y=y(following[2]) if following else "",
                )
            )
        series.append(Series(label, tuple(marks), tone))
    grid = tuple(
        Mark("", f"{most * part / 4:.0f}{'%' if share else ''}", y=y(most * part / 4)) for part in range(5)
    )
    years = tuple(
        Mark(row.label.removesuffix(" 年"), "", x=_percent(8 + step * n)) for n, row in enumerate(table.rows)
    )
    word = _target_word(target) if share else ""
    said = [
        f"{each.label}：" + "，".join(f"{mark.label} 年 {mark.word}" for mark in each.marks)
        for each in series
    ]
    return Chart(
        "lines",
        title,
        f"{note}；横线为{word}" if word else note,
        height,
        (*series, Series("", years, "x")),
        "；".join([word, *said] if word else said),
        target=y(target * 100) if word else "",
        grid=grid,
    )


@dataclass(frozen=True)
class Tile:
    """One county: how full, from 0 (nothing) in fifths to 5 (four fifths and more)."""

    row: Row
    word: str
    level: int


def tiles(table: Table, column: str) -> list[Tile]:
    """A map without a map: every county as large as the other, in the order of its code."""
    head = table.head(column)
    return [
        Tile(row, value_in_words(head, value), 0 if not value else min(5, int(value // 20) + (value < 100)))
        for row, value in table.column(column)
    ]


def _short(label: str) -> str:
    """2026年11月 → 11月: the year is said in the title."""
    year, word, month = label.partition("年")
    return month if word and year.isdigit() and month else label


def _percent(value: Decimal | int) -> str:
    return f"{value:.2f}%"


def _pixels(value: Decimal | int) -> str:
    return f"{value:.1f}"


def _round_up(value: Decimal) -> Decimal:
    """The next number that four equal steps of whole numbers make: 4, 8, 20, 40, 80, 200, …"""
    size = Decimal(1)
    while True:
        for top in (4, 8, 20):
            if top * size >= value:
                return top * size
        size *= 10
