"""The report: drafted from what was agreed, put to the members as a version, signed off by each, handed in."""

import hashlib
import io

import pikepdf
import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from cqo_portal.notifications.models import Message
from cqo_portal.workflow.drafts import Stale
from cqo_portal.workflow.engine import Refused, perform
from evaluation.consensus.conclusion import CONCLUDE
from evaluation.decisions import printed, versions, working
from evaluation.decisions.deciding import SEND_BACK
from evaluation.models import Report, ReportVersion, SignOff
from evaluation.panels import services as panels
from evaluation.workflow.evaluation import DELIBERATE_AGAIN
from tests.evaluation import rows
from tests.evaluation.decisions import story
from tests.evaluation.decisions.story import TODAY

pytestmark = pytest.mark.django_db


def text_of(pdf: bytes) -> str:
    """What one reads, without the blanks of the line breaks."""
    pages = pypdfium2.PdfDocument(pdf)
    return "".join("".join(page.get_textpage().get_text_bounded() for page in pages).split())


def hand_in(panel):
    return perform(versions.HAND_IN, panel.evaluation, by=panel.leader, today=TODAY)


# ── the working copy ──────────────────────────────────────────────────────────────────────────
def test_the_draft_says_what_was_agreed_recorded_and_frozen(people):
    panel = story.concluded(people)
    texts = working.shown(panel.evaluation).sections["texts"]
    assert texts["7.3"] == "7.3 做法清楚，结果可以核实。"
    assert texts["7.2"] == "没有发现利益冲突和失信记录。"
    assert texts["interview"] == "2026年11月19日，评价中心三楼。到场：本人、评价组三人\n逐项核实。"
    assert texts["overall"] == "总分 718 分，等级 AAAA。"
    assert texts["firmness"] == "少任何一位成员，或者换另一种合成办法，等级都不变。"
    assert "评价组 3 人：专家甲（组长）、专家乙、专家丙" in texts["process"]
    assert texts["on_site"] == texts["changes"] == texts["advice"] == ""
    assert not Report.objects.exists()  # nothing is kept for having looked


def test_of_two_windows_the_second_is_told_and_loses_nothing(people):
    panel = story.concluded(people)
    kept = working.save(panel.evaluation, {"advice": "多写案例。"}, version=1, by=panel.leader)
    assert kept.version == 2
    with pytest.raises(Stale):
        working.save(panel.evaluation, {"advice": "少写。"}, version=1, by=panel.leader)
    assert Report.objects.get().sections["texts"]["advice"] == "多写案例。"
    working.save(panel.evaluation, {"advice": "少写。"}, version=None, by=panel.leader)  # knowingly
    assert Report.objects.get().sections["texts"]["advice"] == "少写。"
    # The same words again are no change, whatever the version.
    assert working.save(panel.evaluation, {"advice": "少写。"}, version=1, by=panel.leader).version == 3


def test_only_the_leader_writes_and_only_while_it_is_written(people):
    panel = story.concluded(people)
    with pytest.raises(PermissionDenied):
        working.save(panel.evaluation, {"advice": "x"}, version=1, by=panel.experts[1])
    story.sign_all(panel, story.put_unprinted(panel))
    hand_in(panel)
    with pytest.raises(Refused, match="报告已经提交"):
        working.save(panel.evaluation, {"advice": "x"}, version=1, by=panel.leader)


def test_after_another_result_the_own_words_stay_and_the_rest_is_drafted_anew(people):
    panel = story.concluded(people)
    working.save(panel.evaluation, {"advice": "多写案例。"}, version=1, by=panel.leader)
    perform(DELIBERATE_AGAIN, panel.evaluation, by=panel.leader, note="漏看一份材料", today=TODAY)
    story.settle(panel, met=False)
    perform(CONCLUDE, panel.evaluation, by=panel.leader, today=TODAY)
    panel = story.now(panel)
    with pytest.raises(Refused, match="合议有了新的结论，请先按新的结论更新报告。"):
        story.put(panel)
    assert working.follow_the_outcome(panel.evaluation, by=panel.leader) == ["advice"]
    texts = Report.objects.get().sections["texts"]
    assert texts["advice"] == "多写案例。"
    assert texts["overall"] == "总分 658 分，等级 A（不予评级）。没有达到的条件：诚信 0 分，须为 60 分。"
    assert story.put(panel).content["grade"] == "A"


# ── what is missing ───────────────────────────────────────────────────────────────────────────
def test_a_report_with_a_bare_indicator_is_not_put_to_anybody(people):
    panel = story.concluded(people)
    working.save(panel.evaluation, {"7.3": " ", "overall": ""}, version=1, by=panel.leader)
    with pytest.raises(Refused) as refused:
        story.put(panel)
    assert refused.value.reasons == ("还有 1 项没有评语：7.3 知识。", "还没有写：总体评价。")
    assert not ReportVersion.objects.exists()


def test_what_the_applicants_will_read_names_no_member(people):
    panel = story.concluded(people)
    working.save(panel.evaluation, {"7.4.1": "专家乙认为组织得力。"}, version=1, by=panel.leader)
    with pytest.raises(Refused, match="“7.4.1 组织能力”公布以后申请人看得到，请不要写成员姓名：专家乙。"):
        story.put(panel)
    working.save(panel.evaluation, {"7.4.1": "组织得力。"}, version=None, by=panel.leader)
    assert story.put(panel).number == 1  # the control: the process names all three, and stays inside


# ── a version ─────────────────────────────────────────────────────────────────────────────────
def test_a_version_freezes_content_and_pdf_and_asks_every_member(people):
    panel = story.concluded(people)
    version = story.put(panel)
    assert version.content["total"] == "718" and version.content["grade_label"] == "AAAA"
    assert [row["coefficient"] for row in version.content["rows"]][:3] == ["0.7", "0.7", "1"]
    assert version.pdf_digest == hashlib.sha256(bytes(version.pdf)).hexdigest()
    assert set(
        Message.objects.filter(kind="report-to-sign").values_list("recipient__username", flat=True)
    ) == {
        "expert-0",
        "expert-1",
        "expert-2",
    }


def test_the_pdf_says_everything_the_body_decides_on(people):
    panel = story.concluded(people, others={"_7_3": "0.1"})
    said = text_of(bytes(story.put(panel).pdf))
    for words in (
        "首席质量官评价报告",
        "江苏质量评价中心",
        "泊头恒通管件有限公司",
        "专家甲（组长）、专家乙、专家丙",
        "评价等级A（不予评级）",
        "总分658.0/1000",
        "有1个条件没有达到，因此不予评级：",
        "知识10分，至少20分。",
        "业绩280.0400≥110达到",
        "诚信60.060=60达到",
        "知识10.0100≥20没有达到",
        "7.3知识1000.110.0",
        "7.4.4学习能力600.742.0",
        "没有发现利益冲突和失信记录。",
        "逐项核实。",
        "7.1.1做法清楚，结果可以核实。",
    ):
        assert words in said, (words, said)


def test_what_was_put_meanwhile_or_changed_meanwhile_is_not_put_again(people):
    panel = story.concluded(people)
    with pytest.raises(Refused, match="报告在您打开这一页以后又改过"):
        versions.put(panel.evaluation, seen=2, after=0, by=panel.leader)
    assert versions.put(panel.evaluation, seen=1, after=0, by=panel.leader).number == 1  # the control
    with pytest.raises(Refused, match="报告在您打开这一页以后又改过"):
        versions.put(panel.evaluation, seen=1, after=0, by=panel.leader)
    assert ReportVersion.objects.count() == 1


def test_a_name_no_font_has_is_said_before_anything_is_printed(people):
    panel = story.concluded(people)
    working.save(panel.evaluation, {"advice": "😀"}, version=1, by=panel.leader)
    with pytest.raises(Refused, match="在字体中没有，印不出来"):
        story.put(panel)


# ── signed off ────────────────────────────────────────────────────────────────────────────────
def test_each_member_signs_each_version_once(people):
    panel = story.concluded(people)
    first = story.put_unprinted(panel)
    story.sign_all(panel, first, _1="知识一项给高了。")
    assert SignOff.objects.get(panellist=panel.panellists[1]).reservation == "知识一项给高了。"
    with pytest.raises(Refused, match="第 1 版您已经会签过。"):
        versions.sign_off(first, name="专家甲", reservation="", by=panel.leader)
    second = story.put_unprinted(panel)
    with pytest.raises(Refused, match="这一版报告不是最后一版"):
        versions.sign_off(first, name="专家甲", reservation="", by=panel.leader)
    with pytest.raises(Refused) as refused:
        hand_in(panel)
    assert refused.value.reasons == ("专家甲、专家乙、专家丙还没有会签第 2 版报告。",)
    story.sign_all(panel, second)
    assert hand_in(panel).state == "at_body"


def test_nobody_else_signs(people):
    panel = story.concluded(people)
    version = story.put_unprinted(panel)
    for somebody in (panel.staff, people.liu, people.meng):
        with pytest.raises(PermissionDenied):
            versions.sign_off(version, name="专家甲", reservation="", by=somebody)


def test_the_sheet_of_signatures_is_bound_before_the_bytes_that_were_signed(people):
    panel = story.concluded(people)
    version = story.put(panel)
    story.sign_all(panel, version, _2="面试时间太短。")
    bound = printed.signed(version)
    assert bound == printed.signed(ReportVersion.objects.get())  # the same rows, the same bytes
    assert f"SHA-256{version.pdf_digest}" in text_of(bound)
    assert "保留意见：面试时间太短。" in text_of(bound)
    with pikepdf.open(io.BytesIO(bound)) as both, pikepdf.open(io.BytesIO(bytes(version.pdf))) as alone:
        assert len(both.pages) == len(alone.pages) + 1


def test_the_database_takes_no_signature_out_of_its_time(people):
    panel = story.concluded(people)
    first = story.put_unprinted(panel)
    seat, second = panel.panellists[0], story.put_unprinted(panel)

    def signs(version):
        SignOff.objects.create(version=version, panellist=seat, name="专家甲", by=panel.leader)

    for act in (lambda: signs(first), lambda: story.sign_all(panel, first)):
        with pytest.raises((DatabaseError, Refused)), transaction.atomic():
            act()
    signs(second)  # the control
    rows.brought_to(panel.evaluation, "at_body")
    seat = panel.panellists[1]
    with pytest.raises(DatabaseError, match="cannot be signed off"), transaction.atomic():
        signs(second)


# ── handed in ─────────────────────────────────────────────────────────────────────────────────
def test_a_report_nobody_was_asked_about_is_not_handed_in(people):
    panel = story.concluded(people)
    with pytest.raises(Refused, match="报告还没有请成员会签。"):
        hand_in(panel)


def test_one_missing_signature_holds_it(people):
    panel = story.concluded(people)
    version = story.put_unprinted(panel)
    story.sign_all(panel, version, but=1)
    with pytest.raises(Refused, match="专家丙还没有会签第 1 版报告。"):
        hand_in(panel)
    versions.sign_off(version, name="专家丙", reservation="", by=panel.experts[2])
    handed = hand_in(panel)
    assert (handed.state, handed.due_on.isoformat()) == ("at_body", "2026-12-04")
    assert Message.objects.filter(kind="report-handed-in", recipient=panel.staff).exists()


def test_a_result_of_somebody_recused_since_holds_it(people):
    panel = story.concluded(people, size=4)
    story.sign_all(panel, story.put_unprinted(panel))
    said = {"kind": "employment", "said": "曾任同一单位。", "evidence": "", "today": TODAY}
    panels.report_a_conflict(panel.panellists[3], **said, by=panel.staff)
    with pytest.raises(Refused, match="评价组成员在结论以后有变化，请重新合议"):
        hand_in(panel)
    perform(DELIBERATE_AGAIN, panel.evaluation, by=panel.leader, note="有成员回避", today=TODAY)
    perform(CONCLUDE, panel.evaluation, by=panel.leader, today=TODAY)
    with pytest.raises(Refused, match="第 1 版报告写的是以前的结论"):
        hand_in(panel)
    panel = story.now(panel)
    working.follow_the_outcome(panel.evaluation, by=panel.leader)
    version = story.put_unprinted(panel)
    for number in range(3):
        versions.sign_off(version, name=f"专家{'甲乙丙'[number]}", reservation="", by=panel.experts[number])
    assert hand_in(panel).state == "at_body"


def test_what_came_back_comes_again_as_another_version(people):
    panel = story.handed_in(people)
    back = perform(SEND_BACK, panel.evaluation, by=panel.staff, note="评语太短", today=TODAY)
    assert (back.state, back.due_on.isoformat()) == ("reporting", "2026-12-04")
    panel = story.now(panel)
    with pytest.raises(Refused, match="评价机构退回以后还没有新的一版"):
        hand_in(panel)
    story.sign_all(panel, story.put_unprinted(panel))
    assert hand_in(panel).state == "at_body"
