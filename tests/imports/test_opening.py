"""Files of strangers are taken apart by a child: what harms it harms nobody else, and what is honest comes through whole."""

import io
import os
import resource
import time
import zipfile
from datetime import datetime

import openpyxl
import pytest
import xlsxwriter

from cqo_portal.fenced import Failed, Fence, OutOfTime, TimedOut, TooMuch, run
from cqo_portal.imports import sheets
from cqo_portal.imports.opening import opened
from cqo_portal.imports.sheets import Unreadable
from tests.imports.files import SAMPLES
from tests.imports.oldxls import OldSheet, packed, written

MB = 1024 * 1024
SMALL = Fence(memory=160 * MB, seconds=20)
GRACE = 40 * MB  # what a process may grow by without having taken the file apart


def rezipped(content: bytes, *, sheet: bytes, beside: bytes = b"") -> bytes:
    """A workbook whose sheet is `sheet`, with something in it that does not shrink, so that no ratio gives it away."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in source.namelist():
            made.writestr(name, sheet if name.endswith("sheet1.xml") else source.read(name))
        made.writestr("xl/media/picture", beside, zipfile.ZIP_STORED)
    return out.getvalue()


def plain(*lines) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def wide() -> bytes:
    """One row of ten million cells, fifty million bytes, in half a million."""
    sheet = b"<worksheet><sheetData><row>" + b"<c/>" * 10_000_000
    return rezipped(plain(["a"]), sheet=sheet, beside=os.urandom(250_000))


def tall_old_book() -> bytes:
    """Fifty sheets, each with one cell in the last row: sixty kilobytes that become millions of lists."""
    return written(*[OldSheet(f"表{n}", [["a"]], loose=[(65_535, 3, "x")]) for n in range(50)])


def lines(text: str, *, rows: int) -> bytes:
    """A workbook that says a text once and shows it in fifty cells of every row."""
    ns = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    row = b"<row>" + b'<c t="s"><v>0</v></c>' * 50 + b"</row>"
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:  # openpyxl would write every text anew
        book.add_worksheet().write_string(0, 0, text)
    return rezipped(
        out.getvalue(), sheet=ns + row * rows + b"</sheetData></worksheet>", beside=os.urandom(100_000)
    )


@pytest.mark.parametrize("hostile", [wide, tall_old_book])
def test_what_eats_memory_eats_the_childs_and_is_refused(hostile):
    """Which of the two sentences it is depends on where the memory ended: in Python, or in the parser of XML."""
    content, before = hostile(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    with pytest.raises(Unreadable, match="内容过多，读不下来|可能已损坏"):
        opened(content, fence=SMALL)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before < GRACE
    # The control: it was the child that took the memory, all it was allowed.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 > SMALL.memory // 2


def test_what_takes_too_long_is_refused():
    with pytest.raises(Unreadable, match="内容过多，读不下来"):
        opened(lines("长", rows=12_000), fence=Fence(memory=1024 * MB, seconds=1))
    assert len(opened(lines("长", rows=12))[0].rows) == 12  # the control: a short one of its kind is a table


@pytest.mark.parametrize("follows", [{0: 0}, {3: 1}, {2: 10**6}], ids=["itself", "back", "beyond"])
def test_an_old_book_whose_sectors_run_in_a_circle_is_refused(follows):
    book = packed(_stream(), follows=follows)
    with pytest.raises(Unreadable, match="可能已损坏"):
        opened(book)
    assert opened(packed(_stream()))[0].rows[0].at(1).value == "企业"  # the control: unbent it is a table


def _stream() -> bytes:
    made = written(OldSheet("名单", [["企业"] * 200] * 20))
    tables = int.from_bytes(made[44:48], "little")
    return made[512 * (tables + 2) :]


def test_one_text_shown_a_thousand_times_counts_a_thousand_times():
    with pytest.raises(Unreadable, match="内容过多，读不下来"):
        opened(lines("长" * 9_000, rows=100))
    assert len(opened(lines("长", rows=100))[0].rows) == 100  # the control: a short one is a table


@pytest.mark.parametrize("name", ["enterprises.xlsx", "officers.xlsx", "attendance_gb18030.csv", "old.xls"])
def test_what_is_honest_comes_through_the_fence_cell_by_cell(name):
    content = (SAMPLES / name).read_bytes()
    assert opened(content) == sheets.read(content)


def test_every_kind_of_value_comes_through_the_fence():
    line = ["字\n二行", 350, 0.5, True, datetime(2026, 3, 5, 8, 30), "=1/0", 1e300]
    assert opened(plain(line)) == sheets.read(plain(line))


def test_a_refusal_comes_through_with_its_sentence():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("word/document.xml", "x")
    with pytest.raises(Unreadable, match="这个压缩文件里没有表格"):
        opened(out.getvalue())


# ── the fence itself, with jobs that try it ───────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("job", "raw", "ends"),
    [
        (
            "json:loads",
            b"[" * 10 + b"]" * 10,
            Failed,
        ),  # gives no pair: it broke, and nothing of it is believed
        ("os:abort", b"", Failed),
        ("tests.imports.mischief:eats", b"", TooMuch),
        ("tests.imports.mischief:circles", b"", OutOfTime),
        ("tests.imports.mischief:writes", b"", Failed),
        ("tests.imports.mischief:opens", b"", Failed),
        ("tests.imports.mischief:babbles", b"", TooMuch),
    ],
)
def test_a_job_that_misbehaves_ends_at_the_fence(job, raw, ends):
    with pytest.raises(ends) as told:
        run(job, raw=raw, fence=Fence(memory=300 * MB, seconds=2, most_said=MB))
    assert type(told.value) is ends


def test_a_job_that_behaves_gives_its_bytes_and_what_there_is_to_say():
    said = run("tests.imports.mischief:behaves", "x", raw=b"ab", fence=SMALL)
    assert said == (b"abx", {"length": 2, "secrets": []})


def test_a_job_that_only_waits_ends_by_the_clock():
    began = time.monotonic()
    with pytest.raises(TimedOut):
        run("tests.imports.mischief:sleeps", raw=b"", fence=Fence(memory=160 * MB, seconds=20, patience=2))
    assert time.monotonic() - began < 15


def test_a_job_lets_others_go_before_where_its_fence_says_so():
    mine = os.nice(0)
    assert run("tests.imports.mischief:is_nice", raw=b"", fence=SMALL)[1] == {"nice": mine}
    nice = Fence(memory=160 * MB, seconds=20, nice=5)
    assert run("tests.imports.mischief:is_nice", raw=b"", fence=nice)[1] == {"nice": min(19, mine + 5)}
