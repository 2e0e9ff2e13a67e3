"""Who sits on a panel: what is missing, what would be better, and whom to propose first."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from evaluation.convening import Expert, advice, objections, ranking
from tests.evaluation.sheets import SCHEME

RULE = SCHEME.panel


def test_a_panel_without_anybody_lacks_all_there_is():
    assert objections([], [], RULE) == (
        "评价组连组长至少 3 人（8.3，推定），现在 0 人。",
        "评价组还没有组长。",
    )


def test_there_is_one_leader():
    assert objections(["a", "b", "c"], [], RULE) == ("评价组还没有组长。",)
    assert objections(["a", "b", "c"], ["a"], RULE) == ()
    assert objections(["a", "b", "c"], ["a", "b"], RULE) == ("评价组只有一名组长，现在指定了 2 名。",)


def test_the_leader_counts_once_whether_named_among_the_members_or_not():
    assert objections(["a", "b"], ["c"], RULE) == ()
    assert objections(["a", "b"], ["b"], RULE) == ("评价组连组长至少 3 人（8.3，推定），现在 2 人。",)
    assert objections(["a", "b", "b"], ["a", "a"], RULE) == (
        "评价组连组长至少 3 人（8.3，推定），现在 2 人。",
    )
    assert advice(["a", "b", "c"], ["d"], RULE) == ("评价组宜为单数，现在 4 人。",)
    assert advice(["a", "b", "c", "c"], ["c"], RULE) == ()


def test_a_number_the_text_gives_itself_is_not_called_a_reading():
    said = objections(["a", "b"], ["a"], replace(RULE, reading=None))
    assert said == ("评价组连组长至少 3 人（8.3），现在 2 人。",)


def test_how_many_is_the_schemes_business():
    assert objections(["a", "b", "c"], ["a"], replace(RULE, least=5)) == (
        "评价组连组长至少 5 人（8.3，推定），现在 3 人。",
    )
    assert advice(["a", "b"], ["a"], replace(RULE, odd_advised=False)) == ()


def test_fewer_than_the_body_itself_set_is_said_and_so_is_an_even_number():
    assert advice(["a", "b", "c"], ["a"], RULE, usual=5) == ("本机构定为 5 人，现在 3 人。",)
    assert advice(["a", "b", "c", "d"], ["a"], RULE, usual=5) == (
        "评价组宜为单数，现在 4 人。",
        "本机构定为 5 人，现在 4 人。",
    )
    assert advice(["a", "b", "c"], ["a"], RULE, usual=3) == ()


def expert(key: str, *fields: str, name: str = "") -> Expert:
    return Expert(key, name or key, frozenset(fields))


def order(experts, wanted=(), load=None, last_served=None) -> list[str]:
    return [proposed.expert.key for proposed in ranking(experts, wanted, load or {}, last_served or {})]


def test_who_knows_most_of_the_fields_wanted_comes_first():
    experts = [
        expert("a", "计量"),
        expert("b"),
        expert("c", "计量", "标准化"),
        expert("d", "食品", "农业", "化工"),
    ]
    assert order(experts, wanted=["计量", "标准化"]) == ["c", "a", "b", "d"]


def test_at_equal_fit_who_carries_less_comes_first():
    assert order([expert("a"), expert("b"), expert("c")], load={"a": 2, "b": 1}) == ["c", "b", "a"]


def test_then_who_has_waited_longest_and_before_him_who_never_served():
    served = {"a": date(2026, 3, 1), "b": date(2025, 3, 1)}
    assert order([expert("a"), expert("b"), expert("c")], last_served=served) == ["c", "b", "a"]


def test_then_by_name_and_never_by_chance():
    assert order([expert("1", name="zhou"), expert("2", name="luo")]) == ["2", "1"]
    assert order([expert("2", name="luo"), expert("1", name="luo")]) == ["1", "2"]


def test_fit_goes_before_load_and_load_before_waiting():
    experts = [expert("fit", "计量"), expert("free"), expert("rested")]
    assert order(
        experts, ["计量"], load={"fit": 9, "rested": 1}, last_served={"free": date(2026, 11, 1)}
    ) == ["fit", "free", "rested"]


def test_each_proposal_says_its_reasons():
    told = ranking(
        [expert("a", "标准化", "计量", "食品"), expert("b")],
        ["计量", "标准化"],
        {"a": 2},
        {"a": date(2026, 3, 9)},
    )
    assert [proposed.reasons for proposed in told] == [
        ("专业对口：计量、标准化。", "近 12 个月和正在进行的评价 2 个。", "上次参加评价在 2026-03-09。"),
        ("没有对口的专业。", "近 12 个月没有参加评价。", "还没有参加过评价。"),
    ]


def test_where_no_field_is_wanted_none_is_spoken_of():
    assert ranking([expert("a", "计量")], [], {}, {})[0].reasons == (
        "近 12 个月没有参加评价。",
        "还没有参加过评价。",
    )


@given(st.permutations([expert(key, *key) for key in ("ab", "b", "ac", "c", "abc")]))
def test_the_order_they_come_in_never_matters(experts):
    assert order(experts, wanted=["a", "b"]) == ["ab", "abc", "ac", "b", "c"]
