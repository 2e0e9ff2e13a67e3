"""Random workbooks as offices might send them: a clean table, and many ways to write the same down."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import openpyxl
from hypothesis import strategies as st
from openpyxl.comments import Comment

from cqo_portal.imports import tidy
from cqo_portal.imports.tidy import Column
from tests.imports.files import code
from tests.imports.oldxls import OldSheet, written

COLUMNS = (
    Column(
        key="name",
        label="企业名称",
        synonyms=("单位名称", "公司名称"),
        required=True,
        read=tidy.organisation_name,
    ),
    Column(
        key="code",
        label="统一社会信用代码",
        synonyms=("信用代码", "社会信用代码"),
        required=True,
        read=tidy.credit_code,
    ),
    Column(key="identity", label="身份证号", synonyms=("身份证号码", "证件号码"), read=tidy.identity_number),
    Column(key="phone", label="联系电话", synonyms=("手机号码", "联系方式"), read=tidy.phone),
    Column(key="persons", label="从业人员", synonyms=("从业人数", "职工人数"), read=tidy.count()),
    Column(key="revenue", label="营业收入", synonyms=("主营业务收入", "营收"), money=True, read=tidy.amount),
    Column(key="appointed", label="聘任日期", synonyms=("任职日期", "聘任时间"), read=tidy.day),
    Column(key="since", label="从事质量工作起始时间", synonyms=("质量工作起始时间",), read=tidy.month),
    Column(
        key="listed",
        label="是否规上",
        synonyms=("规上",),
        read=tidy.choice({"yes": ("是", "√"), "no": ("否", "×")}, offered="是、否"),
    ),
)
IDENTITIES = ("11010519491231002X", "130984197102227933", "130927198012204233", "13092219731128816X")
HAN = st.sampled_from("沧海渤恒通盛禾管件机械电缆模具铸造包装食品龘㛃𬭎䶮〇")
FULL_WIDTH = str.maketrans({chr(n): chr(n + 0xFEE0) for n in range(0x21, 0x7F)})
SEPARATED = {"csv-comma": ",", "csv-tab": "\t", "csv-semicolon": ";"}
ENCODINGS = ("gb18030", "utf-8", "utf-8-sig", "utf-16")


@dataclass(frozen=True, repr=False)
class Mess:
    """A file, and the values its rows mean."""

    content: bytes
    means: list[dict]
    how: str

    def __repr__(self) -> str:
        return f"Mess({self.how}, {len(self.content)} bytes, {self.means})"


@st.composite
def rows(draw) -> list[dict]:
    """Clean rows; what a blank cell means is None."""
    count = draw(st.integers(1, 6))
    return [
        {
            "name": draw(st.text(HAN, min_size=2, max_size=8)) + "有限公司",
            "code": code(draw(st.integers(0, 9999)) * 10 + number),
            "identity": draw(st.sampled_from(IDENTITIES)),
            "phone": draw(st.sampled_from(("13926845642", "0317-2345678", "15634746160"))),
            "persons": draw(st.none() | st.integers(0, 99_999)),
            "revenue": draw(st.none() | st.decimals(0, 10**7, places=2).map(lambda d: tidy.plain_decimal(d))),
            "appointed": draw(st.dates(date(1950, 1, 1), date(2090, 12, 31))).isoformat(),
            "since": draw(st.dates(date(1950, 1, 1), date(2090, 12, 31))).replace(day=1).isoformat(),
            "listed": draw(st.sampled_from(("yes", "no"))),
        }
        for number in range(count)
    ]


def _spaced(draw, text: str) -> str:
    """A blank somewhere, of one of several widths."""
    place = draw(st.integers(0, len(text)))
    return text[:place] + draw(st.sampled_from(("", " ", "\u3000", "\u00a0", "\n"))) + text[place:]


def _written_code(draw, text: str, *, typed: bool):
    ways = [text, text.lower(), text.translate(FULL_WIDTH), f"'{text}", _spaced(draw, text), f" {text} "]
    return draw(st.sampled_from(ways))


def _written_phone(draw, text: str, *, typed: bool):
    ways = [text, text.translate(FULL_WIDTH)]
    if "-" not in text:
        ways += [f"{text[:3]} {text[3:7]} {text[7:]}", f"+86{text}", f"{text[0]}.{text[1:]}E+10"]
        ways += [int(text), float(text)] if typed else []
    return draw(st.sampled_from(ways))


def _written_number(draw, text: str, *, typed: bool, unit: str):
    grouped = f"{Decimal(text):,}"
    ways = [
        text,
        grouped,
        text.translate(FULL_WIDTH),
        grouped.replace(",", "，"),
        f"{text}{unit}",
        f" {text} ",
    ]
    if typed:
        ways += [float(text), int(text) if "." not in text else float(text)]
    return draw(st.sampled_from(ways))


def _written_day(draw, text: str, *, typed: bool, since_1904: bool, month: bool):
    day = date.fromisoformat(text)
    y, m, d = day.year, day.month, day.day
    ways = [
        text, f"{y}年{m}月{d}日", f"{y}/{m}/{d}", f"{y}.{m:02}.{d:02}", f"{y}{m:02}{d:02}", text.translate(FULL_WIDTH),
        f"{y} 年 {m} 月 {d} 日", f"{text} 00:00:00", f"{y}-{m}-{d}",
    ]  # fmt: skip
    if month:
        ways += [f"{y}.{m:02}", f"{y}年{m}月", f"{y}-{m:02}", f"{y}/{m}"]
    begins = date(1904, 1, 1) if since_1904 else date(1899, 12, 30)
    serial = (day - begins).days
    if 10_000 <= serial <= 73_000:
        ways += [f"{serial}"] + ([serial, float(serial)] if typed else [])
    if typed:
        ways += [datetime(y, m, d)]
    return draw(st.sampled_from(ways))


def _written(draw, key: str, value, *, typed: bool, since_1904: bool):
    if value is None:
        return draw(st.sampled_from((None, "", "  ", "\u3000")))
    match key:
        case "code" | "identity":
            return _written_code(draw, value, typed=typed)
        case "phone":
            return _written_phone(draw, value, typed=typed)
        case "persons":
            return _written_number(draw, str(value), typed=typed, unit="人")
        case "revenue":
            return _written_number(draw, value, typed=typed, unit="万元")
        case "appointed":
            return _written_day(draw, value, typed=typed, since_1904=since_1904, month=False)
        case "since":
            return _written_day(draw, value, typed=typed, since_1904=since_1904, month=True)
        case "listed":
            return draw(st.sampled_from({"yes": ("是", "√", " 是 "), "no": ("否", "×")}[value]))
    return draw(st.sampled_from((value, f" {value} ", f"{value}\u200b", f"\n{value}")))


def _heading(draw, column: Column) -> str:
    word = draw(st.sampled_from((column.label, *column.synonyms)))
    tail = {
        "revenue": draw(st.sampled_from(("", "（万元）", "(万元)"))),
        "persons": draw(st.sampled_from(("", "（人）"))),
    }
    word = draw(st.sampled_from((word, f"*{word}", f"{word}：", _spaced(draw, word), f" {word}")))
    return word + tail.get(column.key, "")


@st.composite
def tables(draw, *, typed: bool) -> tuple[list[list], list[dict], dict]:
    """Lines of cells in a layout of chance; the values they mean; where the header stands and what is odd."""
    means, since_1904 = draw(rows()), typed and draw(st.booleans())
    places = draw(st.permutations([*COLUMNS, None, "序号"]))
    header = [
        "备用" if place is None else place if isinstance(place, str) else _heading(draw, place)
        for place in places
    ]
    titles = draw(
        st.lists(st.sampled_from(("2026年名单（报送表）", "填报单位：质量科", "单位：人、万元")), max_size=3)
    )
    lines = [[title] for title in titles] + [[]] * draw(st.integers(0, 2))
    odd = {"since_1904": since_1904, "titles": len(titles), "header": len(lines) + 1, "width": len(places)}
    lines.append(header)
    for number, row in enumerate(means, start=1):
        lines += [[]] * draw(st.integers(0, 1))
        if draw(st.integers(0, 9)) == 0:
            lines.append(header)
        lines.append(
            [
                "x" if place is None else number if isinstance(place, str)
                else _written(draw, place.key, row[place.key], typed=typed, since_1904=since_1904)
                for place in places
            ]
        )  # fmt: skip
    lines += [[]] * draw(st.integers(0, 2))
    lines += draw(
        st.sampled_from(([], [["填报人：张三      审核人：李四"]], [["合计"]], [["注：以上数据截至年底"]]))
    )
    return lines, means, odd


@st.composite
def workbooks(draw) -> Mess:
    """An XLSX: merged titles, sheets before it, a hidden row, comments; serials from 1900 or 1904."""
    lines, means, odd = draw(tables(typed=True))
    book = openpyxl.Workbook()
    if odd["since_1904"]:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    if draw(st.booleans()):
        book.active.title = "填表说明"
        book.active.append(["请按要求填写", "不要改动表头"])
        sheet = book.create_sheet("名单")
    else:
        sheet = book.active
    for number, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            if value not in (None, ""):
                cell = sheet.cell(number, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    for number in range(1, odd["titles"] + 1):
        sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=odd["width"])
    if draw(st.booleans()):
        sheet.row_dimensions[len(lines)].hidden = True
        sheet.cell(odd["header"], 1).comment = Comment("勿改", "科室")
    out = io.BytesIO()
    book.save(out)
    return Mess(out.getvalue(), means, "xlsx")


@st.composite
def old_workbooks(draw) -> Mess:
    """An XLS of Excel 97–2003: merged titles, a sheet before it, a hidden row; serials from 1900 or 1904."""
    lines, means, odd = draw(tables(typed=True))
    merged = [(row, row, 0, odd["width"] - 1) for row in range(odd["titles"])]
    hidden = frozenset({len(lines) - 1} if draw(st.booleans()) else ())
    before = [OldSheet("填表说明", [["请按要求填写", "不要改动表头"]])] if draw(st.booleans()) else []
    sheet = OldSheet("名单", lines, merged=merged, hidden_rows=hidden)
    return Mess(written(*before, sheet, since_1904=odd["since_1904"]), means, "xls")


@st.composite
def texts(draw) -> Mess:
    """A text table in one of the encodings and separators people use."""
    lines, means, _ = draw(tables(typed=False))
    sign, encoding = draw(st.sampled_from(sorted(SEPARATED.values()))), draw(st.sampled_from(ENCODINGS))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sign, lineterminator=draw(st.sampled_from(("\n", "\r\n"))))
    writer.writerows([["" if value is None else value for value in line] for line in lines])
    return Mess(out.getvalue().encode(encoding), means, f"{sign!r} {encoding}")
