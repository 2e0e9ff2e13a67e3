"""Every number of the five texts, literally, as domain.md and the articles give it."""

from datetime import date
from decimal import Decimal as D

import pytest

from cqo_portal.jurisdictions import all_packs, pack
from cqo_portal.jurisdictions.calendar import Months, Years
from cqo_portal.jurisdictions.vocabulary import (
    AccidentLevel,
    Act,
    Aggregation,
    Appointer,
    Bars,
    CertificateState,
    Channel,
    Fault,
    FirstYear,
    Nature,
    Party,
    PoolBasis,
    Population,
    Recurrence,
    Size,
    Tier,
)

CANGZHOU = pack("cangzhou-2023")
JIANGSU = pack("jiangsu-2023-draft")
HANGZHOU = pack("hangzhou-2021-draft")
HUBEI_DRAFT = pack("hubei-2021-draft")
HUBEI_FINAL = pack("hubei-2022")
FUJIAN = pack("fujian-2014")
SCHEME = JIANGSU.evaluation
CERTIFICATE = JIANGSU.certificate


@pytest.mark.parametrize(
    ("edition", "years"),
    [
        ("cangzhou-2023", 3),
        ("hubei-2021-draft", 5),
        ("hubei-2022", None),
        ("jiangsu-2023-draft", None),
        ("hangzhou-2021-draft", None),
        ("fujian-2014", None),
    ],
)
def test_a_term_is_normally_so_many_years(edition, years):
    term = pack(edition).term
    assert (term and term.normally) == (years and Years(years))


def test_a_term_of_three_years_ends_the_day_before():
    assert CANGZHOU.term.last_day_from(date(2026, 9, 21)) == date(2029, 9, 20)
    assert CANGZHOU.term.editable


@pytest.mark.parametrize(
    ("edition", "by"),
    [
        ("cangzhou-2023", (Appointer.TOP_MANAGER, Appointer.PRINCIPAL)),
        ("hubei-2021-draft", (Appointer.TOP_MANAGER,)),
        ("jiangsu-2023-draft", (Appointer.TOP_MANAGER,)),
        ("hangzhou-2021-draft", (Appointer.GENERAL_MANAGER, Appointer.SUPERIOR_ORGANISATION)),
        ("fujian-2014", (Appointer.LEGAL_REPRESENTATIVE,)),
    ],
)
def test_an_officer_is_appointed_by(edition, by):
    assert pack(edition).appointed_by.by == by


def test_only_cangzhou_files_county_first_then_city():
    assert [each.jurisdiction for each in all_packs() if each.route] == ["cangzhou"]
    assert [(step.tier, step.act) for step in CANGZHOU.route.steps] == [
        (Tier.COUNTY, Act.PRE_REVIEW),
        (Tier.CITY, Act.FILE),
    ]
    assert [(way.channel, way.announced_yearly, way.cites) for way in CANGZHOU.route.ways] == [
        (Channel.COLLECTIVE, True, "第十三条"),
        (Channel.VOLUNTARY, False, "第十四条第一款"),
    ]


def test_a_change_is_reported_within_a_calendar_month_county_first():
    change = CANGZHOU.route.change
    assert (change.within, change.first_to, change.moves_past_days_off) == (Months(1), Tier.COUNTY, True)
    assert change.within.after(date(2027, 1, 31)) == date(2027, 2, 28)


def test_the_rows_of_table_a_1():
    assert [(row.code, row.label, row.group, row.points) for row in SCHEME.indicators] == [
        ("7.1.1", "质量意识", "awareness", D(80)),
        ("7.1.2", "社会责任意识", "awareness", D(20)),
        ("7.2", "诚信", "integrity", D(60)),
        ("7.3", "知识", "knowledge", D(100)),
        ("7.4.1", "组织能力", "ability", D(40)),
        ("7.4.2", "策划能力", "ability", D(60)),
        ("7.4.3", "实施能力", "ability", D(80)),
        ("7.4.4", "学习能力", "ability", D(60)),
        ("7.4.5", "协调能力", "ability", D(40)),
        ("7.4.6", "沟通能力", "ability", D(60)),
        ("7.5.1", "工作绩效", "results", D(150)),
        ("7.5.2", "学术成就", "results", D(60)),
        ("7.5.3", "创新成果", "results", D(100)),
        ("7.5.4", "社会贡献", "results", D(50)),
        ("7.5.5", "所获荣誉", "results", D(40)),
    ]
    assert SCHEME.total == D(1000)


def test_only_the_rows_of_7_5_are_judged_as_results():
    results = [row.code for row in SCHEME.indicators if row.nature is Nature.RESULT]
    assert results == ["7.5.1", "7.5.2", "7.5.3", "7.5.4", "7.5.5"]


def test_the_minima_of_table_c_1():
    assert [(group.label, group.points, group.minimum, group.exact) for group in SCHEME.groups] == [
        ("意识", D(100), D(20), False),
        ("诚信", D(60), D(60), True),
        ("知识", D(100), D(20), False),
        ("能力", D(340), D(90), False),
        ("业绩", D(400), D(110), False),
    ]
    assert [group.code for group in SCHEME.groups if group.by_finding] == ["integrity"]


def test_the_grades_of_table_c_2():
    assert [(grade.code, grade.least) for grade in SCHEME.grades] == [
        ("AAAAA", D(750)),
        ("AAAA", D(600)),
        ("AAA", D(450)),
        ("AA", D(300)),
    ]
    assert (SCHEME.ungraded.code, SCHEME.ungraded.label) == ("A", "A（不予评级）")
    assert not SCHEME.ungraded.certificate


def test_the_coefficients_and_bands_of_annex_b():
    assert " ".join(map(str, SCHEME.coefficients)) == "0 0.1 0.25 0.3 0.45 0.5 0.65 0.7 0.85 0.9 1.0"
    assert [(band.at_least, band.up_to, band.coefficients) for band in SCHEME.bands] == [
        (D(0), D(10), (D(0),)),
        (D(10), D(25), (D("0.1"), D("0.25"))),
        (D(30), D(45), (D("0.3"), D("0.45"))),
        (D(50), D(65), (D("0.5"), D("0.65"))),
        (D(70), D(85), (D("0.7"), D("0.85"))),
        (D(90), D(100), (D("0.9"), D(1))),
    ]


def test_a_panel_has_three_members_and_agrees_unless_it_chose_the_mean():
    panel = SCHEME.panel
    assert (panel.least, panel.odd_advised, panel.spread_needs_reason) == (3, True, D("0.2"))
    assert panel.aggregations == (Aggregation.CONSENSUS, Aggregation.MEAN)


def test_the_least_grade_advised_by_annex_d():
    assert dict(SCHEME.least_grade_advised.by_size) == {
        Size.LARGE: "AAAA",
        Size.MEDIUM: "AAA",
        Size.SMALL: "AA",
        Size.MICRO: "AA",
    }


def test_a_certificate_is_valid_three_years():
    assert CERTIFICATE.valid_for.length == Years(3)
    assert CERTIFICATE.valid_for.last_day_from(date(2024, 2, 29)) == date(2027, 2, 28)
    assert CERTIFICATE.valid_for.last_day_from(date(2026, 5, 1)) == date(2029, 4, 30)


def test_reapplication_is_due_three_months_before_the_end_and_opens_six_months_before_in_jiangsu():
    assert CERTIFICATE.reapply_by.length == Months(3)
    assert CERTIFICATE.window_opens.length == Months(6)
    assert CERTIFICATE.reapply_by.before(date(2027, 5, 31)) == date(2027, 2, 28)


def test_after_a_loss_one_year_must_pass_but_not_after_expiry():
    assert CERTIFICATE.wait_after_loss.length == Years(1)
    assert CERTIFICATE.wait_applies_to == (
        CertificateState.SUSPENDED,
        CertificateState.DISCONTINUED,
        CertificateState.VOID,
    )


def test_a_certificate_names_seven_particulars():
    assert len(CERTIFICATE.particulars) == 7


def test_one_activity_a_certificate_year_keeps_a_certificate_in_jiangsu():
    (duty,) = JIANGSU.training
    assert (duty.activities, duty.every, len(duty.counts)) == (1, Recurrence.CERTIFICATE_YEAR, 4)


def test_forty_hours_a_year_in_hangzhou():
    initial, continuing = HANGZHOU.training
    assert initial.certificate and initial.every is Recurrence.ONCE
    assert (continuing.hours, continuing.every) == (D(40), Recurrence.CALENDAR_YEAR)


@pytest.mark.parametrize("edition", ["hubei-2021-draft", "hubei-2022"])
def test_two_classes_of_hours_are_counted_apart_in_hubei(edition):
    assert [(d.course_class, d.hours, d.every, d.first_year) for d in pack(edition).training] == [
        (1, D(21), Recurrence.ONCE, FirstYear.DUE),
        (1, D(14), Recurrence.CALENDAR_YEAR, FirstYear.NOT_DUE),
        (2, D(30), Recurrence.CALENDAR_YEAR, FirstYear.DUE),
    ]


def test_the_targets_of_hubei():
    assert [(target.of, target.ratio, target.by) for target in HUBEI_DRAFT.targets] == [
        (Population.AWARD_WINNERS, D(1), date(2021, 12, 31)),
        (Population.ABOVE_SCALE, D(1), date(2025, 12, 31)),
        (Population.SMALL_AND_MEDIUM, D("0.6"), date(2025, 12, 31)),
    ]


def test_the_goal_of_cangzhou_has_no_date():
    assert [(target.of, target.ratio, target.by) for target in CANGZHOU.targets] == [
        (Population.ABOVE_SCALE_INDUSTRY, D(1), None),
        (Population.ABOVE_SCALE_SERVICES, D(1), None),
    ]


def test_the_reports_of_hubei_close_at_the_end_of_the_year():
    assert [(report.by, report.to, report.cut_off) for report in HUBEI_DRAFT.reports] == [
        (Party.ENTERPRISE, Party.COUNTY, None),
        (Party.COUNTY, Party.CITY, (12, 31)),
        (Party.CITY, Party.PROVINCE, (12, 31)),
    ]


def test_providers_report_in_fujian():
    assert [(report.by, report.every) for report in FUJIAN.reports] == [
        (Party.PROVIDER, Recurrence.PROMPTLY),
        (Party.PROVIDER, Recurrence.CALENDAR_YEAR),
        (Party.CITY, Recurrence.PROMPTLY),
    ]


def test_a_pool_has_a_basis():
    assert {each.edition: each.pool.basis for each in all_packs() if each.pool} == {
        "cangzhou-2023": PoolBasis.SELECTED,
        "fujian-2014": PoolBasis.TRAINED,
    }


def test_the_appraisal_of_hangzhou_is_known_up_to_75():
    appraisal = HANGZHOU.appraisal
    assert (appraisal.known, appraisal.total) == (D(75), D(100))
    assert [(g.code, g.points, [item.points for item in g.items]) for g in appraisal.groups] == [
        ("1", D(19), [D(3), D(3), D(4), D(4), D(5)]),
        ("2", D(16), [D(4)] * 4),
        ("3", D(40), [D(5)] * 8),
        ("4", D(5), [D(2), D(3)]),
        ("5", D(20), [D(5)] * 4),
    ]
    assert [g.code for g in appraisal.groups if g.assumed] == ["4", "5"]


@pytest.mark.parametrize(
    ("edition", "count", "bars"),
    [
        ("hubei-2021-draft", 3, Bars.POST),
        ("hubei-2022", 3, Bars.POST),
        ("fujian-2014", 5, Bars.POST),
        ("jiangsu-2023-draft", 3, Bars.EVALUATION),
    ],
)
def test_so_many_grounds_stand_in_the_way(edition, count, bars):
    grounds = pack(edition).disqualifications
    assert (len(grounds), {ground.bars for ground in grounds}) == (count, {bars})


def test_three_years_bind_only_the_first_ground_of_jiangsu():
    assert [ground.lasts for ground in JIANGSU.disqualifications] == [Years(3), None, None]


def test_accidents_count_from_larger_in_hubei_and_from_major_in_jiangsu():
    grounds = [*HUBEI_DRAFT.disqualifications, *JIANGSU.disqualifications]
    levels = {ground.key: ground.from_level for ground in grounds if ground.from_level}
    assert levels == {
        "hb-2-2-3": AccidentLevel.LARGER,
        "js-8-2-b": AccidentLevel.MAJOR,
        "js-8-2-c": AccidentLevel.MAJOR,
    }
    assert all(ground.only_if_responsible for ground in grounds if ground.from_level)


def test_the_final_text_of_hubei_keeps_what_it_is_not_known_to_change():
    assert HUBEI_FINAL.targets == HUBEI_DRAFT.targets
    assert HUBEI_FINAL.disqualifications == HUBEI_DRAFT.disqualifications
    assert "沿用征求意见稿" in HUBEI_FINAL.readings[0].text


def test_every_fault_is_held_against_somebody_somewhere():
    held = {fault for each in all_packs() for ground in each.disqualifications for fault in ground.faults}
    assert held == set(Fault)
