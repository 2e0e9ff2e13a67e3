"""How a Chinese name is found: by two characters, by pinyin, by initials, by a piece of a code.

PostgreSQL's trigrams do not serve the commonest query, two characters. So a row carries its grams:
pairs of characters, pairs of initials, triples of pinyin and of codes, each kind with its own mark,
under one GIN index. A query asks for all grams of what was typed; `matching` then keeps real matches.
"""

import re
from itertools import chain

from pypinyin import Style, lazy_pinyin

HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[0-9a-z]+")


def pinyin_key(name: str) -> str:
    """The key lists are sorted by: syllable by syllable, `泊头管件` → `bo tou guan jian`."""
    return " ".join(lazy_pinyin(name, errors=lambda rest: list(rest.lower())))


def spelled(name: str) -> tuple[str, str]:
    """Full pinyin and initials without blanks: `泊头` → (`botou`, `bt`)."""
    full = lazy_pinyin(name, errors="ignore")
    initials = lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore")
    return "".join(full), "".join(initials)


def terms_of(*names: str, codes: tuple[str, ...] = ()) -> list[str]:
    """All grams under which a row shall be found, for a `Searchable.search` column."""
    found = chain.from_iterable(_terms_of_name(name) for name in names if name)
    return sorted({*found, *chain.from_iterable(_grams("c", code.lower(), 3) for code in codes if code)})


def _terms_of_name(name: str) -> set[str]:
    folded = fold(name)
    full, initials = spelled(name)
    return _grams("h", folded, 2) | set(folded) | _grams("i", initials, 2) | _grams("p", full, 3)


def asked(query: str) -> list[list[str]]:
    """The alternatives a query may match: each is a list of grams that must all be present."""
    folded = fold(query)
    if not folded:
        return []
    if not _WORD.fullmatch(folded):
        return [sorted(_grams("h", folded, 2) if len(folded) > 1 else {folded})]
    ways = [sorted(_grams("c", folded, 3)), sorted(_grams("h", folded, 2))]
    if folded.isalpha():
        ways += [sorted(_grams("i", folded, 2)), sorted(_grams("p", folded, 3))]
    return [way for way in ways if way]


def fold(text: str) -> str:
    """Lower case, full width to half width, no blanks. For matching only: names are stored as given."""
    return _SPACE.sub("", text).translate(_HALF_WIDTH).lower()


def _grams(mark: str, text: str, length: int) -> set[str]:
    return {f"{mark}:{text[i : i + length]}" for i in range(len(text) - length + 1)}


_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
