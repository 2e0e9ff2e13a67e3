"""The two fonts documents are set in, and which signs they have. They come out of a package; no font of the machine is used."""

from functools import cache

from fontTools.ttLib import TTFont
from pylopdf_fonts_zh_cn import sans_path, serif_path

FONTS = (serif_path(), sans_path())  # each stands in for signs the other lacks


def missing_glyphs(text: str) -> set[str]:
    """The signs of a text that would be printed as empty boxes: ask before a name is put on paper for good."""
    return {sign for sign in text if not sign.isspace() and ord(sign) not in _covered()}


@cache
def _covered() -> frozenset[int]:
    return frozenset().union(*(TTFont(path, lazy=True).getBestCmap() for path in FONTS))


def width_of(text: str) -> float:
    """How wide a line of this text is in the serif, in ems, before any letter-spacing."""
    return sum(_advances().get(ord(sign), 1.0) for sign in text)


@cache
def _advances() -> dict[int, float]:
    found = {}
    for path in reversed(FONTS):  # what both have is set in the first
        font = TTFont(path, lazy=True)
        widths, em = font["hmtx"].metrics, font["head"].unitsPerEm
        found |= {sign: widths[name][0] / em for sign, name in font.getBestCmap().items()}
    return found
