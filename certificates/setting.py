"""Long words on a sheet of one size: which step of type they are set in, and where their lines break.

Measured with the widths of our fonts, so that nothing overflows, nothing is cut and nothing hangs alone on a second line.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

AFTER = "·•）)》 "  # where a name parts by itself
WORTH = 2.5  # ems such a place may lie further off than another
GAP = 0.08  # ems: beside a narrow sign, readers of PDFs take more than that for a blank
NOT_FIRST, NOT_LAST = "，。、；：？！）》〉」』】〕”’…·•),.;:?! ", "（《〈「『【〔“‘("


class TooLong(ValueError):
    """Words that fit in none of the steps. They are not cut: the sheet is not made."""


@dataclass(frozen=True)
class Step:
    """A size of type: `room` is the measure in ems of that size, `tracking` the space after each sign in ems."""

    size: int  # the larger the smaller, as the style sheet counts
    room: float
    lines: int = 1
    tracking: float = 0


@dataclass(frozen=True)
class Setting:
    size: int
    lines: tuple[str, ...]


def set_in(text: str, steps: Sequence[Step], *, width_of: Callable[[str], float]) -> Setting:
    """The first step the text fits in, on as few lines as it can; inside a word only where nothing else holds it.

    Raises `TooLong`.
    """
    anywhere = list(range(1, len(text)))
    good = [at for at in anywhere if _may_break(text[at - 1], text[at])]
    for places in (good, anywhere):
        for step in steps:
            if step.tracking > GAP and not all(map(_is_wide, text)):
                continue
            for number in range(1, step.lines + 1):
                lines = _lines(text, number, places, width_of)
                if all(width_of(line) + len(line) * step.tracking <= step.room for line in lines):
                    return Setting(step.size, lines)
    raise TooLong(f"印不下：{text}")


def _lines(text: str, number: int, places: list[int], width_of: Callable[[str], float]) -> tuple[str, ...]:
    """Lines of about the same length."""
    whole = width_of(text)
    cuts = {_nearest(whole * n / number, places, text, width_of) for n in range(1, number) if places}
    return tuple(text[one:other].strip() for one, other in pairwise(sorted({0, len(text), *cuts})))


def _nearest(aim: float, places: list[int], text: str, width_of: Callable[[str], float]) -> int:
    def distance(at: int) -> float:
        return abs(width_of(text[:at]) - aim) - (WORTH if text[at - 1] in AFTER else 0)

    return min(places, key=distance)


def _may_break(before: str, behind: str) -> bool:
    if unicodedata.category(behind).startswith("M") or behind in NOT_FIRST or before in NOT_LAST:
        return False
    return before in AFTER or _is_wide(before) or _is_wide(behind)


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"
