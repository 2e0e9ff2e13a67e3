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
