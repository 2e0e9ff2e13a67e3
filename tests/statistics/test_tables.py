"""Every table on a small world, each cell worked out by hand; and that it follows what was known, not what is known."""

from datetime import date, timedelta

import pytest
import time_machine

from cqo_portal.jurisdictions import edition_on, editions
from cqo_portal.parties.editions import editions_across
from cqo_portal.parties.models import Office
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.catalogue import SUBJECTS
from cqo_portal.statistics.counting import ALL, Table, body, faults, plain
from cqo_portal.statistics.subject import tabulate
from cqo_portal.statistics.tables.filings import STATES
from cqo_portal.statistics.world import World
from cqo_portal.workflow.engine import perform
from registry import draft, services
from registry.lists.models import AboveScale
from registry.models import Entry, Filing
from registry.reports.services import open_year as call
from registry.workflow import DISCARD, FILE, RETURN, SEND_UP, SUBMIT, WITHDRAW
from tests import cast
from tests.certificates import rows as certificates
from tests.duties.rows import flagged, learned, trained
from tests.reports import world as reports
from tests.statistics.small import moment, noon, said, small
from tests.training import rows as trainings

pytestmark = pytest.mark.django_db

END = AsOf(date(2026, 12, 31), date(2027, 1, 31))


def table(code: str, area: Office, at: AsOf = END, **how) -> Table:
    found = tabulate(SUBJECTS[code], World(area, at), **how)
    assert faults(found) == []
    return found


def cells(found: Table, *columns: str) -> dict[str, list[str]]:
    """By label of the row what stands in it; all columns where none are named."""
    codes = columns or [head.code for head in found.columns]
    return {
        row.label: ["–" if found[row.code, code] is None else plain(found[row.code, code]) for code in codes]
        for row, _ in found.lines
    }


def keys(found: Table, row: str, column: str) -> set[str]:
    return {member.key for member in found.within(row, column)}


# ── coverage ──────────────────────────────────────────────────────────────────────────────────
def test_coverage_of_a_city_cell_by_cell():
    """应设 已设 未设 覆盖率, and where the text of Hubei sets a target how far it is."""
    found = table("coverage", small().city)
    assert [head.code for head in found.columns if head.code.endswith("short")] == [
        "above_scale.short", "award_winners.short", "small_and_medium.short",
    ]  # fmt: skip
    assert cells(found) == {
        #            all               industry          services        above scale          awards            small, 60 %
        "东湖区": "4 3 1 75   2 2 0 100   1 1 0 100   3 3 0 100 0   1 1 0 100 0   3 2 1 66.7 0".split(),
        "西山区": "2 1 1 50   1 0 1 0   0 0 0 –   1 0 1 0 1   1 1 0 100 0   2 1 1 50 1".split(),
        "合计": "6 4 2 66.7   3 2 1 66.7   1 1 0 100   4 3 1 75 1   2 2 0 100 0   5 3 2 60 0".split(),
    }


def test_coverage_by_sector_size_and_section():
    city = small().city
    assert cells(table("coverage", city, by="sector"), "all.n", "all.has") == {
        "第一产业": ["1", "0"], "第二产业": ["3", "2"], "第三产业": ["2", "2"], "合计": ["6", "4"],
    }  # fmt: skip
    assert cells(table("coverage", city, by="size"), "all.n", "all.has") == {
        "大型": ["1", "1"], "中型": ["1", "0"], "小型": ["3", "3"], "微型": ["1", "0"], "未划分": ["0", "0"],
        "合计": ["6", "4"],
    }  # fmt: skip
    assert cells(table("coverage", city, by="section"), "all.n") == {
        "A 农、林、牧、渔业": ["1"], "C 制造业": ["3"], "F 批发和零售业": ["1"],
        "I 信息传输、软件和信息技术服务业": ["1"], "合计": ["6"],
    }  # fmt: skip


def test_one_dimension_may_be_looked_at_within_another():
    found = table("coverage", small().city, within={"sector": "secondary", "size": "small"})
    assert cells(found, "all.n", "all.has") == {
        "东湖区": ["1", "1"],
        "西山区": ["0", "0"],
        "合计": ["1", "1"],
    }


def test_a_county_sees_itself_and_a_province_its_cities():
    made = small()
    assert cells(table("coverage", made.east), "all.n") == {"东湖区": ["4"], "合计": ["4"]}
    assert cells(table("coverage", made.province), "all.n", "all.share") == {
        "江城市": ["6", "66.7"], "合计": ["6", "66.7"],
    }  # fmt: skip


def test_a_cell_is_exactly_its_records():
    made = small()
    found = table("coverage", made.city)
    assert keys(found, made.east.pk, "all.lacks") == {f"enterprise:{made.firms['ding'].pk}"}
    assert keys(found, ALL, "award_winners.has") == {f"enterprise:{made.firms[k].pk}" for k in ("jia", "ji")}


# ── the two days ──────────────────────────────────────────────────────────────────────────────
def test_between_two_officers_the_post_is_vacant_on_just_those_days():
    made = small()
    said(made.firms["jia"], made.posts["zhao"], on=date(2026, 10, 1), known=date(2026, 9, 28), in_office="no")
    said(
        made.firms["jia"], made.posts["zhao"], on=date(2026, 10, 5), known=date(2026, 10, 4), in_office="yes"
    )
    covered = [
        cells(table("coverage", made.east, AsOf(date(2026, 10, day), END.known)), "all.has")["东湖区"]
        for day in (1, 4, 5)
    ]  # 30 September, before the first of them, is the control
    assert covered == [["2"], ["2"], ["3"]]
    assert cells(table("coverage", made.east, AsOf(date(2026, 9, 30), END.known)), "all.has")["东湖区"] == [
        "3"
    ]


def test_what_was_entered_later_is_not_known_earlier():
    """李四 was appointed on 1 September, and entered on that day."""
    made = small()
    first = date(2026, 9, 1)
    for known, covered in ((date(2026, 8, 31), "2"), (first, "3")):
        assert cells(table("coverage", made.east, AsOf(first, known)), "all.has")["东湖区"] == [covered]


def test_a_correction_answers_only_for_what_was_asked_after_it():
    """On 20 January it turned out that 赵一 had left in November."""
    made = small()
    entry = Entry.objects.get(post=made.posts["zhao"], name="in_office")
    Entry.objects.create(
        organisation=entry.organisation, post=entry.post, name="in_office", value="no",
        effective_on=date(2026, 11, 1), recorded_at=noon(date(2027, 1, 20)),
    )  # fmt: skip
    day = date(2026, 12, 31)
    assert cells(table("coverage", made.east, AsOf(day, date(2027, 1, 19))), "all.has")["东湖区"] == ["3"]
    assert cells(table("coverage", made.east, AsOf(day, date(2027, 1, 20))), "all.has")["东湖区"] == ["2"]


def test_an_enterprise_counts_where_it_belonged_then():
    made = small()
    said(made.firms["jia"], on=date(2026, 12, 1), known=date(2026, 11, 20), office=made.west.pk)
    before, after = AsOf(date(2026, 11, 30), END.known), AsOf(date(2026, 12, 1), END.known)
    assert cells(table("coverage", made.city, before), "all.n") == {
        "东湖区": ["4"],
        "西山区": ["2"],
        "合计": ["6"],
    }
    assert cells(table("coverage", made.city, after), "all.n") == {
        "东湖区": ["3"],
        "西山区": ["3"],
        "合计": ["6"],
    }
    assert cells(table("coverage", made.east, after), "all.n")["东湖区"] == ["3"]


def test_a_list_counts_as_it_stood_on_the_day_of_knowing():
    made = small()
    row = AboveScale.objects.get(organisation=made.firms["wu"])
    AboveScale.objects.filter(pk=row.pk).update(
        ended_at=noon(date(2027, 1, 10)), ended_by=made.gao, ended_reason="停产"
    )
    day = date(2026, 12, 31)
    told = [
        cells(table("coverage", made.city, AsOf(day, known)), "above_scale_industry.n")["合计"]
        for known in (date(2026, 3, 31), date(2026, 4, 1), date(2027, 1, 9), date(2027, 1, 10))
    ]
    assert told == [["0"], ["3"], ["3"], ["2"]]


def test_what_has_no_entry_stands_as_its_row_has_it():
    """Rows of before entries were kept: nothing changed them since, because a change is an entry."""
    made = reports.world()
    assert cells(table("coverage", made.city), "all.n", "all.has") == {
        "东湖区": ["3", "3"], "西山区": ["2", "1"], "合计": ["5", "4"],
    }  # fmt: skip


# ── structure ─────────────────────────────────────────────────────────────────────────────────
def test_structure_cell_by_cell():
    found = table("structure", small().city)
    assert cells(found, "ever", "serves", "left") == {
        "东湖区": ["4", "3", "1"], "西山区": ["2", "1", "1"], "合计": ["6", "4", "2"],
    }  # fmt: skip
    education = ["education.college", "education.bachelor", "education.master", "education.none_said"]
    assert cells(found, *education) == {
        "东湖区": ["1", "1", "1", "0"], "西山区": ["0", "1", "0", "0"], "合计": ["1", "2", "1", "0"],
    }  # fmt: skip
    titles = ["title.none", "title.intermediate", "title.senior"]
    assert cells(found, *titles) == {
        "东湖区": ["1", "1", "1"], "西山区": ["0", "1", "0"], "合计": ["1", "2", "1"],
    }  # fmt: skip
    ages = ["age.35", "age.45", "age.55", "age.56", "age.none"]
    assert cells(found, *ages) == {  # 孙三 31, 赵一 46, 吴六 58; 李四 nobody knows
        "东湖区": ["1", "0", "1", "0", "1"], "西山区": ["0", "0", "0", "1", "0"], "合计": ["1", "0", "1", "1", "1"],
    }  # fmt: skip
    posts = ["also.in_decision_layer", "also.is_top_manager", "also.is_safety_director", "layer"]
    assert cells(found, *posts) == {
        "东湖区": ["1", "1", "0", "33.3"], "西山区": ["0", "0", "0", "0"], "合计": ["1", "1", "0", "25"],
    }  # fmt: skip


# ── filings ───────────────────────────────────────────────────────────────────────────────────
def test_filings_cell_by_cell(people):
    """泊头: handed in on the 2nd, up on the 5th, filed on the 9th. 青县: returned and handed in anew, at the city since the 19th."""

    def taken(step, filing, by, day: int):
        with time_machine.travel(moment(date(2026, 11, day))):
            return perform(step, filing, by=by, today=date(2026, 11, day))

    with time_machine.travel(moment(date(2026, 11, 2))):
        one = services.open_filing(people.hengtong, by=people.liu, today=date(2026, 11, 2))
        draft.save(one, cast.typed(), version=None, by=people.liu)
        services.attach_proof(one, cast.picture(), kind="training", by=people.liu)
    one = taken(SUBMIT, one, people.liu, 2)
    one = taken(SEND_UP, one, people.wang, 5)
    taken(FILE, one, people.meng, 9)

    shenghe = people.dan.acting.organisation
    said_there = cast.typed(
        enterprise__credit_code=shenghe.credit_code, enterprise__name=shenghe.name, enterprise__office="130922",
        officer__name="赵敏", officer__identity_number=trainings.identity(77_001),
    )  # fmt: skip
    with time_machine.travel(moment(date(2026, 11, 10))):
        other = services.open_filing(shenghe, by=people.dan, today=date(2026, 11, 10))
        draft.save(other, said_there, version=None, by=people.dan)
        services.attach_proof(other, cast.picture(shade=90), kind="training", by=people.dan)
    other = taken(SUBMIT, other, people.dan, 10)
    with time_machine.travel(moment(date(2026, 11, 12))):
        services.pin(other, key="officer.name", reason="请核对姓名。", cites="", by=people.qing)
    other = taken(RETURN, other, people.qing, 12)
    other = taken(SUBMIT, other, people.dan, 16)
    taken(SEND_UP, other, people.qing, 19)

    found = table("filings", people.offices["130900"], AsOf(date(2026, 11, 30), date(2026, 12, 1)))
    flow = ["n", "called", "voluntary", "kind.appointment", "state.filed", "state.at_city", "state.returned"]
    assert cells(found, *flow) == {
        "青县": ["1", "0", "1", "1", "0", "1", "0"], "泊头市": ["1", "0", "1", "1", "1", "0", "0"],
        "合计": ["2", "0", "2", "2", "1", "1", "0"],
    }  # fmt: skip
    pace = ["county_days", "city_days", "days", "rounds", "first", "limited", "late"]
    assert cells(found, *pace) == {  # 青县: 2 days, and 3 more once it came back
        "青县": ["5", "–", "–", "2", "–", "0", "0"], "泊头市": ["3", "4", "7", "1", "100", "0", "0"],
        "合计": ["4", "4", "7", "1.5", "100", "0", "0"],
    }  # fmt: skip
    on_the_fourteenth = table(
        "filings", people.offices["130900"], AsOf(date(2026, 11, 14), date(2026, 12, 1))
    )
    assert cells(on_the_fourteenth, *flow)["青县"] == ["1", "0", "1", "1", "0", "0", "1"]
    as_known_then = table("filings", people.offices["130900"], AsOf(date(2026, 11, 30), date(2026, 11, 14)))
    assert cells(as_known_then, *flow)["青县"] == ["1", "0", "1", "1", "0", "0", "1"]


def test_a_filing_that_was_taken_back_and_discarded_breaks_no_sum(people):
    day = date(2026, 11, 20)
    with time_machine.travel(moment(day)):
        one = people.filing(until="at_county")
        one = perform(WITHDRAW, one, by=people.liu, today=day)
        perform(DISCARD, one, by=people.liu, today=day)
    found = table("filings", people.offices["130900"], AsOf(date(2026, 11, 30), date(2026, 12, 1)))
    assert cells(found, "n", "state.draft", "state.discarded")["泊头市"] == ["1", "0", "1"]
    assert set(STATES) == set(Filing.State)  # whatever becomes of one is in some part


def test_a_filing_of_an_enterprise_that_moved_is_counted_once(people):
    day = date(2026, 11, 20)
    with time_machine.travel(moment(day)):
        people.filing(until="filed")
    said(people.hengtong, on=date(2026, 11, 25), known=date(2026, 11, 25), office="130922")
    at = AsOf(date(2026, 11, 30), date(2026, 12, 1))
    assert [
        cells(table("filings", people.offices[code], at), "n")["合计"]
        for code in ("130981", "130922", "130900")
    ] == [["0"], ["1"], ["1"]]


# ── hours ─────────────────────────────────────────────────────────────────────────────────────
def test_hours_of_each_duty_cell_by_cell():
    """赵一 learned 14 h of class 1 and 30 h of class 2; 吴六 21 h before his appointment by certificate, and 10 h of class 2."""
    made = small()
    zhao, wu = made.posts["zhao"].person, made.posts["wu"].person
    with time_machine.travel(moment(date(2026, 11, 20))):
        learned(zhao, "14", on=date(2026, 5, 10), by=made.gao, course_class=1)
        learned(zhao, "30", on=date(2026, 6, 10), by=made.gao, course_class=2)
        learned(wu, "10", on=date(2026, 7, 10), by=made.gao, course_class=2)
        trained(wu, on=date(2023, 12, 1), by=made.gao)
    found = table("hours", made.city)
    assert cells(found, "n", "asked", "met", "short", "share") == {
        "东湖区": ["3", "3", "0", "3", "0"], "西山区": ["1", "1", "0", "1", "0"], "合计": ["4", "4", "0", "4", "0"],
    }  # fmt: skip
    once, yearly, class_2 = (
        head.code.removesuffix(".due") for head in found.columns if head.code.endswith(".due")
    )
    assert cells(found, *(f"{once}.{part}" for part in ("due", "met", "short"))) == {
        "东湖区": ["3", "0", "3"], "西山区": ["1", "1", "0"], "合计": ["4", "1", "3"],
    }  # fmt: skip
    assert cells(found, *(f"{yearly}.{part}" for part in ("due", "met", "short", "share", "hours"))) == {
        # whoever was appointed this year owes nothing of it yet
        "东湖区": ["1", "1", "0", "100", "14"], "西山区": ["1", "0", "1", "0", "0"], "合计": ["2", "1", "1", "50", "14"],
    }  # fmt: skip
    assert cells(found, *(f"{class_2}.{part}" for part in ("due", "met", "short", "share", "hours"))) == {
        "东湖区": ["3", "1", "2", "33.3", "30"], "西山区": ["1", "0", "1", "0", "10"],
        "合计": ["4", "1", "3", "25", "40"],
    }  # fmt: skip


def test_hours_count_as_they_were_known_and_not_while_they_are_asked_about():
    made = small()
    who = made.posts["zhao"].person
    with time_machine.travel(moment(date(2026, 11, 20))):
        entry = learned(who, "30", on=date(2026, 6, 10), by=made.gao, course_class=2)
    with time_machine.travel(moment(date(2026, 12, 1))):
        flagged(entry)
    column = next(
        head.code
        for head in table("hours", made.east).columns
        if "第二类" in head.group and head.unit == "学时"
    )
    day = date(2026, 12, 31)
    told = [
        cells(table("hours", made.east, AsOf(day, known)), column)["东湖区"]
        for known in (date(2026, 11, 19), date(2026, 11, 20), date(2026, 12, 1))
    ]
    assert told == [["0"], ["30"], ["0"]]


# ── providers ─────────────────────────────────────────────────────────────────────────────────
def test_providers_cell_by_cell():
    """Two sessions of one school; of the second one line was taken back in December."""
    made = small()
    with time_machine.travel(moment(date(2026, 11, 20))):
        tan = trainings.provider("江城质量学校")
        trainings.commission(tan.acting.institution, made.city, by=made.gao)
        people = [made.posts[key].person for key in ("zhao", "wu", "li")]
        first = trainings.session(tan, hours={1: "6"}, day=date(2026, 10, 17))
        second = trainings.session(tan, hours={1: "6"}, day=date(2026, 10, 20), name="质量法规")
        for who in people:
            trainings.came(first, who, course_class=1)
        trainings.came(second, people[0], course_class=1)
        for held in (first, second):
            trainings.posted(held, by=tan)
    with time_machine.travel(moment(date(2026, 12, 10))):
        from training import ledger

        ledger.reverse(second.entries.get(), reason="登记错了人", by=tan)
    columns = ["commissions", "sessions", "attendances", "people", "hours", "completions", "void", "reports"]
    day = date(2026, 12, 31)
    assert cells(table("providers", made.city, AsOf(day, date(2026, 12, 9))), *columns) == {
        "江城质量学校": ["1", "2", "4", "3", "24", "0", "0", "0"], "合计": ["1", "2", "4", "3", "24", "0", "0", "0"],
    }  # fmt: skip
    assert cells(table("providers", made.city, AsOf(day, day)), *columns)["合计"] == [
        "1", "2", "3", "3", "18", "0", "0", "0",
    ]  # fmt: skip
    assert cells(table("providers", made.east, AsOf(day, day)), *columns)["合计"] == ["0"] * 8


def test_what_was_trained_before_a_commission_is_not_of_it():
    made = small()
    with time_machine.travel(moment(date(2026, 11, 20))):
        tan = trainings.provider("江城质量学校")
        trainings.commission(tan.acting.institution, made.city, by=made.gao, first_day=date(2026, 10, 18))
        for day in (date(2026, 10, 17), date(2026, 10, 18)):
            held = trainings.session(tan, hours={1: "6"}, day=day, name=f"{day}")
            trainings.came(held, made.posts["zhao"].person, course_class=1)
            trainings.posted(held, by=tan)
    assert cells(table("providers", made.city), "sessions", "attendances", "people", "hours")["合计"] == [
        "1", "1", "1", "6",
    ]  # fmt: skip


# ── evaluations and certificates ──────────────────────────────────────────────────────────────
def test_evaluations_and_certificates_cell_by_cell(people):
    """One result, with a certificate issued today, suspended a hundred days later and void after another hundred."""
    panel, held = certificates.issued(people)
    issued_on, city = held.first_day, people.offices["130900"]
    suspended_on, void_on = issued_on + timedelta(days=100), issued_on + timedelta(days=200)
    known = issued_on + timedelta(days=2000)

    found = table("evaluations", city, AsOf(issued_on, known))
    graded = [head.code for head in found.columns if head.code.startswith("grade.")]
    expected = ["1" if code == f"grade.{held.grade}" else "0" for code in graded]
    assert expected.count("1") == 1
    assert cells(found, "results", *graded)["泊头市"] == ["1", *expected]

    with time_machine.travel(moment(suspended_on)):
        held = certificates.done("suspend", held, on=suspended_on, by=panel.staff)
    with time_machine.travel(moment(void_on)):
        certificates.done("void", held, on=void_on, by=panel.staff)
    states = ["n", "state.valid", "state.suspended", "state.void", "state.expired"]
    one_day = timedelta(days=1)
    days = [
        issued_on - one_day,
        issued_on,
        suspended_on - one_day,
        suspended_on,
        void_on - one_day,
        void_on,
        known,
    ]
    told = [cells(table("certificates", city, AsOf(day, known)), *states)["泊头市"] for day in days]
    assert told == [
        ["0", "0", "0", "0", "0"],
        ["1", "1", "0", "0", "0"],
        ["1", "1", "0", "0", "0"],
        ["1", "0", "1", "0", "0"],
        ["1", "0", "1", "0", "0"],
        ["1", "0", "0", "1", "0"],
        ["1", "0", "0", "1", "0"],  # what is void does not expire
    ]
    not_yet_known = AsOf(void_on, void_on - one_day)
    assert cells(table("certificates", city, not_yet_known), *states)["泊头市"] == ["1", "0", "1", "0", "0"]

    last = held.last_day
    ending = table("certificates", city, AsOf(last.replace(day=1), suspended_on - one_day))
    assert cells(ending, "ending", "ends.0", "ends.1", "ends.later")["泊头市"] == ["1", "1", "0", "0"]
    assert ending.head("ends.0").label == f"{last.year}年{last.month}月"
    expired = table("certificates", city, AsOf(last + one_day, suspended_on - one_day))
    assert cells(expired, *states)["泊头市"] == ["1", "0", "0", "0", "1"]


# ── annual reports ────────────────────────────────────────────────────────────────────────────
def test_reports_cell_by_cell():
    """甲 in time, 乙 handed in after the cut-off, 丙 handed in and not yet received, 丁 not at all; 戊 owes none."""
    made = reports.world()
    with time_machine.travel(moment(date(2026, 12, 10))):
        made.report("jia")
        made.report("bing", until="at_county")
    with time_machine.travel(moment(date(2027, 1, 8))):
        made.report("yi", on=date(2027, 1, 8))
    columns = ["n", "received", "late", "waiting", "missing", "share", "taken"]
    assert cells(table("reports", made.city), *columns) == {
        "东湖区": ["3", "1", "1", "1", "0", "33.3", "66.7"], "西山区": ["1", "0", "0", "0", "1", "0", "0"],
        "合计": ["4", "1", "1", "1", "1", "25", "50"],
    }  # fmt: skip
    before_it_came = AsOf(date(2026, 12, 31), date(2027, 1, 7))
    assert cells(table("reports", made.city, before_it_came), *columns)["东湖区"] == [
        "3", "1", "0", "1", "1", "33.3", "33.3",
    ]  # fmt: skip


def test_where_no_text_asks_for_reports_nobody_owes_one_until_an_office_calls_for_them():
    """Cangzhou's text asks for none; 甲 乙 丙 己 had somebody in the year."""
    made = small("cangzhou")
    found = table("reports", made.city)
    assert cells(found, "n", "missing")["合计"] == ["0", "0"]
    assert {head.group for head in found.columns} == {"2026 年度报告"}
    with time_machine.travel(moment(date(2026, 12, 5))):
        call(made.city, 2026, by=made.gao, today=date(2026, 12, 5))
    assert cells(table("reports", made.city), "n", "missing")["合计"] == ["4", "4"]
    before = AsOf(date(2026, 12, 31), date(2026, 12, 4))
    assert cells(table("reports", made.city, before), "n")["合计"] == ["0"]
    spring = table("reports", made.city, AsOf(date(2026, 3, 31), date(2026, 12, 31)))
    assert {head.group for head in spring.columns} == {"2025 年度报告"}


def test_a_year_is_judged_by_the_edition_at_its_end_also_in_the_spring_after(monkeypatch):
    """A text that begins to ask on 1 January 2027 asks for nothing of 2026."""
    made = small("cangzhou")
    asks = edition_on(editions("hubei"), date(2026, 12, 31))

    def began_to_ask(offices, day, *, known):
        told = editions_across(offices, day, known=known)
        return told if day < date(2027, 1, 1) else dict.fromkeys(told, asks)

    monkeypatch.setattr("cqo_portal.statistics.tables.reports.editions_across", began_to_ask)
    totals = [
        cells(table("reports", made.city, AsOf(day, date(2027, 12, 31))), "n")["合计"]
        for day in (date(2026, 12, 31), date(2027, 2, 1), date(2027, 4, 1))
    ]
    assert totals == [["0"], ["0"], ["4"]]


# ── trend ─────────────────────────────────────────────────────────────────────────────────────
def test_the_trend_of_five_years():
    """Only of 2026 there is a list of enterprises above scale."""
    found = table("trend", small().city)
    columns = ["posts", "above_scale_industry.n", "above_scale_industry.has", "above_scale_industry.share"]
    assert cells(found, *columns) == {
        "2022 年": ["2", "0", "0", "–"],
        "2023 年": ["3", "0", "0", "–"],
        "2024 年": ["4", "0", "0", "–"],
        "2025 年": ["4", "0", "0", "–"],
        "2026 年": ["4", "3", "2", "66.7"],
    }  # 周五 served on the last day of 2025


# ── the same again ────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("code", SUBJECTS)
def test_the_same_question_has_the_same_bytes(code):
    made = small()
    once, again = (body(table(code, made.city)) for _ in range(2))
    assert once == again


@pytest.mark.parametrize("code", [code for code, subject in SUBJECTS.items() if subject.rolls_up])
def test_a_role_that_sees_less_sees_a_part_of_the_same(code):
    """The rows of a county in the table of its city are its own table."""
    made = small()
    whole, part = table(code, made.city), table(code, made.east)
    if not SUBJECTS[code].years:
        for head in whole.columns:
            assert whole[made.east.pk, head.code] == part[ALL, head.code]
