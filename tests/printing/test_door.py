"""A document fetches nothing: no address, no file, nothing beside what is ours or drawn for it."""

from contextlib import suppress

import pytest
from django.conf import settings
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from cqo_portal.printing import typesetting
from cqo_portal.printing.assets import NotOurs
from cqo_portal.printing.documents import pdf_of
from tests.printing.watching import listening, watched

PASSWD = "file:///etc/passwd"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
)
QR = '<img alt="核验二维码" src="asset:qr.svg">'

# What a document may try, by where it stands: body, sheets, or a picture drawn for it. {there} is a listening server.
BODIES = {
    "img": '<img alt="x" src="{there}/img.png">',
    "background": '<p style="background: url({there}/back.png)">x</p>',
    "object": '<object data="{there}/object.svg"></object>',
    "embed": '<embed src="{there}/embed.svg">',
    "marker": '<ul style="list-style-image: url({there}/marker.png)"><li>x</li></ul>',
    "base": '<base href="{there}/"><img alt="x" src="img.png">',
    "attached page": '<a rel="attachment" href="{there}/attached">x</a>',
    "picture in a picture": SVG + '<image xlink:href="{there}/inside.png" width="9" height="9"/></svg>',
    "file": f'<img alt="x" src="{PASSWD}">',
    "attached file": f'<a rel="attachment" href="{PASSWD}">x</a>',
    "file in a picture": SVG + f'<image href="{PASSWD}" width="9" height="9"/></svg>',
}
SHEETS = {
    "sheet": '<link rel="stylesheet" href="{there}/sheet.css">',
    "import": '<style>@import url("{there}/import.css");</style>',
    "import of a file": f'<style>@import "{PASSWD}";</style>',
    "attachment": f'<link rel="attachment" href="{PASSWD}">',
    "content": "<style>p::before {{ content: url({there}/content.png) }}</style>",
    "font": "<style>@font-face {{ font-family: x; src: url({there}/font.otf) }}</style>",
}
DRAWN = {
    "drawn with a picture": SVG + '<image xlink:href="{there}/drawn.png" width="9" height="9"/></svg>',
    "drawn with a file": SVG + f'<image xlink:href="{PASSWD}" width="9" height="9"/></svg>',
}
TRIES = (
    [pytest.param({"body": text}, id=name) for name, text in BODIES.items()]
    + [pytest.param({"sheets": text, "body": "x"}, id=name) for name, text in SHEETS.items()]
    + [pytest.param({"body": QR, "drawn": text}, id=n) for n, text in DRAWN.items()]
)


@pytest.fixture(autouse=True)
def _everything_is_imported_already():
    """What is opened once in a process (modules, lists of types) is nothing a document asked for."""
    pdf_of("base.html", {"title": "首页"})


@pytest.fixture(params=TRIES)
def attempt(request, document):
    """Lets a document try; says whether it was refused, what the server was asked and what was touched here."""

    def made() -> tuple[bool, list[str], object]:
        with listening() as (there, asked):
            told = {where: text.format(there=there) for where, text in request.param.items()}
            if "drawn" in told:
                told["drawn"] = {"qr.svg": told["drawn"].encode()}
            refused = True
            with watched() as seen, suppress(NotOurs):
                document(**told)
                refused = False
            return refused, asked, seen

    return made


def test_what_is_foreign_ends_the_document_and_is_not_touched(attempt, tmp_path):
    refused, asked, seen = attempt()
    assert refused
    assert (asked, seen.sockets) == ([], [])
    ours = (str(settings.BASE_DIR / "templates"), str(settings.BASE_DIR / "static" / "css"), str(tmp_path))
    assert [path for path in seen.files if not path.startswith(ours)] == []


def test_without_the_door_it_would_be_touched(attempt, monkeypatch):
    """The control of the one above, try by try."""
    ours = typesetting.Door.fetch
    monkeypatch.setattr(
        typesetting.Door,
        "fetch",
        lambda self, url, headers=None: (
            ours(self, url) if url.startswith("asset:") else URLFetcher().fetch(url)
        ),
    )
    monkeypatch.setattr(typesetting.OurFonts, "add_font_face", FontConfiguration.add_font_face)
    monkeypatch.setattr(typesetting.OurFonts, "_folder", None)
    _, asked, seen = attempt()
    assert (len(asked) > 0 and "socket.connect" in seen.sockets) or "/etc/passwd" in seen.files


@pytest.mark.parametrize(
    "address",
    [
        "qr.svg",
        "/etc/passwd",
        "../settings.py",
        "//example.test/x.png",
        "asset:",
        "asset:qr",
        "asset:../css/tokens.css",
        "asset:/etc/passwd",
        "asset:filing.css",
        "ASSET:qr.svg",
        "data:image/png;base64,AAAA",
        "ftp://example.test/x.png",
    ],
)
def test_only_names_on_the_list_have_an_address(document, address):
    with watched() as seen, pytest.raises(NotOurs):
        document(f'<img alt="x" src="{address}">', drawn={"qr.svg": b"<svg/>"})
    assert seen.sockets == [] and "/etc/passwd" not in seen.files


@pytest.mark.parametrize("field", ["title", "organisation", "number", "name"])
def test_words_of_strangers_stay_words(document, field):
    words = f"<img src='{PASSWD}'><a rel=attachment href='{PASSWD}'>"
    with watched() as seen:
        made = document("<p>{{ name }}</p>", **{field: words})
    assert made.startswith(b"%PDF-")
    assert seen.sockets == [] and "/etc/passwd" not in seen.files


def test_what_is_drawn_for_a_document_is_shown_in_it(document):
    square = SVG + '<rect width="9" height="9" fill="#14566e"/></svg>'
    with_it = document(QR, drawn={"qr.svg": square.encode()})
    assert len(with_it) != len(document(QR, drawn={"qr.svg": (SVG + "</svg>").encode()}))


@pytest.mark.parametrize("broken", [b"", b"<svg", b"\x89PNG\r\n\x1a\n", SVG.encode()])
def test_a_picture_that_cannot_be_drawn_is_not_left_out_in_silence(document, broken):
    with pytest.raises(NotOurs, match=r"qr\.svg"):
        document(QR, drawn={"qr.svg": broken})
