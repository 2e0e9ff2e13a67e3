"""The draw: one sample worked out by hand with `sha256sum`, and what must hold of every other."""

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.draw import (
    Unreadable,
    digest_of,
    list_of,
    one_writing,
    place,
    printable,
    read_list,
    sample,
    shares,
)

SEED = "38172125317"
POPULATION = {
    "甲": [f"E-{n:06d}" for n in range(1, 6)],
    "乙": ["E-000006", "E-000007"],
    "丙": ["E-000008"],
}
# for n in 1 2 3 4 5 6 7 8; do printf '38172125317\nE-%06d' $n | sha256sum; done
BY_HAND = {
    "E-000004": "1898fd27b0086a0f8511457b72356310fdef681ecf511a296e521e28f74d1586",
    "E-000005": "333c76402314d7ff7a9d02fb0d2ce29f56c6b5c48b610d6343c2329cd9abf1d1",
    "E-000007": "41474904fb38a90493e758462952fbfe9306245fdded63167d6011fb372e07d0",
    "E-000003": "6194fddcc4a71bbf3d589983d6eb98d38890ce69169db968b0008bbad7da67f1",
    "E-000006": "61a7cc96fd5b01ab6236f335860825eaf01f1f797ac1a5e2256a7f67d641401b",
    "E-000008": "6a9e8e51c2a0ea4546ae5b3cc689fcf083e3987a1822b6d37a07400ab541c28d",
    "E-000001": "bad3e9520b0eac815254f0f922df2c3f8548089ae0520ab59e74f58e2a4e189c",
    "E-000002": "ca7f8177f819b65e4212223bcaeedb94a89f8490cab34151e9ea7fed9d03916a",
}


class TestByHand:
    def test_each_record_stands_where_sha256sum_puts_it(self):
        assert {name: place(name, seed=SEED) for name in BY_HAND} == BY_HAND
        assert list(BY_HAND.values()) == sorted(BY_HAND.values())

    @pytest.mark.parametrize(
        ("wanted", "drawn"),
        [
            (0, {}),
            (1, {"甲": ["E-000004"]}),
            (2, {"甲": ["E-000004"], "乙": ["E-000007"]}),
            (3, {"甲": ["E-000004"], "乙": ["E-000007"], "丙": ["E-000008"]}),
            (4, {"甲": ["E-000004", "E-000005"], "乙": ["E-000007"], "丙": ["E-000008"]}),
            (
                8,
                {
                    "甲": ["E-000004", "E-000005", "E-000003", "E-000001", "E-000002"],
                    "乙": ["E-000007", "E-000006"],
                    "丙": ["E-000008"],
                },
            ),
        ],
    )
    def test_the_sample(self, wanted, drawn):
        assert sample(POPULATION, seed=SEED, wanted=wanted) == drawn

    def test_the_digest_is_that_of_the_file(self):
        """`sha256sum` of the eight lines and their header, in the order of code points: 丙 乙 甲."""
        assert digest_of(POPULATION) == "653aa8d724135d99128fc790acb9d6dc952b75e2291f8129639f39a3705ec165"

    def test_another_seed_draws_others(self):
        """The control."""
        assert sample(POPULATION, seed="38172125318", wanted=3) != sample(POPULATION, seed=SEED, wanted=3)


class TestOneWriting:
    @pytest.mark.parametrize(
        "typed",
        ["03 08 17", "3 8 17", "03-08-17", "3817", "０３０８１７", "03\n08\n17", "三 3 捌 08，1７期"],
    )
    def test_a_result_is_one_seed(self, typed):
        assert one_writing(typed) == "3817"

    @given(
        st.lists(st.integers(1, 33), min_size=6, max_size=7),
        st.sampled_from([" ", ",", "-", "\t", "+", "、"]),
    )
    def test_zeros_and_what_stands_between_make_no_difference(self, balls, between):
        plain = "".join(f"{ball}" for ball in balls).replace("0", "")
        assert one_writing(between.join(f"{ball:02d}" for ball in balls)) == plain
        assert one_writing(between.join(f"{ball}" for ball in balls)) == plain
        assert one_writing(plain) == plain

    def test_another_result_is_another_seed(self):
        """The control: the order is told apart."""
        assert one_writing("03 08 17") != one_writing("08 03 17")


class TestShares:
    @pytest.mark.parametrize(
        ("sizes", "wanted", "given"),
        [
            ({}, 5, {}),
            ({"a": 0}, 5, {}),
            ({"a": 3}, 0, {}),
            ({"a": 3}, -1, {}),
            ({"a": 3, "b": 2}, 1, {"a": 1}),
            ({"a": 2, "b": 2}, 1, {"a": 1}),  # equal: by name
            ({"a": 90, "b": 10}, 10, {"a": 9, "b": 1}),
            ({"a": 1000, "b": 1, "c": 1}, 10, {"a": 8, "b": 1, "c": 1}),
            ({"a": 50, "b": 30, "c": 20}, 10, {"a": 5, "b": 3, "c": 2}),
            ({"a": 1, "b": 1, "c": 1}, 3, {"a": 1, "b": 1, "c": 1}),
            ({"a": 5, "b": 2, "c": 1}, 100, {"a": 5, "b": 2, "c": 1}),
        ],
    )
    def test_literal_cases(self, sizes, wanted, given):
        assert shares(sizes, wanted=wanted) == given

    def test_largest_remainders_would_take_back_what_they_gave(self):
        """With them the second stratum had 2 of 7 and, when 8 were wanted, only 1."""
        sizes = {"a": 19, "b": 4, "c": 11}
        assert shares(sizes, wanted=7) == {"a": 4, "b": 1, "c": 2}
        assert shares(sizes, wanted=8) == {"a": 4, "b": 1, "c": 3}


sizes_ = st.dictionaries(st.text("abcdef甲乙", min_size=1, max_size=3), st.integers(0, 60), max_size=8)
names = st.sets(st.integers(1, 3000), max_size=25).map(lambda found: [f"E-{n:06d}" for n in found])
populations = st.dictionaries(st.sampled_from(["甲", "甲乙", "丙 学校", "a"]), names, max_size=4)
seeds = st.text("0123456789 +-", min_size=1, max_size=30)


class TestEveryDraw:
    @given(sizes_, st.integers(-2, 300))
    def test_gives_what_is_wanted_and_never_more_than_there_is(self, sizes, wanted):
        found = shares(sizes, wanted=wanted)
        assert sum(found.values()) == max(0, min(wanted, sum(sizes.values())))
        assert all(1 <= many <= sizes[name] for name, many in found.items())
        if wanted >= len(sizes):
            assert found.keys() == {name for name, size in sizes.items() if size}

    @given(sizes_, st.integers(0, 300))
    def test_who_wants_one_more_gets_one_more_and_loses_none(self, sizes, wanted):
        less, more = shares(sizes, wanted=wanted), shares(sizes, wanted=wanted + 1)
        assert all(more.get(name, 0) - many in (0, 1) for name, many in less.items())

    @given(sizes_, st.integers(0, 300))
    def test_a_larger_stratum_never_gives_less_than_a_smaller_one(self, sizes, wanted):
        found = shares(sizes, wanted=wanted)
        for name, size in sizes.items():
            for other, smaller in sizes.items():
                assert smaller >= size or found.get(name, 0) >= found.get(other, 0)

    @given(populations, seeds, st.integers(0, 60), st.randoms())
    def test_depends_on_nothing_but_population_seed_and_number(self, population, seed, wanted, chance):
        mixed = list(population.items())
        chance.shuffle(mixed)
        mixed = {stratum: chance.sample(members, len(members)) * 2 for stratum, members in mixed}
        assert sample(mixed, seed=seed, wanted=wanted) == sample(population, seed=seed, wanted=wanted)
        assert digest_of(mixed) == digest_of(population)

    @given(populations, seeds, st.integers(0, 60))
    def test_of_each_stratum_the_first_by_their_order(self, population, seed, wanted):
        for stratum, drawn in sample(population, seed=seed, wanted=wanted).items():
            order = [hashlib.sha256(f"{seed}\n{name}".encode()).hexdigest() for name in drawn]
            assert order == sorted(order)
            left = set(population[stratum]) - set(drawn)
            assert all(place(name, seed=seed) > order[-1] for name in left)

    @given(populations, seeds, st.integers(0, 60))
    def test_a_longer_sample_holds_the_shorter_one(self, population, seed, wanted):
        more = sample(population, seed=seed, wanted=wanted + 1)
        for stratum, drawn in sample(population, seed=seed, wanted=wanted).items():
            assert more[stratum][: len(drawn)] == drawn

    @given(populations)
    def test_the_list_read_again_is_the_population(self, population):
        filled = {stratum: sorted(members) for stratum, members in population.items() if members}
        assert read_list("".join(list_of(population))) == filled


def test_over_many_seeds_every_record_has_the_same_chance():
    chance, times = random.Random(4), dict.fromkeys(POPULATION["甲"], 0)
    for _ in range(4000):
        (first,) = sample({"甲": POPULATION["甲"]}, seed=str(chance.random()), wanted=1)["甲"]
        times[first] += 1
    assert all(700 < many < 900 for many in times.values()), times


class TestTheList:
    @pytest.mark.parametrize(
        ("name", "printed"),
        [
            ("沧州质量培训学校", "沧州质量培训学校"),
            ('甲, "乙"\n丙\t学校 ', "甲， ”乙” 丙 学校"),
            ("=1+1", "＝1+1"),
            ("@甲", "＠甲"),
            ("a'b\\c", "a’b＼c"),
        ],
    )
    def test_a_name_is_one_cell_a_spreadsheet_does_not_run(self, name, printed):
        assert printable(name) == printed

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "第 1 行应当是 record,stratum。"),
            ("record;stratum\n", "第 1 行"),
            ("record,stratum\nE-000001,甲\nE-000002\n", "第 3 行应当是“记录号,培训组织者”。"),
            ("record,stratum\n,甲\n", "第 2 行"),
            ("record,stratum\nE-000001,\n", "第 2 行"),
        ],
    )
    def test_another_file_is_refused_with_its_line(self, text, said):
        with pytest.raises(Unreadable, match=said):
            read_list(text)
