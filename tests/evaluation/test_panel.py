"""Five sheets on the table: the example of the drawing with its literal figures, thresholds, and properties."""

from dataclasses import replace
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqo_portal.jurisdictions.vocabulary import Aggregation
from evaluation.panel import (
    Basis,
    Disagreement,
    Drift,
    Moved,
    agreed_result,
    disagreements,
    dissenting,
    drift,
    fragile,
    judged,
    mean_result,
    median_result,
    proposal,
    proposals,
    reasons_wanted,
    spread,
)
from evaluation.scoring import Unscorable, score, score_mean
from tests.evaluation.sheets import ALLOWED, POINTS, ROWS, SCHEME, sheet, sheets

GRADES = ["A", "AA", "AAA", "AAAA", "AAAAA"]
JUDGED = [code for code in ROWS if code != "7.2"]

DRAWN = {
    "7.1.1": "0.7 0.65 0.7 0.7 0.85",
    "7.1.2": "0.7 0.7 0.5 0.65 0.7",
    "7.3": "0.65 0.5 0.7 0.65 0.45",
    "7.4.1": "0.7 0.7 0.7 0.65 0.7",
    "7.4.2": "0.65 0.7 0.65 0.65 0.65",
    "7.4.3": "0.7 0.85 0.7 0.45 0.7",
    "7.4.4": "0.65 0.7 0.5 0.65 0.65",
    "7.4.5": "0.65 0.65 0.65 0.5 0.65",
    "7.4.6": "0.5 0.65 0.5 0.5 0.5",
    "7.5.1": "0.7 0.85 0.5 0.65 0.7",
    "7.5.2": "0.45 0.3 0.45 0.45 0.5",
    "7.5.3": "0.5 0.7 0.3 0.45 0.5",
    "7.5.4": "0.3 0.45 0.3 0.3 0.45",
    "7.5.5": "0.3 0.5 0.45 0.3 0.45",
}
MEMBERS = ["zhou", "tang", "wulan", "luo", "shen"]
MARKS = {
    member: {code: D(values.split()[place]) for code, values in DRAWN.items()}
    for place, member in enumerate(MEMBERS)
}


def apart(*values: str, code: str = "7.5.1") -> Disagreement:
    """The row of `code` where the members gave these, first a, then b …; they agree on everything else."""
    marks = {f"{chr(97 + n)}": sheet("0.5") | {code: D(value)} for n, value in enumerate(values)}
    return next(row for row in disagreements(marks, SCHEME) if row.indicator.code == code)


# ── the map of disagreement ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("values", "proposed"),
    [
        ("0.3", "0.3"),
        ("0.3 0.9", "0.3"),
        ("0.9 0.3 0.5", "0.5"),
        ("0.9 0.3 0.5 0.7", "0.5"),
        ("1.0 0 0 1.0 0", "0"),
    ],
)
def test_the_proposal_is_the_lower_median(values, proposed):
    assert proposal(map(D, values.split())) == D(proposed)


def test_nobody_proposes_nothing():
    with pytest.raises(ValueError, match="no median"):
        proposal([])


def test_the_spread_is_what_lies_between_the_outermost():
    assert spread(D(value) for value in ["0.65", "0.3", "0.85"]) == D("0.55")
    assert spread([D("0.7")]) == 0


def test_the_map_is_ordered_by_the_points_at_stake_and_level_rows_as_in_the_text():
    rows = disagreements(MARKS, SCHEME)
    assert [(row.indicator.code, row.at_stake) for row in rows] == [
        ("7.5.1", D("52.5")),
        ("7.5.3", D("40")),
        ("7.4.3", D("32")),
        ("7.3", D("25")),
        ("7.1.1", D("16")),
        ("7.4.4", D("12")),
        ("7.5.2", D("12")),
        ("7.4.6", D("9")),
        ("7.5.5", D("8")),
        ("7.5.4", D("7.5")),
        ("7.4.5", D("6")),
        ("7.1.2", D("4")),
        ("7.4.2", D("3")),
        ("7.4.1", D("2")),
    ]


def test_a_row_says_who_gave_what_and_who_stands_out():
    row = disagreements(MARKS, SCHEME)[0]
    assert row.values == {
        "zhou": D("0.7"),
        "tang": D("0.85"),
        "wulan": D("0.5"),
        "luo": D("0.65"),
        "shen": D("0.7"),
    }
    assert (row.proposal, row.spread, row.above, row.below) == (D("0.7"), D("0.35"), ("tang",), ("wulan",))


def test_from_0_15_on_a_mark_stands_out():
    assert apart("0.5", "0.5", "0.65").above == ("c",)
    assert apart("0.5", "0.5", "0.65").below == ()
    assert apart("0.65", "0.65", "0.5").below == ("c",)
    assert apart("0.65", "0.65", "0.5").above == ()


@pytest.mark.parametrize("near", ["0.75", "0.849"])
def test_a_mark_nearer_than_that_does_not(near):
    assert apart("0.7", "0.7", near).above == ()
    assert apart(near, near, "0.7").below == ()


def test_integrity_is_not_on_the_map():
    assert [row.code for row in judged(SCHEME)] == JUDGED
    with_integrity = {member: marks | {"7.2": D("0.5")} for member, marks in MARKS.items()}
    assert disagreements(with_integrity, SCHEME) == disagreements(MARKS, SCHEME)


# ── reasons ───────────────────────────────────────────────────────────────────────────────────
def test_no_reason_is_owed_for_the_proposal_of_a_panel_nearly_of_one_mind():
    assert reasons_wanted(apart("0.5", "0.5", "0.65"), D("0.5"), SCHEME) == ()


@pytest.mark.parametrize(
    ("values", "agreed", "reasons"),
    [
        (
            "0.7 0.85 0.65",  # a spread of 0.2
            "0.7",
            ("极差 0.2，达到 0.2，须写明理由。",),
        ),
        ("0.7 0.75 0.7", "0.7", ()),  # no scheme has 0.75 today; just so far from the limit
        ("0.7 0.899 0.7", "0.7", ()),
        ("0.7 0.901 0.7", "0.7", ("极差 0.201，达到 0.2，须写明理由。",)),
        ("0.5 0.65 0.5", "0.65", ("0.65 不同于建议值 0.5，须写明理由。",)),
        ("0.5 0.65 0.5", "0.45", ("0.45 不同于建议值 0.5，须写明理由。",)),
        (
            "1.0 0 0.5",
            "1.0",
            ("极差 1，达到 0.2，须写明理由。", "1 不同于建议值 0.5，须写明理由。"),
        ),
    ],
)
def test_a_wide_spread_and_another_value_than_the_proposal_want_a_reason(values, agreed, reasons):
    assert reasons_wanted(apart(*values.split()), D(agreed), SCHEME) == reasons


def test_the_limit_is_the_schemes():
    strict = replace(SCHEME, panel=replace(SCHEME.panel, spread_needs_reason=D("0.15")))
    row = apart("0.5", "0.5", "0.65")
    assert reasons_wanted(row, D("0.5"), strict) == ("极差 0.15，达到 0.15，须写明理由。",)


# ── results ───────────────────────────────────────────────────────────────────────────────────
def test_what_was_agreed_counts_and_the_finding_settles_integrity():
    result = agreed_result(proposals(MARKS, SCHEME), True, SCHEME)
    assert result.groups == {
        "awareness": D(70),
        "integrity": D(60),
        "knowledge": D(65),
        "ability": D(218),
        "results": D(215),
    }
    assert (result.total, result.grade.code, result.failed) == (D(628), "AAAA", ())


def test_without_integrity_there_is_no_grade_however_many_points():
    for result in (
        agreed_result(sheet("1.0"), False, SCHEME),
        mean_result({"a": sheet("1.0"), "b": sheet("1.0")}, False, SCHEME),
        median_result({"a": sheet("1.0"), "b": sheet("1.0")}, False, SCHEME),
    ):
        assert (result.total, result.grade.code) == (D(940), "A")
        assert [failed.sentence for failed in result.failed] == ["诚信 0 分，须为 60 分。"]


def test_what_stands_for_integrity_in_a_sheet_counts_for_nothing():
    doubting = {"a": sheet("1.0", r7_2="0"), "b": sheet("1.0", r7_2="0.5"), "c": sheet("1.0", r7_2="0.9")}
    assert mean_result(doubting, True, SCHEME).total == 1000
    assert median_result(doubting, True, SCHEME).total == 1000
    assert agreed_result(sheet("1.0", r7_2="0"), True, SCHEME).total == 1000


def test_nothing_is_scored_before_integrity_is_found():
    for unfound in (
        lambda: agreed_result(sheet("1.0"), None, SCHEME),
        lambda: mean_result({"a": sheet("1.0")}, None, SCHEME),
    ):
        with pytest.raises(Unscorable) as refused:
            unfound()
        assert refused.value.sentences == ("7.2 诚信还没有认定。",)


def test_a_scheme_without_findings_asks_for_none():
    plain = replace(SCHEME, groups=tuple(replace(group, by_finding=None) for group in SCHEME.groups))
    assert [row.code for row in judged(plain)] == ROWS
    assert agreed_result(sheet("1.0", r7_2="0.9"), None, plain).groups["integrity"] == D(54)


def test_an_incomplete_agreement_says_what_is_missing():
    agreed = proposals(MARKS, SCHEME)
    del agreed["7.3"], agreed["7.5.5"]
    with pytest.raises(Unscorable) as refused:
        agreed_result(agreed, True, SCHEME)
    assert refused.value.sentences == ("缺少 7.3 知识的系数。", "缺少 7.5.5 所获荣誉的系数。")


def test_a_panel_without_sheets_has_no_mean():
    with pytest.raises(Unscorable) as refused:
        mean_result({}, True, SCHEME)
    assert refused.value.sentences == ("还没有评分表。",)


def test_one_thing_wrong_in_two_sheets_is_said_once():
    broken = {key: {code: v for code, v in sheet("0.5").items() if code != "7.3"} for key in "ab"}
    with pytest.raises(Unscorable) as refused:
        mean_result(broken, True, SCHEME)
    assert refused.value.sentences == ("缺少 7.3 知识的系数。",)


def test_the_mean_of_the_drawn_panel():
    result = mean_result(MARKS, True, SCHEME)
    assert (result.total, result.grade.code) == (D("616.4"), "AAAA")
    assert result.indicators["7.5.1"] == D("102")
    assert result.groups["results"] == D("210.8")


FOUR_FIFTY = sheet("0.45", r7_2="1.0", r7_4_4="0.5", r7_5_1="0.25", r7_5_5="0.3")


@pytest.mark.parametrize(
    ("changed", "totals", "mean", "grade"),
    [
        ({"r7_1_2": "0.3"}, ["450", "447", "453"], "450", "AAA"),
        ({"r7_5_4": "0.5", "r7_4_1": "0.3"}, ["450", "446.5", "453"], "449.8333", "AA"),
        ({"r7_1_2": "0.3", "r7_5_4": "0.5"}, ["450", "449.5", "453"], "450.8333", "AAA"),
        ({"r7_1_2": "0.25", "r7_5_4": "0.5", "r7_5_3": "0.3"}, ["450", "433.5", "453"], "445.5", "AA"),
    ],
)
def test_sheets_are_added_up_before_they_are_divided(changed, totals, mean, grade):
    other = {name[1:].replace("_", "."): D(value) for name, value in changed.items()}
    marks = {"a": FOUR_FIFTY, "b": FOUR_FIFTY | other, "c": FOUR_FIFTY | {"7.4.2": D("0.5")}}
    assert [score(each, SCHEME).total for each in marks.values()] == list(map(D, totals))
    result = mean_result(marks, True, SCHEME)
    assert (abs(result.total - D(mean)) < D("0.0001"), result.grade.code) == (True, grade)


def test_a_mean_without_an_end_stays_below_a_minimum_and_is_said_so():
    eighty_nine = sheet("1.0", **{f"r7_4_{n}": "0.25" for n in (1, 2, 4, 5, 6)}, r7_4_3="0.3")
    ninety_one, ninety_two = eighty_nine | {"7.4.1": D("0.3")}, eighty_nine | {"7.4.2": D("0.3")}

    met = mean_result({"a": eighty_nine, "b": eighty_nine, "c": ninety_two}, True, SCHEME)
    assert (met.groups["ability"], met.grade.code) == (D(90), "AAAAA")

    missed = mean_result({"a": eighty_nine, "b": eighty_nine, "c": ninety_one}, True, SCHEME)
    assert missed.grade.code == "A"
    assert [failed.sentence for failed in missed.failed] == ["能力 89.66… 分，至少 90 分。"]


# ── who signed otherwise than was found ───────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("given", "met", "who"),
    [
        ("1.0 1.0 1.0", True, ""),
        ("1.0 0.9 1.0", True, "b"),  # what is not full is not met
        ("0 0.9 1.0", True, "ab"),
        ("0 0.9 1.0", False, "c"),
        ("0 0 0.9", False, ""),
        ("0 1.0 1.0", None, ""),  # while nothing is found nobody differs from it
    ],
)
def test_only_the_full_coefficient_says_that_integrity_is_met(given, met, who):
    marks = {key: sheet("0.5", r7_2=value) for key, value in zip("abc", given.split(), strict=True)}
    assert dissenting(marks, met, SCHEME) == tuple(who)


def test_where_nothing_is_settled_by_finding_nobody_differs_from_one():
    plain = replace(SCHEME, groups=tuple(replace(group, by_finding=False) for group in SCHEME.groups))
    assert dissenting({"a": sheet("0")}, True, plain) == ()


# ── how firm the grade is ─────────────────────────────────────────────────────────────────────
def told(alternatives):
    return [(a.basis, a.without, a.total, a.grade.code, a.changes) for a in alternatives]


def test_the_grade_of_the_drawn_panel_hangs_on_its_leader():
    result = agreed_result(proposals(MARKS, SCHEME), True, SCHEME)
    assert told(fragile(result, MARKS, True, SCHEME)) == [
        (Basis.PANEL, "", D(628), "AAAA", False),
        (Basis.WITHOUT, "zhou", D("599.5"), "AAA", True),
        (Basis.WITHOUT, "tang", D("608.5"), "AAAA", False),
        (Basis.WITHOUT, "wulan", D("607"), "AAAA", False),
        (Basis.WITHOUT, "luo", D("613"), "AAAA", False),
        (Basis.WITHOUT, "shen", D("608.5"), "AAAA", False),
        (Basis.MEAN, "", D("616.4"), "AAAA", False),
    ]


@pytest.mark.parametrize("chosen", Aggregation)
def test_a_grade_that_turns_on_a_finding_somebody_contradicts_is_not_firm(chosen):
    """628 and 616.4 of the drawn panel: 60 of them, and the grade, are a sentence the leader writes."""
    doubted = {key: marks | {"7.2": D("0" if key == "luo" else "1.0")} for key, marks in MARKS.items()}
    by_mean = chosen is Aggregation.MEAN
    result = (mean_result if by_mean else median_result)(doubted, True, SCHEME)
    last = fragile(result, doubted, True, SCHEME, chosen)[-1]
    assert told([last]) == [(Basis.FINDING, "", result.total - 60, "A", True)]
    assert result.total == D("616.4" if by_mean else "628")
    found = (mean_result if by_mean else median_result)(doubted, False, SCHEME)
    last = fragile(found, doubted, False, SCHEME, chosen)[-1]
    assert told([last]) == [(Basis.FINDING, "", result.total, "AAAA", True)]
    agreed = {key: marks | {"7.2": D("1.0")} for key, marks in MARKS.items()}  # the control
    bases = [each.basis for each in fragile(result, agreed, True, SCHEME, chosen)]
    assert Basis.FINDING not in bases and len(bases) == 7


def test_the_opposite_finding_is_measured_by_what_was_agreed_and_not_by_the_proposals():
    marks = {key: sheet("0.5", r7_2="0") for key in "abc"}
    result = agreed_result(sheet("0.9"), True, SCHEME)
    last = fragile(result, marks, True, SCHEME)[-1]
    assert (last.basis, last.total, last.grade.code) == (Basis.FINDING, D(846), "A")


def test_where_the_mean_was_chosen_the_others_are_averaged_and_the_medians_come_last():
    marks = {key: sheet(value, r7_2="1.0") for key, value in zip("abc", ("0.5", "0.7", "0.7"), strict=True)}
    result = mean_result(marks, True, SCHEME)
    assert (
        result.grade.code,
        [row.total for row in fragile(result, marks, True, SCHEME, Aggregation.MEAN)],
    ) == (
        "AAAA",
        [result.total, D(718), D(624), D(624), D(718)],
    )
    last = fragile(result, marks, True, SCHEME, Aggregation.MEAN)[-1]
    assert (last.basis, last.changes) == (Basis.MEDIANS, False)


def test_an_agreement_beside_every_sheet_is_measured_against_what_was_agreed():
    marks = {key: sheet("0.5", r7_2="1.0") for key in "abc"}
    result = agreed_result(sheet("0.9"), True, SCHEME)
    assert told(fragile(result, marks, True, SCHEME)) == [
        (Basis.PANEL, "", D(906), "AAAAA", False),
        (Basis.WITHOUT, "a", D(530), "AAA", True),
        (Basis.WITHOUT, "b", D(530), "AAA", True),
        (Basis.WITHOUT, "c", D(530), "AAA", True),
        (Basis.MEAN, "", D(530), "AAA", True),
    ]


def test_without_the_only_member_there_is_nothing():
    result = agreed_result(sheet("0.5"), True, SCHEME)
    marks = {"a": sheet("0.5", r7_2="1.0")}
    assert [a.basis for a in fragile(result, marks, True, SCHEME)] == [Basis.PANEL, Basis.MEAN]


def test_a_finding_that_was_not_met_holds_in_every_alternative():
    result = agreed_result(sheet("1.0"), False, SCHEME)
    marks = {key: sheet("1.0", r7_2="0.9") for key in "abc"}
    assert {(a.grade.code, a.changes) for a in fragile(result, marks, False, SCHEME)} == {("A", False)}


# ── before and after the talk ─────────────────────────────────────────────────────────────────
def row(code: str):
    return next(indicator for indicator in SCHEME.indicators if indicator.code == code)


def test_drift_tells_who_moved_and_where_the_agreement_lies():
    first = {key: sheet("0.5") for key in "abc"}
    last = first | {"b": sheet("0.5", r7_3="0.7", r7_1_1="0.65"), "c": sheet("0.5", r7_3="0.7")}
    agreed = sheet("0.5", r7_3="0.7", r7_5_5="0.45")
    assert drift(first, last, agreed, SCHEME) == (
        Drift(row("7.1.1"), (Moved("b", D("0.5"), D("0.65")),), D("0.5"), D("0.5"), D("0.5")),
        Drift(
            row("7.3"),
            (Moved("b", D("0.5"), D("0.7")), Moved("c", D("0.5"), D("0.7"))),
            D("0.5"),
            D("0.7"),
            D("0.7"),
        ),
        Drift(row("7.5.5"), (), D("0.5"), D("0.5"), D("0.45")),
    )


def test_nothing_drifted_where_nobody_moved():
    marks = {key: sheet("0.5") for key in "abc"}
    assert drift(marks, marks, sheet("0.5"), SCHEME) == ()
    assert drift(marks, marks, {}, SCHEME) == ()


def test_a_move_shows_before_anything_is_agreed():
    first, last = {"a": sheet("0.5")}, {"a": sheet("0.5", r7_4_1="0.3")}
    assert drift(first, last, {}, SCHEME) == (
        Drift(row("7.4.1"), (Moved("a", D("0.5"), D("0.3")),), D("0.5"), D("0.3"), None),
    )


def test_a_sheet_that_came_or_went_is_shown_with_a_gap():
    first, last = {"a": sheet("0.5"), "b": sheet("0.5")}, {"b": sheet("0.5"), "c": sheet("0.5")}
    moved = drift(first, last, sheet("0.5"), SCHEME)[0].moved
    assert moved == (Moved("a", D("0.5"), None), Moved("c", None, D("0.5")))


def test_integrity_does_not_drift():
    assert drift({"a": sheet("1.0")}, {"a": sheet("1.0", r7_2="0")}, sheet("1.0", r7_2="0"), SCHEME) == ()


# ── properties ────────────────────────────────────────────────────────────────────────────────
panels = st.lists(sheets, min_size=1, max_size=7).map(lambda all_: dict(zip("abcdefg", all_, strict=False)))
values = st.lists(st.sampled_from(ALLOWED), min_size=1, max_size=9)


@given(values)
def test_a_proposal_is_one_of_the_values_with_as_many_on_either_side(given_values):
    proposed = proposal(given_values)
    assert proposed in given_values
    assert sum(v < proposed for v in given_values) <= (len(given_values) - 1) // 2
    assert sum(v > proposed for v in given_values) <= len(given_values) // 2


@given(panels, st.booleans(), st.randoms())
def test_the_order_of_members_never_matters(marks, met, chance):
    shuffled = dict(chance.sample(sorted(marks.items()), len(marks)))
    assert proposals(shuffled, SCHEME) == proposals(marks, SCHEME)
    assert mean_result(shuffled, met, SCHEME) == mean_result(marks, met, SCHEME)
    assert disagreements(shuffled, SCHEME) == tuple(
        replace(
            row,
            above=tuple(m for m in shuffled if m in row.above),
            below=tuple(m for m in shuffled if m in row.below),
        )
        for row in disagreements(marks, SCHEME)
    )


@given(panels, st.booleans())
def test_a_mean_lies_between_the_lowest_and_the_highest_sheet(marks, met):
    totals = [agreed_result(each, met, SCHEME).total for each in marks.values()]
    mean = mean_result(marks, met, SCHEME)
    assert min(totals) <= mean.total <= max(totals) <= 1000
    for code in ROWS:
        each = [agreed_result(one, met, SCHEME).indicators[code] for one in marks.values()]
        assert min(each) <= mean.indicators[code] <= max(each)


@given(panels, st.booleans())
def test_a_mean_is_graded_as_exact_fractions_grade_it(marks, met):
    """The oracle knows no Decimal: whole numerators over the number of sheets."""
    points = {
        code: Fraction(sum(int(s[code] * 100) for s in marks.values()) * each, 100 * len(marks))
        for code, each in zip(ROWS, POINTS, strict=True)
    } | {"7.2": Fraction(60 if met else 0)}
    of = lambda prefix: sum(amount for code, amount in points.items() if code.startswith(prefix))  # noqa: E731
    missed = of("7.1") < 20 or of("7.2") != 60 or of("7.3") < 20 or of("7.4") < 90 or of("7.5") < 110
    reached = [least for least in (300, 450, 600, 750) if of("7.") >= least]
    expected = GRADES[0 if missed else len(reached)]
    result = mean_result(marks, met, SCHEME)
    assert result.grade.code == expected
    assert abs(Fraction(result.total) - of("7.")) < Fraction(1, 10**20)


@given(st.integers(2, 9), st.integers(-3, 3), st.sampled_from([300, 450, 600, 750]))
def test_around_a_threshold_the_mean_of_sums_decides_exactly(size, halves, least):
    """Sheets of one number in a scheme of one row: whatever their number, the mean of k is compared as a fraction."""
    lone = replace(
        SCHEME,
        groups=(replace(SCHEME.groups[0], minimum=D(0), points=D(1000)),),
        indicators=(replace(SCHEME.indicators[0], points=D(1000)),),
        coefficients=tuple(D(n) / 2000 for n in range(2001)),
    )
    level = D(least) / 1000
    given_sheets = [{"7.1.1": level}] * (size - 1) + [{"7.1.1": level + D(halves) / 2000}]
    graded = score_mean(given_sheets, lone).grade
    at_least = Fraction(least) + Fraction(halves, 2 * size) >= least
    assert (graded.least >= least) == at_least


@given(sheets, st.integers(2, 7), st.booleans())
def test_equal_sheets_are_never_fragile(one, size, met):
    """And say of integrity what was found."""
    one = one | {"7.2": D("1.0" if met else "0.9")}
    marks = {f"m{n}": one for n in range(size)}
    for chosen, result in (
        (Aggregation.CONSENSUS, median_result(marks, met, SCHEME)),
        (Aggregation.MEAN, mean_result(marks, met, SCHEME)),
    ):
        found = fragile(result, marks, met, SCHEME, chosen)
        assert len(found) == size + 2
        assert {(a.total, a.changes) for a in found} == {(result.total, False)}


@given(panels, st.data())
def test_raising_a_mark_never_lowers_a_total_or_grade(marks, data):
    member, code = data.draw(st.sampled_from(sorted(marks))), data.draw(st.sampled_from(JUDGED))
    higher = max(data.draw(st.sampled_from(ALLOWED)), marks[member][code])
    raised = marks | {member: marks[member] | {code: higher}}
    for combine in (mean_result, median_result):
        before, after = combine(marks, True, SCHEME), combine(raised, True, SCHEME)
        assert after.total >= before.total
        assert GRADES.index(after.grade.code) >= GRADES.index(before.grade.code)


@given(panels, st.booleans())
def test_a_missed_minimum_is_an_a_whatever_the_total(marks, met):
    for result in (mean_result(marks, met, SCHEME), median_result(marks, met, SCHEME)):
        assert result.total <= 1000
        assert (result.grade.code == "A") == bool(result.failed)
