"""Enterprise size (2017) and sector (2018): every threshold from both sides, and an oracle of its own."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqo_portal.jurisdictions.vocabulary import Sector, Size
from cqo_portal.parties.size import Unclear, classify, needed, sector, sector_note

X, Y, Z = "persons", "revenue", "assets"

# The table once more, typed from the regulation: (an industry of the row, indicator, large, medium, small).
THRESHOLDS = [
    ("A", Y, 20000, 500, 50),
    ("B", X, 1000, 300, 20),
    ("C", Y, 40000, 2000, 300),
    ("D", X, 1000, 300, 20),
    ("3311", X, 1000, 300, 20),
    ("3311", Y, 40000, 2000, 300),
    ("E", Y, 80000, 6000, 300),
    ("4710", Z, 80000, 5000, 300),
    ("51", X, 200, 20, 5),
    ("5111", Y, 40000, 5000, 1000),
    ("52", X, 300, 50, 10),
    ("529", Y, 20000, 500, 100),
    ("54", X, 1000, 300, 20),
    ("58", Y, 30000, 3000, 200),
    ("59", X, 200, 100, 20),
    ("5990", Y, 30000, 1000, 100),
    ("60", X, 1000, 300, 20),
    ("60", Y, 30000, 2000, 100),
    ("H", X, 300, 100, 10),
    ("61", Y, 10000, 2000, 100),
    ("62", X, 300, 100, 10),
    ("63", X, 2000, 100, 10),
    ("64", Y, 100000, 1000, 100),
    ("65", X, 300, 100, 10),
    ("6510", Y, 10000, 1000, 50),
    ("701", Y, 200000, 1000, 100),
    ("7010", Z, 10000, 5000, 2000),
    ("702", X, 1000, 300, 100),
    ("7020", Y, 5000, 1000, 500),
    ("L", X, 300, 100, 10),
    ("72", Z, 120000, 8000, 100),
    ("M", X, 300, 100, 10),
    ("N", X, 300, 100, 10),
    ("O", X, 300, 100, 10),
    ("85", X, 300, 100, 10),
    ("R", X, 300, 100, 10),
    ("703", X, 300, 100, 10),
    ("7090", X, 300, 100, 10),
]
PLENTY = D(10) ** 9


def sized(industry: str, indicator: str, value) -> Size:
    """The class one indicator gives while the others stand in no way."""
    figures = dict.fromkeys((X, Y, Z), PLENTY) | {indicator: D(value)}
    return classify(industry, **figures).size


@pytest.mark.parametrize(("industry", "indicator", "large", "medium", "small"), THRESHOLDS)
def test_every_threshold_belongs_to_the_class_above_it(industry, indicator, large, medium, small):
    step = D(1) if indicator == X else D("0.01")
    assert [sized(industry, indicator, v) for v in (large, large - step)] == [Size.LARGE, Size.MEDIUM]
    assert [sized(industry, indicator, v) for v in (medium, medium - step)] == [Size.MEDIUM, Size.SMALL]
    assert [sized(industry, indicator, v) for v in (small, small - step)] == [Size.SMALL, Size.MICRO]


def test_the_lowest_class_over_the_indicators_decides():
    result = classify("3311", persons=1200, revenue=D(250), assets=D(9999))
    assert result.size is Size.MICRO
    assert {name: m.size for name, m in result.by.items()} == {X: Size.LARGE, Y: Size.MICRO}


def test_the_arithmetic_of_the_filing_form_can_be_read_aloud():
    result = classify("C33", persons=386, revenue=D(41200))
    assert result.arithmetic == (
        "从业人员 386 人：300 ≤ 386 < 1000，中型。",
        "营业收入 41200 万元：41200 ≥ 40000，大型。",
        "工业按 2 项中较低的一档确定：中型。",
    )


@pytest.mark.parametrize(
    "industry", ["53", "5310", "J", "66", "P", "8310", "84", "Q84", "S", "91", "704", "7040", "T"]
)
def test_what_the_regulation_leaves_out_is_unclassified(industry):
    result = classify(industry)
    assert (result.size, result.by) == (Size.UNCLASSIFIED, {})
    assert "人工填写" in result.arithmetic[0]


@pytest.mark.parametrize("industry", ["F", "G", "I", "K", "Q", "70"])
def test_a_code_that_covers_several_rows_asks_for_a_finer_one(industry):
    with pytest.raises(Unclear, match="更细的代码") as unclear:
        classify(industry, persons=1, revenue=1, assets=1)
    assert unclear.value.field == "industry"


@pytest.mark.parametrize(
    "industry", ["", "5", "00", "98", "705", "C51", "33111", "U", "３３", "33\n1", "33x", "CC", "ı"]
)
def test_a_code_that_is_none_is_refused(industry):
    with pytest.raises(Unclear):
        classify(industry, persons=1, revenue=1, assets=1)


@pytest.mark.parametrize("same", ["C3311", "c3311", " 3311 "])
def test_letter_case_and_section_letter_make_no_difference(same):
    assert classify(same, persons=500, revenue=D(500)) == classify("3311", persons=500, revenue=D(500))


def test_a_figure_the_row_needs_is_asked_for_by_name():
    with pytest.raises(Unclear, match="请填写资产总额") as unclear:
        classify("47", persons=5, revenue=D(400))
    assert unclear.value.field == Z


def test_a_negative_figure_is_refused():
    with pytest.raises(Unclear, match="不能是负数"):
        classify("33", persons=-1, revenue=D(400))


def test_what_is_needed_differs_by_industry():
    assert [needed(code) for code in ("A", "33", "47", "72", "85", "P")] == [
        (Y,),
        (X, Y),
        (Y, Z),
        (X, Z),
        (X,),
        (),
    ]


SECTORS = [
    ("A", Sector.PRIMARY),
    ("01", Sector.PRIMARY),
    ("0419", Sector.PRIMARY),
    ("05", Sector.TERTIARY),
    ("0511", Sector.TERTIARY),
    ("06", Sector.SECONDARY),
    ("B10", Sector.SECONDARY),
    ("11", Sector.TERTIARY),
    ("1190", Sector.TERTIARY),
    ("12", Sector.SECONDARY),
    ("13", Sector.SECONDARY),
    ("42", Sector.SECONDARY),
    ("43", Sector.TERTIARY),
    ("C4310", Sector.TERTIARY),
    ("44", Sector.SECONDARY),
    ("50", Sector.SECONDARY),
    ("51", Sector.TERTIARY),
    ("F", Sector.TERTIARY),
    ("97", Sector.TERTIARY),
]


@pytest.mark.parametrize(("industry", "expected"), SECTORS)
def test_sectors_take_05_11_and_43_into_the_third(industry, expected):
    assert sector(industry) is expected


def test_11_and_43_count_as_industry_for_size_all_the_same():
    assert [classify(code, persons=300, revenue=D(2000)).row for code in ("11", "43")] == ["工业", "工业"]


def test_a_bare_section_letter_says_which_division_it_leaves_open():
    assert "大类 43" in sector_note("C")
    assert [sector_note(code) for code in ("33", "D", "L")] == [None, None, None]


def naive_row(division: int, group: str) -> list[tuple[str, int, int, int]]:
    """An oracle written as a chain of questions, sharing nothing with the table."""
    if division <= 5:
        return [(Y, 20000, 500, 50)]
    if division <= 46:
        return [(X, 1000, 300, 20), (Y, 40000, 2000, 300)]
    if division <= 50:
        return [(Y, 80000, 6000, 300), (Z, 80000, 5000, 300)]
    if division == 51:
        return [(X, 200, 20, 5), (Y, 40000, 5000, 1000)]
    if division == 52:
        return [(X, 300, 50, 10), (Y, 20000, 500, 100)]
    if 54 <= division <= 58:
        return [(X, 1000, 300, 20), (Y, 30000, 3000, 200)]
    if division == 59:
        return [(X, 200, 100, 20), (Y, 30000, 1000, 100)]
    if division == 60:
        return [(X, 1000, 300, 20), (Y, 30000, 2000, 100)]
    if division in (61, 62):
        return [(X, 300, 100, 10), (Y, 10000, 2000, 100)]
    if division in (63, 64):
        return [(X, 2000, 100, 10), (Y, 100000, 1000, 100)]
    if division == 65:
        return [(X, 300, 100, 10), (Y, 10000, 1000, 50)]
    if group == "701":
        return [(Y, 200000, 1000, 100), (Z, 10000, 5000, 2000)]
    if group == "702":
        return [(X, 1000, 300, 100), (Y, 5000, 1000, 500)]
    if division in (71, 72):
        return [(X, 300, 100, 10), (Z, 120000, 8000, 100)]
    if group in ("703", "709") or 73 <= division <= 82 or 85 <= division <= 90:
        return [(X, 300, 100, 10)]
    return []


codes = st.one_of(
    st.integers(1, 97).filter(lambda d: d != 70).map(lambda d: f"{d:02}"),
    st.sampled_from(["701", "702", "703", "704", "709", "7010", "7020", "5310", "4310", "1120"]),
)
figures = st.one_of(
    st.integers(0, 250000),
    st.sampled_from([5, 10, 20, 50, 100, 300, 500, 1000, 2000, 5000, 8000, 10000, 40000, 80000, 120000]),
    st.decimals(0, 250000, places=2),
)


@given(industry=codes, persons=st.integers(0, 3000), revenue=figures, assets=figures)
def test_size_agrees_with_a_naive_oracle(industry, persons, revenue, assets):
    value = {X: persons, Y: revenue, Z: assets}
    limits = naive_row(int(industry[:2]), industry[:3])
    classes = [sum(value[name] >= limit for limit in bounds) for name, *bounds in limits]
    expected = ("micro", "small", "medium", "large")[min(classes)] if classes else "unclassified"
    assert classify(industry, persons=persons, revenue=D(revenue), assets=D(assets)).size.value == expected


@given(
    industry=codes, persons=st.integers(0, 3000), more=st.integers(0, 3000), revenue=figures, assets=figures
)
def test_a_larger_figure_never_makes_an_enterprise_smaller(industry, persons, more, revenue, assets):
    order = [Size.UNCLASSIFIED, Size.MICRO, Size.SMALL, Size.MEDIUM, Size.LARGE]
    before = classify(industry, persons=persons, revenue=revenue, assets=assets).size
    after = classify(industry, persons=persons + more, revenue=revenue, assets=assets).size
    assert order.index(before) <= order.index(after)
