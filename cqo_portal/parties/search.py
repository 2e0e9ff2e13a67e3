"""How a Chinese name is found: by two characters, by pinyin, by initials, by a piece of a code.

PostgreSQL's trigrams do not serve the commonest query, two characters. So a row carries its grams:
pairs of characters, pairs of initials, triples of pinyin and of codes, each kind with its own mark,
under one GIN index. A query asks for all grams of what was typed; `matching` then keeps real matches.
"""

import re
from itertools import chain

from pypinyin import Style, lazy_pinyin, load_phrases_dict

_SPACE = re.compile(r"\s+")

# Readings the general dictionary does not know: our places, and surnames that sound unlike the word.
load_phrases_dict({"泊头": [["bó"], ["tóu"]], "泊头市": [["bó"], ["tóu"], ["shì"]]})
SURNAMES = {
    "单": "shan", "仇": "qiu", "解": "xie", "曾": "zeng", "区": "ou", "查": "zha", "乐": "yue", "盖": "ge",
    "朴": "piao", "缪": "miao", "种": "chong", "翟": "zhai", "折": "she", "黑": "he", "员": "yun", "洗": "xian",
    "秘": "bi", "繁": "po", "覃": "qin", "燕": "yan", "应": "ying", "华": "hua", "任": "ren", "卜": "bu",
}  # fmt: skip


def pinyin_key(name: str) -> str:
    """The key lists are sorted by: syllable by syllable, `泊头管件` → `bo tou guan jian`."""
    return " ".join(lazy_pinyin(name, errors=lambda rest: list(rest.lower())))


def spelled(name: str) -> set[tuple[str, str]]:
    """Full pinyin and initials without blanks: `泊头` → {(`botou`, `bt`)}; of a surname both readings."""
    full = lazy_pinyin(name, errors="ignore")
    initials = lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore")
    found = {("".join(full), "".join(initials))}
    if surname := SURNAMES.get(name[:1]):
        found.add((surname + "".join(full[1:]), surname[0] + "".join(initials[1:])))
    return found


def terms_of(*names: str, codes: tuple[str, ...] = ()) -> list[str]:
    """All grams under which a row shall be found, for a `Searchable.search` column."""
    found = chain.from_iterable(_terms_of_name(name) for name in names if name)
    return sorted({*found, *chain.from_iterable(_grams("c", code.lower(), 3) for code in codes if code)})


def _terms_of_name(name: str) -> set[str]:
    folded = fold(name)
    sounds = (_grams("i", initials, 2) | _grams("p", full, 3) for full, initials in spelled(name))
    return _grams("h", folded, 2) | set(folded) | set(chain.from_iterable(sounds))


def asked(query: str) -> list[list[str]]:
    """The alternatives a query may match: each is a list of grams that must all be present."""
    folded = fold(query)
    if not folded:
        return []
    if not folded.isascii():
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
