"""Agreement against published worked examples, the edges where it is not defined, and deviation over the years."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.agreement import T_95, Distance, Estimate, deviation, distance, icc, kendalls_w
from tests.evaluation.sheets import ROWS, SCHEME, sheet, sheets

# Shrout & Fleiss (1979), table 2: six targets, four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]

# Siegel (1956), three raters on ten objects with ties; repeated as the example of NAG's g08da.
SIEGEL = [
    [1, 4.5, 2, 4.5, 3, 7.5, 6, 9, 7.5, 10],
    [2.5, 1, 2.5, 4.5, 4.5, 8, 9, 6.5, 10, 6.5],
    [2, 1, 4.5, 4.5, 4.5, 4.5, 8, 8, 8, 10],
]

# irr::anxiety: twenty subjects, three raters, marks of 1 to 6.
ANXIETY = [
    [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3],
    [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
    [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2],
]


def by_rows(raters):
    return list(zip(*raters, strict=True))


# ── one panel ─────────────────────────────────────────────────────────────────────────────────
def test_icc_of_shrout_and_fleiss():
    found = icc(SHROUT_FLEISS)
    assert (round(found.single, 2), round(found.average, 2)) == (0.29, 0.62)
    assert (round(found.f, 2), found.degrees) == (11.03, (5, 15))


def test_icc_of_experts_of_one_mind_is_one():
    found = icc([[D("0.5")] * 3, [D("0.7")] * 3, [D("0.85")] * 3])
    assert (found.single, found.average, found.f) == (1, 1, None)


def test_icc_of_experts_who_differ_in_level_alone_has_no_f_and_is_below_one():
    found = icc([[1, 2], [2, 3], [3, 4]])
    assert (round(found.single, 4), round(found.average, 4), found.f) == (0.6667, 0.8, None)


@pytest.mark.parametrize(
    ("ratings", "f"),
    [([[1, 3], [2, 2], [3, 1]], 0), ([[1, 1], [1, 2]], 1), ([[1, 2], [1, 2]], None)],
)
def test_where_rows_differ_by_chance_alone_there_is_no_agreement(ratings, f):
    """The formulas would say −3 and +3 of the first."""
    found = icc(ratings)
    assert (found.single, found.average, found.f) == (0, 0, f)


@pytest.mark.parametrize(
    "undefined",
    [[], [[1, 2, 3]], [[1], [2], [3]], [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]],
    ids=["nothing", "one row", "one expert", "all the same"],
)
def test_where_there_is_nothing_to_compare_nothing_is_said(undefined):
    assert icc(undefined) is None
    assert kendalls_w(undefined) is None


@pytest.mark.parametrize("measure", [icc, kendalls_w])
@pytest.mark.parametrize("ragged", [[[1, 2], [3, 4, 5]], [[1, 2, 3], [4, 5]]])
def test_a_missing_mark_is_not_passed_over(measure, ragged):
    with pytest.raises(ValueError, match="zip"):
        measure(ragged)


def test_w_of_siegel_with_ties():
    assert round(kendalls_w(by_rows(SIEGEL)), 3) == 0.828


def test_w_of_the_anxiety_data_with_many_ties():
    assert round(kendalls_w(by_rows(ANXIETY)), 2) == 0.54


def test_w_without_ties():
    """Four raters, rank sums 7, 9, 8, 16: S = 50 of 80."""
    assert kendalls_w(by_rows([[1, 2, 3, 4], [2, 1, 3, 4], [3, 2, 1, 4], [1, 4, 1.5, 4.5]])) == pytest.approx(
        0.625
    )


def test_w_is_one_where_the_order_is_the_same_and_nought_where_it_is_reversed():
    assert kendalls_w([[1, 10], [2, 20], [3, 21]]) == 1
    assert kendalls_w([[1, 3], [2, 2], [3, 1]]) == 0


def test_one_who_tells_nothing_apart_takes_half_of_the_agreement_of_two():
    assert kendalls_w([[D("0.1"), D("0.5")], [D("0.25"), D("0.5")]]) == 0.5


@given(st.lists(st.lists(st.integers(0, 10), min_size=3, max_size=3), min_size=2, max_size=15))
def test_w_lies_between_nought_and_one_and_so_does_icc(rows):
    w, found = kendalls_w(rows), icc(rows)
    assert w is None or 0 <= w <= 1
    assert found is None or 0 <= found.single <= found.average <= 1


# ── an expert over the years ──────────────────────────────────────────────────────────────────
def test_the_distance_to_the_panels_medians_in_points_and_per_point():
    marks = {"a": sheet("0.5"), "b": sheet("0.5", r7_5_1="0.7", r7_3="0.45"), "c": sheet("0.7")}
    assert distance(marks, "a", SCHEME) == Distance(D("-30"), D("-30") / 940)
    assert distance(marks, "b", SCHEME) == Distance(D("-5"), D("-5") / 940)
    assert distance(marks, "c", SCHEME) == Distance(D("158"), D("158") / 940)


def test_an_even_panel_has_its_middle_between_two():
    marks = {"a": sheet("0.5"), "b": sheet("0.7")}
    assert [distance(marks, member, SCHEME).points for member in "ab"] == [D(-94), D(94)]
    assert distance(marks, "b", SCHEME).coefficient == D("0.1")


def test_the_distance_in_one_group_is_per_point_of_that_group():
    marks = {"a": sheet("0.5"), "b": sheet("0.5", r7_5_1="0.7", r7_3="0.45"), "c": sheet("0.7")}
    assert distance(marks, "b", SCHEME, "knowledge") == Distance(D("-5"), D("-0.05"))
    assert distance(marks, "c", SCHEME, "results") == Distance(D("50"), D("50") / 400)
    in_groups = [
        distance(marks, "c", SCHEME, code) for code in ("awareness", "knowledge", "ability", "results")
    ]
    assert sum(each.points for each in in_groups) == distance(marks, "c", SCHEME).points


def test_integrity_is_a_finding_and_no_distance():
    marks = {"a": sheet("0.5", r7_2="0"), "b": sheet("0.5", r7_2="1.0"), "c": sheet("0.5", r7_2="1.0")}
    assert distance(marks, "a", SCHEME).points == 0


def series(*points: str) -> list[Distance]:
    return [Distance(D(each), D(each) / 1000) for each in points]


def test_below_five_panels_nothing_is_said():
    assert deviation(series("10", "20", "30", "40")) is None
    assert deviation(series("10", "20", "30", "40", "50")).panels == 5
    assert deviation([]) is None


def test_deviation_with_its_interval():
    """Mean 30, s = 15.811, t(4) = 2.776: 30 ± 19.63."""
    found = deviation(series("10", "20", "30", "40", "50"))
    assert (found.points.mean, found.points.median) == (30, 30)
    assert (round(found.points.low, 2), round(found.points.high, 2)) == (10.37, 49.63)
    assert (round(found.coefficient.low, 5), round(found.coefficient.high, 5)) == (0.01037, 0.04963)
    assert (round(found.coefficient.mean, 5), found.coefficient.median) == (0.03, 0.03)


def test_one_who_always_lies_alike_has_an_interval_without_width():
    assert deviation(series(*["-12.5"] * 6)).points == Estimate(-12.5, -12.5, -12.5, -12.5)


def test_mean_and_median_are_told_apart():
    found = deviation(series("0", "0", "0", "0", "100"))
    assert (found.points.mean, found.points.median) == (20, 0)


@pytest.mark.parametrize(
    ("panels", "t"),
    [(5, 2.776), (6, 2.571), (31, 2.042), (32, 2.042), (40, 2.042), (41, 2.021), (121, 1.980), (500, 1.980)],
)
def test_the_factor_is_students_and_between_two_rows_the_wider(panels, t):
    """Half of −1, half of +1: the interval is t · s / √n around nought."""
    signs = [1 if n % 2 else -1 for n in range(panels)]
    found = deviation([Distance(D(sign), D(0)) for sign in signs]).points
    mean = sum(signs) / panels
    s = (sum((sign - mean) ** 2 for sign in signs) / (panels - 1)) ** 0.5
    assert (found.high - found.low) / 2 == pytest.approx(t * s / panels**0.5)


def test_students_table_falls_from_row_to_row():
    assert list(T_95) == [*range(4, 31), 40, 60, 120]
    assert list(T_95.values()) == sorted(T_95.values(), reverse=True)
    assert (T_95[9], T_95[14], T_95[19], T_95[29], T_95[60]) == (2.262, 2.145, 2.093, 2.045, 2.000)


@given(st.lists(sheets, min_size=1, max_size=5))
def test_distances_of_a_panel_lie_on_both_sides(all_of_them):
    marks = dict(zip("abcde", all_of_them, strict=False))
    for code in ROWS:
        if code != "7.2":
            alone = {member: sheet("0.5") | {code: marks[member][code]} for member in marks}
            far = [distance(alone, member, SCHEME).points for member in marks]
            assert min(far) <= 0 <= max(far)
