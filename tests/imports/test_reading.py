"""Whatever the layout and the spelling: the tidied values are the clean ones the file was made from."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings

from cqo_portal.imports import headings, sheets, tidy
from cqo_portal.imports.reading import Terms, judged, table
from cqo_portal.imports.sheets import Cell, Unreadable
from tests.imports.files import SAMPLES
from tests.imports.messy import COLUMNS, Mess, old_workbooks, texts, workbooks
from tests.imports.oldxls import OldSheet, written

LATE = date(2091, 1, 1)  # so that no birthday lies ahead
SEARCH = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def read(content: bytes, *, columns=COLUMNS, wanted: str = ""):
    found = table(sheets.read(content), columns, wanted=wanted)
    terms = Terms(columns, found.header.factors, found.since_1904, LATE)
    return found, [judged(row.number, row.cells, terms, hidden=row.hidden) for row in found.rows]


def holds(mess: Mess) -> None:
    _, rows = read(mess.content)
    assert [v for row in rows for v in row.verdicts if v.forbids] == []
    assert [row.values for row in rows] == mess.means


@SEARCH
@given(workbooks())
def test_a_messy_workbook_means_what_it_was_made_from(mess):
    holds(mess)


@SEARCH
@given(old_workbooks())
def test_a_messy_old_workbook_means_what_it_was_made_from(mess):
    holds(mess)


@SEARCH
@given(texts())
def test_a_messy_text_table_means_what_it_was_made_from(mess):
    holds(mess)


def book(*lines, merged: tuple[str, ...] = (), name: str = "名单") -> bytes:
    made = openpyxl.Workbook()
    made.active.title = name
    for line in lines:
        made.active.append(line)
    for area in merged:
        made.active.merge_cells(area)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


CODE = "91130981MAYG58BR3P"


def test_a_header_of_two_merged_lines_is_read_as_the_words_together():
    content = book(
        ["序号", "企业", None, "联系人", None],
        [None, "名称", "统一社会信用代码", "姓名", "联系电话"],
        [1, "泊头恒通管件有限公司", CODE, "王雪松", "13800138000"],
        merged=("A1:A2", "B1:C1", "D1:E1"),
    )
    found, rows = read(content)
    assert found.header.columns == {"name": 2, "code": 3}
    assert found.header.unknown == ("A 序号", "D 联系人 姓名", "E 联系人 联系电话")
    assert rows[0].values == {"name": "泊头恒通管件有限公司", "code": CODE}


def test_a_value_merged_over_several_rows_belongs_to_each():
    content = book(
        ["企业名称", "统一社会信用代码", "身份证号"],
        ["泊头恒通管件有限公司", CODE, "11010519491231002X"],
        [None, None, "130984197102227933"],
        merged=("A2:A3", "B2:B3"),
    )
    _, rows = read(content)
    assert [(row.values["name"], row.values["code"]) for row in rows] == [("泊头恒通管件有限公司", CODE)] * 2
    assert rows[1].address("code") == "B3"


def test_a_formula_counts_by_its_saved_result_and_is_refused_without_one():
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, ["企业名称", "统一社会信用代码", "从业人员"])
    sheet.write_row(1, 0, ["泊头恒通管件有限公司", CODE])
    sheet.write_formula(1, 2, "=300+50", value=350)
    made.close()
    _, rows = read(out.getvalue())
    assert rows[0].values["persons"] == 350

    _, rows = read(
        book(["企业名称", "统一社会信用代码", "从业人员"], ["泊头恒通管件有限公司", CODE, "=300+50"])
    )
    assert [(v.address, v.sentence) for v in rows[0].verdicts] == [
        ("C2", "这一格是公式，没有存下计算结果，不是从业人员。请直接填写从业人员。")
    ]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (1.30929196707281e17, "已丢失末位"),
        ("1.30929E+17", "已丢失末位"),
        (130929196707281000, "已丢失末位"),
        (11010519491231002.0, "已丢失末位"),
    ],
)
def test_a_number_that_lost_its_digits_is_refused(value, says):
    _, rows = read(book(["企业名称", "统一社会信用代码", "身份证号"], ["泊头恒通管件有限公司", CODE, value]))
    assert says in rows[0].verdicts[0].sentence and rows[0].verdicts[0].address == "C2"


def test_a_number_that_kept_its_digits_is_recovered():
    """Written by a program that knows no fifteen digits; or as text with all of them."""
    assert tidy.digits(Cell("A1", 130984197102227933)) == "130984197102227933"
    assert (
        tidy.digits(Cell("A1", 13926845642.0)) == tidy.digits(Cell("A1", "1.3926845642E+10")) == "13926845642"
    )
    content = book(
        ["企业名称", "统一社会信用代码", "身份证号"],
        ["泊头恒通管件有限公司", CODE, "1.30984197102227933E+17"],
    )
    assert read(content)[1][0].values["identity"] == "130984197102227933"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("2026-02-30", "没有 2026年2月30日 这一天，请核对。"),
        ("2018", "请填日期，例如 2026-09-21。"),
        (2018, "请填日期，例如 2026-09-21。"),
        (2018.1, "可能是 2018 年 1 月，也可能是 2018 年 10 月"),
        ("去年春天", "请填日期，例如 2026-09-21。"),
        ("24.3.5", "请填日期，例如 2026-09-21。"),
        (9_999_999, "请填日期，例如 2026-09-21。"),
    ],
)
def test_what_is_no_day_is_refused_with_the_reason(value, says):
    _, rows = read(book(["企业名称", "统一社会信用代码", "聘任日期"], ["泊头恒通管件有限公司", CODE, value]))
    assert [v.column for v in rows[0].verdicts] == ["appointed"]
    assert says in rows[0].verdicts[0].sentence


def test_a_month_stands_for_its_first_day_and_says_so():
    _, rows = read(
        book(["企业名称", "统一社会信用代码", "质量工作起始时间"], ["泊头恒通管件有限公司", CODE, 2018.06])
    )
    assert rows[0].values["since"] == "2018-06-01"
    assert [v.sentence for v in rows[0].verdicts] == [
        "从事质量工作起始时间只写到月，按当月 1 日（2018-06-01）记。"
    ]


@pytest.mark.parametrize(
    ("heading", "value", "means"),
    [
        ("营业收入（元）", 80_000_000, "8000"),
        ("营业收入（亿元）", "0.8", "8000"),
        ("营业收入(千元)", "80,000", "8000"),
        ("营业收入", "0.8亿元", "8000"),
        ("营业收入（万元）", "80000000元", "8000"),
    ],
)
def test_amounts_are_taken_to_ten_thousands_by_the_unit_beside_them(heading, value, means):
    _, rows = read(book(["企业名称", "统一社会信用代码", heading], ["泊头恒通管件有限公司", CODE, value]))
    assert (rows[0].values["revenue"], rows[0].verdicts) == (means, [])


def test_a_missing_column_is_named_and_so_is_what_was_read():
    with pytest.raises(Unreadable) as refused:
        read(book(["2026年名单"], ["企业名称", "联系电话", "备注"], ["泊头恒通", "13800138000", ""]))
    assert str(refused.value) == (
        "表头（第 2 行）里缺少“统一社会信用代码”。认出的列有：企业名称、联系电话。请补上这一列再传。"
    )


def test_of_several_sheets_the_first_with_a_fitting_header_is_read_and_the_others_are_named():
    made = openpyxl.Workbook()
    made.active.title = "说明"
    made.active.append(["请认真填写"])
    for title in ("甲", "乙"):
        sheet = made.create_sheet(title)
        sheet.append(["企业名称", "统一社会信用代码"])
        sheet.append([f"{title}有限公司", CODE])
    out = io.BytesIO()
    made.save(out)
    found, rows = read(out.getvalue())
    assert (found.sheet, rows[0].values["name"]) == ("甲", "甲有限公司")
    assert "没有读的工作表：说明、乙。需要的话，请写明工作表名再传一次。" in found.says
    assert read(out.getvalue(), wanted="乙")[1][0].values["name"] == "乙有限公司"
    with pytest.raises(Unreadable, match="没有叫“丙”的工作表，有的是：“说明”、“甲”、“乙”"):
        read(out.getvalue(), wanted="丙")


def test_a_hidden_row_is_read_and_remarked():
    made = openpyxl.Workbook()
    made.active.append(["企业名称", "统一社会信用代码"])
    made.active.append(["泊头恒通管件有限公司", CODE])
    made.active.row_dimensions[2].hidden = True
    out = io.BytesIO()
    made.save(out)
    _, rows = read(out.getvalue())
    assert [(v.sentence, v.level) for v in rows[0].verdicts] == [("这一行在表格里是隐藏的。", "remark")]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 400_000_000)
    return out.getvalue()


def zipped(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "这个文件是空的"),
        (b"PK\x03\x04 broken", "可能已损坏"),
        (zipped("word/document.xml"), "没有表格"),
        (zipped("xl/workbook.xml"), "可能已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "可能已损坏"),
        ("EncryptedPackage".encode("utf-16-le").join([b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0"]), "设有密码"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "其实是网页"),
        (bytes(range(128, 256)) * 9, "认不出这个文件的编码"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "认不出这个文件的编码"),
        (b" \n \n", "这个文件里没有内容"),
        (b"x" * (sheets.MOST_BYTES + 1), "最多 10 MB"),
    ],
    ids=["empty", "broken", "a-word-file", "no-sheet", "broken-xls", "password", "html", "bytes", "picture", "blank", "large"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(content, says):
    with pytest.raises(Unreadable, match=says):
        read(content)


def test_a_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(Unreadable, match="解开后过大"):
        read(bomb())


def test_more_rows_or_columns_than_allowed_are_refused():
    wide = ",".join(f"c{n}" for n in range(sheets.MOST_COLUMNS + 1))
    with pytest.raises(Unreadable, match="超过 200 列"):
        read(f"企业名称,统一社会信用代码\n{wide}\n".encode())
    with pytest.raises(Unreadable, match="超过 50,000 行"):
        read(b"a,b\n" * (sheets.MOST_ROWS + 1))


def test_entities_of_xml_are_not_expanded():
    content = book(["企业名称", "统一社会信用代码"], ["泊头恒通管件有限公司", CODE])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as packed:
        for name in source.namelist():
            text = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                declared = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
                text = declared + text[text.index(b"<worksheet") :].replace(
                    b"</worksheet>", b"<x>&a;</x></worksheet>"
                )
            packed.writestr(name, text)
    with pytest.raises(Unreadable, match="打不开|不允许的内容"):
        read(out.getvalue())


def test_an_old_xls_is_read_with_its_dates_merged_title_and_hidden_row():
    found, rows = read((SAMPLES / "old.xls").read_bytes())
    assert (found.sheet, found.header.last_row, len(rows)) == ("名单", 3, 2)
    assert rows[0].values == {
        "name": "泊头恒通管件有限公司",
        "code": CODE,
        "persons": 1200,
        "appointed": "2026-03-05",
        "identity": "11010519491231002X",
    }
    assert rows[1].values["appointed"] == "2026-03-05"
    assert [(v.address, v.sentence[:12]) for v in rows[1].verdicts] == [
        ("E5", "这个号码被存成了数字（科"),
        ("A5", "这一行在表格里是隐藏的。"),
    ]


def test_signs_that_no_database_takes_are_left_out_of_an_old_workbook():
    """Old programs fill up their cells, and the names of their sheets, with zeros."""
    line = ["泊头恒通\0管件有限公司\0", CODE + "\0\0"]
    content = written(OldSheet("名单\0", [["企业名称\0", "统一社会信用代码"], line]))
    assert "恒通\0管件".encode("utf-16-le") in content  # the control: they really are in the file
    found, rows = read(content)
    assert (found.sheet, rows[0].values) == ("名单", {"name": "泊头恒通管件有限公司", "code": CODE})
    assert "\0" not in "".join(
        cell.text for row in sheets.read(content)[0].rows for cell in row.cells.values()
    )


def test_a_failure_never_repeats_what_stands_in_a_cell():
    """A form instead of a table: its cells are somebody's numbers, and a failure goes into the record for good."""
    content = "姓名,张三丰,证件号码,130984197102227954,联系电话,13800138000".encode()
    known = [
        headings.Heading(key="name", label="姓名", required=True),
        headings.Heading(key="number", label="证件号码", required=True),
        headings.Heading(key="day", label="聘任日期", required=True),
    ]
    with pytest.raises(headings.NoHeader) as told:
        headings.find(sheets.read(content)[0], known)
    assert "130984197102227954" not in str(told.value)
    assert "13800138000" not in str(told.value)


def test_a_row_that_claims_to_lie_beyond_every_sheet_is_refused():
    book = openpyxl.Workbook()
    book.active.append(["企业名称"])
    out = io.BytesIO()
    book.save(out)
    packed = zipfile.ZipFile(out)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as again:
        for name in packed.namelist():
            body = packed.read(name)
            if name.endswith("sheet1.xml"):
                body = body.replace(
                    b"</sheetData>", b'<row r="999999999999"><c><v>1</v></c></row></sheetData>'
                )
            again.writestr(name, body)
    with pytest.raises(sheets.Unreadable, match="行号超过 1,048,576"):
        sheets.read(made.getvalue())


def test_a_line_of_a_million_commas_is_read_as_a_blank_one():
    assert len(sheets.read(b"\xef\xbb\xbfa,b\n1,2\n" + b"," * 1_000_000)[0].rows) == 2
