"""Table A.1 of Hangzhou as arithmetic: sums, the part the text itself gives, what cannot be given, what is proposed."""

from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqo_portal.jurisdictions import pack
from evaluation.appraising import Known, Unappraisable, appraise, fault_of, items_of, proposed, so_far

SCHEME = pack("hangzhou-2021-draft").appraisal
ITEMS = {item.code: item for item in items_of(SCHEME)}
FULL = {code: item.points for code, item in ITEMS.items()}


@st.composite
def points(draw):
    """Points of every item, in halves, within its measure."""
    return {
        code: D(draw(st.integers(0, int(item.points * 2)), label=code)) / 2 for code, item in ITEMS.items()
    }


def test_the_table_has_twenty_three_items_and_a_hundred_points_of_which_seventy_five_are_the_texts_own():
    assert len(ITEMS) == 23
    result = appraise(FULL, SCHEME)
    assert (result.total, result.known) == (D(100), D(75))
    assert result.groups == {"1": D(19), "2": D(16), "3": D(40), "4": D(5), "5": D(20)}


def test_assumed_groups_count_in_the_total_and_never_in_the_known_part():
    lacking = FULL | {"4.2": D(0), "5.1": D("2.5"), "3.1": D("4.5")}
    result = appraise(lacking, SCHEME)
    assert (result.total, result.known) == (D("94"), D("74.5"))
    assert (result.groups["4"], result.groups["5"], result.groups["3"]) == (D(2), D("17.5"), D("39.5"))


def test_there_is_no_pass_line_and_no_grade():
    nothing = appraise(dict.fromkeys(FULL, D(0)), SCHEME)
    assert (nothing.total, nothing.known) == (D(0), D(0))
    assert set(vars(nothing)) == {"groups", "total", "known"}


@pytest.mark.parametrize(
    ("points", "fault"),
    [
        ("0", ""),
        ("5", ""),
        ("4.5", ""),
        ("5.5", "这一项是 0 至 5 分，请核对。"),
        ("-0.5", "这一项是 0 至 5 分，请核对。"),
        ("NaN", "这一项是 0 至 5 分，请核对。"),
        ("4.25", "按半分打分，例如 3 或 3.5。"),
        ("4.3", "按半分打分，例如 3 或 3.5。"),
    ],
)
def test_an_item_takes_halves_up_to_its_own_points(points, fault):
    assert fault_of(ITEMS["3.1"], D(points)) == fault


def test_what_is_missing_foreign_or_too_much_is_named():
    said = FULL | {"3.1": D(6), "9.9": D(1)}
    del said["2.4"]
    with pytest.raises(Unappraisable) as refused:
        appraise(said, SCHEME)
    assert set(refused.value.sentences) == {
        "没有编号为“9.9”的评价项目。",
        "缺少 2.4 参加义务咨询与公益活动的得分。",
        "3.1 质量品牌战略、规划和计划：这一项是 0 至 5 分，请核对。",
    }


def test_what_is_given_so_far_is_added_up_while_one_types():
    result = so_far({"1.1": D(3), "5.4": D("1.5")}, SCHEME)
    assert (result.total, result.known) == (D("4.5"), D(3))


@pytest.mark.parametrize(("met", "points"), [(True, D(3)), (False, D(0)), (None, None)])
def test_a_fact_is_there_or_not_and_where_the_record_cannot_tell_nothing_is_proposed(met, points):
    assert proposed(ITEMS["1.1"], Known(met, "…", "名录登记")) == points


def test_of_what_is_no_fact_nothing_is_proposed():
    assert proposed(ITEMS["1.3"], None) is None


@given(points())
def test_the_total_is_the_sum_of_all_items_and_the_known_part_of_groups_one_to_three(said):
    result = appraise(said, SCHEME)
    assert result.total == sum(said.values()) == sum(result.groups.values())
    assert result.known == sum(given for code, given in said.items() if code[0] in "123")
    assert D(0) <= result.known <= D(75) and D(0) <= result.total <= D(100)


@given(points(), st.sampled_from(sorted(ITEMS)))
def test_half_a_point_more_is_half_a_point_more(said, code):
    if said[code] + D("0.5") > ITEMS[code].points:
        return
    more = appraise(said | {code: said[code] + D("0.5")}, SCHEME)
    assert more.total - appraise(said, SCHEME).total == D("0.5")


def test_were_a_group_no_reading_its_points_would_be_known():
    """The control: it is the reading that keeps group 4 out of the known part."""
    groups = tuple(replace(group, assumed=None) if group.code == "4" else group for group in SCHEME.groups)
    assert appraise(FULL, replace(SCHEME, groups=groups)).known == D(80)


def test_what_is_refused_says_every_sentence_once_after_the_other():
    with pytest.raises(Unappraisable) as found:
        appraise({code: points for code, points in FULL.items() if code not in ("3.1", "3.2")}, SCHEME)
    assert str(found.value) == "".join(found.value.sentences)
    assert len(found.value.sentences) == 2


def test_sums_of_nothing_are_decimals_too():
    """A result is stored as text: an int would be spelled by other rules."""
    first, *_ = SCHEME.groups
    result = so_far({}, replace(SCHEME, groups=(replace(first, items=()),)))
    nothing = so_far({}, replace(SCHEME, groups=()))
    sums = (*result.groups.values(), result.total, result.known, nothing.total, nothing.known)
    assert [(type(each), each) for each in sums] == [(D, D(0))] * 5
