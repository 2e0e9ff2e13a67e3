"""Tables as files: a workbook read back cell by cell, CSV for programs, a PDF with its pictures; never a formula."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pypdfium2
import pytest
import time_machine
from django.db import transaction

from cqo_portal.exports.official import Heading, OfficialXlsx, Sheet
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.catalogue import SUBJECTS
from cqo_portal.statistics.charts import comparison
from cqo_portal.statistics.counting import Row
from cqo_portal.statistics.leaving import Leaving, answer, drawn, pdf, strips_of, workbook
from cqo_portal.statistics.pictures import pictures_of
from cqo_portal.statistics.subject import tabulate
from cqo_portal.statistics.world import World
from tests.exports.test_formats import PAYLOADS
from tests.statistics.small import moment, small

pytestmark = pytest.mark.django_db
AT = AsOf(date(2026, 12, 31), date(2027, 1, 31))


def leaving(code: str = "coverage", **more) -> Leaving:
    city = small().city
    return Leaving(tabulate(SUBJECTS[code], World(city, AT)), city, AT, **more)


def body_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


# ── the official look ─────────────────────────────────────────────────────────────────────────
def sheet_of(rows, headings=("代码", "名称"), **more) -> Sheet:
    words = {"title": "名册", "lines": ["沧州市市场监督管理局"], "headings": [Heading(h) for h in headings]}
    return Sheet(**words | more, rows=rows)


def test_no_payload_ever_becomes_a_formula():
    """As a cell, a heading, a group, a title, a line, a note and a signature; in both ways of writing."""
    assert len(PAYLOADS) >= 12
    for long in (False, True):
        for payload in PAYLOADS:
            group = "" if long else payload  # a long sheet has one row of headings
            made = OfficialXlsx().laid_out(
                Sheet(
                    title=payload,
                    lines=[payload],
                    headings=[Heading(payload, group), Heading("名称", group)],
                    rows=[[payload, "123502001549897397"]],
                    notes=[("用途", payload)],
                    signatures=[payload],
                    long=long,
                )
            )
            book = openpyxl.load_workbook(made)
            cells = [
                cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None
            ]
            assert {cell.data_type for cell in cells} == {"s"}
            assert all(cell.hyperlink is None for cell in cells)
            made.seek(0)
            with zipfile.ZipFile(made) as parts:
                text = "".join(
                    parts.read(n).decode() for n in parts.namelist() if n.startswith("xl/worksheets")
                )
            assert "<f>" not in text and "<f " not in text


def test_what_a_spreadsheet_would_run_carries_the_sign_that_it_is_text():
    made = OfficialXlsx().laid_out(sheet_of([[payload] for payload in PAYLOADS], headings=("值",)))
    page = openpyxl.load_workbook(made).worksheets[0]
    assert [page.cell(n + 4, 1).value.replace("_x000D_", "\r") for n in range(len(PAYLOADS))] == PAYLOADS
    assert all(page.cell(n + 4, 1).quotePrefix for n in range(len(PAYLOADS)))


def test_a_workbook_of_coverage_cell_by_cell():
    page = openpyxl.load_workbook(workbook(leaving())).worksheets[0]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0][0] == "首席质量官覆盖率"
    assert rows[1][0] == "江城市市场监督管理局　　截至 2026年12月31日　　按 2027年1月31日所知"
    groups = ["全部企业", "规上工业", "规上服务业", "规上合计", "获质量奖", "中小企业"]
    assert [cell for cell in rows[2] if cell] == ["县（市、区）", *groups]
    labels = ["应设", "已设", "未设", "覆盖率（%）"]
    with_target = [*labels, "离目标还差"]
    assert rows[3] == [None, "企业", *labels[1:], *labels, *labels, *with_target, *with_target, *with_target]
    east = [4, 3, 1, 75, 2, 2, 0, 100, 1, 1, 0, 100, 3, 3, 0, 100, 0, 1, 1, 0, 100, 0, 3, 2, 1, 66.7, 0]
    west = [2, 1, 1, 50, 1, 0, 1, 0, 0, 0, 0, None, 1, 0, 1, 0, 1, 1, 1, 0, 100, 0, 2, 1, 1, 50, 1]
    total = [6, 4, 2, 66.7, 3, 2, 1, 66.7, 1, 1, 0, 100, 4, 3, 1, 75, 1, 2, 2, 0, 100, 0, 5, 3, 2, 60, 0]
    assert rows[4:7] == [["东湖区", *east], ["西山区", *west], ["合计", *total]]
    assert rows[7][0].startswith("填报单位（盖章）：")
    assert len(rows) == 8


def test_the_sheet_is_ready_to_print():
    page = openpyxl.load_workbook(workbook(leaving())).worksheets[0]
    assert page.freeze_panes == "B5"
    assert page.print_title_rows == "$1:$4"
    assert page.print_area == "'表'!$A$1:$AB$8"
    assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", 9)
    assert page.page_setup.fitToWidth == 1 or page.sheet_properties.pageSetUpPr.fitToPage
    merged = {str(each) for each in page.merged_cells.ranges}
    assert {"A1:AB1", "A2:AB2", "A3:A4", "B3:E3", "A8:AB8"} <= merged
    assert page["E5"].number_format == "#,##0.0"
    assert page["B5"].number_format == "#,##0"


def test_identifiers_stay_text_and_days_stay_days():
    made = OfficialXlsx().laid_out(
        sheet_of(
            [["123502001549897397", date(2026, 5, 1), 7, Decimal("66.7"), True, None]], headings="abcdef"
        )
    )
    row = openpyxl.load_workbook(made).worksheets[0][4]
    assert row[0].value == "123502001549897397"
    assert row[0].number_format == "@"
    assert row[1].value.date() == date(2026, 5, 1)
    assert [cell.value for cell in row[2:]] == [7, 66.7, "是", None]


def test_the_notes_name_definition_days_and_hash():
    book = openpyxl.load_workbook(
        workbook(leaving(digest="ab" * 32, statement="含开发区。", edition="hubei-2022"))
    )
    told = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert told["表"] == "首席质量官覆盖率，定义第 1 版"
    assert (told["截至"], told["按哪天所知"]) == ("2026-12-31", "2027-01-31")
    assert (told["SHA-256"], told["说明"]) == ("ab" * 32, "含开发区。")
    assert told["规则版本"].endswith("（2022-10-24 起适用）")
    assert told["目标：中小企业"] == "60%（一）"


@pytest.mark.parametrize("as_format", ["xlsx", "csv", "pdf"])
def test_the_same_table_is_the_same_file(as_format):
    """Counted anew on another day, and written at another moment."""
    city = small().city
    made = []
    for day in (date(2027, 2, 10), date(2028, 7, 1)):
        with time_machine.travel(moment(day)):
            held = Leaving(tabulate(SUBJECTS["coverage"], World(city, AT)), city, AT)
            made.append(body_of(answer(held, as_format)))
    assert made[0] == made[1]


def test_a_number_is_said_with_the_places_it_has():
    """2.75 hours are neither 2.8 nor 3."""
    said = ["7", "66.7", "75.0", "2.75", "23.95"]
    page = openpyxl.load_workbook(
        OfficialXlsx().laid_out(sheet_of([[Decimal(each)] for each in said], headings=("值",)))
    ).worksheets[0]
    cells = [page.cell(n + 4, 1) for n in range(len(said))]
    assert [cell.number_format for cell in cells] == ["#,##0", "#,##0.0", "#,##0.0", "#,##0.00", "#,##0.00"]
    assert [cell.value for cell in cells] == [7, 66.7, 75, 2.75, 23.95]


def test_a_sheet_refuses_more_rows_than_it_can_hold(monkeypatch):
    """The library would leave them out and say nothing."""
    monkeypatch.setattr("cqo_portal.exports.official.MOST_ROWS", 5)
    assert OfficialXlsx().laid_out(sheet_of([["1", "a"]] * 2, long=True))
    with pytest.raises(ValueError, match="no more than 5 rows"):
        OfficialXlsx().laid_out(sheet_of([["1", "a"]] * 3, long=True))


def test_csv_has_its_mark_and_every_column_its_full_name():
    content = body_of(answer(leaving(), "csv"))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0][:5] == [
        "县（市、区）",
        "全部企业-企业",
        "全部企业-已设",
        "全部企业-未设",
        "全部企业-覆盖率（%）",
    ]
    assert rows[1][:5] == ["东湖区", "4", "3", "1", "75.0"]
    assert rows[2][12] == ""  # no enterprises of services, no share


def test_a_pdf_has_title_days_figures_and_its_pictures():
    content = pdf(leaving(digest="ab" * 32))
    document = pypdfium2.PdfDocument(content)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    for said in (
        "首席质量官覆盖率",
        "江城市市场监督管理局",
        "截至 2026年12月31日",
        "东湖区",
        "66.7",
        "填报单位",
    ):
        assert said in text
    assert "规上合计覆盖率" in text  # the words of a picture's title
    assert content.count(b"/Formula") == 0


@pytest.mark.parametrize("code", SUBJECTS)
def test_every_table_leaves_in_every_form(code):
    held = leaving(code)
    for as_format in ("xlsx", "csv", "pdf"):
        assert len(body_of(answer(held, as_format))) > 100


@pytest.mark.parametrize("code", SUBJECTS)
def test_on_paper_no_column_is_lost_and_no_group_is_torn(code):
    table = leaving(code).table
    strips = strips_of(table)
    assert [head for strip in strips for head in strip.heads] == list(table.columns)
    seen = set()
    for strip in strips:
        groups = {head.group for head in strip.heads if head.group}
        assert not groups & seen
        seen |= groups


# ── pictures ──────────────────────────────────────────────────────────────────────────────────
def test_a_comparison_says_just_the_numbers_of_the_table():
    """Hubei sets its targets for all above scale, for award holders, and for small and medium: these are drawn."""
    drawn_ones = pictures_of(leaving().table)
    assert [each.title for each in drawn_ones] == ["规上合计覆盖率", "获质量奖覆盖率", "中小企业覆盖率"]
    last = drawn_ones[-1]
    assert last.said == "目标 60%；东湖区 66.7%；西山区 50.0%"
    assert last.note == "已设 / 应设，%；竖线为目标 60%"
    assert [(mark.label, mark.word, mark.width) for mark in last.series[0].marks] == [
        ("东湖区", "66.7", "66.70%"), ("西山区", "50.0", "50.00%"),
    ]  # fmt: skip
    assert last.target == "60.00%"


def test_a_comparison_draws_as_many_rows_as_a_sheet_takes_and_says_how_many_more_there_are():
    table = leaving().table
    rows = tuple(Row(f"{n:02}", f"第{n}区") for n in range(25))
    values = {(row.code, "all.n"): Decimal(n + 1) for n, row in enumerate(rows)}
    chart = comparison(replace(table, rows=rows, values=values), "all.n", title="企业", note="家")
    assert len(chart.series[0].marks) == 20
    assert (chart.series[0].marks[0].label, chart.note) == ("第24区", "家；另有 5 行见表")


def test_a_distribution_stands_as_high_as_its_numbers():
    education = next(chart for chart in pictures_of(leaving("structure").table) if chart.title == "学历")
    heights = {mark.label: (mark.word, mark.height) for mark in education.series[0].marks}
    assert heights["本科"] == ("2", "142.0")
    assert heights["大专"] == ("1", "71.0")
    assert heights["博士"] == ("0", "0.0")


def test_a_trend_is_a_line_over_the_years():
    officers = next(c for c in pictures_of(leaving("trend").table) if c.title == "在任首席质量官")
    assert officers.said == "在任首席质量官：2022 年 2，2023 年 3，2024 年 4，2025 年 4，2026 年 4"
    assert [mark.y for mark in officers.series[0].marks] == ["103.0", "62.5", "22.0", "22.0", "22.0"]


def test_a_trend_draws_the_target_of_the_text_and_none_where_there_is_none():
    """Cangzhou asks for all of industry; Hubei for all above scale, but not for industry by itself; Jiangsu for nothing."""
    drawn_for = {}
    for jurisdiction in ("cangzhou", "hubei", "jiangsu"):
        with transaction.atomic():
            city = small(jurisdiction).city
            table = tabulate(SUBJECTS["trend"], World(city, AT))
            shown = next(c for c in pictures_of(table) if c.title == "覆盖率")
            drawn_for[jurisdiction] = (shown.note.partition("；")[2], shown.legend)
            transaction.set_rollback(True)
    industry = "蓝色实线为规上工业，褐色短划线为规上服务业"
    assert drawn_for == {
        "cangzhou": ("横线为目标 100%", industry),
        "hubei": ("横线为目标 100%", "蓝色实线为规上企业，褐色短划线为规上工业，紫色点线为规上服务业"),
        "jiangsu": ("", industry),
    }


@pytest.mark.parametrize("code", SUBJECTS)
def test_every_picture_is_said_in_words_and_is_sound_svg(code):
    from xml.etree import ElementTree

    _, svg = drawn(pictures_of(leaving(code).table))
    for content in svg.values():
        root = ElementTree.fromstring(content)
        assert root.get("role") == "img"
        assert root.get("aria-label")
