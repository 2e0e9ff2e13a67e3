"""How amounts are written: the literal words, and that only one place writes them."""

from decimal import Decimal
from pathlib import Path

import pytest

from cqo_portal.wording import cut_decimal, plain_decimal

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


@pytest.mark.parametrize("sign", ["normalize():f", 'rstrip("0")'])
def test_nobody_else_writes_amounts(sign):
    found = [path for app in OURS for path in (HERE / app).rglob("*.py") if sign in path.read_text()]
    assert [str(path.relative_to(HERE)) for path in found] == (
        ["cqo_portal/wording.py"] if sign.startswith("rstrip") else []
    )
