"""The sheet of an evaluation certificate: from its printed words to a PDF. The same words make the same bytes."""

from collections.abc import Mapping
from datetime import datetime

from certificates.ornament import frame
from certificates.setting import Setting, Step, TooLong, set_in
from certificates.words import printed_text
from cqo_portal.printing.documents import pdf_of
from cqo_portal.printing.fonts import missing_glyphs, width_of
from cqo_portal.printing.qr import svg_of

INK = "#17191c"
# Sizes as in certificate.css; a measure in mm through a size in mm is one in ems.
STEPS = {
    "holder": (
        Step(1, 205 / 16.5, tracking=0.1),
        Step(2, 205 / 14, tracking=0.06),
        Step(3, 215 / 11, tracking=0.04),
        Step(4, 215 / 8, lines=2, tracking=0.04),
        Step(5, 225 / 5.4, lines=3),
    ),
    "organisation": (
        Step(1, 200 / 6, tracking=0.02),
        Step(2, 215 / 5.2, lines=2),
        Step(3, 225 / 4.2, lines=2),
        Step(4, 225 / 3.6, lines=4),
    ),
    "body": (
        Step(1, 73 / 5.2, tracking=0.02),
        Step(2, 73 / 4.4),
        Step(3, 73 / 3.8),
        Step(2, 73 / 4.4, lines=2),
        Step(4, 73 / 3.5, lines=2),
        Step(5, 73 / 3, lines=2),
        Step(6, 73 / 2.4, lines=7),
    ),
    "basis": (Step(1, 150 / 3.5, lines=2), Step(2, 150 / 2.4, lines=5)),
}


def printed(words: Mapping[str, str], *, made_at: datetime) -> bytes:
    """Set from the words alone. Raises `TooLong` where one of them fits in no step of type."""
    return pdf_of(
        "certificate.html",
        {"words": words, "made_at": made_at, "set": _settings(words), "steps": _steps(words["grade"])},
        drawn={"frame.svg": frame(), "qr.svg": svg_of(words["address"], ink=INK)},
    )


def too_long(**words: str) -> str:
    """The first of these words (holder, organisation, body) that fits in no step of type; "" where all fit."""
    for key, text in words.items():
        try:
            set_in(text, STEPS[key], width_of=width_of)
        except TooLong:
            return text
    return ""


def unprintable(words: Mapping[str, str]) -> str:
    """The signs of these words our fonts lack, one after the other; "" where all can be printed."""
    return "".join(sorted(missing_glyphs(printed_text(words))))


def _settings(words: Mapping[str, str]) -> dict[str, Setting]:
    return {key: set_in(words[key], steps, width_of=width_of) for key, steps in STEPS.items()}


def _steps(grade: str) -> list[bool]:
    """As many of five as the grade has letters."""
    return [n < len(grade) for n in range(5)]
