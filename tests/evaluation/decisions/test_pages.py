"""The pages: who reads what at which stage, what a refused form keeps, how much is asked of the database."""

import re
from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cqo_portal.workflow.engine import perform
from evaluation.applications.pages.case import buttons_of
from evaluation.applications.pages.head import Head as ApplicationHead
from evaluation.bodies.models import BodyRecord
from evaluation.consensus.conclusion import CONCLUDE
from evaluation.decisions import appeals, versions, working
from evaluation.decisions.queries import waits_for
from evaluation.models import Appeal, Decision, InterviewRecord, Report
from evaluation.panels import services as panels
from evaluation.workflow.appeal import days_to_appeal
from evaluation.workflow.evaluation import CLOSE
from tests.cast import bare, browser
from tests.evaluation import rows
from tests.evaluation.decisions import story
from tests.evaluation.decisions.story import TODAY
from tests.evaluation.decisions.test_reports import text_of

pytestmark = pytest.mark.django_db


def path(panel, rest: str = "") -> str:
    return f"/evaluations/{panel.evaluation.pk}/{rest}"


def page_of(somebody, address: str) -> str:
    answer = browser(somebody).get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def supervised(people, panel) -> None:
    """The city took the body on record."""
    BodyRecord.objects.create(
        institution=panel.evaluation.body,
        office=people.offices["130900"],
        jurisdiction="jiangsu",
        state="in_force",
        document="沧市监〔2026〕1号",
        first_day=TODAY,
        created_by=people.meng,
    )


# ── life × people ─────────────────────────────────────────────────────────────────────────────
STAGES = {
    "reporting": story.concluded,
    "at_body": story.handed_in,
    "decided": story.decided,
    "published": story.published,
}
# page: stage → leader, member, body, enterprise, officer, the supervising city
LIFE = """
report      reporting 200 200 404 404 404 404
report      at_body   200 200 200 404 404 404
report      decided   200 200 200 404 404 404
report      published 200 200 200 404 404 404
decision    reporting 404 404 404 404 404 404
decision    at_body   404 404 200 404 404 404
decision    decided   404 404 200 404 404 404
decision    published 404 404 200 404 404 404
publication at_body   404 404 302 404 404 404
publication decided   404 404 200 404 404 404
publication published 404 404 302 404 404 404
notice      decided   404 404 404 404 404 404
notice      published 403 403 200 200 200 403
appeal      decided   403 403 403 302 302 403
appeal      published 403 403 403 200 200 403
review      decided   403 403 302 403 403 403
review      published 403 403 200 403 403 403
"""


@pytest.mark.parametrize("stage", STAGES)
def test_the_life_of_a_report_and_who_reads_it_when(people, stage):
    panel = STAGES[stage](people)
    supervised(people, panel)
    who = (panel.leader, panel.experts[1], panel.staff, people.liu, story.officer(panel), people.meng)
    clients = [browser(each) for each in who]
    found, expected = [], []
    for line in LIFE.strip().splitlines():
        page, at, *codes = line.split()
        if at == stage:
            expected.append((page, *map(int, codes)))
            found.append((page, *(each.get(path(panel, f"{page}/")).status_code for each in clients)))
    assert found == expected


def test_a_recused_member_reads_no_report_and_signs_none(people):
    panel = story.concluded(people, size=4)
    story.put_unprinted(panel)
    said = {"kind": "employment", "said": "曾任同一单位。", "evidence": "", "today": TODAY}
    client = browser(panel.experts[3])
    assert client.get(path(panel, "report/")).status_code == 200  # the control
    panels.report_a_conflict(panel.panellists[3], **said, by=panel.staff)
    for rest in ("report/", "report/1/pdf/", "report/1/signed/"):
        assert client.get(path(panel, rest)).status_code in (403, 404)


# ── before the result is published ────────────────────────────────────────────────────────────
@pytest.mark.parametrize("stage", ["reporting", "at_body", "decided"])
def test_before_publication_nothing_the_applicants_see_depends_on_marks(people, stage):
    """Two worlds that differ in every mark look alike to them; the control: once published they do not."""

    def world(coefficient: str, until: str) -> list[str]:
        with transaction.atomic():
            panel = STAGES[until](people, coefficient=coefficient)
            officer = story.officer(panel)
            seen = []
            for who in (people.liu, officer):
                client = browser(who)
                for address in (path(panel), "/evaluations/", "/", path(panel, "interviews/")):
                    words = bare(client.get(address)).decode()
                    for key in (str(panel.evaluation.pk), str(panel.evaluation.application_id)):
                        words = words.replace(key, "KEY")
                    seen.append(
                        words.replace(client.cookies["csrftoken"].value, "T")
                        if "csrftoken" in client.cookies
                        else words
                    )
            transaction.set_rollback(True)
        return [_timeless(each) for each in seen]

    assert world("0.3", stage) == world("0.9", stage)
    assert world("0.3", "published") != world("0.9", "published")


def _timeless(words: str) -> str:
    words = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "KEY", words)
    words = re.sub(r'name="once" value="[^"]+"', "", words)
    words = re.sub(r'nonce="[^"]+"', "", words)
    return re.sub(r"\d\d:\d\d(:\d\d)?", "HH:MM", words)


# ── what the applicants read ──────────────────────────────────────────────────────────────────
def test_published_they_read_result_reasons_and_days_and_nobody_of_the_panel(people):
    panel = story.published(people)
    for somebody in (people.liu, story.officer(panel)):
        said = page_of(somebody, path(panel))
        for words in (
            "718.0",
            "AAAA",
            "7.3 做法清楚，结果可以核实。",
            "达到建议",
            "还有 21 天",
            "评价结果告知",
            "取得证书以后，每个证书年至少参加 1 次继续教育活动（9.2；次数由江苏质量评价中心定）。",
        ):
            assert words in said, words
        for name in ("专家甲", "专家乙", "专家丙"):
            assert name not in said
        notice = text_of(browser(somebody).get(path(panel, "notice/")).content)
        assert "评价等级AAAA总分718.0/1000" in notice
        assert "可以向江苏质量评价中心提出申诉，截至2026年12月11日（含当日）；评价机构同意的，" in notice
        assert "本告知不是评价证书" in notice
        assert not any(name in notice for name in ("专家甲", "专家乙", "专家丙"))


def test_the_notice_is_the_same_bytes_each_time(people):
    panel = story.published(people)
    client = browser(people.liu)
    assert client.get(path(panel, "notice/")).content == client.get(path(panel, "notice/")).content


def test_the_supervising_office_reads_grade_number_and_days(people):
    panel = story.published(people)
    supervised(people, panel)
    said = page_of(people.meng, path(panel))
    assert "AAAA" in said and panel.evaluation.number in said and "2026-11-20" in said
    assert "718" not in said and "做法清楚" not in said


# ── forms ─────────────────────────────────────────────────────────────────────────────────────
def test_two_tabs_of_the_leader_conflict_visibly_and_the_words_stay(people):
    panel = story.concluded(people)
    client, save = browser(panel.leader), path(panel, "report/save/")
    assert client.post(save, {"t_advice": "第一扇窗。", "version": "1"}).status_code == 302
    second = client.post(save, {"t_advice": "第二扇窗。", "version": "1"})
    assert second.status_code == 409
    assert "报告在另一个窗口改过" in second.content.decode() and "第二扇窗。" in second.content.decode()
    assert Report.objects.get().sections["texts"]["advice"] == "第一扇窗。"
    stale = client.post(path(panel, "report/autosave/"), {"t_advice": "第二扇窗。", "version": "1"})
    assert "data-stale" in stale.content.decode()
    kept = client.post(path(panel, "report/autosave/"), {"t_advice": "第二扇窗。", "version": "2"})
    assert "data-saved-at" in kept.content.decode()


def test_the_report_goes_its_way_through_the_pages(people):
    panel = story.concluded(people)
    leader = browser(panel.leader)
    done = leader.post(
        path(panel, "report/save/"), {"version": "1", "after": "0", "action": "put"}, follow=True
    )
    assert "第 1 版报告已请成员会签" in done.content.decode()
    again = leader.post(
        path(panel, "report/save/"), {"version": "1", "after": "0", "action": "put"}, follow=True
    )
    assert "以后又改过" in again.content.decode() and panel.evaluation.report_versions.count() == 1
    for number, expert in enumerate(panel.experts):
        signing = browser(expert)
        wrong = signing.post(
            path(panel, "report/1/sign-off/"), {"sign-name": "别人", "sign-reservation": "再议。"}
        )
        assert wrong.status_code == 422
        assert "请签写您本人的姓名" in wrong.content.decode() and "再议。" in wrong.content.decode()
        said = {"sign-name": panel.panellists[number].person.name, "sign-reservation": ""}
        assert (
            "已会签第 1 版报告"
            in signing.post(path(panel, "report/1/sign-off/"), said, follow=True).content.decode()
        )
    assert "已提交评价机构" in leader.post(path(panel, "report/hand-in/"), follow=True).content.decode()


def test_a_decision_without_its_words_keeps_what_was_typed(people):
    panel = story.handed_in(people)
    client = browser(panel.staff)
    answer = client.post(path(panel, "decision/"), {"present": "", "on": "2026-11-25", "said": "同意报告。"})
    said = answer.content.decode()
    assert answer.status_code == 422 and not Decision.objects.exists()
    for words in ("请填写参加审议的人员。", "审议日期不能晚于今天。", "同意报告。"):
        assert words in said
    sent = client.post(path(panel, "decision/send-back/"), {"note": " "}, follow=True).content.decode()
    assert "请写明理由" in sent
    sent = client.post(
        path(panel, "decision/send-back/"), {"note": "评语太短。"}, follow=True
    ).content.decode()
    assert "报告已退回评价组" in sent


def test_a_decision_that_comes_second_gets_its_words_back(people):
    panel = story.handed_in(people)
    typed = {"present": "沈岩、顾平", "on": "2026-11-20", "said": "同意报告。", "seen": "x"}
    story.decide(panel)
    said = browser(panel.staff).post(path(panel, "decision/"), typed, follow=True).content.decode()
    assert "不能再作决定" in said and "可以复制：“沈岩、顾平”“同意报告。”" in said


def test_a_decision_on_a_report_sent_back_meanwhile_gets_its_words_back(people):
    panel = story.handed_in(people)
    client, note = browser(panel.staff), {"note": "评语太短。"}
    client.post(path(panel, "decision/send-back/"), note)
    typed = {"present": "沈岩、顾平", "on": "2026-11-20", "said": "同意报告。", "seen": "x"}
    assert (
        "“沈岩、顾平”“同意报告。”"
        in client.post(path(panel, "decision/"), typed, follow=True).content.decode()
    )
    again = client.post(path(panel, "decision/send-back/"), note | {"note": "还有一处。"}, follow=True)
    assert again.status_code == 200 and "还有一处。" in again.content.decode()


def test_words_of_a_report_come_back_when_it_was_handed_in_or_the_panel_is_completed(people):
    panel = story.handed_in(people)
    typed = {"t_advice": "多写案例。", "t_7_3": "7.3 做法清楚，结果可以核实。", "version": "1"}
    said = browser(panel.leader).post(path(panel, "report/save/"), typed, follow=True).content.decode()
    assert "没有存上。" in said and "可以复制：“多写案例。”</" in said.replace(
        "\n", ""
    )  # and nothing that is kept
    rows.closed_again(panel.evaluation)
    said = browser(panel.leader).post(path(panel, "report/save/"), typed, follow=True).content.decode()
    assert "“多写案例。”" in said
    signed = {"sign-name": "专家乙", "sign-reservation": "能力给低了。"}
    said = browser(panel.experts[1]).post(path(panel, "report/1/sign-off/"), signed, follow=True)
    assert "“能力给低了。”" in said.content.decode()


def test_a_report_drafted_from_long_records_can_be_put_to_the_members(people):
    panel = story.deliberating(people)
    rows.met(panel)
    with_records(panel, notes="问" * 15_000)
    panel.evaluation.refresh_from_db()
    perform(CONCLUDE, panel.evaluation, by=panel.leader, today=TODAY)
    drafted = working.shown(story.now(panel).evaluation).sections["texts"]
    assert len(drafted["interview"]) <= 20_000 and drafted["interview"].endswith("全文见原处。）")
    typed = {f"t_{key.replace('.', '_')}": text for key, text in drafted.items()} | {"version": "1"}
    assert browser(panel.leader).post(path(panel, "report/save/"), typed).status_code == 302


def with_records(panel, *, notes: str) -> None:
    for interview in panel.evaluation.interviews.all():
        InterviewRecord.objects.create(
            interview=interview, held_on=TODAY, present="本人", notes=notes, by_indicator={}, by=panel.leader
        )


def test_the_body_reads_reservations_and_every_failed_condition_before_it_decides(people):
    panel = story.concluded(people, coefficient="0.1")
    story.sign_all(panel, story.put_unprinted(panel), _1="能力给低了。")
    perform(versions.HAND_IN, panel.evaluation, by=panel.leader, today=TODAY)
    said = page_of(panel.staff, path(panel, "decision/"))
    for words in (
        "能力给低了。",
        "有 5 个条件没有达到",
        "能力 34 分，至少 90 分。",
        "有 1 份保留意见",
        "决定：A（不予评级）",
    ):
        assert words in said, words
    assert 'name="grade"' not in said


def test_an_appeal_goes_its_way_through_the_pages(people):
    panel = story.published(people)
    liu, staff = browser(people.liu), browser(panel.staff)
    empty = liu.post(path(panel, "appeal/"), {"grounds": ""})
    assert empty.status_code == 422 and "请填写理由。" in empty.content.decode()
    lodged = liu.post(path(panel, "appeal/"), {"grounds": "评语与材料不符。"}, follow=True).content.decode()
    assert "SS-2026-0001" in lodged and "评语与材料不符。" in lodged
    made = Appeal.objects.get()
    assert staff.post(f"{made.get_absolute_url()}steps/grant/", {"note": ""}, follow=True).status_code == 200
    assert Appeal.objects.get().state == "lodged"
    granted = staff.post(f"{made.get_absolute_url()}steps/grant/", {"note": "应当再看。"}, follow=True)
    assert "因申诉另组评价组" in granted.content.decode()
    assert "应当再看。" in page_of(people.liu, made.get_absolute_url())
    for stranger in (people.dan, people.meng, panel.leader):
        assert browser(stranger).get(made.get_absolute_url()).status_code == 404


# ── whose move it is ──────────────────────────────────────────────────────────────────────────
def whats(somebody) -> list[tuple[str, str]]:
    return [(what, said) for _, what, said in waits_for(somebody, today=TODAY)]


def test_desks_say_whose_move_it_is(people):
    panel = story.concluded(people)
    assert whats(panel.leader) == [("编制评价报告", "1 份由您编制")]
    assert whats(panel.experts[1]) == []
    version = story.put_unprinted(panel)
    assert whats(panel.experts[1]) == [("会签评价报告", "1 份待您会签")]
    story.sign_all(panel, version)
    assert whats(panel.experts[1]) == []
    perform(versions.HAND_IN, panel.evaluation, by=panel.leader, today=TODAY)
    panel = story.now(panel)
    assert whats(panel.staff) == [("作出评价决定", "1 份报告待审议")]
    story.decide(panel)
    assert whats(panel.staff) == [("公布评价结果", "1 个待公布")]
    assert whats(people.liu) == []
    story.publish(story.now(panel))
    assert whats(people.liu) == [("评价结果", "1 个已公布，截至12月11日（周五）当日可以申诉")]
    appeals.lodge(story.now(panel).evaluation, "不符。", by=people.liu, today=TODAY)
    assert whats(people.liu) == []
    assert whats(panel.staff) == [("答复申诉", "1 件待答复")]


def test_while_another_panel_judges_no_desk_says_one_may_appeal(people):
    panel = story.published(people)
    made = appeals.lodge(panel.evaluation, "不符。", by=people.liu, today=TODAY)
    run = appeals.grant(made, "应当再看。", by=panel.staff, today=TODAY).run
    assert whats(people.liu) == []
    perform(CLOSE, run, by=panel.staff, note="申诉人不再坚持。", today=TODAY)
    assert whats(people.liu) == [("评价结果", "1 个已公布，截至12月11日（周五）当日可以申诉")]


# ── until when one may appeal ─────────────────────────────────────────────────────────────────
def until(somebody, address: str) -> str:
    said = re.search(r"<dt>何时为限</dt><dd>(.*?)</dd>", page_of(somebody, address), re.DOTALL).group(1)
    return " ".join(re.sub("<[^>]+>", " ", said).split())


def test_the_head_says_until_when_and_by_whom_one_may_appeal(people):
    panel = story.published(people)
    open_now = "截至12月11日（周五）当日可以申诉 本人和所在组织可以向评价机构申诉。"
    for somebody in (people.liu, panel.staff, panel.leader):
        assert until(somebody, path(panel)) == open_now
    application = ApplicationHead(panel.evaluation.application, people.liu, TODAY, panel.evaluation)
    assert f"{application.due} {application.due_note}" == open_now
    appeals.lodge(panel.evaluation, "不符。", by=people.liu, today=TODAY)
    for somebody in (people.liu, panel.staff):
        assert until(somebody, path(panel)).startswith("现在不能申诉 已经有一件申诉")
    assert until(panel.leader, path(panel)) == open_now  # of an appeal the members learn nothing
    assert days_to_appeal(panel.evaluation, date(2026, 12, 12), sees_appeals=True)[0] == "申诉期限已过"


# ── questions ─────────────────────────────────────────────────────────────────────────────────
def asked(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_the_list_of_appeals_asks_the_same_for_three_as_for_one(people):
    panel = story.published(people)
    client = browser(panel.staff)
    counts = []
    for wanted in (1, 3):
        while Appeal.objects.count() < wanted:
            made = appeals.lodge(panel.evaluation, "不符。", by=people.liu, today=TODAY)
            appeals.take_back(made, "", by=people.liu, today=TODAY)
        counts.append(asked(client, "/evaluations/appeals/"))
    assert counts == [6, 6]


def test_reading_a_report_asks_the_same_for_three_versions_as_for_one(people):
    panel = story.concluded(people)
    member, counts = browser(panel.experts[1]), []
    for wanted in (1, 3):
        while panel.evaluation.report_versions.count() < wanted:
            story.put_unprinted(panel)
        counts.append(asked(member, path(panel, "report/")))
    assert counts[0] == counts[1]


def test_until_the_last_answer_no_certificate_rests_on_the_result(people):
    """An appeal that waits, and a new panel that is not done; the control is a panel that ended."""
    panel = story.published(people)
    made = appeals.lodge(panel.evaluation, "评语与材料不符。", by=people.liu, today=TODAY)
    warns = "原结果仍然在案，但不应据以发证"
    assert f"申诉在办，这期间{warns}" in page_of(people.liu, made.get_absolute_url())
    run = appeals.grant(made, "应当再看。", by=panel.staff, today=TODAY).run
    assert f"另组的评价组还没有公布结果，这期间{warns}" in page_of(people.liu, made.get_absolute_url())
    perform(CLOSE, run, by=panel.staff, note="申诉人不再要求", today=TODAY)
    assert warns not in page_of(people.liu, made.get_absolute_url())


def test_what_a_browser_keeps_of_a_draft_is_kept_for_one_account(people):
    """On a shared computer the next leader is not offered the words of the one before, who may have been partial."""
    panel = story.deliberating(people)
    case, me = panel.evaluation.pk, panel.leader.pk
    page = browser(panel.leader).get(f"/evaluations/{case}/consensus/").content.decode()
    assert f'data-draft="consensus-{case}-{me}"' in page
    panel.evaluation.refresh_from_db()
    perform(CONCLUDE, panel.evaluation, by=panel.leader, today=story.TODAY)
    page = browser(panel.leader).get(f"/evaluations/{case}/report/").content.decode()
    assert f'data-draft="report-{case}-{me}"' in page


# ── nobody is asked for anything any more ─────────────────────────────────────────────────────
def test_after_the_decision_no_button_takes_the_application_back(people):
    panel = story.handed_in(people)
    assert "withdraw" in buttons_of(panel.evaluation.application, people.liu, TODAY)
    story.decide(panel)
    assert "withdraw" not in buttons_of(panel.evaluation.application, people.liu, TODAY)


def test_what_is_published_is_nobodys_move(people):
    panel = story.published(people)
    said = re.search(r"<dt>轮到谁</dt><dd>(.*?)</dd>", page_of(people.liu, path(panel)), re.DOTALL).group(1)
    assert re.fullmatch(r"<b>已办结</b><p>\d{4}年\d+月\d+日\d\d:\d\d 公布。</p>", said)
