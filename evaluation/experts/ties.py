"""Who taught, out of a free text. Knows no Django."""

import re

# From coarse to fine: a Latin name holds blanks, and 和 may be part of a name (郑和), so every cut is tried.
_CUTS = tuple(
    re.compile(f"[{signs}]+")
    for signs in ("、，,;；/|()（）:：\n", r"、，,;；/|()（）:：\s", r"、，,;；/|()（）:：\s和与及")
)
_TITLE = re.compile(r"(?:副?教授|老师|博士|(?:高级)?工程师|高工|研究员|主任|院长|所长|处长|先生|女士)+$")


def trainers_in(text: str) -> set[str]:
    """The names a free text may mean, each also without the titles behind it."""
    parts = {part.strip() for cut in _CUTS for part in cut.split(text)} - {""}
    return parts | {_TITLE.sub("", part) for part in parts} - {""}
