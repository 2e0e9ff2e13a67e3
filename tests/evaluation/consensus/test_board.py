"""The page of a panel: who sees it and when, what it shows, what the leader writes on it, and how all follow."""

import re
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.notifications.models import Message
from evaluation.models import Agreed, Deliberation, Outcome, SignedSheet
from tests.cast import bare, browser
from tests.evaluation import rows
from tests.evaluation.consensus.table import conclude, settle, words_of
from tests.evaluation.rows import said

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def panel(people):
    """Three experts, 0.35 apart in 7.5.1 and 0.05 in 7.3."""
    return rows.deliberating(people, said(_7_5_1="0.5"), said(_7_5_1="0.85"), said(_7_5_1="0.7", _7_3="0.65"))


def address(panel, more: str = "") -> str:
    return f"/evaluations/{panel.evaluation.pk}/consensus/{more}"


def shown(who, panel, more: str = "") -> str:
    answer = browser(who).get(address(panel, more))
    assert answer.status_code == 200, answer.content.decode()[:3000]
    return answer.content.decode()


def form(panel, **changes: str) -> dict[str, str]:
    """What the leader's page would send: every input of the form as it stands, and what is changed."""
    text = shown(panel.leader, panel)
    text = text[text.index('id="board-form"') : text.index('id="cursor-form"')]
    found = {}
    for name, value in re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', text):
        if 'type="radio"' not in text[text.index(f'name="{name}"') - 40 : text.index(f'name="{name}"')]:
            found[name] = value
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)".*?>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        found[name] = chosen.group(1) if chosen else ""
    for name, inside in re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', text, re.DOTALL):
        found[name] = inside.strip()
    if chosen := re.search(r'name="met" value="(\w+)"[^>]* checked', text):
        found["met"] = chosen.group(1)
    return found | changes


def autosaved(panel, said_of_it: dict, *, who=None):
    return browser(who or panel.leader).post(
        address(panel, "autosave/"), said_of_it, headers={"HX-Request": "true"}
    )


# ── who sees it, and when ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("more", ["", "now/", "revise/"])
def test_before_the_sheets_are_opened_the_page_does_not_exist_for_leader_and_member_alike(people, more):
    panel = rows.panel(people)
    for number in range(3):
        rows.signed(panel.sheet(number), by=panel.experts[number])
    answers = [
        browser(who).get(address(panel, more)) for who in (panel.leader, panel.experts[1], panel.staff)
    ]
    assert [each.status_code for each in answers] == [404, 404, 404]
    rows.brought_to(panel.evaluation, "consensus")
    answers = [
        browser(who).get(address(panel, more)) for who in (panel.leader, panel.experts[1], panel.staff)
    ]
    assert [each.status_code for each in answers] == [
        200,
        200,
        404,
    ]  # the control; the body's turn comes last


def test_the_body_reads_it_once_the_report_is_handed_in_and_writes_nothing(panel):
    settle(panel)
    conclude(panel)
    assert browser(panel.staff).get(address(panel)).status_code == 404
    rows.brought_to(panel.evaluation, "at_body")
    text = shown(panel.staff, panel)
    assert "合议结果" in text and "0.85" in text
    assert "board-form" not in text and "data-meeting" not in text
    assert browser(panel.staff).post(address(panel, "save/")).status_code == 403


def test_a_panel_that_has_to_be_completed_closes_its_sheets_again(people, panel):
    settle(panel)
    record("reconvene", panel.evaluation, before="consensus", after="convening")
    panel.evaluation.state = "convening"
    panel.evaluation.save(update_fields=["state"])
    assert browser(panel.leader).get(address(panel)).status_code == 404
    assert browser(panel.experts[1]).get(address(panel, "now/")).status_code == 404


def test_enterprise_and_office_never_see_it(people, panel):
    for who in (people.liu, people.dan, people.meng, people.hao):
        assert browser(who).get(address(panel)).status_code == 404


# ── what it shows ─────────────────────────────────────────────────────────────────────────────
def test_the_rows_are_ordered_by_points_at_stake_and_show_who_stands_out(panel):
    text = shown(panel.experts[1], panel)
    order = re.findall(r'data-board-row="([\d.]+)"', text)
    assert order[:2] == ["7.5.1", "7.3"] and len(order) == 14 and "7.2" not in order
    row = text[text.index('id="r7_5_1"') : text.index('id="r7_3"')]
    assert "▲0.85" in row and "▼0.5" in row
    assert "<b>52.5</b>" in row and ">0.35<" in row
    assert 'cx="85.0%"' in row and 'x1="50.0%" x2="85.0%"' in row
    assert "7.5.1 各人系数 0.5（1 人）、0.7（1 人）、0.85（1 人），建议值 0.7" in row
    assert "7.5.1 的评语" in row and "面试" in row
    assert (
        "本人自评" in row
        and "4 档，系数 0.7" in row
        and "满足" not in row
        and "工作绩效：近三年的做法与结果。" in row
    )


def test_the_result_stands_beside_it_and_says_what_it_takes_for_granted(panel):
    text = shown(panel.leader, panel)
    assert "14 项未定，暂按建议值计。" in text and "诚信还没有认定，暂按符合计。" in text
    assert "718 ≥ 600，且 &lt; 750；高出下限 118 分。" in text
    assert "≥20" in text and "=60" in text
    settle(panel)
    settled = shown(panel.leader, panel)
    assert "暂按" not in settled and "都齐了，组长可以形成合议结论。" in settled


def test_a_pin_leads_to_the_page_of_the_paper(people):
    first = said()
    panel = rows.panel(people)
    paper = rows.proof(panel.evaluation.application, by=people.liu)
    first["marks"]["7.3"]["pins"] = [{"proof": str(paper.pk), "page": 2}]
    for number, content in enumerate((first, said(), said())):
        rows.signed(panel.sheet(number), by=panel.experts[number], content=content)
    rows.brought_to(panel.evaluation, "consensus")
    text = shown(panel.experts[2], panel)
    assert f'href="{address(panel, f"proofs/{paper.pk}/2/")}"' in text and "证明 1 第 2 页" in text
    stranger = "00000000-0000-4000-8000-000000000000"
    assert browser(panel.leader).get(address(panel, f"proofs/{stranger}/1/")).status_code == 404


def test_by_the_mean_the_page_shows_means_and_lets_nobody_choose(people):
    panel = rows.deliberating(people, said(_7_3="0.65"), said(), said(), aggregation="mean")
    text = shown(panel.leader, panel)
    row = text[text.index('id="r7_3"') : text.index('id="r7_1_1"')]
    assert "<b>0.68…</b>" in row and "<select" not in row  # 0.65 + 0.7 + 0.7, exact inside
    assert "改用各项中位数" in text and "按建议值定下" not in text


def test_a_member_reads_and_cannot_write(panel):
    text = shown(panel.experts[1], panel)
    assert "<select" not in text and "board-form" not in text
    for more in ("save/", "autosave/", "cursor/"):
        assert browser(panel.experts[1]).post(address(panel, more), {"row": "7.3"}).status_code == 403


# ── what the leader writes ────────────────────────────────────────────────────────────────────
def test_a_proposal_is_shown_and_not_taken_by_itself(panel):
    autosaved(panel, form(panel, evidence="查阅信用公示。"))
    assert not Agreed.objects.exclude(coefficient=None).exists()
    assert words_of(panel).integrity_evidence == "查阅信用公示。"


def test_what_is_typed_is_kept_and_answered_with_what_follows(panel):
    answer = autosaved(panel, form(panel, **{"r7_5_1-coefficient": "0.5", "r7_5_1-comment": "共识"}))
    text = answer.content.decode()
    row = Agreed.objects.get(indicator="7.5.1")
    assert (row.coefficient, row.proposed, row.comment, row.by) == (
        Decimal("0.5"),
        Decimal("0.7"),
        "共识",
        panel.leader,
    )
    assert 'id="saved-state" data-saved-at="12:00:00"' in text
    assert "极差 0.35，达到 0.2，须写明理由。0.5 不同于建议值 0.7，须写明理由。" in text
    assert "688.0" in text  # 718 - 30
    assert 'name="version" id="version" value="2"' in text


def test_a_value_outside_the_scheme_is_refused_and_the_rest_is_kept(panel):
    typed = form(panel, **{"r7_5_1-coefficient": "0.77", "r7_3-coefficient": "0.65", "pin0-page": "3"})
    text = autosaved(panel, typed).content.decode()
    assert [row.indicator for row in Agreed.objects.all()] == ["7.3"]
    assert "请选择这一页所在的材料。" in text
    by_hand = browser(panel.leader).post(address(panel, "save/"), typed)
    assert by_hand.status_code == 422 and "有 2 处需要改正" in by_hand.content.decode()


def test_all_proposals_that_need_no_reason_are_taken_by_one_act(panel):
    browser(panel.leader).post(address(panel, "save/"), form(panel, action="accept"))
    taken = {row.indicator: row.coefficient for row in Agreed.objects.exclude(coefficient=None)}
    assert len(taken) == 13 and taken["7.3"] == Decimal("0.7") and "7.5.1" not in taken
    assert "不用写理由的" not in shown(panel.leader, panel)


def test_an_agreed_comment_is_drafted_from_what_the_experts_wrote(panel):
    answer = browser(panel.leader).post(address(panel, "save/"), form(panel, action="draft:7.3"))
    assert answer.headers["Location"].endswith("/consensus/#r7_3")
    assert Agreed.objects.get(indicator="7.3").comment == "7.3 的评语"
    browser(panel.leader).post(address(panel, "save/"), form(panel, action="draft:7.3"))
    assert Agreed.objects.get(indicator="7.3").comment == "7.3 的评语"


def test_the_leader_in_two_windows_is_told_and_loses_nothing(panel):
    first = form(panel, **{"r7_3-coefficient": "0.65", "r7_3-reason": "甲窗口"})
    second = form(panel, **{"r7_3-coefficient": "0.85", "r7_3-reason": "乙窗口"})
    autosaved(panel, first)
    stale = autosaved(panel, second).content.decode()
    assert "data-stale" in stale and "在另一个窗口改过" in stale
    assert Agreed.objects.get(indicator="7.3").reason == "甲窗口"
    by_hand = browser(panel.leader).post(address(panel, "save/"), second)
    assert by_hand.status_code == 409 and "乙窗口" in by_hand.content.decode()
    knowingly = second | {"version": re.search(r'id="version" value="(\d+)"', stale).group(1)}
    browser(panel.leader).post(address(panel, "save/"), knowingly)
    assert Agreed.objects.get(indicator="7.3").reason == "乙窗口"


def test_after_the_conclusion_nothing_is_saved_and_the_page_says_so(panel):
    typed = form(panel, sentence="来不及", **{"r7_3-comment": "计量知识清楚。"})
    settle(panel)
    conclude(panel)
    assert "data-closed" in autosaved(panel, typed).content.decode()
    text = browser(panel.leader).post(address(panel, "save/"), typed, follow=True).content.decode()
    assert "合议已经结束，没有存上。" in text and "在这一页上" not in text
    assert re.search("可以复制：(“计量知识清楚。”|“来不及”){2}<", text)  # these two, and nothing that is kept
    assert words_of(panel).fragile_sentence == ""


@pytest.mark.parametrize(("more", "who"), [("save/", 0), ("revise/", 1)])
def test_words_come_back_also_where_the_sheets_were_closed_again(panel, more, who):
    words = {"r7_3-comment": "计量知识清楚。", "version": "1", "reason": "面试核实。", "name": "专家乙"}
    rows.closed_again(panel.evaluation)
    answer = browser(panel.experts[who]).post(address(panel, more), words, follow=True)
    assert answer.status_code == 200 and "计量知识清楚。" in answer.content.decode()
    assert browser(panel.experts[who]).get(address(panel)).status_code == 404  # the control: no page of it


def test_a_sentence_too_long_loses_nothing_that_was_chosen_beside_it(panel):
    typed = form(
        panel, **{"r7_3-coefficient": "0.65", "r7_3-reason": "核实。", "r7_3-comment": "字" * 20_001}
    )
    assert browser(panel.leader).post(address(panel, "save/"), typed).status_code == 422
    kept = Agreed.objects.get(indicator="7.3")
    assert (kept.coefficient, kept.reason, kept.comment) == (Decimal("0.65"), "核实。", "")


def test_what_is_drafted_from_the_longest_comments_can_be_saved(people):
    marks = [said() for _ in range(3)]
    for number, each in enumerate(marks):
        each["marks"]["7.3"]["comment"] = str(number) * 2_000
    panel = rows.deliberating(people, *marks)
    browser(panel.leader).post(address(panel, "save/"), form(panel, action="draft:7.3"))
    assert len(Agreed.objects.get(indicator="7.3").comment) == 6_002
    answer = browser(panel.leader).post(
        address(panel, "save/"), form(panel, **{"r7_3-coefficient": "0.65", "r7_3-reason": "核实。"})
    )
    assert answer.status_code == 302 and Agreed.objects.get(indicator="7.3").reason == "核实。"


# ── all follow ────────────────────────────────────────────────────────────────────────────────
def test_the_leader_goes_to_a_row_and_all_see_it(panel):
    browser(panel.leader).post(address(panel, "cursor/"), {"row": "7.5.1"})
    text = shown(panel.experts[1], panel)
    assert re.search(r'<tbody id="r7_5_1" class="is-here"', text)
    assert '组长正在议 <a href="#r7_5_1">7.5.1 工作绩效</a>' in text
    assert browser(panel.leader).post(address(panel, "cursor/"), {"row": "7.2"}).status_code == 404
    assert Deliberation.objects.get().version == 1  # to walk is not to write


def asked(client, panel, tag: str = ""):
    return client.get(address(panel, "now/"), headers={"If-None-Match": tag} if tag else {})


def test_who_follows_asks_lightly_and_hears_only_of_changes(panel):
    client = browser(panel.experts[1])
    first = asked(client, panel)
    tag = first.headers["ETag"]
    assert first.json() == {"table": "consensus.0.3.3", "row": ""}
    assert asked(client, panel, tag).status_code == 304
    browser(panel.leader).post(address(panel, "cursor/"), {"row": "7.3"})
    moved = asked(client, panel, tag)
    assert moved.json() == {"table": "consensus.1.3.3", "row": "r7_3"}
    autosaved(panel, form(panel, evidence="查阅。"))
    assert asked(client, panel, moved.headers["ETag"]).json()["table"] == "consensus.2.3.3"


def test_the_answer_to_who_follows_asks_one_question_beside_the_session(panel):
    client = browser(panel.experts[1])
    asked(client, panel)
    with CaptureQueriesContext(connection) as queries:
        asked(client, panel)
    about = [each["sql"] for each in queries if "evaluation_" in each["sql"]]
    assert len(about) == 1
    assert len(queries) == 4  # the session, the person, the assignment


# ── steps ─────────────────────────────────────────────────────────────────────────────────────
def step(panel, name: str, who=None, **said_of_it):
    return browser(who or panel.leader).post(address(panel, f"steps/{name}/"), said_of_it, follow=True)


def test_the_leader_opens_the_sheets_from_the_page_of_the_case_once_all_have_signed(people):
    panel = rows.panel(people)
    case = panel.evaluation.get_absolute_url()
    for number in range(3):
        assert "打开合议" not in browser(panel.leader).get(case).content.decode()
        rows.signed(panel.sheet(number), by=panel.experts[number])
    assert "打开合议" not in browser(panel.experts[1]).get(case).content.decode()
    assert "打开合议" in browser(panel.leader).get(case).content.decode()
    assert step(panel, "open", panel.experts[1]).status_code == 403
    answer = step(panel, "open")
    assert "评分表已向评价组打开" in answer.content.decode()
    told = Message.objects.filter(kind="sheets-opened", channel="inbox")
    assert {each.recipient for each in told} == set(panel.experts)


def test_a_step_that_is_not_open_yet_leads_back_with_its_reason(people):
    panel = rows.panel(people)
    answer = step(panel, "open")
    assert "还有 3 份评分表没有签署" in answer.content.decode()
    assert step(panel, "no-such-step").status_code == 404


def test_what_is_concluded_is_what_was_looked_at(panel):
    settle(panel)
    seen = re.search(r'name="seen" value="([^"]+)"', shown(panel.leader, panel)).group(1)
    autosaved(panel, form(panel, **{"r7_3-comment": "又改了一句"}))
    assert "请看过现在的内容，再形成结论" in step(panel, "conclude", seen=seen).content.decode()
    assert not Outcome.objects.exists()
    seen = re.search(r'name="seen" value="([^"]+)"', shown(panel.leader, panel)).group(1)
    assert "合议结论已形成" in step(panel, "conclude", seen=seen).content.decode()
    assert Outcome.objects.get().frozen["agreed"]["7.3"]["comment"] == "又改了一句"


def test_deliberating_again_asks_why(panel):
    settle(panel)
    conclude(panel)
    assert "重新合议" in shown(panel.leader, panel) and "重新合议" not in shown(panel.experts[1], panel)
    assert "请写明理由" in step(panel, "deliberate-again").content.decode()
    step(panel, "deliberate-again", note="会签时有人提出异议。")
    panel.evaluation.refresh_from_db()
    assert panel.evaluation.state == "consensus"
    assert Event.objects.get(action="deliberate-again").note == "会签时有人提出异议。"


# ── a member signs again ──────────────────────────────────────────────────────────────────────
def typed_again(panel, **changes) -> dict:
    marks = said(_7_5_1="0.85")["marks"]
    found = {"version": "1", "reason": "面试核实。", "name": "专家乙"}
    for code, mark in marks.items():
        if code != "7.2":
            key = f"r{code.replace('.', '_')}"
            found |= {f"{key}-coefficient": mark["coefficient"], f"{key}-comment": mark["comment"]}
    return {k: v.replace("1.0", "1") for k, v in found.items()} | changes


def test_a_member_signs_again_with_a_reason_and_all_see_before_and_after(panel):
    answer = browser(panel.experts[1]).post(
        address(panel, "revise/"), typed_again(panel, **{"r7_5_1-coefficient": "0.7"}), follow=True
    )
    assert "已签署第 2 版评分表" in answer.content.decode()
    text = shown(panel.experts[2], panel)
    assert "专家乙 0.85 → 0.7" in text and "面试核实。" in text
    made = SignedSheet.objects.get(number=2)
    assert made.content["marks"]["7.5.1"]["band"] == 4
    assert made.content["marks"]["7.3"] == said()["marks"]["7.3"]  # untouched, word for word


@pytest.mark.parametrize(
    ("change", "status", "why"),
    [
        ({"reason": ""}, 422, "请填写修改的理由。"),
        ({"r7_3-comment": " "}, 422, "请填写7.3 评语。"),
        ({"name": "专家甲"}, 422, "请签写您本人的姓名“专家乙”。"),
        ({"r7_3-coefficient": "0.77"}, 422, "0.77"),
        ({}, 409, "没有改动任何系数或评语"),
        ({"version": "0", "r7_3-coefficient": "0.5"}, 409, "又签署了一版"),
    ],
)
def test_a_revision_that_cannot_be_signed_keeps_what_was_typed(panel, change, status, why):
    answer = browser(panel.experts[1]).post(address(panel, "revise/"), typed_again(panel, **change))
    assert (answer.status_code, SignedSheet.objects.count()) == (status, 3)
    assert why in answer.content.decode()


def test_a_revision_that_comes_after_the_conclusion_stands_on_its_page_again(panel):
    settle(panel)
    conclude(panel)
    typed = typed_again(panel, **{"r7_5_1-coefficient": "0.7", "r7_3-comment": "计量知识清楚。"})
    answer = browser(panel.experts[1]).post(address(panel, "revise/"), typed)
    text = answer.content.decode()
    assert answer.status_code == 409 and "合议已经结束，评分表不能再修改。" in text
    assert "计量知识清楚。" in text and "面试核实。" in text


def test_a_revised_comment_is_as_long_as_one_of_a_sheet(panel):
    for length, status in ((2_001, 422), (2_000, 302)):
        typed = typed_again(panel, **{"r7_3-comment": "字" * length})
        assert browser(panel.experts[1]).post(address(panel, "revise/"), typed).status_code == status


def test_a_revision_sent_twice_is_signed_once(panel):
    client, typed = browser(panel.experts[1]), typed_again(panel, **{"r7_5_1-coefficient": "0.7"})
    for _ in range(2):
        assert client.post(address(panel, "revise/"), typed | {"once": "k"}).status_code == 302
    assert SignedSheet.objects.count() == 4


# ── how many questions ────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("size", [3, 5])
def test_the_page_asks_as_much_for_five_experts_as_for_three(people, size):
    panel = rows.deliberating(people, *[said()] * size)
    client = browser(panel.leader)
    client.get("/style/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address(panel)).status_code == 200
    assert len(queries) == 19


# ── blindness ─────────────────────────────────────────────────────────────────────────────────
def world(panel, paths, marks: str, *, opened: bool) -> list[tuple[int, bytes]]:
    """What leader and member are answered where the second expert signed these marks; undone afterwards."""
    with transaction.atomic():
        content = said(marks)
        content["marks"]["7.3"]["comment"] = f"给 {marks}"
        rows.signed(panel.sheet(1), by=panel.experts[1], content=content)
        if opened:
            for number in (0, 2):
                rows.signed(panel.sheet(number), by=panel.experts[number])
            rows.brought_to(panel.evaluation, "consensus")
        seen = [browser(who).get(path) for who in (panel.leader, panel.experts[2]) for path in paths]
        transaction.set_rollback(True)
    panel.evaluation.refresh_from_db()
    return [(each.status_code, re.sub(rb'name="once" value="[^"]+"', b"", bare(each))) for each in seen]


@pytest.mark.parametrize("opened", [False, True])
def test_until_the_sheets_are_open_no_page_depends_on_anybodys_marks(people, opened):
    """Two worlds that differ in one expert's sheet alone; opening them is the control."""
    panel = rows.panel(people)
    rows.met(panel)
    case = panel.evaluation.get_absolute_url()
    paths = [
        f"{case}{more}" for more in ("", "interviews/", "interviews/new/", "consensus/", "consensus/now/")
    ]
    low, high = (world(panel, paths, marks, opened=opened) for marks in ("0.1", "1.0"))
    assert (low == high) is not opened
    assert {status for status, _ in low} == ({200, 403} if opened else {200, 403, 404})


# ── integrity ─────────────────────────────────────────────────────────────────────────────────
def test_what_every_member_signed_about_integrity_stands_beside_the_finding(people):
    panel = rows.deliberating(people, said(), said(_7_2="0.1"), said())
    for who in (panel.leader, panel.experts[2]):
        text = shown(who, panel)
        beside = text[text.index("<h2>诚信</h2>") : text.index('id="missing"')]
        for word in ("专家甲", "专家乙", "系数 0.1", "7.2 的评语", ">面试</a>"):
            assert word in beside


def test_that_a_member_signed_otherwise_is_said_as_soon_as_it_is_found(people):
    panel = rows.deliberating(people, said(), said(_7_2="0.1"), said())
    assert "签署的评分没有给满分" not in shown(panel.leader, panel)  # nothing is found yet
    answer = autosaved(panel, form(panel, met="yes")).content.decode()
    assert "专家乙签署的评分没有给满分，与认定不同，要写理由。" in answer
    answer = autosaved(panel, form(panel, met="no")).content.decode()
    assert "专家甲、专家丙签署的评分给了满分，与认定不同，要写理由。" in answer
    autosaved(panel, form(panel, dissent="处罚决定公示在评分以后。"))
    assert words_of(panel).integrity_reason == "处罚决定公示在评分以后。"
    assert "处罚决定公示在评分以后。" in shown(panel.experts[1], panel)
