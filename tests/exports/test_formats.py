"""What leaves as a table: text stays text, nothing runs, and the file is written while it is sent."""

import csv
import io
import zipfile
from datetime import date

import openpyxl
import pytest

from cqo_portal.exports.formats import SafeCsv, SafeXlsx, runs

PAYLOADS = [
    "=1+1",
    "=HYPERLINK(\"http://a\",\"b\")",
    "+86 138",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM",
    "=cmd|' /C calc'!A0",
]  # fmt: skip
HARMLESS = ["沧州市", "91350200776049653A", "123502001549897397", "BA-130900-2026-00001", "3-5年", ""]


@pytest.mark.parametrize("text", PAYLOADS, ids=range(len(PAYLOADS)))
def test_what_a_spreadsheet_would_run_is_known(text):
    assert runs(text)


@pytest.mark.parametrize("text", HARMLESS, ids=range(len(HARMLESS)))
def test_what_is_harmless_is_left_alone(text):
    """The control: a guard that suspects everything would spoil every identifier."""
    assert not runs(text)


def sheets(headers, rows):
    return SafeXlsx().write(headers, rows, notes=[("用途", "=1+1")])


def test_no_cell_of_a_workbook_is_a_formula_a_link_or_a_number(tmp_path):
    made = sheets(["代码", "名称"], [["123502001549897397", payload] for payload in PAYLOADS])
    book = openpyxl.load_workbook(made)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)
    sheet = book["名录"]
    assert sheet["A2"].value == "123502001549897397"
    assert sheet["A2"].number_format == "@"
    assert [sheet.cell(n + 2, 2).value.replace("_x000D_", "\r") for n in range(len(PAYLOADS))] == PAYLOADS
    assert all(sheet.cell(n + 2, 2).quotePrefix for n in range(len(PAYLOADS)))
    made.seek(0)
    with zipfile.ZipFile(made) as parts:
        text = "".join(parts.read(name).decode() for name in parts.namelist() if "sheet" in name)
    assert "<f>" not in text and "<f " not in text


def test_the_header_stays_and_paper_is_landscape():
    sheet = openpyxl.load_workbook(sheets(["甲", "乙"], [["1", "2"]]))["名录"]
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.auto_filter.ref == "A1:B2"


def test_days_are_days_and_yes_is_a_word():
    sheet = openpyxl.load_workbook(sheets(["日", "是"], [[date(2026, 9, 21), True], [None, False]]))["名录"]
    assert sheet["A2"].value.date() == date(2026, 9, 21)
    assert sheet["A2"].number_format == "yyyy-mm-dd"
    assert [sheet["B2"].value, sheet["B3"].value] == ["是", "否"]
    assert sheet["A3"].value is None


def read(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_disarms_what_would_run_and_nothing_else():
    made = b"".join(SafeCsv().stream(["名称"], [[text] for text in (*PAYLOADS, *HARMLESS)]))
    rows = [row[0] for row in read(made)[1:]]
    assert rows == [f"'{text}" for text in PAYLOADS] + HARMLESS


def test_csv_comes_while_rows_are_still_made():
    asked = []

    def rows():
        for number in range(3):
            asked.append(number)
            yield [number]

    stream = SafeCsv().stream(["数"], rows())
    assert [next(stream) for _ in range(3)][-1] == b'"0"\r\n'
    assert asked == [0]


def test_signs_no_sheet_can_hold_are_left_out():
    sheet = openpyxl.load_workbook(sheets(["名"], [["王\x00雪\u200b松\x1f"]]))["名录"]
    assert sheet["A2"].value == "王雪松"
