"""Documents: the same words make the same bytes, and what is read in them is what was written."""

import hashlib
import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest
import time_machine
from django.conf import settings

from cqo_portal.printing.documents import pdf_of
from cqo_portal.printing.fonts import missing_glyphs

WORDS = {
    "title": "首席质量官培训学时台账",
    "organisation": "沧州市市场监督管理局",
    "number": "沧市监质〔2026〕9号",
    "made_at": datetime(2026, 11, 29, 6, 30, tzinfo=UTC),
}
NAMES = ("周𬭎之", "䶮㛃", "阿卜杜拉·买买提", "李𰻞")
TABLE = """<table><thead><tr><th>姓名</th><th class="n">学时</th></tr></thead>
<tbody>{% for name in names %}<tr><td>{{ name }}</td><td class="n">24.0</td></tr>{% endfor %}</tbody></table>"""


def texts(made: bytes) -> list[list[str]]:
    """The lines of each page, as a reader copies them."""
    read = pypdfium2.PdfDocument(made)
    try:
        return [page.get_textpage().get_text_range().split("\r\n") for page in read]
    finally:
        read.close()


def fonts(made: bytes) -> set[str]:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        dictionaries = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary)]
        return {str(one.BaseFont).split("+")[1] for one in dictionaries if "/BaseFont" in one}


class TestTheSameBytes:
    def test_on_another_day(self):
        with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC)):
            early = pdf_of("base.html", WORDS)
        with time_machine.travel(datetime(2031, 7, 1, tzinfo=UTC)):
            assert pdf_of("base.html", WORDS) == early
        assert pdf_of("base.html", WORDS | {"number": "10号"}) != early  # control

    def test_in_several_threads_at_once(self):
        """The web serves four at a time."""
        with ThreadPoolExecutor(4) as threads:
            made = set(threads.map(lambda _: pdf_of("base.html", WORDS), range(8)))
        assert made == {pdf_of("base.html", WORDS)}

    def test_in_another_process(self):
        asked = (
            "import datetime, hashlib, django; django.setup();"
            "from cqo_portal.printing.documents import pdf_of;"
            f"print(hashlib.sha256(pdf_of('base.html', {WORDS!r})).hexdigest())"
        )
        expected = hashlib.sha256(pdf_of("base.html", WORDS)).hexdigest()
        for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai")):
            told = {"DJANGO_SETTINGS_MODULE": "cqo_portal.settings_test", "PYTHONHASHSEED": seed, "TZ": zone}
            done = subprocess.run(
                [sys.executable, "-c", asked],
                cwd=settings.BASE_DIR, env=os.environ | told, capture_output=True, text=True,
            )  # fmt: skip
            assert done.stdout.strip() == expected, done.stderr[-500:]


class TestWhatIsRead:
    def test_a_page_reads_as_it_was_written(self, document):
        (page,) = texts(document(TABLE, names=NAMES, **WORDS))
        assert page == [
            "沧州市市场监督管理局",
            "首席质量官培训学时台账",
            "沧市监质〔2026〕9号",
            "姓名 学时",
            "周𬭎之 24.0",
            "䶮㛃 24.0",
            "阿卜杜拉·买买提 24.0",
            "李𰻞 24.0",
            "制表时间　2026-11-29 14:30 1 / 1",
        ]

    def test_the_next_page_says_again_what_it_belongs_to(self, document):
        pages = texts(document(TABLE, names=NAMES * 10, **WORDS))
        assert len(pages) == 2
        assert [page[-1] for page in pages] == [
            "制表时间　2026-11-29 14:30 1 / 2",
            "制表时间　2026-11-29 14:30 2 / 2",
        ]
        assert (pages[1][0], pages[1][-2]) == ("姓名 学时", "首席质量官培训学时台账　沧市监质〔2026〕9号")

    def test_who_made_it_and_when_stands_in_the_file(self):
        with pikepdf.open(io.BytesIO(pdf_of("base.html", WORDS))) as pdf:
            assert {key: str(value) for key, value in pdf.docinfo.items()} == {
                "/Title": "首席质量官培训学时台账",
                "/Author": "沧州市市场监督管理局",
                "/CreationDate": "D:20261129143000+08'00",
                "/Producer": "WeasyPrint 70.0",
            }

    @pytest.mark.parametrize(("page", "size"), [("", (595, 842)), ("wide", (842, 595))])
    def test_a_sheet_is_a4_upright_or_wide(self, document, page, size):
        made = pypdfium2.PdfDocument(document("{% endblock %}{% block page %}" + page, **WORDS))
        assert tuple(round(side) for side in made[0].get_size()) == size
        made.close()


class TestFonts:
    def test_rare_names_have_their_signs(self):
        assert missing_glyphs("\n".join(NAMES) + "　0123456789 ABC xyz 《》〔〕—…·") == set()

    def test_what_would_be_an_empty_box_is_named(self):
        assert missing_glyphs("𠮷野🖋\u200b") == {"𠮷", "🖋", "\u200b"}

    def test_one_font_stands_in_for_the_other_and_none_of_the_machine_does(self, document):
        assert fonts(document("", title="李")) == {"Noto-Serif-SC", "Noto-Sans-SC"}
        assert fonts(document("<h2>𰻞</h2>")) == {
            "Noto-Sans-SC"
        }  # a heading asks for the serif, which lacks it
        assert fonts(document('<h2 style="font-family: DejaVu Sans">𠮷é</h2>')) <= {
            "Noto-Serif-SC",
            "Noto-Sans-SC",
        }

    def test_the_figures_of_a_table_are_of_one_width(self):
        from fontTools.ttLib import TTFont
        from pylopdf_fonts_zh_cn import sans_path

        font = TTFont(sans_path(), lazy=True)
        assert {font["hmtx"][font.getBestCmap()[ord(figure)]][0] for figure in "0123456789"} == {555}
