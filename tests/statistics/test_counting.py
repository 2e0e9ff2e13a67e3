"""Tables as values: what is counted, that it adds up, and that two tables differ by exactly the records that moved."""

from dataclasses import replace
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
    Unlike,
    body,
    count,
    differences,
    distance,
    faults,
    faults_of_kept,
    merged,
    share,
    table_of,
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
            code="short", label="还差", sort=Sort.SHORT, ratio=Decimal("0.9"),
            counts=lambda each: each["served"], among=lambda each: True,
        ),
        Column(
            code="days", label="天数中位", sort=Sort.MEDIAN,
            counts=lambda each: each["served"], amount=lambda each: each["days"],
        ),
        Column(
            code="sum", label="天数合计", sort=Sort.SUM,
            counts=lambda each: True, amount=lambda each: each["days"],
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


def a_record(key: int, place: str, served: bool, days: int | None) -> Record:
    return Record(f"{key:03}", {"place": place, "served": served, "days": days})


def key_of(record: Record) -> str:
    return record.key


records = st.lists(
    st.builds(
        a_record, st.integers(0, 99), st.sampled_from("abc"), st.booleans(), st.none() | st.integers(0, 90)
    ),
    unique_by=key_of,
    max_size=40,
)


def values(table, row: str) -> list:
    return [table[row, column.code] for column in COVERAGE.columns]


def keys(table, row: str, column: str, **which) -> list[str]:
    return [each.key for each in table.within(row, column, **which)]


def test_each_cell_of_a_small_table():
    table = count(COVERAGE, PLACES, SMALL)
    assert values(table, "a") == [3, 2, 1, Decimal("66.7"), 1, Decimal("5.5"), 11]
    assert values(table, "b") == [1, 1, 0, Decimal("100.0"), 0, 4, 4]
    assert values(table, "c") == [0, 0, 0, None, 0, None, 0]
    assert values(table, ALL) == [4, 3, 1, Decimal("75.0"), 1, 4, 15]
    assert keys(table, "a", "has") == ["1", "3"]
    assert keys(table, ALL, "ratio", among=True) == ["1", "2", "3", "4"]
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


@pytest.mark.parametrize(
    ("part", "whole", "ratio", "more"),
    [(0, 5, "0.6", 3), (3, 5, "0.6", 0), (2, 5, "0.6", 1), (5, 5, "1", 0), (0, 0, "1", 0), (0, 1, "0.6", 1)],
)
def test_how_many_more_it_takes_to_reach_a_target(part, whole, ratio, more):
    assert distance(part, whole, Decimal(ratio)) == more


@given(records, st.randoms())
def test_the_same_records_in_any_order_give_the_same_bytes(some, dice):
    shuffled = list(some)
    dice.shuffle(shuffled)
    assert sha256(body(count(COVERAGE, PLACES, some))) == sha256(body(count(COVERAGE, PLACES, shuffled)))


@given(records)
def test_a_table_that_was_kept_is_read_as_it_was(some):
    table = count(COVERAGE, PLACES, some)
    again = table_of(body(table))
    assert again == table
    assert body(again) == body(table)


@given(records)
def test_rows_add_up_to_the_row_of_all(some):
    assert faults(count(COVERAGE, PLACES, some)) == []


def test_a_record_in_no_row_is_a_fault():
    table = count(COVERAGE, PLACES, [*SMALL, Record("9", {"place": "x", "served": True})])
    said = [each.said for each in faults(table)]
    assert "有 1 条记录不属于任何一行。" in said
    assert "“应设”合计是 5，各行相加是 4。" in said


def test_a_record_that_comes_twice_is_a_fault():
    said = [each.said for each in faults(count(COVERAGE, PLACES, [*SMALL, SMALL[0]]))]
    assert said == ["同一条记录（1）被计入 2 次。"]


def test_a_figure_that_was_written_otherwise_names_its_cell():
    table = count(COVERAGE, PLACES, SMALL)
    wrong = replace(table, values={**table.values, ("b", "has"): Decimal(2)})
    assert [(each.row, each.column, each.said) for each in faults_of_kept(wrong)] == [
        ("b", "has", "乙县“已设”写的是 2，按记录数出来是 1。"),
        (ALL, "has", "“已设”合计是 3，各行相加是 4。"),
        ("b", "should", "乙县“应设”是 1，分项相加是 2。"),
    ]


def test_a_column_that_does_not_balance_names_its_cell():
    lacking = Column(code="lacks", label="未设", counts=lambda each: False)
    wrong = Definition(
        code="x", version=1, title="x", balances=COVERAGE.balances, columns=(*COVERAGE.columns[:2], lacking)
    )
    found = faults(count(wrong, PLACES, SMALL))
    assert [(each.row, each.column, each.said) for each in found] == [
        ("a", "should", "甲县“应设”是 3，分项相加是 2。"),
        (ALL, "should", "合计“应设”是 4，分项相加是 3。"),
    ]


def test_a_share_of_what_is_not_in_its_whole_is_a_fault():
    odd = Column(
        code="odd",
        label="比例",
        sort=Sort.SHARE,
        counts=lambda each: True,
        among=lambda each: each["served"],
    )
    found = faults(count(Definition(code="x", version=1, title="x", columns=(odd,)), PLACES, SMALL))
    assert [(each.row, each.said) for each in found] == [("a", "“比例”的分子有不在分母里的记录。")]


@given(records, records)
def test_the_records_that_moved_add_up_to_the_difference(some, others):
    before, after = count(COVERAGE, PLACES, some), count(COVERAGE, PLACES, others)
    for each in differences(before, after):
        added = sum((one.by for one in each.moved), Decimal(0))
        if each.head.sort in (Sort.COUNT, Sort.SUM):
            assert each.by == added
        if each.head.code == "ratio":  # of a share both of its counts do
            parts = [len(table.within(each.row.code, "ratio")) for table in (after, before)]
            wholes = [len(table.within(each.row.code, "ratio", among=True)) for table in (after, before)]
            assert parts[0] - parts[1] == added
            assert wholes[0] - wholes[1] == sum(one.by for one in each.among)


@given(records, records)
def test_every_cell_that_is_not_among_the_differences_is_the_same(some, others):
    before, after = count(COVERAGE, PLACES, some), count(COVERAGE, PLACES, others)
    named = {(each.row.code, each.head.code) for each in differences(before, after)}
    assert {place for place in after.values if before[place] != after[place]} <= named
    assert differences(before, before) == []


def test_a_record_that_went_from_one_row_to_another_is_named_in_both_and_not_in_the_sum():
    elsewhere = [Record("1", {"place": "b", "served": True, "days": 3}), *SMALL[1:]]
    found = differences(count(COVERAGE, PLACES, SMALL), count(COVERAGE, PLACES, elsewhere))
    told = [
        (each.row.code, each.by, [one.key for one in each.moved]) for each in found if each.head.code == "has"
    ]
    assert told == [("a", -1, ["1"]), ("b", 1, ["1"])]


@given(records)
def test_the_table_of_all_counties_counts_what_each_of_them_counts(some):
    parts = [
        (row, count(COVERAGE, PLACES, [each for each in some if each["place"] == row.code]))
        for row in PLACES.all
    ]
    whole = merged(parts, by_part=True)
    assert body(whole) == body(count(COVERAGE, PLACES, some))


def test_a_column_only_one_part_has_is_there_and_the_other_counts_nothing_in_it():
    """Two counties by two texts: what only one of them asks for, nobody owes in the other."""
    east, west = PLACES.all[:2]
    fewer = replace(COVERAGE, columns=(COVERAGE.columns[0], COVERAGE.columns[2]), balances=())
    parts = [
        (east, count(COVERAGE, PLACES, [each for each in SMALL if each["place"] == "a"])),
        (west, count(fewer, PLACES, [each for each in SMALL if each["place"] == "b"])),
    ]
    for whole in (merged(parts, by_part=True), merged(parts[::-1], by_part=True)):
        assert {head.code for head in whole.columns} == {head.code for head in COVERAGE.columns}
        assert [whole[ALL, code] for code in ("should", "lacks", "ratio")] == [4, 1, Decimal("66.7")]
        assert (whole["b", "should"], whole["b", "has"], whole["b", "ratio"]) == (1, 0, None)


def test_columns_of_another_meaning_do_not_make_one_table():
    other = replace(COVERAGE, columns=(replace(COVERAGE.columns[0], unit="人"),), balances=())
    with pytest.raises(Unlike, match="乙县"):
        merged(
            [(PLACES.all[0], count(COVERAGE, PLACES, SMALL)), (PLACES.all[1], count(other, PLACES, []))],
            by_part=True,
        )
