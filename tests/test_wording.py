"""How amounts are written: the literal words, and that only one place writes them."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cqo_portal.wording import cut_decimal, in_characters, plain_decimal

HERE = Path(__file__).parents[1]
OURS = ("cqo_portal", "training", "registry", "evaluation", "certificates")


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("350.00", "350"),
        ("0.50", "0.5"),
        ("0.00", "0"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("12.25", "12.25"),
        ("-6.00", "-6"),
    ],
)
def test_an_amount_is_exact_without_zeros_behind_and_without_an_exponent(amount, written):
    assert plain_decimal(Decimal(amount)) == written


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("450", "450"),
        ("449.50", "449.5"),
        ("37.25", "37.25"),
        ("449.996", "449.99…"),
        ("449.9999999999999999999999999", "449.99…"),
        ("600.001", "600.00…"),
        ("-0.001", "-0.01…"),
    ],
)
def test_an_amount_without_an_end_is_cut_and_never_said_higher_than_it_is(amount, written):
    assert cut_decimal(Decimal(amount)) == written


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 1, 1), "二〇二六年一月一日"),
        (date(2026, 6, 18), "二〇二六年六月十八日"),
        (date(2026, 10, 31), "二〇二六年十月三十一日"),
        (date(2030, 12, 20), "二〇三〇年十二月二十日"),
        (date(2009, 11, 11), "二〇〇九年十一月十一日"),
    ],
)
def test_a_day_in_characters(day, written):
    assert in_characters(day) == written


@pytest.mark.parametrize("sign", ["normalize():f", 'rstrip("0")'])
def test_nobody_else_writes_amounts(sign):
    found = [path for app in OURS for path in (HERE / app).rglob("*.py") if sign in path.read_text()]
    assert [str(path.relative_to(HERE)) for path in found] == (
        ["cqo_portal/wording.py"] if sign.startswith("rstrip") else []
    )
