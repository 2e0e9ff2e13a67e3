"""The thresholds of each text from both sides, judged by the real packs."""

from datetime import date

import pytest

from cqo_portal.jurisdictions import all_packs, pack
from cqo_portal.jurisdictions.vocabulary import (
    AccidentLevel,
    Appointer,
    ExperienceKind,
    Fault,
    Level,
    Rank,
    Size,
)
from registry.qualification import (
    Appointment,
    Declared,
    Facts,
    Period,
    QualityCertificate,
    Verdict,
    explain,
    judge,
)

ON = date(2026, 11, 21)
MET, UNMET, UNKNOWN, DISCRETION = Verdict.MET, Verdict.UNMET, Verdict.UNKNOWN, Verdict.DISCRETION
STRONG = {
    "education": Level.DOCTOR,
    "title": Rank.SENIOR,
    "quality_qualification": QualityCertificate(Rank.INTERMEDIATE, date(2012, 6, 1)),
    "experience": (Period(date(2000, 1, 1), None, ExperienceKind.MANAGEMENT),),
    "trained": True,
    "size": Size.LARGE,
    "disqualifications": (),
}


def since(day, kind=ExperienceKind.MANAGEMENT):
    return {"experience": (Period(day, None, kind),)}


def told(edition, **facts):
    return explain(pack(edition), Facts(on=ON, **{**STRONG, **facts}))


def line(edition, key, **facts):
    (found,) = [clause for clause in told(edition, **facts).clauses if clause.key == key]
    return found


@pytest.mark.parametrize("each", all_packs(), ids=lambda each: each.edition)
def test_who_brings_everything_qualifies_everywhere(each):
    assert told(each.edition).verdict is MET


@pytest.mark.parametrize("each", all_packs(), ids=lambda each: each.edition)
def test_who_shows_nothing_cannot_be_judged_anywhere(each):
    told_nothing = explain(each, Facts(on=ON))
    assert told_nothing.verdict is UNKNOWN
    assert {clause.verdict for clause in told_nothing.clauses} <= {UNKNOWN, DISCRETION}


@pytest.mark.parametrize("each", all_packs(), ids=lambda each: each.edition)
def test_who_is_not_trained_does_not_qualify(each):
    assert told(each.edition, trained=False).verdict is UNMET
    assert told(each.edition, trained=None).verdict is UNKNOWN


@pytest.mark.parametrize(
    ("edition", "size", "last_day_to_begin"),
    [
        ("cangzhou-2023", None, date(2023, 11, 21)),
        ("hubei-2021-draft", None, date(2021, 11, 21)),
        ("hubei-2022", None, date(2023, 11, 21)),
        ("jiangsu-2023-draft", None, date(2021, 11, 21)),
        ("hangzhou-2021-draft", None, date(2023, 11, 21)),
        ("fujian-2014", Size.LARGE, date(2021, 11, 21)),
        ("fujian-2014", Size.MEDIUM, date(2021, 11, 21)),
        ("fujian-2014", Size.SMALL, date(2023, 11, 21)),
        ("fujian-2014", Size.MICRO, date(2023, 11, 21)),
        ("fujian-2014", Size.UNCLASSIFIED, date(2021, 11, 21)),
    ],
)
def test_experience_is_met_on_the_day_itself_and_not_the_day_before(edition, size, last_day_to_begin):
    enough = line(edition, "experience", size=size, **since(last_day_to_begin))
    a_day_short = line(edition, "experience", size=size, **since(last_day_to_begin.replace(day=22)))
    assert (enough.verdict, enough.met_from) == (MET, None)
    assert (a_day_short.verdict, a_day_short.met_from) == (UNMET, date(2026, 11, 22))


@pytest.mark.parametrize(
    ("edition", "verdict"),
    [
        ("cangzhou-2023", UNMET),
        ("hubei-2021-draft", UNMET),
        ("hubei-2022", UNMET),
        ("jiangsu-2023-draft", UNMET),
        ("hangzhou-2021-draft", UNMET),
        ("fujian-2014", MET),
    ],
)
def test_quality_work_counts_only_where_the_text_says_quality_work(edition, verdict):
    assert told(edition, **since(date(2000, 1, 1), ExperienceKind.WORK)).verdict is verdict


@pytest.mark.parametrize(
    ("edition", "education", "title", "verdict"),
    [
        ("cangzhou-2023", Level.BACHELOR, Rank.NONE, MET),
        ("cangzhou-2023", Level.SECONDARY, Rank.INTERMEDIATE, MET),
        ("cangzhou-2023", Level.COLLEGE, Rank.INTERMEDIATE, MET),
        ("cangzhou-2023", Level.SECONDARY, Rank.JUNIOR, UNMET),
        ("cangzhou-2023", Level.SECONDARY, None, UNKNOWN),
        ("cangzhou-2023", None, Rank.JUNIOR, UNKNOWN),
        ("cangzhou-2023", None, Rank.INTERMEDIATE, MET),
        ("hubei-2022", Level.BACHELOR, Rank.NONE, MET),
        ("hubei-2022", Level.COLLEGE, Rank.INTERMEDIATE, MET),
        ("hubei-2022", Level.COLLEGE, Rank.JUNIOR, UNMET),
        ("hubei-2021-draft", Level.BACHELOR, Rank.ASSOCIATE_SENIOR, MET),
        ("hubei-2021-draft", Level.COLLEGE, Rank.SENIOR, UNMET),
        ("jiangsu-2023-draft", Level.COLLEGE, Rank.INTERMEDIATE, MET),
        ("jiangsu-2023-draft", Level.SECONDARY, Rank.INTERMEDIATE, UNMET),
        ("jiangsu-2023-draft", Level.COLLEGE, Rank.JUNIOR, UNMET),
        ("jiangsu-2023-draft", Level.DOCTOR, None, UNKNOWN),
        ("hangzhou-2021-draft", Level.BACHELOR, Rank.INTERMEDIATE, MET),
        ("hangzhou-2021-draft", Level.COLLEGE, Rank.INTERMEDIATE, UNMET),
    ],
)
def test_degree_and_title_or_degree_or_title(edition, education, title, verdict):
    assert told(edition, education=education, title=title).verdict is verdict


def test_a_college_graduate_without_title_is_left_to_the_officer_in_cangzhou():
    clause = line("cangzhou-2023", "degree-or-title", education=Level.COLLEGE, title=Rank.JUNIOR)
    assert clause.verdict is DISCRETION
    assert "由备案人员裁量" in clause.why
    assert len(clause.parts) == 2
    assert told("cangzhou-2023", education=Level.COLLEGE, title=Rank.JUNIOR).verdict is MET


def test_discretion_does_not_hide_what_is_unmet():
    told_ = told("cangzhou-2023", education=Level.COLLEGE, title=Rank.JUNIOR, trained=False)
    assert told_.verdict is UNMET


@pytest.mark.parametrize(
    ("certificate", "title", "verdict"),
    [
        (QualityCertificate(Rank.INTERMEDIATE, date(2012, 6, 1)), Rank.NONE, MET),
        (QualityCertificate(Rank.INTERMEDIATE, date(2014, 12, 31)), Rank.NONE, MET),
        (QualityCertificate(Rank.INTERMEDIATE, date(2015, 1, 1)), Rank.NONE, UNMET),
        (QualityCertificate(Rank.JUNIOR, date(2012, 6, 1)), Rank.NONE, UNMET),
        (QualityCertificate(Rank.INTERMEDIATE, None), Rank.NONE, UNKNOWN),
        (QualityCertificate(Rank.NONE), Rank.INTERMEDIATE, UNMET),
        (None, Rank.INTERMEDIATE, UNKNOWN),
        (None, Rank.ASSOCIATE_SENIOR, MET),
        (QualityCertificate(Rank.INTERMEDIATE, date(2015, 1, 1)), Rank.SENIOR, MET),
    ],
)
def test_hubei_draft_accepts_the_abolished_qualification_up_to_2014(certificate, title, verdict):
    assert told("hubei-2021-draft", quality_qualification=certificate, title=title).verdict is verdict


@pytest.mark.parametrize(
    ("size", "education", "title", "verdict"),
    [
        (Size.MEDIUM, Level.BACHELOR, Rank.INTERMEDIATE, MET),
        (Size.MEDIUM, Level.COLLEGE, Rank.INTERMEDIATE, UNMET),
        (Size.LARGE, Level.BACHELOR, Rank.JUNIOR, UNMET),
        (Size.SMALL, Level.SECONDARY, Rank.JUNIOR, MET),
        (Size.MICRO, Level.SECONDARY, Rank.NONE, UNMET),
        (Size.MICRO, Level.NONE, Rank.JUNIOR, UNMET),
        (Size.UNCLASSIFIED, Level.SECONDARY, Rank.JUNIOR, UNMET),
        (Size.UNCLASSIFIED, Level.BACHELOR, Rank.INTERMEDIATE, MET),
        (None, Level.SECONDARY, Rank.JUNIOR, UNKNOWN),
        (None, Level.SECONDARY, Rank.NONE, UNMET),
        (None, Level.BACHELOR, Rank.INTERMEDIATE, MET),
    ],
)
def test_fujian_asks_by_size_and_the_stricter_of_the_unclassified(size, education, title, verdict):
    assert told("fujian-2014", size=size, education=education, title=title).verdict is verdict


def test_the_stricter_set_for_the_unclassified_is_shown_as_our_reading():
    clause = line("fujian-2014", "experience", size=Size.UNCLASSIFIED)
    assert [reading.text[:12] for reading in clause.readings] == ["规模未划分的，适用较严的"]
    assert line("fujian-2014", "experience", size=Size.LARGE).readings == ()


@pytest.mark.parametrize(
    ("edition", "declared", "key", "verdict"),
    [
        ("hubei-2021-draft", Declared(Fault.CRIMINAL), "hb-2-2-1", UNMET),
        ("hubei-2021-draft", Declared(Fault.GRAVE_ERROR_DISCIPLINED), "hb-2-2-1", UNMET),
        ("hubei-2021-draft", Declared(Fault.GRAVE_ERROR), "hb-2-2-1", MET),
        ("hubei-2021-draft", Declared(Fault.PRIVATE_GAIN), "hb-2-2-2", UNMET),
        ("fujian-2014", Declared(Fault.GRAVE_ERROR), "fj-6-1", UNMET),
        ("fujian-2014", Declared(Fault.PRIVATE_GAIN), "fj-6-1", UNMET),
        ("fujian-2014", Declared(Fault.PRIVATE_GAIN), "fj-6-2", UNMET),
        ("fujian-2014", Declared(Fault.ABUSE_OF_OFFICE), "fj-6-3", UNMET),
        ("fujian-2014", Declared(Fault.DISCLOSURE), "fj-6-4", UNMET),
        ("fujian-2014", Declared(Fault.OTHER_HARM), "fj-6-5", UNMET),
        ("jiangsu-2023-draft", Declared(Fault.MISCONDUCT, date(2023, 11, 22)), "js-8-2-a", UNMET),
        ("jiangsu-2023-draft", Declared(Fault.MISCONDUCT, date(2023, 11, 21)), "js-8-2-a", MET),
        ("jiangsu-2023-draft", Declared(Fault.MISCONDUCT), "js-8-2-a", UNKNOWN),
    ],
)
def test_a_declared_fact_counts_where_the_text_names_it(edition, declared, key, verdict):
    assert line(edition, key, disqualifications=(declared,)).verdict is verdict


@pytest.mark.parametrize(
    ("level", "responsible", "hubei", "jiangsu"),
    [
        (AccidentLevel.ORDINARY, True, MET, MET),
        (AccidentLevel.LARGER, True, UNMET, MET),
        (AccidentLevel.MAJOR, True, UNMET, UNMET),
        (AccidentLevel.ESPECIALLY_MAJOR, True, UNMET, UNMET),
        (AccidentLevel.ESPECIALLY_MAJOR, False, MET, MET),
        (AccidentLevel.MAJOR, None, UNKNOWN, UNKNOWN),
        (AccidentLevel.ORDINARY, None, MET, MET),
        (None, True, UNKNOWN, UNKNOWN),
        (None, False, MET, MET),
    ],
)
def test_an_accident_counts_by_level_and_responsibility_however_old(level, responsible, hubei, jiangsu):
    accident = (Declared(Fault.ACCIDENT, date(2001, 1, 1), level, responsible),)
    assert line("hubei-2021-draft", "hb-2-2-3", disqualifications=accident).verdict is hubei
    assert line("jiangsu-2023-draft", "js-8-2-b", disqualifications=accident).verdict is jiangsu


def test_misconduct_stops_counting_after_three_years_in_jiangsu():
    clause = line(
        "jiangsu-2023-draft",
        "js-8-2-a",
        disqualifications=(Declared(Fault.MISCONDUCT, date(2024, 2, 29)),),
    )
    assert (clause.verdict, clause.met_from) == (UNMET, date(2027, 2, 28))


def test_of_two_misconducts_the_later_decides_when_they_stop_counting():
    twice = (Declared(Fault.MISCONDUCT, date(2025, 5, 5)), Declared(Fault.MISCONDUCT, date(2024, 4, 4)))
    assert line("jiangsu-2023-draft", "js-8-2-a", disqualifications=twice).met_from == date(2028, 5, 5)


def test_an_undated_misconduct_beside_a_dated_one_promises_no_day():
    both = (Declared(Fault.MISCONDUCT, date(2025, 5, 5)), Declared(Fault.MISCONDUCT))
    clause = line("jiangsu-2023-draft", "js-8-2-a", disqualifications=both)
    assert (clause.verdict, clause.met_from) == (UNMET, None)


@pytest.mark.parametrize("edition", ["hubei-2021-draft", "hubei-2022", "fujian-2014", "jiangsu-2023-draft"])
def test_what_was_not_declared_is_unknown_and_declared_none_is_met(edition):
    assert told(edition, disqualifications=None).verdict is UNKNOWN
    assert told(edition, disqualifications=()).verdict is MET


@pytest.mark.parametrize("edition", ["cangzhou-2023", "hangzhou-2021-draft"])
def test_where_the_text_names_no_ground_nothing_need_be_declared(edition):
    assert told(edition, disqualifications=None).verdict is MET


@pytest.mark.parametrize(
    ("by", "verdict"),
    [
        (Appointer.TOP_MANAGER, MET),
        (Appointer.PRINCIPAL, MET),
        (Appointer.OTHER, UNMET),
        (None, UNKNOWN),
    ],
)
def test_the_appointment_is_judged_where_one_is_on_the_table(by, verdict):
    assert line("cangzhou-2023", "appointed-by", appointment=Appointment(by)).verdict is verdict
    assert told("cangzhou-2023", appointment=Appointment(by)).verdict is verdict


def test_without_an_appointment_only_the_person_is_judged():
    keys = [clause.key for clause in told("cangzhou-2023", appointment=None).clauses]
    assert keys == ["law", "experience", "degree-or-title", "organising", "theory-and-practice", "training"]


@pytest.mark.parametrize("each", all_packs(), ids=lambda each: each.edition)
@pytest.mark.parametrize("size", [None, *Size])
@pytest.mark.parametrize("education", [None, Level.NONE, Level.SECONDARY, Level.COLLEGE, Level.BACHELOR])
@pytest.mark.parametrize("title", [None, Rank.NONE, Rank.JUNIOR, Rank.INTERMEDIATE])
def test_the_lines_amount_to_the_judgement_of_the_tree(each, size, education, title):
    facts = Facts(on=ON, **{**STRONG, "size": size, "education": education, "title": title})
    assert explain(each, facts).verdict is min(judge(each.qualification, facts), MET)


@pytest.mark.parametrize("each", all_packs(), ids=lambda each: each.edition)
def test_the_keys_of_the_lines_are_unique(each):
    keys = [clause.key for clause in told(each.edition, appointment=Appointment(None)).clauses]
    assert len(keys) == len(set(keys))
