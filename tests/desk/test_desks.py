"""The desk of each role: the title says the fact, the figures open their records, the work is where it says."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.audit.record import record
from cqo_portal.desk import queries
from cqo_portal.reference.load import load_working_days
from cqo_portal.workflow.engine import perform
from evaluation.experts import services as experts
from evaluation.models import Evaluation, Interview, Panellist
from registry import services
from registry.models import Filing
from registry.workflow import DISCARD, RETURN
from tests.bodies import rows as bodies
from tests.cast import institution, user
from tests.desk.rows import LONG, NOON, TODAY, filing, officer
from tests.duties import rows as duties
from tests.evaluation import rows as evaluations
from tests.training import rows as trainings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def home(client, who) -> str:
    client.force_login(who)
    return client.get("/").content.decode()


def title(text: str) -> str:
    return text.split("<h1>")[1].split("</h1>")[0]


# ── county and city ───────────────────────────────────────────────────────────────────────────
def test_a_county_without_work_says_where_the_work_is(client, people):
    filing(people.offices["130981"], 1, by=people.liu, state="at_city")
    filing(people.offices["130981"], 2, by=people.liu, state="returned")
    text = home(client, people.wang)
    assert title(text) == "没有轮到我局的备案"
    assert "现在待市级备案 1 件，待企业补正 1 件。" in text


def test_a_county_where_nothing_ever_came_is_told_what_will_come(client, people):
    assert "企业提交后会出现在这里" in home(client, people.wang)


def test_a_county_sees_its_own_queue_oldest_first_with_ages(client, people):
    filing(people.offices["130981"], 1, by=people.liu, days=2)
    filing(people.offices["130981"], 2, by=people.liu, days=9, turn=2)
    filing(people.offices["130922"], 3, by=people.liu, days=30)
    text = home(client, people.wang)
    assert title(text) == "轮到我局的 2 件，最久已 9 天"
    assert text.index("泊头第2管件有限公司") < text.index(LONG)
    assert "泊头第3管件有限公司" not in text
    assert "含补正后重报 1 件" in text
    assert "第 2 轮" in text
    assert 'class="num"><span>9 天<span class="sub">受理当天</span></span>' in text


def test_the_age_of_a_case_goes_on_where_the_days_at_this_office_begin_anew(client, people):
    row = filing(people.offices["130981"], 1, by=people.liu, days=2)
    Filing.objects.filter(pk=row.pk).update(submitted_on=TODAY - timedelta(days=40))
    client.force_login(people.wang)
    here, listed = client.get("/").content.decode(), client.get("/filings/").content.decode()
    assert '<span>2 天<span class="sub">受理后 40 天</span></span>' in here
    assert '<span>受理后 40 天<span class="sub">本环节：2 天</span></span>' in listed


def test_the_rule_of_time_of_the_queue_comes_from_the_pack(client, people):
    filing(people.offices["130981"], 1, by=people.liu)
    text = home(client, people.wang)
    assert '<a href="/rules/cangzhou/?edition=cangzhou-2023#cz-14-1">第十四条第一款</a>' in text


def test_a_city_sees_each_county_with_what_lies_where(people):
    county, other = people.offices["130981"], people.offices["130922"]
    filing(county, 1, by=people.liu, state="at_county")
    filing(county, 2, by=people.liu, state="at_city")
    filing(other, 3, by=people.liu, state="returned")
    officer(county, 4, by=people.liu)
    officer(county, 5, by=people.liu)
    desk = queries.desk_of(people.meng, today=TODAY)
    assert [(area.office.area, dict(area.lies), area.in_office) for area in desk.areas] == [
        ("青县", {"returned": 1}, 0),
        ("泊头市", {"at_county": 1, "at_city": 1}, 2),
    ]
    assert desk.title == "轮到我局的 1 件，都是今天到的"
    assert desk.others == 2


def test_a_province_adds_its_cities_up_and_has_no_queue(client, people):
    filing(people.offices["130981"], 1, by=people.liu, state="at_county", days=3)
    filing(people.offices["130922"], 2, by=people.liu, state="at_city")
    officer(people.offices["130981"], 3, by=people.liu)
    desk = queries.desk_of(people.hao, today=TODAY)
    assert desk.title == "河北省在办 2 件，在任首席质量官 1 人"
    assert [(area.office.area, area.under_way, area.in_office) for area in desk.areas] == [("沧州市", 2, 1)]
    text = home(client, people.hao)
    assert "轮到我局" not in text
    assert "/desk/register/?standing=active&amp;office=130900" in text
    assert "/filings/?turn=all&amp;state=at_county&amp;office=130900" in text
    listed = client.get("/filings/?turn=all&state=at_county&office=130900").content.decode()
    assert listed.count("<tr data-row") == 1


@pytest.mark.parametrize(("who", "state"), [("wang", "at_county"), ("meng", "at_city"), ("wang", "returned")])
def test_a_figure_opens_exactly_its_records(client, people, who, state):
    county = people.offices["130981"]
    for number, lies in enumerate(("at_county", "at_city", "returned", "at_county", "filed"), start=1):
        filing(county, number, by=people.liu, state=lies)
    someone = getattr(people, who)
    client.force_login(someone)
    assert f'href="/filings/?turn=all&amp;state={state}"' in client.get("/").content.decode()
    listed = client.get(f"/filings/?turn=all&state={state}").context["page"]
    assert listed.total == queries.desk_of(someone, today=TODAY).lies[state].count


def test_terms_that_end_stand_beside_the_work(client, people):
    county = people.offices["130981"]
    officer(
        county, 1, by=people.liu, name="任期近", appointed_on=date(2023, 12, 1), term_ends=date(2026, 11, 30)
    )
    officer(
        county, 2, by=people.liu, name="任期过", appointed_on=date(2023, 11, 1), term_ends=date(2026, 10, 31)
    )
    officer(
        county, 3, by=people.liu, name="任期远", appointed_on=date(2025, 1, 1), term_ends=date(2027, 12, 31)
    )
    text = home(client, people.wang)
    assert "还有 10 天" in text
    assert "已过 20 天" in text
    assert "任期远" not in text


@pytest.mark.parametrize(("who", "queries_needed"), [("wang", 17), ("meng", 24)])
def test_a_full_desk_costs_no_more_queries_than_a_nearly_empty_one(
    client, people, who, queries_needed, django_assert_num_queries
):
    county, state = people.offices["130981"], "at_county" if who == "wang" else "at_city"
    client.force_login(getattr(people, who))
    filing(county, 1, by=people.liu, state=state)
    officer(county, 11, by=people.liu, term_ends=TODAY)
    with django_assert_num_queries(queries_needed):
        client.get("/")
    for number in (2, 3):
        filing(county, number, by=people.liu, state=state)
        officer(county, 10 + number, by=people.liu, term_ends=TODAY)
    with django_assert_num_queries(queries_needed):
        client.get("/")


# ── the enterprise ────────────────────────────────────────────────────────────────────────────
def test_a_new_enterprise_is_told_what_a_filing_is(client, people):
    text = home(client, people.liu)
    assert title(text) == "还没有备案首席质量官"
    assert text.count("btn-primary") == 1
    assert 'href="/filings/new/"' in text
    assert "泊头市市场监督管理局核对材料" in text


def test_a_draft_is_to_be_continued(client, people):
    draft = people.filing(until="draft")
    text = home(client, people.liu)
    assert title(text) == "您有 1 件草稿没有提交"
    assert f'<a class="btn btn-primary" href="/filings/{draft.pk}/edit/">' in text
    assert text.count("btn-primary") == 1


def test_what_was_returned_is_listed_with_its_clause(client, people):
    sent = people.filing(until="at_county")
    services.pin(
        sent, key="officer.job_title", reason="证书看不清，请重新扫描。", cites="第六条", by=people.wang
    )
    services.pin(sent, key="experience", reason="请写明起止月份。", cites="第六条", by=people.wang)
    perform(RETURN, sent, by=people.wang, today=TODAY)
    text = home(client, people.liu)
    assert title(text) == "轮到您补正 2 项"
    assert "证书看不清，请重新扫描。" in text
    assert "去补正" in text


def test_while_an_office_has_it_the_enterprise_has_nothing_to_do(client, people):
    people.filing(until="at_city")
    text = home(client, people.liu)
    assert title(text) == "王雪松的备案正在沧州市备案，您现在不用操作"
    assert "btn-primary" not in text


def test_after_the_filing_the_officer_and_the_term_stand_in_the_title(client, people):
    people.filing(until="filed")
    text = home(client, people.liu)
    assert title(text) == "现任首席质量官王雪松，任期至 2029年9月20日，无待办"
    assert "btn-primary" not in text


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2029, 6, 21), "现任首席质量官王雪松，任期至 2029年9月20日，无待办"),
        (date(2029, 6, 22), "首席质量官王雪松的任期还有 90 天届满（2029年9月20日）"),
        (date(2029, 9, 20), "首席质量官王雪松的任期今天届满（2029年9月20日）"),
        (date(2029, 9, 21), "首席质量官王雪松的任期已于 2029年9月20日届满，请续聘或者另行任命"),
    ],
)
def test_the_end_of_the_term_comes_into_the_title_in_time(people, day, said):
    people.filing(until="filed")
    assert queries.desk_of(people.liu, today=day).title == said


def test_the_enterprise_desk_costs_a_fixed_number_of_queries(client, people, django_assert_num_queries):
    client.force_login(people.liu)
    people.filing(until="at_county")
    with django_assert_num_queries(24):
        client.get("/")


# ── the others ────────────────────────────────────────────────────────────────────────────────
def test_an_officer_finds_the_own_post_and_who_looked(client, people):
    filed = people.filing(until="filed")
    officer_user = user("xuesong", Role.OFFICER, person=filed.officer.person)
    client.force_login(people.meng)
    client.post(f"/desk/officers/{filed.officer.pk}/reveal/", {"why": "核对原件"})
    text = home(client, officer_user)
    assert title(text) == "您任泊头恒通管件有限公司首席质量官，任期至 2029年9月20日"
    assert f"/desk/officers/{filed.officer.pk}/" in text
    assert "核对原件" in text
    assert "meng" in text


def test_an_officer_without_a_post_is_told_so(client, people):
    filed = people.filing(until="filed")
    someone = user("later", Role.OFFICER, person=filed.officer.person)
    filed.officer.__class__.objects.filter(pk=filed.officer.pk).update(ended_on=TODAY)
    assert title(home(client, someone)) == "您现在没有在任的首席质量官岗位"


def test_an_expert_is_led_to_the_yearly_confirmation_until_it_is_given(client, people):
    expert = user("yiming", Role.EXPERT, person=trainings.person("陆一鸣"))
    text = home(client, expert)
    assert title(text) == f"请作 {TODAY.year} 年度执业信息确认"
    assert "/experts/mine/" in text and "年度待确认" in text
    experts.confirm(by=expert, today=TODAY)
    text = home(client, expert)
    assert title(text) == "没有待签署的评分表"
    assert "年度待确认" not in text


def test_who_has_no_role_is_told_so(client, people):
    who = user("someone", Role.EXPERT)
    who.assignments.update(active=False)
    assert title(home(client, who)) == "您的账号还没有岗位"


def test_an_expert_whose_role_names_nobody_is_told_whom_to_ask(client, people):
    text = home(client, user("someone", Role.EXPERT))
    assert title(text) == "您的评价专家岗位还没有写明本人，请联系系统管理员"
    assert "btn-primary" not in text


def test_an_expert_is_led_to_what_waits(client, people):
    """Invitations, sheets to sign by their day, and where panels meet; nothing of a colleague's sheet."""
    panel = evaluations.panel(people)
    me = panel.experts[1]
    assert title(home(client, me)) == "待签署的评分表 1 份"
    text = home(client, me)
    assert f"/evaluations/sheets/{panel.sheet(1).pk}/" in text and "不设期限" in text
    assert str(panel.sheet(0).pk) not in text
    Evaluation.objects.update(due_on=TODAY - timedelta(days=1))
    assert "11月19日（周四），已过期限" in home(client, me)
    invited = evaluations.panel(people, state="convening", serving=False)
    Panellist.objects.filter(evaluation=invited.evaluation).update(answer_by=TODAY + timedelta(days=3))
    assert "待答复的邀请" not in home(client, me)  # proposed only: nobody asked yet
    asked = invited.panellists[1]
    record("invite", asked, before="proposed", after="invited")
    Panellist.objects.filter(pk=asked.pk).update(state="invited")
    assert "11月23日（周一）前答复" in home(client, me)


def test_where_panels_meet_stands_on_the_experts_desk(client, people):
    panel = evaluations.panel(people)
    Interview.objects.create(
        evaluation=panel.evaluation,
        kind="interview",
        planned_at=timezone.now() + timedelta(days=2),
        place="二楼会议室",
        by=panel.leader,
    )
    text = home(client, panel.experts[1])
    assert "二楼会议室" in text and "2026-11-22 12:00" in text
    assert "已打开" not in text
    evaluations.brought_to(panel.evaluation, "consensus")
    assert "已打开" in home(client, panel.experts[1])


def test_a_body_is_led_to_what_waits_for_it(client, people):
    body = bodies.body("沧州市质量教育培训中心")
    bodies.filed(body, people.meng)
    text = home(client, body)
    assert title(text) == "现在没有要办的"
    assert "0 份待确认" in text and "0 项待核查" in text
    assert "以后会在这里办的" not in text and "不在这一版里" not in text
    who = trainings.person()
    himself = user("xuesong", Role.OFFICER, person=who)
    for house, count in ((body.acting.institution, 2), (institution("别的机构"), 1)):
        for _ in range(count):
            duties.report(who, to=house, by=himself, on=TODAY)
    text = home(client, body)
    assert title(text) == "待确认的自报学时 2 份"
    assert '<a class="name" href="/hours/reports/">学时确认</a><span class="push nowrap">2 份待确认' in text
    assert '<a class="name" href="/training/flags/">学时核查</a>' in text


def test_a_provider_finds_what_to_post_what_comes_and_what_waits_for_an_office(client, people):
    tan, today = trainings.provider(), TODAY
    assert title(home(client, tan)) == "没有待入账的场次"
    trainings.session(tan, name="将要上的课", day=today + timedelta(days=5))
    assert title(home(client, tan)) == "没有待入账的场次，还有 1 场要上"
    held = trainings.session(tan, name="上完的课", day=today - timedelta(days=5))
    trainings.came(held, trainings.person())
    text = home(client, tan)
    assert title(text) == "有 1 场结束了还没有入账"
    assert "将要上的课" in text and "上完的课" in text
    assert "等待核查的学时" not in text
    trainings.posted(held, by=tan, today=today)  # nobody commissioned it
    text = home(client, tan)
    assert "王雪松 6.0 学时" in text
    assert "没有有效的委托。" in text


def test_an_administrator_finds_the_accounts_and_no_case(client, people):
    text = home(client, user("someone", Role.ADMIN))
    assert title(text) == "账号、机构与参考数据"
    assert "在用 7 个" in text
    assert "管理员不办理案件" in text


def test_an_account_without_a_role_is_told_whom_to_ask(client, people):
    someone = user("nobody", Role.ADMIN)
    someone.assignments.update(active=False)
    text = home(client, someone)
    assert title(text) == "您的账号还没有岗位"
    assert "系统管理员" in text


def test_nobody_sees_the_desk_without_signing_in(client, db):
    assert client.get("/").url.startswith("/accounts/login/")


def test_a_discarded_draft_is_gone_from_the_desk(client, people):
    perform(DISCARD, people.filing(until="draft"), by=people.liu, today=TODAY)
    assert Filing.objects.get().state == "discarded"
    assert title(home(client, people.liu)) == "还没有备案首席质量官"


def test_the_city_is_alarmed_while_a_years_days_off_are_missing(client, people):
    client.force_login(people.meng)
    assert "年的放假安排尚未录入" in home(client, people.meng)
    load_working_days()  # 2024 to 2026
    assert queries.alarm_for(people.meng, today=date(2026, 10, 31)) is None  # control
    assert queries.alarm_for(people.meng, today=date(2026, 11, 1)).startswith("2027 年的放假安排尚未录入")
    assert (
        queries.alarm_for(people.wang, today=date(2026, 11, 1)) is None
    )  # the county has no calendar to keep


def test_the_leader_is_led_to_the_table_that_is_to_be_opened_and_all_to_one_that_is_open(client, people):
    panel = evaluations.panel(people)
    leader, member = panel.experts[:2]
    for expert in (leader, member):
        experts.confirm(by=expert, today=TODAY)
    for number in range(3):
        evaluations.signed(panel.sheet(number), by=panel.experts[number])
        is_his_move = title(home(client, leader)).startswith("评分表都已签署，请打开合议")
        assert is_his_move is (number == 2)
    assert title(home(client, leader)) == "评分表都已签署，请打开合议：王雪松"
    assert panel.evaluation.get_absolute_url() in home(client, leader)
    assert "打开合议" not in home(client, member)
    evaluations.brought_to(panel.evaluation, "consensus")
    assert title(home(client, leader)) == title(home(client, member)) == "合议已打开：王雪松"
