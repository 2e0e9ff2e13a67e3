"""Every threshold of the evaluation from both sides, as one table to read: value, what follows, just beside it."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from evaluation.convening import advice, objections
from evaluation.panel import disagreements, reasons_wanted
from evaluation.scoring import score
from tests.evaluation.sheets import SCHEME, sheet

HALF = D("0.5")  # the least step a total can make


def lone(points: str) -> str:
    """The grade of that many points where no group has a minimum: what the totals decide by themselves."""
    one_row = replace(
        SCHEME,
        groups=(replace(SCHEME.groups[0], minimum=D(0)),),
        indicators=(replace(SCHEME.indicators[0], points=D(1000)),),
        coefficients=(D(points) / 1000,),
    )
    return score({"7.1.1": D(points) / 1000}, one_row).grade.code


# ── table C.2 ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("points", "grade"),
    [
        ("0", "A"),
        ("299.5", "A"),
        ("299.999", "A"),
        ("300", "AA"),
        ("300.5", "AA"),
        ("449.5", "AA"),
        ("449.999", "AA"),
        ("450", "AAA"),
        ("450.5", "AAA"),
        ("599.5", "AAA"),
        ("599.999", "AAA"),
        ("600", "AAAA"),
        ("600.5", "AAAA"),
        ("749.5", "AAAA"),
        ("749.999", "AAAA"),
        ("750", "AAAAA"),
        ("750.5", "AAAAA"),
        ("1000", "AAAAA"),
    ],
)
def test_grades_of_table_c_2(points, grade):
    assert lone(points) == grade


# ── table C.1 ─────────────────────────────────────────────────────────────────────────────────
ABILITY = dict.fromkeys(["r7_4_1", "r7_4_2", "r7_4_4", "r7_4_5", "r7_4_6"], "0.25") | {"r7_4_3": "0.3"}
RESULTS = {"r7_5_1": "0.25", "r7_5_2": "0.45", "r7_5_3": "0.45", "r7_5_4": "0", "r7_5_5": "0"}


@pytest.mark.parametrize(
    ("group", "changed", "points", "missed"),
    [
        ("awareness", {"r7_1_1": "0.1", "r7_1_2": "0.5"}, "18", True),
        ("awareness", {"r7_1_1": "0", "r7_1_2": "1.0"}, "20", False),
        ("awareness", {"r7_1_1": "0.25", "r7_1_2": "0.1"}, "22", False),
        ("integrity", {"r7_2": "0.9"}, "54", True),
        ("integrity", {"r7_2": "1.0"}, "60", False),
        ("knowledge", {"r7_3": "0.1"}, "10", True),
        ("knowledge", {"r7_3": "0.25"}, "25", False),
        ("ability", ABILITY, "89", True),
        (
            "ability",
            {**ABILITY, "r7_4_2": "0.45", "r7_4_3": "0.1", "r7_4_1": "0.1", "r7_4_6": "0.45"},
            "91",
            False,
        ),
        ("ability", {**ABILITY, "r7_4_1": "0.3"}, "91", False),
        ("results", RESULTS, "109.5", True),
        ("results", {**RESULTS, "r7_5_1": "0.3", "r7_5_2": "0.25", "r7_5_5": "0.1"}, "109", True),
        (
            "results",
            {**RESULTS, "r7_5_1": "0.5", "r7_5_2": "0", "r7_5_3": "0.25", "r7_5_5": "0.25"},
            "110",
            False,
        ),
        ("results", {**RESULTS, "r7_5_5": "0.1"}, "113.5", False),
    ],
)
def test_minima_of_table_c_1(group, changed, points, missed):
    result = score(sheet("1.0", **changed), SCHEME)
    assert result.groups[group] == D(points)
    assert [failed.condition for failed in result.failed] == ([group] if missed else [])
    assert (result.grade.code == "A") == missed


@pytest.mark.parametrize("group", ["awareness", "knowledge", "ability", "results"])
def test_a_minimum_is_met_by_itself_and_missed_by_half_a_point(group):
    """Whatever sums the coefficients can reach: the minimum is moved to the points instead."""
    points = score(sheet("0.5", r7_2="1.0"), SCHEME).groups[group]

    def grade(minimum: D) -> str:
        groups = tuple(replace(g, minimum=minimum) if g.code == group else g for g in SCHEME.groups)
        return score(sheet("0.5", r7_2="1.0"), replace(SCHEME, groups=groups)).grade.code

    assert (grade(points - HALF), grade(points), grade(points + HALF)) == ("AAA", "AAA", "A")


def test_integrity_may_neither_fall_short_nor_exceed():
    def grade(exactly: str) -> str:
        groups = tuple(replace(g, minimum=D(exactly)) if g.exact else g for g in SCHEME.groups)
        return score(sheet("0.5", r7_2="1.0"), replace(SCHEME, groups=groups)).grade.code

    assert (grade("59.5"), grade("60"), grade("60.5")) == ("A", "AAA", "A")


# ── the panel ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("low", "high", "reasons"),
    [("0.65", "0.849", 0), ("0.5", "0.65", 0), ("0.65", "0.85", 1), ("0.65", "0.851", 1), ("0.3", "0.5", 1)],
)
def test_a_spread_of_0_2_wants_a_reason(low, high, reasons):
    marks = {"a": sheet(low), "b": sheet(high)}
    assert {len(reasons_wanted(row, D(low), SCHEME)) for row in disagreements(marks, SCHEME)} == {reasons}


@pytest.mark.parametrize(
    ("size", "blocking", "advised"),
    [
        (1, ["评价组连组长至少 3 人（8.3，推定），现在 1 人。"], []),
        (2, ["评价组连组长至少 3 人（8.3，推定），现在 2 人。"], ["评价组宜为单数，现在 2 人。"]),
        (3, [], []),
        (4, [], ["评价组宜为单数，现在 4 人。"]),
        (5, [], []),
    ],
)
def test_a_panel_has_three_and_better_an_odd_number(size, blocking, advised):
    members = [f"m{n}" for n in range(size)]
    assert list(objections(members, ["m0"], SCHEME.panel)) == blocking
    assert list(advice(members, ["m0"], SCHEME.panel)) == advised
