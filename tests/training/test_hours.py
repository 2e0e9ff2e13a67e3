"""What was learned against what is owed: tables at the edges, and laws that hold for any ledger."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqo_portal.jurisdictions import all_packs, pack
from cqo_portal.jurisdictions.vocabulary import Activity
from training.hours import Earned, Post, Progress, Trained, Unit, Why, progress

HUBEI, HANGZHOU = pack("hubei-2021-draft"), pack("hangzhou-2021-draft")
CANGZHOU, JIANGSU = pack("cangzhou-2023"), pack("jiangsu-2023-draft")
IN_OFFICE = Post(appointed_on=date(2025, 5, 1))


def learned(hours: str, on: date, course_class: int | None = None, **more) -> Earned:
    return Earned(hours=D(hours), on=on, course_class=course_class, **more)


def of(rules, key: str, *earned: Earned, year: int = 2026, post: Post = IN_OFFICE) -> Progress:
    return next(p for p in progress(rules, year=year, post=post, earned=earned) if p.duty.key == key)


def certificates(on: date | None) -> tuple[Trained, ...]:
    return (Trained(on=on),) if on else ()


def numbers(found: Progress) -> tuple[bool, str, str, str]:
    return (found.due, *(f"{n.normalize():f}" for n in (found.required, found.counted, found.missing)))


class TestHangzhou:
    @pytest.mark.parametrize(
        ("on", "counts"),
        [
            (date(2025, 12, 31), False),
            (date(2026, 1, 1), True),
            (date(2026, 12, 31), True),
            (date(2027, 1, 1), False),
        ],
    )
    def test_a_calendar_year_begins_and_ends_with_its_days(self, on, counts):
        found = of(HANGZHOU, "continuing", learned("1", on))
        assert found.counted == (1 if counts else 0)
        assert [u.reason for u in found.uncounted] == ([] if counts else [Why.OTHER_PERIOD])

    def test_the_year_named_by_the_organiser_goes_before_the_day(self):
        found = of(HANGZHOU, "continuing", learned("8", date(2027, 1, 2), counts_for=2026))
        assert found.counted == 8

    def test_quarters_are_added_up_and_never_rounded(self):
        found = of(HANGZHOU, "continuing", *[learned("0.25", date(2026, 5, 1))] * 159)
        assert numbers(found) == (True, "40", "39.75", "0.25")
        found = of(HANGZHOU, "continuing", *[learned("0.25", date(2026, 5, 1))] * 160)
        assert numbers(found) == (True, "40", "40", "0")

    @pytest.mark.parametrize(
        ("appointed_on", "due"),
        [(date(2026, 12, 31), True), (date(2027, 1, 1), False), (date(2026, 1, 1), True)],
    )
    def test_it_is_owed_from_the_year_of_the_appointment_on(self, appointed_on, due):
        assert of(HANGZHOU, "continuing", post=Post(appointed_on=appointed_on)).due is due

    @pytest.mark.parametrize(("left_on", "due"), [(date(2025, 12, 31), False), (date(2026, 1, 1), True)])
    def test_it_is_owed_until_the_year_of_the_departure(self, left_on, due):
        assert of(HANGZHOU, "continuing", post=replace(IN_OFFICE, left_on=left_on)).due is due

    def test_days_left_count_today(self):
        found = of(HANGZHOU, "continuing")
        days = [found.days_left(date(2026, 12, day)) for day in (1, 30, 31)]
        assert [*days, found.days_left(date(2027, 1, 1))] == [31, 2, 1, 0]


class TestHubei:
    @pytest.mark.parametrize(
        ("year", "first", "second"),
        [
            (2024, (False, "0", "0", "0"), (False, "0", "0", "0")),
            (2025, (False, "0", "0", "0"), (True, "30", "0", "30")),
            (2026, (True, "14", "0", "14"), (True, "30", "0", "30")),
        ],
    )
    def test_the_first_partial_year_asks_for_the_second_class_alone(self, year, first, second):
        assert numbers(of(HUBEI, "continuing-class-1", year=year)) == first
        assert numbers(of(HUBEI, "continuing-class-2", year=year)) == second

    @pytest.mark.parametrize(
        ("appointed_on", "due"),
        [(date(2025, 12, 31), True), (date(2026, 1, 1), True), (date(2026, 1, 2), False)],
    )
    def test_a_year_served_from_its_first_day_is_whole(self, appointed_on, due):
        assert of(HUBEI, "continuing-class-1", post=Post(appointed_on=appointed_on)).due is due

    @pytest.mark.parametrize(("on", "counted"), [(date(2025, 5, 1), 21), (date(2025, 5, 2), 0)])
    def test_the_day_of_the_appointment_is_the_last_of_the_first_training(self, on, counted):
        found = of(HUBEI, "initial-class-1", learned("21", on, 1))
        assert found.counted == counted
        assert [u.reason for u in found.uncounted] == ([] if counted else [Why.AFTER_APPOINTMENT])

    @pytest.mark.parametrize(
        ("trained_on", "counted"), [(date(2026, 12, 31), 21), (date(2027, 1, 1), 0), (None, 0)]
    )
    def test_the_certificate_proves_it_whenever_it_was_got(self, trained_on, counted):
        found = of(HUBEI, "initial-class-1", post=replace(IN_OFFICE, trained=certificates(trained_on)))
        assert found.counted == counted

    @pytest.mark.parametrize(
        ("hours", "counted"),
        [(None, 21), ({1: D(21)}, 21), ({1: D("20.75")}, 0), ({2: D(21)}, 0), ({None: D(21)}, 0)],
    )
    def test_a_certificate_for_fewer_hours_proves_none(self, hours, counted):
        short, enough = Trained(on=date(2025, 3, 1), hours=hours), Trained(on=date(2025, 4, 1))
        found = of(HUBEI, "initial-class-1", post=replace(IN_OFFICE, trained=(short,)))
        assert found.counted == counted
        assert ("不足第一类 21 学时" in found.said) is (not counted)
        assert of(HUBEI, "initial-class-1", post=replace(IN_OFFICE, trained=(short, enough))).met

    def test_the_classes_do_not_make_up_for_each_other(self):
        lines = [learned("40", date(2026, 5, 1), 2), learned("3", date(2026, 5, 1), None)]
        found = of(HUBEI, "continuing-class-1", *lines)
        assert [(u.reason, u.why) for u in found.uncounted] == [
            (Why.OTHER_CLASS, "属于第二类，各类分别计算。"),
            (Why.NO_CLASS, "没有写明属于哪一类，不能计入第一类。"),
        ]
        assert [u.earned.hours for u in found.beside] == [3]


class TestReasons:
    def test_what_waits_might_count_and_what_was_refused_never_will(self):
        day = date(2026, 5, 1)
        lines = [learned("2", day, held="等确认。"), learned("3", day, held="等确认。", refused="未到场。")]
        found = of(HANGZHOU, "continuing", *lines)
        assert [(u.reason, u.why) for u in found.uncounted] == [
            (Why.HELD, "等确认。"),
            (Why.REFUSED, "未到场。"),
        ]
        assert (found.might_count, found.earned, found.counted) == (2, 5, 0)

    def test_what_no_waiting_cures_is_said_first(self):
        line = learned("2", date(2025, 5, 1), held="等确认。", activity=Activity.TEACHING)
        assert [u.reason for u in of(HANGZHOU, "continuing", line).uncounted] == [Why.OTHER_ACTIVITY]

    def test_somebody_elses_number_in_its_place(self):
        found = of(HANGZHOU, "continuing")
        assert (found.given(D("39.75")).met, found.given(D(40)).met) == (False, True)


class TestCertificates:
    @pytest.mark.parametrize(
        ("trained_on", "missing"),
        [(None, 1), (date(2026, 12, 31), 0), (date(2027, 1, 1), 1), (date(2020, 1, 1), 0)],
    )
    def test_cangzhou_and_fujian(self, trained_on, missing):
        for rules in (CANGZHOU, pack("fujian-2014")):
            found = of(rules, "initial", post=replace(IN_OFFICE, trained=certificates(trained_on)))
            assert (found.unit, found.due, found.missing) == (Unit.CERTIFICATE, True, missing)

    def test_one_that_the_register_names_says_its_number(self):
        named = (Trained(on=IN_OFFICE.appointed_on, number="冀质培 2019-7"),)
        found = of(CANGZHOU, "initial", post=replace(IN_OFFICE, trained=named))
        assert (found.met, found.said) == (True, "有名录登记的培训证书 冀质培 2019-7。")


class TestJiangsu:
    CERTIFIED = replace(IN_OFFICE, certified_on=date(2024, 2, 29), certificate_ends=date(2027, 2, 28))

    @pytest.mark.parametrize(
        ("on", "counts"),
        [
            (date(2026, 2, 28), False),
            (date(2026, 3, 1), True),
            (date(2027, 2, 28), True),
            (date(2027, 3, 1), False),
        ],
    )
    def test_one_activity_a_certificate_year(self, on, counts):
        line = learned("0", on, activity=Activity.PUBLICATION)
        found = of(JIANGSU, "continuing", line, post=self.CERTIFIED)
        assert (found.unit, found.due, found.counted) == (Unit.ACTIVITY, True, int(counts))

    @pytest.mark.parametrize(
        ("year", "first", "last"),
        [
            (2023, None, None),
            (2024, date(2024, 2, 29), date(2025, 2, 28)),
            (2025, date(2025, 3, 1), date(2026, 2, 28)),
            (2026, date(2026, 3, 1), date(2027, 2, 28)),
            (2027, None, None),
        ],
    )
    def test_three_certificate_years_each_called_after_the_year_it_begins_in(self, year, first, last):
        found = of(JIANGSU, "continuing", post=self.CERTIFIED, year=year)
        assert (found.due, found.first_day, found.last_day) == (first is not None, first, last)

    @pytest.mark.parametrize(
        ("today", "year", "first"),
        [
            (date(2026, 2, 28), 2026, date(2025, 3, 1)),  # the one that runs
            (date(2026, 3, 1), 2026, date(2026, 3, 1)),
            (date(2027, 2, 28), 2027, date(2026, 3, 1)),  # the third, though none begins
            (date(2027, 3, 1), 2027, None),
            (date(2027, 2, 28), 2026, date(2026, 3, 1)),  # of another year the one that begins there
            (date(2024, 2, 28), 2024, None),
        ],
    )
    def test_of_this_year_the_one_is_meant_that_runs(self, today, year, first):
        found = progress(JIANGSU, year=year, post=self.CERTIFIED, earned=(), today=today)[0]
        assert (found.due, found.first_day) == (first is not None, first)

    def test_who_holds_no_certificate_owes_nothing(self):
        assert not of(JIANGSU, "continuing", post=IN_OFFICE).due


# ── laws ──────────────────────────────────────────────────────────────────────────────────────
days = st.dates(date(2023, 12, 30), date(2028, 1, 2))
lines = st.lists(
    st.builds(
        Earned,
        hours=st.decimals(0, 50, places=2),
        on=days,
        course_class=st.sampled_from([None, 1, 2]),
        counts_for=st.none() | st.integers(2024, 2027),
        activity=st.sampled_from(list(Activity)),
        held=st.sampled_from(["", "等确认。"]),
        refused=st.sampled_from(["", "", "未到场。"]),
    ),
    max_size=8,
)
posts = st.builds(
    Post,
    appointed_on=days,
    left_on=st.none() | days,
    trained=st.lists(st.builds(Trained, on=days, hours=st.sampled_from([None, {1: D(21)}, {1: D(7)}]))).map(
        tuple
    ),
    certified_on=st.none() | days,
)
packs = st.sampled_from(all_packs())
years = st.integers(2024, 2027)


@given(begins=days, year=years)
def test_certificate_years_follow_one_another_without_a_gap(begins, year):
    post = replace(IN_OFFICE, certified_on=begins)
    one, other = (of(JIANGSU, "continuing", post=post, year=each) for each in (year, year + 1))
    if one.due:
        assert one.first_day.year == year
        assert (other.first_day - one.last_day).days == 1
    elif other.due:
        assert other.first_day == begins


@given(rules=packs, year=years, post=posts, earned=lines)
def test_what_counts_and_what_does_not_add_up_to_what_was_earned(rules, year, post, earned):
    for found in progress(rules, year=year, post=post, earned=earned):
        if found.unit is not Unit.CERTIFICATE:
            apart = [*found.entries, *(u.earned for u in found.uncounted)]
            assert sorted(map(repr, apart)) == sorted(map(repr, earned))
            assert sum(e.hours for e in apart) == sum(e.hours for e in earned)
            assert all(u.why for u in found.uncounted)


@given(rules=packs, year=years, post=posts, earned=lines, data=st.data())
def test_the_order_of_the_lines_does_not_matter(rules, year, post, earned, data):
    shuffled = data.draw(st.permutations(earned))
    for one, other in zip(
        progress(rules, year=year, post=post, earned=earned),
        progress(rules, year=year, post=post, earned=shuffled),
        strict=True,
    ):
        assert (one.counted, one.missing, one.might_count) == (
            other.counted,
            other.missing,
            other.might_count,
        )


@given(rules=packs, year=years, post=posts, earned=lines, more=lines)
def test_more_never_makes_less(rules, year, post, earned, more):
    few = progress(rules, year=year, post=post, earned=earned)
    many = progress(rules, year=year, post=post, earned=[*earned, *more])
    for one, other in zip(few, many, strict=True):
        assert other.counted >= one.counted
        assert other.missing <= one.missing
        assert one.missing == max(0, one.required - one.counted)


@given(rules=packs, year=years, post=posts, earned=lines)
def test_once_nothing_stands_against_it_what_might_count_counts(rules, year, post, earned):
    cleared = [replace(each, held="") for each in earned]
    for held, free in zip(
        progress(rules, year=year, post=post, earned=earned),
        progress(rules, year=year, post=post, earned=cleared),
        strict=True,
    ):
        if free.said == held.said:  # a certificate that proves the hours leaves nothing to add
            assert free.counted == held.counted + held.might_count or free.duty.hours == held.counted
