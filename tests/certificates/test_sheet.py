"""The sheet: one page, our fonts in it, read as it was written, the code on it opens the address, no word does anything."""

import io
import logging
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pylopdf_fonts_zh_cn
import pypdfium2
import pytest
import weasyprint
from django.conf import settings

from certificates.ornament import frame
from certificates.sheet import printed, unprintable
from cqo_portal.printing.typesetting import typeset
from tests.certificates.test_words import WORDS
from tests.printing.scanning import scanned, text_of
from tests.printing.watching import listening, watched

MADE_AT = datetime(2026, 6, 18, 3, 0, tzinfo=UTC)
FIFTY = "阿不都热合曼·买买提吐尔逊·阿卜杜外力·吐尔逊江·依米提·艾尔肯·麦麦提明·阿布都克里木·玉素甫·江"
LONG = {
    "holder": FIFTY,
    "organisation": "新疆维吾尔自治区伊犁哈萨克自治州霍尔果斯经济开发区丝绸之路跨境供应链质量技术服务与装备制造（集团）股份有限公司第二分公司智能装备事业部",
    "body": "江苏省长三角一体化示范区首席质量官能力水平独立评价与技术服务中心（有限合伙）",
    "grade": "AAAAA",
}


def made(**other: str) -> bytes:
    return printed(WORDS | other, made_at=MADE_AT)


def read(content: bytes) -> list[str]:
    """The lines of the only page, without the small print of the frame."""
    document = pypdfium2.PdfDocument(content)
    try:
        (page,) = document
        return page.get_textpage().get_text_range().split("\r\n")[2:]
    finally:
        document.close()


def steps(content: bytes) -> int:
    """How many of the five are dark in the middle, in the order they stand."""
    document = pypdfium2.PdfDocument(content)
    try:
        picture, mm = document[0].render(scale=150 / 72, grayscale=True).to_pil(), 150 / 25.4
    finally:
        document.close()
    middles = [148.5 + 6.8 * n for n in (-2, -1, 0, 1, 2)]
    dark = [
        [picture.getpixel((round(x * mm), y)) < 100 for y in range(round(132 * mm), round(143 * mm))]
        for x in middles
    ]
    heights = [sum(column) for column in dark]
    return sum(height > 9 for height in heights)


def test_it_reads_as_it_was_written():
    assert read(made()) == [
        "依据《首席质量官评价规范》（DB32/T 4570 草案文本） 证书编号 CQO-JSHZ-2026-0183-1",
        "首席质量官评价证书",
        "CERTIFICATE OF CHIEF QUALITY OFFICER EVALUATION",
        "周𬭎之",
        "江苏汇龙达智能装备股份有限公司",
        "经独立评价，符合规范对首席质量官等级的要求，评定等级为",
        "AAAA",
        "扫码，或凭编号与姓名查询：",
        "cqo.example.cn/verify",
        "与纸面不一致的，以查询结果为准",
        "证书不得涂改、转借",
        "评价日期 2026年6月12日",
        "有 效 期 2026年6月18日至2029年6月17日",
        "评价机构",
        "盖章处",
        "江苏衡准质量评价中心",
        "二〇二六年六月十八日",
        "本证书是评价机构颁发的评价证书，不是聘任证书，也不是培训证书。",
    ]


@pytest.mark.parametrize("name", ["䶮", "㛃", "李𰻞", "欧阳震华", "阿卜杜·热合曼", "Ana Maria López"])
def test_a_name_comes_out_sign_by_sign(name):
    assert read(made(holder=name))[3] == name


@pytest.mark.parametrize("grade", ["AA", "AAA", "AAAA", "AAAAA"])
def test_a_grade_has_as_many_dark_steps_as_letters(grade):
    content = made(grade=grade)
    assert read(content)[6] == grade
    assert steps(content) == len(grade)


def test_long_words_are_all_there_on_one_page():
    assert len(FIFTY) == 50
    lines = read(made(**LONG))
    for word in LONG.values():
        assert word in "".join(lines)
    assert "".join(lines[3:5]) == FIFTY


def test_it_is_one_sheet_of_a4_lying_with_its_fonts_and_no_empty_box(caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("weasyprint"), "propagate", True)
    caplog.set_level(logging.WARNING, logger="weasyprint")
    content = made(**LONG | {"holder": "李𰻞"})
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert [round(float(side)) for side in pdf.pages[0].mediabox] == [0, 0, 842, 595]
        descriptors = [
            each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/FontName" in each
        ]
        names = {str(each.FontName).split("+")[1] for each in descriptors}
        assert names == {"Noto-Serif-SC", "Noto-Sans-SC"}
        assert all("/FontFile3" in each for each in descriptors)
    assert "notdef" not in caplog.text
    typeset('<html lang="zh"><title>x</title><p>𠮷', drawn={})
    assert ".notdef glyph rendered" in caplog.text  # the control


def test_it_weighs_little():
    assert len(made()) < 200_000
    assert len(made(holder="李𰻞")) < 300_000


def test_same_words_same_bytes():
    assert made() == made()
    assert made() != printed(WORDS, made_at=MADE_AT.replace(hour=4)) != made(holder="周宏之")
    assert frame() == frame()


@pytest.mark.parametrize("tail", ["Zk3vXq0uTtS9dKx2mBf1Yw", "-_aB7hQe0ZtY3LwRkN5sVg"])
def test_the_code_on_it_opens_the_address(tail):
    address = f"https://cqo.example.cn/c/{tail}"
    rows = scanned(made(address=address), left=28.3, top=210 - 0.5 - 31.4 - 30, side=30, quiet=4, modules=33)
    assert text_of(rows) == address


def test_signs_no_font_has_are_named_before_it_is_printed():
    assert unprintable(WORDS) == ""
    assert unprintable(WORDS | {"holder": "𠮷田", "organisation": "𪚥公司"}) == "𠮷𪚥"


SVG = "<svg xmlns='http://www.w3.org/2000/svg'><image href='{there}/s.png' width='9' height='9'/></svg>"
DATA = '<img src="data:image/svg+xml,' + SVG.replace("<", "%3C").replace(">", "%3E") + '">'
PAYLOADS = [
    "<img src={there}/x>",
    "<link rel=attachment href=file:///etc/passwd>",
    "<a rel=attachment href=file:///etc/passwd>x</a>",
    "<p style='background:url(file:///etc/passwd)'>x</p>",
    "<style>@import '{there}/i.css';</style>",
    "</title></style></script><style>body{{background:url({there}/b)}}</style>",
    "<object data={there}/o>",
    SVG,
    DATA,
]


def words_all(payload: str) -> dict[str, str]:
    return dict.fromkeys(WORDS, payload)


@pytest.fixture(scope="module", autouse=True)
def _everything_is_imported_already():
    """What is opened once in a process is nothing a word asked for."""
    made()


OURS = (
    settings.BASE_DIR / "static" / "css",
    settings.BASE_DIR / "templates",
    Path(pylopdf_fonts_zh_cn.__file__).parent,
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_words_do_nothing_wherever_they_stand(payload):
    with listening() as (there, asked):
        said = payload.format(there=there)
        with watched() as seen:
            content = printed(words_all(said), made_at=MADE_AT)
    assert (asked, seen.sockets) == ([], [])
    assert [path for path in seen.files if not path.startswith(tuple(map(str, OURS)))] == []
    everything = "".join("".join(read(content)).split())
    assert everything.count("".join(said.split())) >= 4


@pytest.mark.parametrize("payload", PAYLOADS)
def test_elsewhere_the_same_words_would_do_something(payload):
    """The control: WeasyPrint as it comes, and words put in as they are."""
    with listening() as (there, asked), watched() as seen, suppress(Exception):
        weasyprint.HTML(string=f"<title>x</title><p>{payload.format(there=there)}</p>").write_pdf()
    assert asked or "/etc/passwd" in seen.files
