"""Interviews: planned from scoring on, told by time and place alone, written down for good."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.notifications.models import Message
from evaluation.models import Interview, InterviewRecord
from tests.cast import browser, user
from tests.evaluation import rows
from tests.evaluation.rows import said

pytestmark = pytest.mark.django_db
PLANNED = {
    "kind": "interview",
    "day": "2026-11-25",
    "hour": "9:30",
    "place": "评价中心三楼会议室",
    "because": "",
    "plan": "7.4.4 学习能力：请说明近三年的培训。",
}
ON_SITE = PLANNED | {"kind": "on_site", "because": "核实产线检验记录"}
HELD = {
    "held_on": "2026-11-20",
    "present": "本人、评价组三人",
    "notes": "逐项核实。",
    "r7_3": "计量知识清楚。",
}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def panel(people):
    """It scores: nobody has signed yet."""
    return rows.panel(people)


def address(panel, more: str = "") -> str:
    return f"/evaluations/{panel.evaluation.pk}/interviews/{more}"


def sent(panel, more: str, typed: dict, *, who=None):
    return browser(who or panel.leader).post(address(panel, more), typed, follow=True)


def shown(who, panel, more: str = "") -> str:
    return browser(who).get(address(panel, more)).content.decode()


def test_it_is_planned_while_the_panel_still_scores_and_all_who_meet_are_told_time_and_place(people, panel):
    officer = user("qian", Role.OFFICER, person=panel.evaluation.application.person)
    answer = sent(panel, "new/", PLANNED)
    assert "会收到时间和地点" in answer.content.decode()
    told = Message.objects.filter(kind="interview-planned", channel="inbox")
    assert {each.recipient for each in told} == {people.liu, officer, *panel.experts}
    [body] = {each.body for each in told}
    assert "面试答辩：2026-11-25 09:30，评价中心三楼会议室。" in body
    assert not re.search(r"7\.4\.4|培训|专家|组长", body)


def test_applicants_read_time_and_place_and_nothing_else(people, panel):
    sent(panel, "new/", ON_SITE)
    text = shown(people.liu, panel)
    assert "2026-11-25 09:30" in text and "评价中心三楼会议室" in text
    assert not re.search(r"提纲|培训|产线|专家甲|安排一次|修改安排", text)
    leader = shown(panel.leader, panel)
    assert "请说明近三年的培训" in leader and "核实产线检验记录" in leader


def test_the_outline_begins_with_what_no_paper_supports(people, panel):
    rows.proof(panel.evaluation.application, by=people.liu, supports=("7.3",))
    text = shown(panel.leader, panel, "new/")
    assert "7.4.4 学习能力：没有证实性材料，请本人说明做法和结果。" in text
    assert "7.3 知识：" not in text


def test_where_experts_differ_is_in_the_outline_only_once_the_sheets_are_open(people):
    panel = rows.panel(people)
    for number, value in enumerate(("0.3", "0.7", "0.7")):
        rows.signed(panel.sheet(number), by=panel.experts[number], content=said(_7_3=value))
    assert "相差较大" not in shown(panel.leader, panel, "new/")
    rows.brought_to(panel.evaluation, "consensus")
    text = shown(panel.leader, panel, "new/")
    assert "7.3 知识：没有证实性材料，请本人说明做法和结果；各人评分相差较大，请核实依据。" in text
    assert "7.4.4 学习能力：没有证实性材料，请本人说明做法和结果。" in text


def test_an_outline_is_its_authors_alone_while_the_panel_scores(panel):
    sent(panel, "new/", PLANNED)
    assert "请说明近三年的培训" not in shown(panel.experts[1], panel)
    for number in range(3):
        rows.signed(panel.sheet(number), by=panel.experts[number])
    rows.brought_to(panel.evaluation, "consensus")
    assert "请说明近三年的培训" in shown(panel.experts[1], panel)  # the control


def test_another_time_is_told_another_outline_is_not(panel):
    sent(panel, "new/", PLANNED)
    kept = Interview.objects.get()
    edit = f"{kept.pk}/edit/"
    sent(panel, edit, PLANNED | {"version": "1", "plan": "另一份提纲"})
    assert not Message.objects.filter(kind="interview-changed").exists()
    sent(panel, edit, PLANNED | {"version": "2", "hour": "14:00"})
    told = Message.objects.filter(kind="interview-changed", channel="inbox").first()
    assert "现在是：2026-11-25 14:00" in told.body
    stale = sent(panel, edit, PLANNED | {"version": "1", "place": "别处"})
    assert stale.status_code == 409 and "打开以后又改过" in stale.content.decode()
    assert "别处" in stale.content.decode()


def test_what_is_cancelled_is_told_and_stays(panel):
    sent(panel, "new/", PLANNED)
    kept = Interview.objects.get()
    assert "请填写取消的理由。" in sent(panel, f"{kept.pk}/cancel/", {"why": " "}).content.decode()
    sent(panel, f"{kept.pk}/cancel/", {"why": "本人出差"})
    assert "已取消" in shown(panel.leader, panel)
    assert Event.objects.get(action="interview-cancelled").note == "本人出差"
    assert Message.objects.filter(kind="interview-cancelled").exists()
    assert browser(panel.leader).get(address(panel, f"{kept.pk}/record/")).status_code == 404


def test_what_was_said_is_written_down_once_and_corrected_by_a_further_record(people, panel):
    sent(panel, "new/", PLANNED | {"day": "2026-11-20"})
    record = f"{Interview.objects.get().pk}/record/"
    for _ in range(2):
        sent(panel, record, HELD | {"once": "k"})
    [made] = InterviewRecord.objects.all()
    assert made.by_indicator == {"7.3": "计量知识清楚。"}
    sent(panel, record, HELD | {"once": "l", "notes": "更正：逐项核实，缺 7.5.2。"})
    text = shown(panel.experts[1], panel)
    assert "记录 2" in text and "更正：逐项核实" in text and "计量知识清楚。" in text
    assert "逐项核实" not in shown(people.liu, panel)
    assert "逐项核实" not in shown(panel.staff, panel)  # the body's turn comes last
    for number in range(3):
        rows.signed(panel.sheet(number), by=panel.experts[number])
    rows.brought_to(panel.evaluation, "at_body")
    assert "逐项核实" in shown(panel.staff, panel)


def test_a_day_gone_by_is_written_down_and_told_to_nobody(panel):
    sent(panel, "new/", PLANNED | {"day": "2026-11-19"})
    assert Interview.objects.count() == 1 and not Message.objects.filter(kind="interview-planned").exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"day": "2026-02-30"}, "没有 2026年2月30日 这一天"),
        ({"hour": "25:00"}, "没有 25:00 这个时间"),
        ({"place": ""}, "请填写地点或网址。"),
        ({"kind": "on_site"}, "请写明为什么需要现场验证。"),
        ({"kind": "dinner"}, "dinner"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_beside_its_field(panel, change, why):
    answer = sent(panel, "new/", PLANNED | change)
    assert answer.status_code == 422 and why in answer.content.decode()
    assert "请说明近三年的培训" in answer.content.decode() and not Interview.objects.exists()


def test_nothing_is_written_down_before_its_day(panel):
    sent(panel, "new/", PLANNED)
    answer = sent(panel, f"{Interview.objects.get().pk}/record/", HELD | {"held_on": "2026-11-21"})
    assert answer.status_code == 422 and "还没有到这一天" in answer.content.decode()


def test_only_the_leader_plans_and_only_while_the_panel_scores_or_talks(people, panel):
    for who in (panel.experts[1], panel.staff, people.liu):
        assert browser(who).post(address(panel, "new/"), PLANNED).status_code == 403
    assert browser(people.dan).post(address(panel, "new/"), PLANNED).status_code == 404
    for number in range(3):
        rows.signed(panel.sheet(number), by=panel.experts[number])
    rows.brought_to(panel.evaluation, "reporting")
    late = sent(panel, "new/", PLANNED)
    assert late.status_code == 409 and "不能再安排或者记录面试" in late.content.decode()
    assert "请说明近三年的培训" in late.content.decode() and not Interview.objects.exists()


@pytest.mark.parametrize("ended", ["concluded", "cancelled", "recorded"])
def test_what_was_typed_while_it_ended_stands_there_again(panel, ended):
    sent(panel, "new/", PLANNED)
    kept = Interview.objects.get()
    if ended == "cancelled":
        sent(panel, f"{kept.pk}/cancel/", {"why": "本人出差"})
    elif ended == "recorded":
        sent(panel, f"{kept.pk}/record/", HELD)
    else:
        for number in range(3):
            rows.signed(panel.sheet(number), by=panel.experts[number])
        rows.brought_to(panel.evaluation, "reporting")
    plan = sent(panel, f"{kept.pk}/edit/", PLANNED | {"version": "1", "plan": "改过的提纲"})
    assert plan.status_code == 409 and "改过的提纲" in plan.content.decode()
    if ended != "recorded":
        record = sent(panel, f"{kept.pk}/record/", HELD | {"notes": "很长的一份记录。"})
        assert record.status_code == 409 and "很长的一份记录。" in record.content.decode()
        assert not InterviewRecord.objects.exists()


def test_notes_of_a_panel_before_are_not_for_whoever_joins_it_until_the_sheets_are_open_again(people, panel):
    sent(panel, "new/", PLANNED | {"day": "2026-11-20"})
    sent(panel, f"{Interview.objects.get().pk}/record/", HELD)
    joined = panel.panellists[1]
    joined.moved_at = timezone.now() + timedelta(minutes=1)
    joined.save(update_fields=["moved_at"])
    later = shown(panel.experts[1], panel)
    assert "逐项核实" not in later and "计量知识清楚" not in later and "在您加入评价组以前" in later
    assert "逐项核实" in shown(panel.experts[2], panel)  # the control: was there
    for number in range(3):
        rows.signed(panel.sheet(number), by=panel.experts[number])
    rows.brought_to(panel.evaluation, "consensus")
    assert "逐项核实" in shown(panel.experts[1], panel)


def test_an_interview_of_another_case_is_not_found(people, panel):
    other = rows.met(panel)
    elsewhere = rows.panel(people)
    for more in ("edit/", "record/"):
        assert browser(elsewhere.leader).get(address(elsewhere, f"{other.pk}/{more}")).status_code == 404
    assert browser(elsewhere.leader).post(address(elsewhere, f"{other.pk}/cancel/")).status_code == 404
