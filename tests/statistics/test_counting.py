"""Tables as values: what is counted, that it adds up, and that two tables differ by exactly the records that came and went."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqo_portal.digests import sha256
from cqo_portal.statistics.counting import (
    ALL,
    Balance,
    Column,
    Definition,
    Record,
    Row,
    Rows,
    Sort,
    body,
    count,
    differences,
    faults,
    share,
)

PLACES = Rows(
    "县（市、区）", (Row("a", "甲县"), Row("b", "乙县"), Row("c", "丙县")), lambda each: each["place"]
)
COVERAGE = Definition(
    code="coverage",
    version=1,
    title="覆盖率",
    columns=(
        Column(code="should", label="应设", counts=lambda each: True),
        Column(code="has", label="已设", counts=lambda each: each["served"]),
        Column(code="lacks", label="未设", counts=lambda each: not each["served"]),
        Column(
            code="ratio", label="覆盖率", sort=Sort.SHARE, unit="%",
            counts=lambda each: each["served"], among=lambda each: True,
        ),
        Column(
            code="days", label="天数中位", sort=Sort.MEDIAN,
            counts=lambda each: each["served"], amount=lambda each: each["days"],
        ),
    ),
    balances=(Balance("should", ("has", "lacks")),),
)  # fmt: skip
SMALL = [
    Record("1", {"place": "a", "served": True, "days": 3}),
    Record("2", {"place": "a", "served": False, "days": None}),
    Record("3", {"place": "a", "served": True, "days": 8}),
    Record("4", {"place": "b", "served": True, "days": 4}),
]

records = st.lists(
    st.builds(
        lambda key, place, served, days: Record(f"{key:03}", {"place": place, "served": served, "days": days}),
        st.integers(0, 999), st.sampled_from("abc"), st.booleans(), st.none() | st.integers(0, 90),
    ),
    unique_by=lambda each: each.key,
    max_size=60,
)  # fmt: skip


def values(table, row: str) -> list:
    return [table.cell(row, column.code).value for column in COVERAGE.columns]


def test_each_cell_of_a_small_table():
    table = count(COVERAGE, PLACES, SMALL)
    assert values(table, "a") == [3, 2, 1, Decimal("66.7"), Decimal("5.5")]
    assert values(table, "b") == [1, 1, 0, Decimal("100.0"), Decimal(4)]
    assert values(table, "c") == [0, 0, 0, None, None]
    assert values(table, ALL) == [4, 3, 1, Decimal("75.0"), Decimal(4)]
    assert table.cell("a", "has").keys == ("1", "3")
    assert faults(table) == []


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 7, "0.0"),
        (7, 7, "100.0"),
        (1, 3, "33.3"),
        (2, 3, "66.7"),
        (1, 2000, "0.1"),
        (1, 2001, "0.0"),
        (3, 0, None),
    ],
)
def test_a_share_is_rounded_to_a_tenth_as_people_round(part, whole, said):
    assert share(part, whole) == (None if said is None else Decimal(said))


@given(records, st.randoms())
def test_the_same_records_in_any_order_give_the_same_bytes(some, dice):
    shuffled = list(some)
    dice.shuffle(shuffled)
    assert sha256(body(count(COVERAGE, PLACES, some))) == sha256(body(count(COVERAGE, PLACES, shuffled)))


@given(records)
def test_rows_add_up_to_the_row_of_all(some):
    assert faults(count(COVERAGE, PLACES, some)) == []


def test_a_record_in_no_row_is_a_fault():
    table = count(COVERAGE, PLACES, [*SMALL, Record("9", {"place": "x", "served": True})])
    said = [each.said for each in faults(table)]
    assert "有 1 条记录不属于任何一行。" in said
    assert "“应设”合计是 5，各行相加是 4。" in said


def test_a_column_that_does_not_balance_names_its_cell():
    lacking = Column(code="lacks", label="未设", counts=lambda each: False)
    wrong = Definition(
        code="x", version=1, title="x", balances=COVERAGE.balances, columns=(*COVERAGE.columns[:2], lacking)
    )
    found = faults(count(wrong, PLACES, SMALL))
    assert [(each.row, each.column, each.said) for each in found] == [
        (ALL, "should", "合计“应设”是 4，分项相加是 3。"),
        ("a", "should", "甲县“应设”是 3，分项相加是 2。"),
    ]


@given(records, records)
def test_what_came_less_what_went_is_the_difference_of_every_count(some, others):
    earlier, later = (body(count(COVERAGE, PLACES, each)) for each in (some, others))
    for each in differences(earlier, later):
        if each.column in ("should", "has", "lacks"):
            assert int(each.after) - int(each.before) == len(each.came) - len(each.went)
            assert each.came or each.went
    assert differences(earlier, earlier) == []


@given(records, records)
def test_every_cell_that_is_not_among_the_differences_is_the_same(some, others):
    earlier, later = (body(count(COVERAGE, PLACES, each)) for each in (some, others))
    named = {(each.row, each.column) for each in differences(earlier, later)}
    codes = [column.code for column in COVERAGE.columns]
    for row, old, new in zip(later["rows"], earlier["cells"], later["cells"], strict=True):
        for column, one, other in zip(codes, old, new, strict=True):
            assert ((row["code"], column) in named) == (one != other)
