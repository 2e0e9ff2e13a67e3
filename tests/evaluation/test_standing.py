"""What a sheet amounts to while it is written: points so far, what is open, what is out of reach."""

from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given

from evaluation.scoring import score
from evaluation.sheets.standing import standing
from tests.evaluation.sheets import SCHEME, sheet, sheets


def given_rows(**coefficients: str) -> dict[str, D]:
    return {name[1:].replace("_", "."): D(value) for name, value in coefficients.items()}


def of(now, code: str):
    return next(each for each in now.groups if each.group.code == code)


def test_an_empty_sheet_has_everything_before_it():
    now = standing({}, SCHEME)
    assert (now.total, now.open, now.most) == (D(0), D(1000), D(1000))
    assert (now.scored, now.rows, now.unscored) == (0, 15, 15)
    assert now.by_total is None
    assert (now.within_reach.code, now.next.code, now.lost) == ("AAAAA", "AA", ())
    assert [(each.group.code, each.points, each.open) for each in now.groups] == [
        ("awareness", D(0), D(100)),
        ("integrity", D(0), D(60)),
        ("knowledge", D(0), D(100)),
        ("ability", D(0), D(340)),
        ("results", D(0), D(400)),
    ]


def test_a_worked_example():
    now = standing(given_rows(r7_1_1="0.7", r7_2="1.0", r7_3="0.5", r7_5_1="0.9"), SCHEME)
    assert (now.total, now.open, now.most) == (D("301.0"), D(610), D("911.0"))
    assert (now.scored, now.unscored) == (4, 11)
    assert (of(now, "awareness").points, of(now, "awareness").open) == (D("56.0"), D(20))
    assert (of(now, "results").points, of(now, "results").open) == (D("135.0"), D(250))
    assert (now.by_total.code, now.within_reach.code, now.next.code) == ("AA", "AAAAA", "AAA")


@pytest.mark.parametrize(
    ("least", "by_total", "following"),
    [("299.5", None, "AA"), ("300", "AA", "AAA"), ("300.5", "AA", "AAA"), ("449.5", "AA", "AAA")],
)
def test_a_grade_begins_with_its_points(least, by_total, following):
    """One row of as many points as are asked; the others are nought."""
    first, *others = SCHEME.indicators
    row = replace(first, points=D(least))
    scheme = replace(SCHEME, indicators=(row, *others))
    now = standing({each.code: D(0) for each in others} | {row.code: D(1)}, scheme)
    assert (now.by_total and now.by_total.code, now.next.code) == (by_total, following)
    assert (now.within_reach and now.within_reach.code) == by_total  # nothing is open


def test_above_the_highest_grade_there_is_no_next():
    now = standing(sheet("1.0"), SCHEME)
    assert (now.total, now.open, now.unscored) == (D(1000), D(0), 0)
    assert (now.by_total.code, now.next) == ("AAAAA", None)
    assert standing(sheet("0.75"), SCHEME).next is None  # 750 just so


def test_the_next_grade_is_the_lowest_of_those_above_in_whatever_order_they_stand():
    backwards = replace(SCHEME, grades=tuple(reversed(SCHEME.grades)))
    for scheme in (SCHEME, backwards):
        now = standing(given_rows(r7_5_1="1.0"), scheme)
        assert (now.next.code, now.within_reach.code) == ("AA", "AAAAA")


@pytest.mark.parametrize(
    ("coefficients", "is_met", "is_lost"),
    [
        ({}, False, False),
        (given_rows(r7_1_1="0.25"), True, False),  # 20 of 20
        (given_rows(r7_1_1="0.1"), False, False),  # 8, and 20 are open
        (given_rows(r7_1_1="0"), False, False),  # 0, and just 20 are open
        (given_rows(r7_1_1="0", r7_1_2="0.9"), False, True),  # 18, and nothing open
        (given_rows(r7_1_1="0", r7_1_2="1.0"), True, False),  # 20
    ],
)
def test_a_minimum_is_met_open_or_lost(coefficients, is_met, is_lost):
    now = standing(coefficients, SCHEME)
    awareness = of(now, "awareness")
    assert (awareness.is_met, awareness.is_lost) == (is_met, is_lost)
    assert (awareness in now.lost) is is_lost


def test_integrity_is_met_by_all_its_points_only():
    assert of(standing(given_rows(r7_2="1.0"), SCHEME), "integrity").is_met
    almost = of(standing(given_rows(r7_2="0.9"), SCHEME), "integrity")
    assert (almost.is_met, almost.is_lost) == (False, True)
    more = replace(almost, points=D(61))  # = and not ≥, as the text has it
    assert not more.is_met


@given(sheets)
def test_a_full_sheet_stands_where_its_score_is(coefficients):
    now, result = standing(coefficients, SCHEME), score(coefficients, SCHEME)
    assert (now.total, now.most, now.scored) == (result.total, result.total, 15)
    assert {each.group.code: each.points for each in now.groups} == result.groups
    if not result.failed:
        assert now.by_total == result.grade


def test_sums_of_nothing_are_decimals_too():
    """Points are shown and compared as decimals, also of a group in which nothing is scored, or nothing open."""
    for now in (standing({}, SCHEME), standing(sheet("0"), SCHEME)):
        sums = [value for each in now.groups for value in (each.points, each.open)]
        assert {type(value) for value in (*sums, now.total, now.open)} == {D}
