"""Colours that can be told apart, in both themes: WCAG 2.2 AA, computed from `tokens.css` itself."""

import re
from itertools import product
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "static/css/tokens.css"

GROUNDS = ("paper", "surface", "sunken")
TEXTS = ("ink", "ink-2", "ink-3", "accent", "ok", "warn", "bad", "disc", "mute")
ON_THEIR_OWN_GROUND = (
    ("accent", "accent-soft"),
    ("ok", "ok-soft"),
    ("warn", "warn-soft"),
    ("bad", "bad-soft"),
    ("disc", "disc-soft"),
    ("mute", "mute-soft"),
    ("ink", "accent-soft"),
    ("ink", "bad-soft"),
    ("ink", "warn-soft"),
    ("ink-2", "warn-soft"),
    ("ink-3", "bad-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("surface", "bad"),  # the number in a pin
    ("paper", "ink"),  # the chosen part of a segmented control
)


def block(selector: str) -> dict[str, str]:
    """The custom properties of the first block with this selector."""
    css = re.sub(r"/\*.*?\*/", "", TOKENS.read_text(encoding="utf-8"), flags=re.S)
    body = re.search(re.escape(selector) + r"\s*\{(.*?)\}", css, flags=re.S)[1]
    return dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", body))


THEMES = {"light": block('[data-bs-theme="light"]'), "dark": block('[data-bs-theme="dark"]')}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_the_guideline_measures_it():
    assert round(contrast("#000000", "#ffffff"), 2) == 21.00
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54  # the well-known limit case
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_the_two_dark_blocks_are_equal():
    chosen, of_the_system = block('[data-bs-theme="dark"]'), block(":root:not([data-bs-theme])")
    assert chosen == of_the_system
    assert len(chosen) == 32


def test_every_colour_of_the_light_theme_has_a_dark_one():
    assert THEMES["light"].keys() == THEMES["dark"].keys()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), [*product(TEXTS, GROUNDS), *ON_THEIR_OWN_GROUND])
def test_text_stands_out_from_its_ground(theme, text, ground):
    assert contrast(THEMES[theme][text], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("line", "ground"), [*product(("line-control", "focus"), GROUNDS)])
def test_the_border_of_a_control_and_the_focus_ring_stand_out(theme, line, ground):
    assert contrast(THEMES[theme][line], THEMES[theme][ground]) >= 3
