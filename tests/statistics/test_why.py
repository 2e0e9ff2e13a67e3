"""Why did it change: each difference is the sum of the records that moved, and each of them names the acts that moved it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.parties.models import Organisation
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.catalogue import SUBJECTS
from cqo_portal.statistics.counting import ALL, Sort, differences, valued
from cqo_portal.statistics.pages import Side, WhyPage
from cqo_portal.statistics.subject import tabulate
from cqo_portal.statistics.why import Span, causes_of
from cqo_portal.statistics.world import World
from evaluation.decisions import appeals
from registry import entries
from registry.models import Adoption, Entry, Officer
from registry.reports import services as reports
from tests.cast import browser
from tests.certificates import rows as certificates
from tests.duties.rows import learned
from tests.evaluation.decisions import story
from tests.reports.world import office
from tests.statistics.small import listed, moment, officer, said, small

pytestmark = pytest.mark.django_db

END = AsOf(date(2026, 12, 31), date(2027, 1, 31))


def compared(area, before: AsOf, after: AsOf, user, code="coverage", row="", column="all.has") -> WhyPage:
    sides = [Side(tabulate(SUBJECTS[code], World(area, at)), at) for at in (before, after)]
    return WhyPage(*sides, {"row": row, "column": column}, user=user)


def told(page: WhyPage) -> list[tuple[str, str, list[str]]]:
    return [(each.record.title, each.by, [cause.said for cause in each.causes]) for each in page.told]


def test_an_officer_who_left_and_one_who_came():
    made = small()
    page = compared(made.city, AsOf(date(2026, 6, 15), END.known), END, made.gao)
    assert page.chosen.by == 1  # 李四 came in September; at 乙 one followed the other
    assert told(page) == [("丙软件有限公司", "+1", ["登记 李四：在任 = 是"])]
    assert page.sum_of_moved == "+1"


def test_a_correction_is_named_with_who_made_it_and_why():
    made = small()
    entry = Entry.objects.get(post=made.posts["zhao"], name="in_office")
    with time_machine.travel(moment(date(2027, 1, 20))):
        entries.correct(
            entry, value="yes", effective_on=date(2027, 1, 10), by=made.chen, reason="任命文件写的是一月十日"
        )
    page = compared(made.city, AsOf(END.on, date(2027, 1, 19)), END, made.gao)
    assert page.chosen.by == -1
    [(firm, by, causes)] = told(page)
    assert (firm, by) == ("甲机械有限公司", "−1")
    assert causes == ["更正 赵一：在任 = 是（任命文件写的是一月十日）"]
    cause = page.told[0].causes[0]
    assert (cause.by, cause.on) == ("chen", date(2027, 1, 10))
    assert cause.url.endswith(f"#entry-{Entry.objects.get(corrects=entry).pk}")


def test_a_list_that_came_moves_the_whole_of_a_share():
    made = small()
    listed(made, "ding", "industry", known=date(2027, 1, 15))
    page = compared(
        made.city, AsOf(END.on, date(2027, 1, 14)), END, made.gao, column="above_scale_industry.share"
    )
    assert [page.chosen.before, page.chosen.after] == [Decimal("66.7"), Decimal("50.0")]
    assert (page.sum_of_moved, page.sum_of_among) == ("±0", "+1")
    assert told(page) == [("丁种植合作社", "+1", ["列入 2026 年名单：规上工业"])]
    assert page.told[0].among


def test_an_enterprise_that_moved_is_named_in_both_counties():
    made = small()
    said(made.firms["jia"], on=date(2026, 12, 1), known=date(2026, 11, 20), office=made.west.pk)
    before, after = AsOf(date(2026, 11, 30), END.known), END
    for county, by in ((made.east, "−1"), (made.west, "+1")):
        page = compared(made.city, before, after, made.gao, row=county.pk)
        assert told(page) == [("甲机械有限公司", by, ["登记 管辖机构 = 西山区"])]
    assert (ALL, "all.n") not in {(d.row.code, d.head.code) for d in page.differences}


def test_hours_that_were_posted_are_named_by_their_number():
    made = small()
    with time_machine.travel(moment(date(2026, 11, 20))):
        entry = learned(made.posts["zhao"].person, "30", on=date(2026, 6, 10), by=made.gao, course_class=2)
    table = tabulate(SUBJECTS["hours"], World(made.city, END))
    column = next(h.code for h in table.columns if "第二类" in h.group and h.unit == "学时")
    page = compared(
        made.city,
        AsOf(END.on, date(2026, 11, 19)),
        AsOf(END.on, date(2026, 11, 20)),
        made.gao,
        "hours",
        column=column,
    )
    assert page.chosen.by == 30
    assert told(page) == [("赵一", "0 → 30", [f"入账 {entry.number}，30.00 学时"])]


def test_a_certificate_that_expired_says_so(people):
    _, held = certificates.issued(people)
    last = held.last_day
    known = last + timedelta(days=30)
    page = compared(
        people.offices["130900"], AsOf(last, known), AsOf(last + timedelta(days=1), known), people.meng,
        "certificates", column="state.valid",
    )  # fmt: skip
    assert page.chosen.by == -1
    assert told(page) == [(held.name, "−1", [f"{held.number} 有效期到 {last}"])]


def test_what_only_time_changed_is_said_to_be_time_alone():
    """赵一 turns 46 on 1 June: nobody did anything."""
    made = small()
    before, after = AsOf(date(2025, 5, 31), END.known), AsOf(date(2025, 6, 1), END.known)
    page = compared(made.city, before, after, made.gao, "structure", column="age.55")
    assert page.chosen.by == 1
    assert told(page) == [("赵一", "+1", [])]


@pytest.mark.parametrize(("code", "column"), [("certificates", "n"), ("evaluations", "results")])
def test_whatever_belongs_to_an_enterprise_moves_with_it_and_says_so_in_both_counties(people, code, column):
    today = date(2026, 11, 20)
    with time_machine.travel(moment(today)):
        certificates.issued(people)
    moves = today + timedelta(days=5)
    said(people.hengtong, on=date(2022, 1, 1), office="130981")
    said(people.hengtong, on=moves, known=moves, office="130922")
    known = moves + timedelta(days=5)
    before, after = AsOf(moves - timedelta(days=1), known), AsOf(moves + timedelta(days=1), known)
    for county, by in (("130981", "−1"), ("130922", "+1")):
        page = compared(people.offices["130900"], before, after, people.meng, code, row=county, column=column)
        assert [(each[1], each[2]) for each in told(page)] == [(by, ["登记 管辖机构 = 青县"])]


def test_of_an_evaluation_it_is_told_that_it_was_published_and_nothing_of_its_panel(people):
    """The control: its record names everybody who took a step."""
    with time_machine.travel(moment(date(2026, 11, 20))):
        panel, _ = certificates.decided(people)
    names = {str(expert) for expert in panel.experts} | {seat.person.name for seat in panel.panellists}
    assert names & {event.actor_name for event in Event.objects.about(panel.evaluation)}
    published = panel.evaluation.decision.publication.on
    days = f"on={published}&known={published}&was_on={published - timedelta(days=1)}&was_known={published}"
    for who in (people.wang, people.meng):
        for code, column in (
            ("evaluations", "results"),
            ("evaluations", "applications"),
            ("certificates", "n"),
        ):
            with time_machine.travel(moment(published + timedelta(days=1))):
                page = (
                    browser(who).get(f"/statistics/{code}/why/?{days}&row=&column={column}").content.decode()
                )
            assert not [name for name in names if name in page]
        assert (
            "公布"
            in browser(who).get(f"/statistics/evaluations/why/?{days}&row=&column=results").content.decode()
        )


def test_a_result_that_another_panel_replaced_names_the_publication_that_took_its_place(people):
    with time_machine.travel(moment(date(2026, 11, 20))):
        panel = story.published(people)
        lodged = appeals.lodge(
            panel.evaluation, "知识一项的评语与提交的材料不符。", by=people.liu, today=date(2026, 11, 20)
        )
        again = appeals.grant(lodged, "应当再看。", by=panel.staff, today=date(2026, 11, 20)).run
    with time_machine.travel(moment(date(2026, 12, 10))):
        record("publish", again, by=panel.staff, after="published")
    key = f"evaluation:{panel.evaluation.pk}"
    for known, expected in ((date(2026, 12, 9), []), (date(2026, 12, 10), ["公布"])):
        span = Span(AsOf(date(2026, 12, 1), date(2026, 12, 1)), AsOf(date(2026, 12, 31), known))
        causes = causes_of([key], span, subject="evaluations", user=people.wang).get(key, [])
        assert [(cause.said, cause.by) for cause in causes] == [(said, "") for said in expected]


def test_an_edition_that_came_to_be_worked_by_is_named_where_the_table_rests_on_it():
    made = small()
    with time_machine.travel(moment(date(2026, 11, 20))):
        Adoption.objects.create(office=made.city, edition="hubei-2022", rehearsed=True, by=made.gao)
    post = f"post:{made.posts['zhao'].pk}"
    span = Span(AsOf(END.on, date(2026, 11, 19)), AsOf(END.on, date(2026, 11, 20)))
    [cause] = causes_of([post], span, subject="hours", user=made.gao)[post]
    assert cause.said.startswith("江城市采用规则：")
    assert (cause.by, cause.on) == ("gao", date(2022, 10, 24))
    later = Span(AsOf(END.on, date(2026, 11, 20)), AsOf(END.on, date(2026, 11, 21)))
    assert causes_of([post], later, subject="hours", user=made.gao) == {}
    assert causes_of([post], span, subject="structure", user=made.gao) == {}
    Adoption.objects.create(office=made.city, edition="hubei-1999", by=made.gao)  # shipped no more
    assert causes_of([post], span, subject="hours", user=made.gao)[post] == [cause]


def test_an_edition_is_named_where_the_enterprise_belonged_and_not_where_it_belongs_now():
    made = small()
    hill = office("420200", "山城市", "city", made.province, "hubei")
    there = office("420201", "北山区", "county", hill, "hubei")
    said(made.firms["jia"], on=date(2027, 2, 1), known=date(2027, 2, 1), office=there.pk)
    Organisation.objects.filter(pk=made.firms["jia"].pk).update(office=there)
    Officer.objects.filter(organisation=made.firms["jia"]).update(office=there)
    with time_machine.travel(moment(date(2026, 11, 20))):
        for city in (made.city, hill):
            Adoption.objects.create(office=city, edition="hubei-2022", rehearsed=True, by=made.gao)
    post = f"post:{made.posts['zhao'].pk}"
    span = Span(AsOf(END.on, date(2026, 11, 19)), AsOf(END.on, date(2026, 11, 20)))
    told_to = {
        who: [cause.said[:3] for cause in causes_of([post], span, subject="hours", user=who).get(post, ())]
        for who in (made.lin, made.gao)
    }
    assert told_to == {made.lin: ["江城市"], made.gao: []}  # it is no business of its old city any more


def test_that_reports_were_called_for_is_named_with_who_called():
    made = small("cangzhou")
    with time_machine.travel(moment(date(2026, 12, 5))):
        reports.open_year(made.city, 2026, by=made.gao, today=date(2026, 12, 5))
    page = compared(
        made.city, AsOf(END.on, date(2026, 12, 4)), AsOf(END.on, date(2026, 12, 5)), made.gao, "reports", column="n"
    )  # fmt: skip
    assert page.chosen.by == 4
    assert {cause.said for each in page.told for cause in each.causes} == {"要求报送 2026 年度报告"}
    assert all(len(each.causes) == 1 for each in page.told)


def test_of_a_filing_whose_enterprise_is_elsewhere_now_its_county_learns_that_it_went_and_no_more(people):
    """青县 moved it on to 黄骅市 later; the filing stays with 泊头市, and what the others wrote does not come along."""
    day = date(2026, 11, 20)
    with time_machine.travel(moment(day)):
        people.filing(until="filed")
    third = office("130983", "黄骅市", "county", people.offices["130900"], "cangzhou")
    for on, county in ((date(2026, 11, 25), "130922"), (date(2026, 11, 27), third.pk)):
        said(people.hengtong, on=on, known=on, office=county)
    Organisation.objects.filter(pk=people.hengtong.pk).update(office=third)
    before, after = AsOf(date(2026, 11, 24), date(2026, 11, 30)), AsOf(date(2026, 11, 28), date(2026, 11, 30))
    for who, area, expected in (
        (people.wang, people.offices["130981"], ["登记 管辖机构 = 青县"]),
        (people.meng, people.offices["130900"], ["登记 管辖机构 = 青县", "登记 管辖机构 = 黄骅市"]),
    ):
        page = compared(area, before, after, who, "filings", row="130981", column="n")
        [(_, by, causes)] = told(page)
        assert (by, causes) == ("−1", expected)
        assert {bool(cause.url) for cause in page.told[0].causes} == {who == people.meng}


def test_a_row_of_all_is_compared_only_where_the_table_has_one():
    made = small()
    for code, has_one in (("coverage", True), ("trend", False)):
        sides = [
            tabulate(SUBJECTS[code], World(made.city, at)) for at in (AsOf(date(2026, 6, 15), END.known), END)
        ]
        assert any(each.row.code == ALL for each in differences(*sides)) == has_one


def test_a_column_only_one_of_the_tables_has_is_said_to_be_that():
    table = tabulate(SUBJECTS["coverage"], World(small().city, END))
    bare = replace(table, columns=table.columns[:-1])
    page = WhyPage(
        Side(table, END), Side(bare, END), {"row": "", "column": table.columns[-1].code}, user=None
    )
    assert (page.is_one_sided, page.targets, page.told) == (True, None, [])


def test_a_target_that_the_text_changed_is_said_where_nothing_else_moved():
    table = tabulate(SUBJECTS["coverage"], World(small().city, END))
    other = replace(
        table,
        columns=tuple(
            replace(head, ratio=Decimal("0.8")) if head.code == "small_and_medium.short" else head
            for head in table.columns
        ),
    )
    other = replace(other, values=valued(other.columns, other.rows, other.members))
    page = WhyPage(
        Side(table, END), Side(other, END), {"row": "", "column": "small_and_medium.short"}, user=None
    )
    assert (page.chosen.before, page.chosen.after, page.targets) == (0, 1, ("60%", "80%"))
    assert (page.sum_of_moved, page.sum_of_among) == ("±0", "±0")


@pytest.mark.parametrize("code", SUBJECTS)
def test_of_every_table_the_records_that_moved_add_up_to_the_difference(code):
    made = small()
    sides = [
        tabulate(SUBJECTS[code], World(made.city, at)) for at in (AsOf(date(2025, 6, 30), END.known), END)
    ]
    found = differences(*sides)
    for each in found:
        if each.head.sort in (Sort.COUNT, Sort.SUM):
            assert each.by == sum((moved.by for moved in each.moved), Decimal(0)), (each.row, each.head)


def test_a_page_asks_as_much_for_many_records_as_for_one(django_assert_max_num_queries):
    made = small()
    page = compared(made.city, AsOf(date(2022, 2, 1), END.known), END, made.gao)
    page.differences  # noqa: B018 -- computed before the questions are counted
    assert len(page.chosen.moved) == 5  # 周五 went, and four came
    with django_assert_max_num_queries(14):
        assert len(page.told) == 5


def test_two_records_that_changed_places_are_told_although_the_number_is_the_same():
    made = small()
    said(
        made.firms["jia"], made.posts["zhao"], on=date(2026, 12, 1), known=date(2026, 11, 30), in_office="no"
    )
    officer(made.firms["ding"], "郑七", since=date(2026, 12, 1))
    page = compared(made.east, AsOf(date(2026, 11, 30), END.known), END, made.chen)
    assert (page.chosen.before, page.chosen.after) == (3, 3)
    assert [(title, by) for title, by, _ in sorted(told(page))] == [
        ("丁种植合作社", "+1"),
        ("甲机械有限公司", "−1"),
    ]


def test_what_another_county_entered_since_is_not_told():
    """甲 moved to 西山区, which appointed somebody else there: 东湖区 learns that it went, and no more."""
    made = small()
    jia = made.firms["jia"]
    said(jia, on=date(2026, 10, 1), known=date(2026, 9, 20), office=made.west.pk, size="micro")
    type(jia).objects.filter(pk=jia.pk).update(office=made.west)
    Officer.objects.filter(organisation=jia).update(office=made.west)
    said(jia, made.posts["zhao"], on=date(2026, 11, 1), known=date(2026, 11, 1), in_office="no")
    before = AsOf(date(2026, 9, 30), END.known)
    for user, area, expected in (
        (made.chen, made.east, ["登记 管辖机构 = 西山区"]),
        (made.gao, made.city, ["登记 管辖机构 = 西山区", "登记 规模 = 微型", "登记 赵一：在任 = 否"]),
    ):
        page = compared(area, before, END, user, row=made.east.pk, column="all.n")
        assert [causes for title, _, causes in told(page) if title == "甲机械有限公司"] == [expected]
        assert bool(page.told[0].record.url) == (user == made.gao)


def test_many_records_are_told_page_by_page(monkeypatch):
    monkeypatch.setattr("cqo_portal.statistics.pages.MOVED_SHOWN", 2)
    made = small()
    early = AsOf(date(2022, 2, 1), END.known)
    sides = [Side(tabulate(SUBJECTS["coverage"], World(made.city, at)), at) for at in (early, END)]
    titles = []
    for page in ("1", "2", "3", "99"):
        shown = WhyPage(*sides, {"row": "", "column": "all.has", "page": page}, user=made.gao)
        titles.append([each.record.title for each in shown.told])
    assert [len(each) for each in titles] == [2, 2, 1, 1]
    assert len({title for page in titles[:3] for title in page}) == 5
    assert titles[3] == titles[2]
