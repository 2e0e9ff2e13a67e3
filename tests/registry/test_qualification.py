"""The algebra of verdicts and the sentences, on invented requirements. The texts' own numbers are tested beside
the packs."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cqo_portal import jurisdictions
from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.jurisdictions.class_hour import USUAL
from cqo_portal.jurisdictions.requirements import (
    AppointedBy,
    BySize,
    Discretion,
    Education,
    Either,
    Every,
    Experience,
    ForSizes,
    OfficerDecides,
    Reading,
    Title,
    Trained,
)
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.jurisdictions.vocabulary import Appointer, ExperienceKind, Level, Rank, Size, Status
from registry.qualification import Facts, Period, Ruler, Verdict, explain, judge

ON = date(2026, 10, 3)
UNMET, UNKNOWN, MET, DISCRETION = Verdict
READING = Reading("an invented reading", "an invented reason")


def said(key):
    return {"key": key, "label": f"label of {key}", "cites": f"article of {key}"}


DEGREE = Education(Level.BACHELOR, **said("degree"))
RANK = Title(Rank.INTERMEDIATE, **said("title"))
YEARS = Experience(Years(3), ExperienceKind.MANAGEMENT, **said("experience"))
TRAINED = Trained(**said("training"))
ABILITY = Discretion(**said("ability"))
DEGREE_OR_TITLE = Either((DEGREE, RANK), **said("degree-or-title"))


def pack(*parts):
    return RulePack(
        jurisdiction="nowhere",
        label="无",
        edition="nowhere-1",
        title="invented",
        status=Status.IN_FORCE,
        in_force_from=date(2000, 1, 1),
        source="invented",
        qualification=Every(parts),
        appointed_by=AppointedBy((Appointer.OTHER,), **said("appointed-by")),
        class_hour=USUAL,
    )


def line(part, **facts):
    (found,) = explain(pack(part), Facts(on=ON, **facts)).clauses
    return found


def since(day):
    return (Period(date.fromisoformat(day), None, ExperienceKind.MANAGEMENT),)


def test_verdicts_are_ordered_with_discretion_above_all():
    assert UNMET < UNKNOWN < MET < DISCRETION


@pytest.mark.parametrize(
    ("degree", "title", "every", "either"),
    [
        (Level.MASTER, Rank.SENIOR, MET, MET),
        (Level.MASTER, None, UNKNOWN, MET),
        (Level.MASTER, Rank.NONE, UNMET, MET),
        (None, None, UNKNOWN, UNKNOWN),
        (None, Rank.NONE, UNMET, UNKNOWN),
        (Level.NONE, Rank.NONE, UNMET, UNMET),
    ],
)
def test_every_is_the_least_and_either_the_greatest(degree, title, every, either):
    facts = Facts(on=ON, education=degree, title=title)
    assert judge(Every((DEGREE, RANK)), facts) is every
    assert judge(DEGREE_OR_TITLE, facts) is either


def test_discretion_alone_qualifies_nobody_and_bars_nobody():
    assert judge(Every((ABILITY,)), Facts(on=ON)) is DISCRETION
    assert explain(pack(ABILITY), Facts(on=ON)).verdict is MET
    assert explain(pack(ABILITY, TRAINED), Facts(on=ON, trained=None)).verdict is UNKNOWN


@pytest.mark.parametrize(
    ("education", "title", "verdict"),
    [
        (Level.COLLEGE, Rank.NONE, DISCRETION),
        (Level.COLLEGE, None, UNKNOWN),
        (Level.SECONDARY, Rank.NONE, UNMET),
        (Level.BACHELOR, Rank.NONE, MET),
    ],
)
def test_an_officer_decides_only_what_would_be_unmet(education, title, verdict):
    college = Education(Level.COLLEGE, **said("college"))
    softened = OfficerDecides(part=DEGREE_OR_TITLE, where=college, reading=READING)
    clause = line(softened, education=education, title=title)
    assert clause.verdict is verdict
    assert (READING in clause.readings) is (verdict is DISCRETION)


@pytest.mark.parametrize(
    ("education", "graduated", "verdict"),
    [
        (Level.BACHELOR, True, MET),
        (Level.BACHELOR, None, UNKNOWN),
        (Level.BACHELOR, False, UNMET),
        (Level.MASTER, False, UNKNOWN),  # a bachelor's degree is likely, but was not shown
        (Level.COLLEGE, None, UNMET),
        (Level.NONE, None, UNMET),
        (None, True, UNKNOWN),
    ],
)
def test_only_a_level_one_graduated_from_counts(education, graduated, verdict):
    assert line(DEGREE, education=education, graduated=graduated).verdict is verdict


def test_what_is_short_is_told_with_the_day_it_will_do():
    clause = line(YEARS, experience=since("2024-03-03"))
    assert (clause.verdict, clause.value, clause.threshold) == (UNMET, "2年7个月", "3 年")
    assert clause.why == "2年7个月，差 5个月。2027-03-03 起符合。"
    assert (clause.met_from, clause.ruler) == (date(2027, 3, 3), Ruler(944, 1095, "天"))
    assert (clause.key, clause.label, clause.cites) == (
        "experience",
        "label of experience",
        "article of experience",
    )


def test_no_experience_at_all_is_a_value_and_unshown_is_not():
    none, unshown = line(YEARS, experience=()), line(YEARS, experience=None)
    assert (none.verdict, none.value, none.why) == (UNMET, "0天", "0天，差 3年。")
    assert (unshown.verdict, unshown.value) == (UNKNOWN, "未提供")


def test_an_either_or_is_one_line_with_its_reasons():
    clause = line(DEGREE_OR_TITLE, education=Level.COLLEGE, title=Rank.INTERMEDIATE)
    assert (clause.verdict, clause.key) == (MET, "degree-or-title")
    assert clause.threshold == "label of degree 或 label of title"
    assert (clause.value, clause.why) == ("中级", "职称为中级。有一即可。")
    assert [(part.key, part.verdict) for part in clause.parts] == [("degree", UNMET), ("title", MET)]


def test_an_unmet_either_or_gives_every_reason():
    clause = line(DEGREE_OR_TITLE, education=Level.COLLEGE, title=Rank.JUNIOR)
    assert clause.value == "大专；初级"
    assert clause.why == "学历为大专，要求本科及以上。职称为初级，要求中级及以上。"


def test_everything_is_met_when_the_last_clause_time_helps_is_met():
    wait = explain(pack(YEARS, DEGREE), Facts(on=ON, education=Level.DOCTOR, experience=since("2024-03-03")))
    assert (wait.verdict, wait.met_from) == (UNMET, date(2027, 3, 3))


def test_time_does_not_give_a_degree():
    wait = explain(pack(YEARS, DEGREE), Facts(on=ON, education=Level.NONE, experience=since("2024-03-03")))
    assert wait.met_from is None


def test_the_tally_counts_worst_first():
    told = explain(pack(ABILITY, YEARS, TRAINED), Facts(on=ON, trained=True, experience=()))
    assert list(told.tally.items()) == [(UNMET, 1), (MET, 1), (DISCRETION, 1)]


STRICT_THEN_MILD = BySize(
    key="by-size",
    cases=(
        ForSizes("big", frozenset({Size.LARGE, Size.MEDIUM}), Every((DEGREE,))),
        ForSizes("small", frozenset({Size.SMALL, Size.MICRO}), Every((RANK,))),
    ),
    unclassified=READING,
)


@pytest.mark.parametrize(
    ("size", "key", "verdict"),
    [
        (Size.LARGE, "degree", UNMET),
        (Size.MICRO, "title", MET),
        (Size.UNCLASSIFIED, "degree", UNMET),
        (None, "degree", UNKNOWN),
    ],
)
def test_a_size_chooses_the_set_and_an_open_size_leaves_open_what_it_could_settle(size, key, verdict):
    clause = line(STRICT_THEN_MILD, size=size, education=Level.COLLEGE, title=Rank.SENIOR)
    assert (clause.key, clause.verdict) == (key, verdict)
    assert (READING in clause.readings) is (size in (None, Size.UNCLASSIFIED))


# Properties -----------------------------------------------------------------------------------------------------

LEAVES = st.sampled_from([DEGREE, RANK, YEARS, TRAINED])
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Every(tuple(parts)))
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: Either(tuple(parts), **said("either")))
    ),
    max_leaves=6,
)
STARTS = st.dates(date(2015, 1, 1), date(2028, 1, 1))
PERIODS = st.builds(
    lambda start, days: Period(start, days and start + timedelta(days), ExperienceKind.MANAGEMENT),
    STARTS,
    st.none() | st.integers(1, 2000),
)
FACTS = st.builds(
    Facts,
    on=st.just(ON),
    education=st.none() | st.sampled_from(Level),
    graduated=st.sampled_from([True, False, None]),
    title=st.none() | st.sampled_from(Rank),
    experience=st.none() | st.lists(PERIODS, max_size=3).map(tuple),
    trained=st.sampled_from([True, False, None]),
)


@given(st.lists(TREES, min_size=1, max_size=3), FACTS)
def test_algebra(parts, facts):
    verdicts = [judge(part, facts) for part in parts]
    assert judge(Every(tuple(parts)), facts) is min(verdicts)
    assert judge(Either(tuple(parts), **said("either")), facts) is max(verdicts)
    assert judge(Every((*parts, ABILITY)), facts) is min(verdicts)


@given(TREES, FACTS, PERIODS)
def test_more_experience_never_lowers_a_verdict(tree, facts, more):
    richer = replace(facts, experience=(*(facts.experience or ()), more))
    if facts.experience is not None:
        assert judge(tree, richer) >= judge(tree, facts)


@given(TREES, FACTS, st.sampled_from(Rank))
def test_a_higher_title_never_lowers_a_verdict(tree, facts, title):
    if facts.title is not None and title >= facts.title:
        assert judge(tree, replace(facts, title=title)) >= judge(tree, facts)


@given(TREES, FACTS, st.sampled_from(["education", "title", "experience", "trained"]))
def test_hiding_a_fact_never_settles_what_was_open(tree, facts, name):
    """To show less moves a verdict towards "cannot tell", never from one certainty to the other."""
    hidden = judge(tree, replace(facts, **{name: None}))
    assert hidden in (judge(tree, facts), UNKNOWN)


@given(st.sampled_from(jurisdictions.all_packs()), FACTS)
def test_met_from_is_the_first_day_everything_is_met(pack, facts):
    told = explain(pack, facts)
    if told.met_from and told.verdict is UNMET:
        assert explain(pack, replace(facts, on=told.met_from)).verdict is MET
        assert explain(pack, replace(facts, on=told.met_from - timedelta(1))).verdict is not MET


def test_a_ruler_counts_whole_days_not_fractions():
    ruler = line(YEARS, experience=since("2023-10-03")).ruler
    assert (ruler.value, ruler.threshold) == (1096, 1096)
    assert not isinstance(ruler.value, float | Decimal)
