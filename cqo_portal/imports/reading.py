"""A sheet and the columns of a kind → rows of cells by column; what is no data is set aside and said."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cqo_portal.imports import headings
from cqo_portal.imports.headings import Header, NoHeader, plain
from cqo_portal.imports.sheets import Cell, Row, Sheet, Unreadable, address
from cqo_portal.imports.tidy import About, Column, Tidied, tidied
from cqo_portal.imports.verdicts import REMARK, Verdict
from cqo_portal.parties.invalid import Invalid

# Lines under (or between) the data that are words of the office, and no row.
_NOT_DATA = re.compile(
    "填报|填表|制表|审核|复核|审批|审定|负责人|经办|联系人|盖章|签章|签字|日期|合计|总计|小计|以上|以下空白|本页|单位[:：]|注[:：]|备注[:：]|说明[:：]|电话[:：]"
)
MOST_SPARSE = 2


@dataclass(frozen=True)
class DataRow:
    number: int
    cells: Mapping[str, Cell]  # by key of the column; every column of the header is there
    line: Mapping[int, Cell]  # by column of the sheet, whatever it means
    hidden: bool = False


@dataclass(frozen=True)
class Table:
    """What was found: the sheet, its header, the rows of data, and in sentences what was left out."""

    sheet: str
    header: Header
    rows: list[DataRow]
    says: tuple[str, ...]
    since_1904: bool = False


@dataclass
class Judged:
    """A row as it was read: values by key, and what there is to say."""

    number: int
    cells: Mapping[str, Cell]
    values: dict[str, Tidied]
    verdicts: list[Verdict]

    @property
    def refused(self) -> bool:
        return any(verdict.forbids for verdict in self.verdicts)

    def address(self, key: str) -> str:
        return self.cells[key].address if key in self.cells else ""

    def refuse(self, key: str, sentence: str) -> None:
        self.verdicts.append(Verdict(self.address(key), key, sentence))

    def remark(self, key: str, sentence: str) -> None:
        self.verdicts.append(Verdict(self.address(key), key, sentence, REMARK))

    def is_sound(self, *keys: str) -> bool:
        """Has a value, and nothing was said against the cell."""
        refused = {verdict.column for verdict in self.verdicts if verdict.forbids}
        return all(self.values.get(key) is not None and key not in refused for key in keys)


def table(sheets: list[Sheet], columns: Iterable[Column], *, wanted: str = "") -> Table:
    """The table of the sheet that is wanted, or of the first visible one with a fitting header. Raises `Unreadable`."""
    columns = tuple(columns)
    chosen, header = _chosen(sheets, columns, wanted)
    rows, says = [], list(chosen.says)
    for row in (row for row in chosen.rows if row.number > header.last_row):
        if why := _no_data(row, header):
            says.append(why)
        else:
            cells = {key: row.at(column) for key, column in header.columns.items()}
            rows.append(DataRow(row.number, cells, row.cells, row.hidden))
    if not rows:
        raise Unreadable(f"表头（第 {header.last_row} 行）下面没有数据。请检查是否选对了文件。")
    says += _about_header(header) + _about_other_sheets(sheets, chosen)
    return Table(chosen.name, header, rows, tuple(says), chosen.since_1904)


def _chosen(sheets: list[Sheet], columns: tuple[Column, ...], wanted: str) -> tuple[Sheet, Header]:
    if wanted:
        named = next((sheet for sheet in sheets if sheet.name.strip() == wanted.strip()), None)
        if named is None:
            have = "、".join(f"“{sheet.name}”" for sheet in sheets)
            raise Unreadable(f"文件里没有叫“{wanted}”的工作表，有的是：{have}。")
        return named, headings.find(named, columns)
    refusal = None
    for sheet in sorted((s for s in sheets if s.rows), key=lambda s: s.hidden):
        try:
            return sheet, headings.find(sheet, columns)
        except NoHeader as error:
            # A sheet that lacks one column says more about the mistake than one without any header.
            refusal = refusal if refusal and "缺少" in str(refusal) else error
    raise refusal or Unreadable("这个文件里没有内容。请检查是否选对了文件。")


def _no_data(row: Row, header: Header) -> str:
    """Why this line is no row of data: a sentence, or nothing."""
    told = [row.at(column) for column in header.columns.values() if not row.at(column).is_blank]
    words = " ".join(cell.text.strip() for cell in row.cells.values())[:60]
    if not told:
        return f"第 {row.number} 行跳过：{words}" if words else ""
    if header.matches(row):
        return f"第 {row.number} 行跳过：重复的表头"
    sparse = len(told) <= MOST_SPARSE < len(header.columns) or len(row.cells) <= MOST_SPARSE < len(
        header.columns
    )
    if sparse and _NOT_DATA.search(plain(words) + words):
        return f"第 {row.number} 行跳过：{words}"
    first = min(row.cells)
    if plain(row.cells[first].text) in ("合计", "总计", "小计", "共计"):
        return f"第 {row.number} 行跳过：{row.cells[first].text.strip()}"
    return ""


def _about_header(header: Header) -> list[str]:
    says = []
    if header.unknown:
        says.append(f"没有用到的列：{'、'.join(header.unknown)[:300]}")
    if header.doubled:
        says.append(f"重复的列，只读了前面的：{'、'.join(header.doubled)[:300]}")
    return says


def _about_other_sheets(sheets: list[Sheet], chosen: Sheet) -> list[str]:
    left = [sheet.name for sheet in sheets if sheet is not chosen and sheet.rows]
    return [f"没有读的工作表：{'、'.join(left)[:200]}。需要的话，请写明工作表名再传一次。"] if left else []


@dataclass(frozen=True)
class Terms:
    """By what the cells of one table are read."""

    columns: tuple[Column, ...]
    factors: Mapping[str, Decimal]
    since_1904: bool
    today: date


def judged(number: int, cells: Mapping[str, Cell], terms: Terms, *, hidden: bool = False) -> Judged:
    """Every cell of a row by the reader of its column; nothing is known yet but the row itself."""
    found = Judged(number, cells, {}, [])
    for column in terms.columns:
        if column.key in cells:
            _judge_cell(found, column, terms)
    if hidden:
        found.verdicts.append(Verdict(address(1, number), "", "这一行在表格里是隐藏的。", REMARK))
    return found


def _judge_cell(found: Judged, column: Column, terms: Terms) -> None:
    cell = found.cells[column.key]
    factor = terms.factors.get(column.key, Decimal(1))
    about = About(terms.today, column.label, terms.since_1904, factor)
    try:
        found.values[column.key] = tidied(cell, column, about)
    except Invalid as refusal:
        found.refuse(column.key, str(refusal))
        return
    for sentence in about.remarks:
        found.remark(column.key, sentence)
    if found.values[column.key] is None and column.required:
        found.refuse(column.key, f"缺少{column.label}。")


def mark_doubles(rows: Iterable[Judged], keys: tuple[str, ...], *, said: str) -> None:
    """A later row with the key of an earlier one that is not itself refused. Rows come in order."""
    seen: dict[tuple, int] = {}
    for row in rows:
        if not row.is_sound(*keys):
            continue
        key = tuple(row.values[name] for name in keys)
        if key in seen:
            row.refuse(keys[-1], said.format(number=seen[key]))
        elif not row.refused:
            seen[key] = row.number
