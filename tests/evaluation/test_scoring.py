"""The thousand points: worked examples with literal totals, thresholds from both sides, and properties."""

from dataclasses import replace
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation import agreement, conflicts, convening, panel, scoring
from evaluation.scoring import Failed, Unscorable, band_of, band_with, gaps, gaps_in_words, score, score_mean
from tests.evaluation.sheets import ALLOWED, POINTS, ROWS, SCHEME, sheet, sheets


def test_everything_fulfilled_is_a_thousand():
    result = score(sheet("1.0"), SCHEME)
    assert (result.total, result.grade.code, result.failed) == (D(1000), "AAAAA", ())
    assert result.groups == {
        "awareness": D(100),
        "integrity": D(60),
        "knowledge": D(100),
        "ability": D(340),
        "results": D(400),
    }


def test_a_worked_example():
    result = score(
        sheet(
            "0.5",
            r7_1_1="0.7",
            r7_1_2="0.25",
            r7_2="1",
            r7_3="0.65",
            r7_4_3="0.85",
            r7_5_1="0.9",
            r7_5_3="0.45",
            r7_5_5="0.1",
        ),
        SCHEME,
    )
    assert result.indicators == {
        "7.1.1": D("56"),
        "7.1.2": D("5"),
        "7.2": D("60"),
        "7.3": D("65"),
        "7.4.1": D("20"),
        "7.4.2": D("30"),
        "7.4.3": D("68"),
        "7.4.4": D("30"),
        "7.4.5": D("20"),
        "7.4.6": D("30"),
        "7.5.1": D("135"),
        "7.5.2": D("30"),
        "7.5.3": D("45"),
        "7.5.4": D("25"),
        "7.5.5": D("4"),
    }
    assert (result.total, result.grade.code, result.failed) == (D("623"), "AAAA", ())


def test_half_points_are_kept():
    assert score(sheet("0", r7_5_1="0.25", r7_5_4="0.45"), SCHEME).total == D("60.0")
    assert score(sheet("0", r7_5_1="0.25"), SCHEME).total == D("37.5")


def coefficients_for(total: D) -> dict[str, D]:
    """A sheet with exactly this total that meets every minimum: a search over sums, row by row."""
    floor = {
        "7.1.1": D("0.25"),
        "7.2": D(1),
        "7.3": D("0.25"),
        "7.4.3": D("0.85"),
        "7.4.2": D("0.5"),
        "7.5.1": D("0.85"),
    }
    reached: dict[D, dict[str, D]] = {D(0): {}}
    for code, points in zip(ROWS, POINTS, strict=True):
        choices = [D(1)] if code == "7.2" else [c for c in ALLOWED if c >= floor.get(code, D(0))]
        reached = {
            so_far + points * choice: chosen | {code: choice}
            for so_far, chosen in reached.items()
            for choice in choices
        }
    return reached[total]


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        ("449.5", "AA"),
        ("450", "AAA"),
        ("599.5", "AAA"),
        ("600", "AAAA"),
        ("749.5", "AAAA"),
        ("750", "AAAAA"),
    ],
)
def test_a_grade_begins_at_its_threshold_and_not_half_a_point_before(total, grade):
    result = score(coefficients_for(D(total)), SCHEME)
    assert (result.total, result.grade.code, result.failed) == (D(total), grade, ())


def without_minima(scheme):
    """The minima add up to 300, so the total alone can only be seen to decide where they are taken away."""
    return replace(scheme, groups=tuple(replace(g, minimum=D(0), exact=False) for g in scheme.groups))


@pytest.mark.parametrize(
    ("changed", "total", "grade"),
    [
        ({"r7_5_1": "1", "r7_3": "1", "r7_5_4": "1"}, "300", "AA"),
        ({"r7_5_1": "1", "r7_3": "1", "r7_5_4": "0.45", "r7_4_1": "0.25", "r7_1_2": "0.85"}, "299.5", "A"),
    ],
)
def test_the_total_is_tested_beside_the_minima(changed, total, grade):
    result = score(sheet("0", **changed), without_minima(SCHEME))
    assert (result.total, result.grade.code) == (D(total), grade)
    assert [failed.condition for failed in result.failed] == ([] if grade == "AA" else ["total"])


def test_the_minima_themselves_are_enough_for_the_lowest_grade():
    result = score(
        sheet(
            "0",
            r7_1_2="1",
            r7_2="1",
            r7_3="0.25",
            r7_4_1="0.25",
            r7_4_3="1",
            r7_5_1="0.5",
            r7_5_3="0.25",
            r7_5_5="0.25",
        ),
        SCHEME,
    )
    assert result.groups == {
        "awareness": D(20),
        "integrity": D(60),
        "knowledge": D(25),
        "ability": D(90),
        "results": D(110),
    }
    assert (result.total, result.grade.code, result.failed) == (D(305), "AA", ())


@pytest.mark.parametrize(
    ("changed", "group", "points", "sentence"),
    [
        ({"r7_1_1": "0", "r7_1_2": "0.9"}, "awareness", "18", "意识 18 分，至少 20 分。"),
        ({"r7_2": "0.9"}, "integrity", "54", "诚信 54 分，须为 60 分。"),
        ({"r7_3": "0.1"}, "knowledge", "10", "知识 10 分，至少 20 分。"),
        (
            {f"r7_4_{n}": "0.25" for n in range(1, 7)} | {"r7_4_3": "0.3"},
            "ability",
            "89",
            "能力 89 分，至少 90 分。",
        ),
        (
            {"r7_5_1": "0.25", "r7_5_2": "0.45", "r7_5_3": "0.45", "r7_5_4": "0", "r7_5_5": "0"},
            "results",
            "109.5",
            "业绩 109.5 分，至少 110 分。",
        ),
    ],
)
def test_one_missed_minimum_leaves_no_grade_whatever_the_total(changed, group, points, sentence):
    result = score(sheet("1", **changed), SCHEME)
    assert result.total > 600
    assert result.grade.code == "A"
    assert not result.grade.certificate
    assert [(f.condition, f.value, f.sentence) for f in result.failed] == [(group, D(points), sentence)]


def test_every_failed_condition_is_listed_with_its_clause():
    nothing = D(0)
    assert score(sheet("0"), SCHEME).failed == (
        Failed("awareness", "意识", nothing, D(20), "7.1、表 A.1、表 C.1", "意识 0 分，至少 20 分。"),
        Failed("integrity", "诚信", nothing, D(60), "7.2、表 A.1、表 C.1", "诚信 0 分，须为 60 分。"),
        Failed("knowledge", "知识", nothing, D(20), "7.3、表 A.1、表 C.1", "知识 0 分，至少 20 分。"),
        Failed("ability", "能力", nothing, D(90), "7.4、表 A.1、表 C.1", "能力 0 分，至少 90 分。"),
        Failed("results", "业绩", nothing, D(110), "7.5、表 A.1、表 C.1", "业绩 0 分，至少 110 分。"),
        Failed("total", "总分", nothing, D(300), "表 C.2", "总分 0 分，AA 级至少 300 分。"),
    )


def test_a_total_without_an_end_is_not_said_higher_than_it_is():
    three = [sheet("0", r7_2="1", r7_5_4=last) for last in ("0.5", "0.5", "0.45")]
    assert score_mean(three, SCHEME).failed[-1].sentence == "总分 84.16… 分，AA 级至少 300 分。"


def test_a_scheme_that_asks_nothing_gives_no_points_and_no_float():
    result = score({}, replace(SCHEME, indicators=()))
    assert {type(points) for points in (result.total, *result.groups.values())} == {D}
    assert (result.total, result.grade.code) == (0, "A")


def test_a_missing_a_strange_and_a_forbidden_coefficient_are_all_named():
    wrong = sheet("0.5", r7_3="0.6")
    del wrong["7.1.1"]
    wrong["9.9"] = D(1)
    with pytest.raises(Unscorable) as refused:
        score(wrong, SCHEME)
    assert str(refused.value) == "".join(refused.value.sentences)
    assert refused.value.sentences == (
        "缺少 7.1.1 质量意识的系数。",
        "没有编号为“9.9”的评价指标。",
        "7.3 知识的系数 0.6 不在规定的取值内（0、0.1、0.25、0.3、0.45、0.5、0.65、0.7、0.85、0.9、1.0）。",
    )


@pytest.mark.parametrize(
    ("percentage", "number", "in_gap"),
    [
        ("0", 0, False),
        ("9.9", 0, False),
        ("10", 1, False),
        ("25", 1, False),
        ("25.1", 1, True),
        ("27", 1, True),
        ("29.9", 1, True),
        ("30", 2, False),
        ("47", 2, True),
        ("50", 3, False),
        ("69", 3, True),
        ("70", 4, False),
        ("89", 4, True),
        ("90", 5, False),
        ("100", 5, False),
    ],
)
def test_a_percentage_in_a_gap_falls_to_the_lower_band(percentage, number, in_gap):
    placed = band_of(D(percentage), SCHEME)
    assert (placed.band.number, placed.in_gap) == (number, in_gap)


def test_every_gap_is_named_with_the_band_below_it():
    found = [(low, high, band.number) for low, high, band in gaps(SCHEME)]
    assert found == [(25, 30, 1), (45, 50, 2), (65, 70, 3), (85, 90, 4)]
    assert gaps_in_words(SCHEME) == (
        "介于两档之间的归入较低的一档（推定）：25%–30% 归入 1 档，45%–50% 归入 2 档，65%–70% 归入 3 档，85%–90% 归入 4 档。"
    )


def test_where_the_bands_leave_no_gap_nothing_is_said():
    zero, one, *_ = SCHEME.bands
    assert (
        gaps(replace(SCHEME, bands=(one, zero))) == ()
    )  # 0–10 and 10–25 touch, in whatever order they stand
    assert gaps_in_words(replace(SCHEME, bands=(one, zero))) == ""


@pytest.mark.parametrize("percentage", ["-0.1", "100.1"])
def test_a_percentage_outside_the_scale_is_refused(percentage):
    with pytest.raises(ValueError, match="0 至 100"):
        band_of(D(percentage), SCHEME)


@given(sheets)
def test_totals_are_multiples_of_one_half_up_to_a_thousand(coefficients):
    result = score(coefficients, SCHEME)
    assert 0 <= result.total <= 1000
    assert result.total % D("0.5") == 0
    assert result.total == sum(result.groups.values()) == sum(result.indicators.values())


@given(sheets, st.sampled_from(ROWS), st.sampled_from(ALLOWED))
def test_raising_a_coefficient_never_lowers_total_or_grade(coefficients, code, higher):
    order = ["A", "AA", "AAA", "AAAA", "AAAAA"]
    before = score(coefficients, SCHEME)
    after = score(coefficients | {code: max(higher, coefficients[code])}, SCHEME)
    assert after.total >= before.total
    assert order.index(after.grade.code) >= order.index(before.grade.code)


@given(sheets)
def test_a_grade_agrees_with_a_naive_oracle(coefficients):
    half = {code: int(coefficients[code] * 2 * points) for code, points in zip(ROWS, POINTS, strict=True)}
    of = lambda prefix: sum(points for code, points in half.items() if code.startswith(prefix))  # noqa: E731
    total = of("7.")
    if (
        of("7.1") < 40
        or of("7.2") != 120
        or of("7.3") < 40
        or of("7.4") < 180
        or of("7.5") < 220
        or total < 600
    ):
        expected = "A"
    else:
        expected = "AA" if total < 900 else "AAA" if total < 1200 else "AAAA" if total < 1500 else "AAAAA"
    assert score(coefficients, SCHEME).grade.code == expected


DECIDING = [conflicts, convening, panel, scoring]


@pytest.mark.parametrize("module", DECIDING, ids=lambda module: module.__name__)
def test_what_decides_knows_no_float_and_rounds_nothing(module):
    assert not offences(module)


def test_the_search_for_floats_finds_one_where_they_are_allowed():
    assert offences(agreement) == ["float("]


def offences(module) -> list[str]:
    code = Path(module.__file__).read_text(encoding="utf-8")
    return [word for word in ("float(", "round(", "quantize") if word in code]


@pytest.mark.parametrize(
    ("coefficient", "band"),
    [("0", 0), ("0.1", 1), ("0.25", 1), ("0.3", 2), ("0.45", 2), ("0.5", 3), ("0.65", 3), ("0.7", 4), ("0.85", 4), ("0.9", 5), ("1.0", 5)],
)  # fmt: skip
def test_every_coefficient_belongs_to_one_band(coefficient, band):
    assert band_with(D(coefficient), SCHEME).number == band


def test_a_coefficient_between_belongs_to_none():
    with pytest.raises(StopIteration):
        band_with(D("0.6"), SCHEME)
