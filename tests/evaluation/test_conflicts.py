"""Every relation between an expert and a candidate, from both sides, and the sentence that says it."""

from dataclasses import replace
from datetime import date

import pytest

from evaluation.conflicts import (
    Candidate,
    Conflict,
    Employer,
    Interest,
    Judged,
    Kind,
    Known,
    Origin,
    Relation,
    SatWith,
    Source,
    Taught,
    conflicts,
)
from tests.evaluation.sheets import SCHEME

TODAY = date(2026, 11, 20)
SEA, AIR = "91350200776049653A", "91440101MA5CJQ4N59"

AT_SEA = Employer(code=SEA, name="云帆海洋工程公司", begins=date(2019, 3, 1))


def taught(**said) -> Taught:
    course = {"candidate_key": "qian", "session": "PX-0003", "what": "首席质量官培训", "on": date(2024, 5, 6)}
    return Taught(**course | {"by": "省质协", "source": Source.DECLARED} | said)


CANDIDATE = Candidate(
    person_key="qian",
    name="钱致远",
    employers=(
        Employer(code=AIR, name="长空航空公司", begins=date(2010, 7, 1), ends=date(2019, 2, 28)),
        AT_SEA,
    ),
)
STRANGER = Known(
    person_key="luo",
    name="罗定坤",
    employers=(Employer(code="123502001549897397", name="省标准化院", begins=date(2001, 1, 1)),),
    taught=(taught(candidate_key="sun", what="卓越绩效"),),
    interests=(Interest(kind=Relation.KINSHIP, source=Source.DECLARED, person_name="孙晓"),),
    judged=(Judged(candidate_key="sun", number="PJ-2025-0007"),),
    sat_with=(SatWith(person_key="sun", number="PJ-2025-0008"),),
)


def found(expert: Known, candidate: Candidate = CANDIDATE) -> list[tuple[Kind, str]]:
    return [(each.kind, each.sentence) for each in conflicts(expert, candidate, on=TODAY, rule=SCHEME.panel)]


def serving(**changed) -> Known:
    return replace(STRANGER, employers=(replace(AT_SEA, **changed),))


def declaring(**interest) -> Known:
    return replace(
        STRANGER, interests=(Interest(**{"kind": Relation.KINSHIP, "source": Source.DECLARED, **interest}),)
    )


def test_a_stranger_may_score():
    assert found(STRANGER) == []


def test_nobody_scores_himself():
    assert found(replace(STRANGER, person_key="qian")) == [(Kind.SAME_PERSON, "罗定坤就是被评价人本人。")]


# ── organisations ─────────────────────────────────────────────────────────────────────────────
def test_colleagues_of_today():
    assert found(serving(begins=date(2021, 1, 1))) == [
        (
            Kind.SAME_ORGANISATION,
            "与被评价人同在云帆海洋工程公司：专家 2021-01-01 至今，被评价人 2019-03-01 至今。",
        )
    ]


@pytest.mark.parametrize(
    ("ends", "kind"),
    [
        (date(2026, 11, 21), Kind.SAME_ORGANISATION),
        (date(2026, 11, 20), Kind.SAME_ORGANISATION),  # the last day is a day in office
        (date(2026, 11, 19), Kind.EARLIER_ORGANISATION),
    ],
)
def test_on_the_day_after_the_last_it_is_an_earlier_one(ends, kind):
    assert [each for each, _ in found(serving(ends=ends))] == [kind]


def test_one_who_will_begin_there_is_a_colleague_already():
    assert found(serving(begins=date(2027, 1, 1))) == [
        (
            Kind.SAME_ORGANISATION,
            "与被评价人同在云帆海洋工程公司：专家 2027-01-01 至今，被评价人 2019-03-01 至今。",
        )
    ]


@pytest.mark.parametrize(
    ("begins", "ends", "together"),
    [
        (date(2001, 1, 1), date(2010, 6, 30), "没有同事的时间"),
        (date(2001, 1, 1), date(2010, 7, 1), "有同事的时间"),
        (date(2019, 2, 28), date(2020, 1, 1), "有同事的时间"),
        (date(2019, 3, 1), None, "没有同事的时间"),
    ],
)
def test_an_organisation_both_have_served_counts_at_whatever_time_and_says_whether_they_met(
    begins, ends, together
):
    expert = replace(STRANGER, employers=(Employer(code=AIR, name="长空航空公司", begins=begins, ends=ends),))
    until = f" {ends:%Y-%m-%d}" if ends else "今"
    assert found(expert) == [
        (
            Kind.EARLIER_ORGANISATION,
            f"与被评价人都任职过长空航空公司：专家 {begins:%Y-%m-%d} 至{until}，"
            f"被评价人 2010-07-01 至 2019-02-28，{together}。",
        )
    ]


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"name": "改过的名字"}, True),
        ({"code": "91350200776049653a", "name": "改过的名字"}, True),
        ({"code": " ９１３５０２００７７６０４９６５３Ａ ", "name": "改过的名字"}, True),
        ({"code": "123502001549897397"}, False),  # two codes decide, whatever the names
        ({"code": ""}, True),
        ({"code": "", "name": " 云帆 海洋工程公司\u3000"}, True),
        ({"code": "", "name": "云帆海洋工程有限公司"}, False),  # alike is not the same
        ({"code": "", "name": ""}, False),
    ],
)
def test_a_code_decides_and_without_one_the_name(changed, same):
    assert [kind for kind, _ in found(serving(**changed))] == ([Kind.SAME_ORGANISATION] if same else [])


def test_a_candidates_organisation_without_a_code_is_known_by_name():
    candidate = replace(CANDIDATE, employers=(replace(AT_SEA, code="", name="云帆（南通）Ltd"),))
    assert [kind for kind, _ in found(serving(name="云帆(南通)LTD"), candidate)] == [Kind.SAME_ORGANISATION]
    assert found(serving(name="云帆(南京)LTD"), candidate) == []


def test_two_without_any_name_are_not_the_same():
    nameless = replace(CANDIDATE, employers=(replace(AT_SEA, code="", name=""),))
    assert found(serving(code="", name=" "), nameless) == []


# ── courses and panels ────────────────────────────────────────────────────────────────────────
def test_a_teacher_of_the_candidate():
    """The course with its number, who held it, and how it is known."""
    assert found(replace(STRANGER, taught=(*STRANGER.taught, taught(source=Source.BY_NAME)))) == [
        (Kind.TAUGHT, "2024-05-06 给被评价人讲授过“首席质量官培训（PX-0003）”（省质协，按姓名相符）。")
    ]


def test_one_who_has_judged_him_before():
    before = Judged(candidate_key="qian", number="PJ-2023-0101")
    assert found(replace(STRANGER, judged=(*STRANGER.judged, before))) == [
        (Kind.JUDGED_BEFORE, "在 PJ-2023-0101 中评价过被评价人。")
    ]


def test_one_who_has_sat_on_a_panel_with_him():
    before = SatWith(person_key="qian", number="PJ-2024-0033")
    assert found(replace(STRANGER, sat_with=(*STRANGER.sat_with, before))) == [
        (Kind.SAT_TOGETHER, "在 PJ-2024-0033 中与被评价人同为评价组成员。")
    ]


# ── what he says himself ──────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("interest", "sentence"),
    [
        (
            {"person_name": "钱致远"},
            "与钱致远有亲属关系（本人申报）：与被评价人姓名相同。",
        ),
        (
            {"kind": Relation.SUPERVISION, "person_name": "钱 致远"},
            "与钱 致远有上下级或师生关系（本人申报）：与被评价人姓名相同。",
        ),
        (
            {"kind": Relation.BUSINESS, "organisation_code": SEA, "organisation_name": "云帆"},
            "与云帆有经济往来（本人申报）：被评价人在该组织任职。",
        ),
        (
            {"kind": Relation.OTHER, "organisation_code": SEA},
            f"与{SEA}有其他利害关系（本人申报）：被评价人在该组织任职。",
        ),
        (
            {"person_name": "李薇", "organisation_name": "云帆海洋工程公司"},
            "与李薇（云帆海洋工程公司）有亲属关系（本人申报）：被评价人任职的组织与其名称相同。",
        ),
        (
            {"person_name": "钱致远", "organisation_name": "云帆海洋工程公司"},
            "与钱致远（云帆海洋工程公司）有亲属关系（本人申报）："
            "与被评价人姓名相同，被评价人任职的组织与其名称相同。",
        ),
        (
            {"person_name": "钱致远", "begins": date(2019, 1, 1), "ends": date(2026, 11, 19)},
            "与钱致远有亲属关系（本人申报，2026-11-19 结束）：与被评价人姓名相同。",
        ),
        (
            {"person_name": "钱致远", "ends": date(2026, 11, 20)},
            "与钱致远有亲属关系（本人申报）：与被评价人姓名相同。",
        ),
    ],
)
def test_what_was_declared_of_the_candidate_or_his_organisation(interest, sentence):
    assert found(declaring(**interest)) == [(Kind.DECLARED, sentence)]


@pytest.mark.parametrize(
    "interest",
    [
        {"person_name": "钱致"},
        {"organisation_name": "云帆"},
        {"organisation_code": AIR},  # he has left it
        {},
    ],
)
def test_what_was_declared_of_others_is_no_matter(interest):
    assert found(declaring(**interest)) == []


def test_of_an_organisation_it_is_said_once_however_many_posts_he_has_there():
    twice = replace(CANDIDATE, employers=(AT_SEA, replace(AT_SEA, begins=date(2022, 1, 1))))
    assert len(found(declaring(organisation_code=SEA), twice)) == 1


def test_everything_is_found_at_once_with_its_source_and_clause():
    expert = Known(
        person_key="qian",
        name="钱致远",
        employers=CANDIDATE.employers,
        taught=(taught(what="六西格玛"),),
        interests=(Interest(kind=Relation.BUSINESS, source=Source.DECLARED, organisation_code=SEA),),
        judged=(Judged(candidate_key="qian", number="PJ-1"),),
        sat_with=(SatWith(person_key="qian", number="PJ-2"),),
    )
    all_of_them = conflicts(expert, CANDIDATE, on=TODAY, rule=SCHEME.panel)
    assert [(each.kind, each.origin) for each in all_of_them] == [
        (Kind.SAME_PERSON, Origin.DETECTED),
        (Kind.EARLIER_ORGANISATION, Origin.DETECTED),
        (Kind.SAME_ORGANISATION, Origin.DETECTED),
        (Kind.TAUGHT, Origin.DETECTED),
        (Kind.JUDGED_BEFORE, Origin.DETECTED),
        (Kind.SAT_TOGETHER, Origin.DETECTED),
        (Kind.DECLARED, Origin.DECLARED),
    ]
    assert {each.cites for each in all_of_them} == {"8.3 公正性要求"}
    assert all_of_them[0] == Conflict(
        Kind.SAME_PERSON, "钱致远就是被评价人本人。", Origin.DETECTED, "8.3 公正性要求"
    )


# ── what rests on a name alone ────────────────────────────────────────────────────────────────
def by_name(expert: Known, candidate: Candidate = CANDIDATE) -> list[bool]:
    return [each.by_name for each in conflicts(expert, candidate, on=TODAY, rule=SCHEME.panel)]


@pytest.mark.parametrize(
    ("expert", "alone"),
    [
        (serving(), False),
        (serving(code=""), True),
        (serving(code="", ends=date(2020, 1, 1)), True),
        (replace(STRANGER, taught=(taught(source=Source.BY_NAME),)), True),
        (replace(STRANGER, taught=(taught(source=Source.DECLARED),)), False),
        (replace(STRANGER, taught=(taught(source=Source.BODY),)), False),
        (declaring(person_name="钱致远"), True),
        (declaring(organisation_name="云帆海洋工程公司"), True),
        (declaring(organisation_code=SEA), False),
        (declaring(person_name="钱致远", organisation_code=SEA), False),
        (replace(STRANGER, person_key="qian"), False),
        (replace(STRANGER, judged=(Judged(candidate_key="qian", number="PJ-1"),)), False),
        (replace(STRANGER, sat_with=(SatWith(person_key="qian", number="PJ-2"),)), False),
    ],
)
def test_it_is_known_whether_a_finding_rests_on_a_name_alone(expert, alone):
    assert by_name(expert) == [alone]


def test_an_organisation_known_by_its_name_only_is_called_so():
    assert found(serving(code="", source=Source.BODY)) == [
        (
            Kind.SAME_ORGANISATION,
            "与被评价人同在云帆海洋工程公司（按名称相符）：专家 2019-03-01 至今（评价机构补充），"
            "被评价人 2019-03-01 至今。",
        )
    ]


def test_what_a_body_added_is_not_called_declared():
    (one,) = conflicts(
        declaring(person_name="钱致远", source=Source.BODY), CANDIDATE, on=TODAY, rule=SCHEME.panel
    )
    assert (one.origin, one.relation) == (Origin.DETECTED, Relation.KINSHIP)
    assert one.sentence == "与钱致远有亲属关系（评价机构补充）：与被评价人姓名相同。"


def test_a_fingerprint_is_of_what_is_said():
    def prints(expert):
        return [each.fingerprint for each in conflicts(expert, CANDIDATE, on=TODAY, rule=SCHEME.panel)]

    one, same, other = (replace(STRANGER, taught=(taught(session=n),)) for n in ("PX-1", "PX-1", "PX-2"))
    assert prints(one) == prints(same) != prints(other)
    assert len({Conflict(kind, "一样的话。").fingerprint for kind in Kind}) == len(Kind)
