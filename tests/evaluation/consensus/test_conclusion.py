"""What a panel concludes: every guard with its sentence and its control, thresholds through the stored row, what stays."""

from datetime import time
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.workflow.engine import Refused, perform
from evaluation import frozen
from evaluation.consensus import conclusion, interviews
from evaluation.consensus.board import board_of
from evaluation.consensus.conclusion import CONCLUDE, OPEN_SHEETS, missing_from
from evaluation.consensus.marks import coefficients_of, first_marks_of, members_of
from evaluation.consensus.outcome import frozen_of
from evaluation.consensus.revising import revise, revised
from evaluation.consensus.saving import Said, accept_proposals, save
from evaluation.models import Agreed, Outcome, Panellist
from evaluation.workflow.evaluation import DELIBERATE_AGAIN
from evaluation.workflow.panellist import recusing
from tests.evaluation import rows
from tests.evaluation.consensus.table import change, conclude, settle
from tests.evaluation.rows import TODAY, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel(people):
    """Five experts who differ by 0.35 in one row, 150 points: 0.5 0.65 0.7 0.7 0.85."""
    marks = [said(_7_5_1=value) for value in ("0.7", "0.85", "0.5", "0.65", "0.7")]
    return rows.deliberating(people, *marks)


def refusal(panel, *, by=None) -> tuple[str, ...]:
    with pytest.raises(Refused) as refused:
        perform(CONCLUDE, panel.evaluation, by=by or panel.leader, today=TODAY)
    return refused.value.reasons


# ── what stands in the way ────────────────────────────────────────────────────────────────────
def test_the_control_a_settled_table_is_concluded(panel):
    settle(panel)
    outcome = conclude(panel)
    assert panel.evaluation.state == "reporting"
    assert (outcome.number, outcome.grade, outcome.total) == (1, "AAAA", Decimal("718"))
    assert outcome.rule_edition == "jiangsu-2023-draft"


def test_an_empty_table_says_everything_that_is_missing(panel):
    missing = missing_from(panel.evaluation, board_of(panel.evaluation), TODAY)
    assert missing == [
        "还有 14 项没有定合议值：7.1.1 质量意识、7.1.2 社会责任意识、7.3 知识、7.4.1 组织能力、7.4.2 策划能力、"
        "7.4.3 实施能力、7.4.4 学习能力、7.4.5 协调能力、7.4.6 沟通能力、7.5.1 工作绩效、7.5.2 学术成就、"
        "7.5.3 创新成果、7.5.4 社会贡献、7.5.5 所获荣誉。",
        "还有 1 项没有写理由：7.5.1 工作绩效。",
        "诚信还没有认定：请选符合或者不符合。",
        "还没有面试答辩的记录（8.3）。",
    ]
    assert refusal(panel) == ("".join(missing[:3]), missing[3])


def test_the_table_is_read_once_to_refuse_and_once_more_to_freeze(panel, monkeypatch):
    read = []

    def counted(evaluation):
        read.append(evaluation)
        return board_of(evaluation)

    monkeypatch.setattr(conclusion, "board_of", counted)
    refusal(panel)
    assert len(read) == 1


def test_every_indicator_is_agreed(panel):
    settle(panel)
    change(panel, "7.3", None)
    assert refusal(panel) == ("还有 1 项没有定合议值：7.3 知识。",)


def test_a_reason_is_written_where_experts_are_far_apart_or_the_proposal_is_left(panel):
    settle(panel)
    change(panel, "7.5.1", "0.7", reason=" ")
    assert refusal(panel) == ("还有 1 项没有写理由：7.5.1 工作绩效。",)
    change(panel, "7.5.1", "0.7", reason="面试核对项目立项书。")
    change(panel, "7.3", "0.65")
    assert refusal(panel) == ("还有 1 项没有写理由：7.3 知识。",)
    change(panel, "7.3", "0.65", reason="计量知识不足。")
    assert conclude(panel).frozen["agreed"]["7.3"] == {
        "coefficient": "0.65",
        "proposed": "0.7",
        "reason": "计量知识不足。",
        "comment": "",
    }


def test_integrity_is_found_with_its_evidence(panel):
    settle(panel, integrity_met=None)
    assert refusal(panel) == ("诚信还没有认定：请选符合或者不符合。",)
    settle(panel, integrity_met=True, integrity_evidence=" ")
    assert refusal(panel) == ("诚信的认定还没有写依据。",)
    against = {"integrity_reason": "公示在评分以后。"}  # every member had given it in full
    settle(panel, integrity_met=False, integrity_evidence="2025 年一起失信认定。", **against)
    outcome = conclude(panel)
    assert (outcome.grade, outcome.total) == ("A", Decimal("658"))
    assert [each["sentence"] for each in outcome.result["failed"]] == ["诚信 0 分，须为 60 分。"]
    assert outcome.frozen["integrity"] == {
        "met": False,
        "evidence": "2025 年一起失信认定。",
        "pins": [],
        "reason": "公示在评分以后。",
    }


def test_a_finding_otherwise_than_a_member_signed_has_its_reason(people):
    """A member found that it is not met, with a proof; the leader alone finds that it is."""
    panel = rows.deliberating(people, said(), said(_7_2="0"), said())
    settle(panel)
    assert refusal(panel) == ("诚信的认定与专家乙签署的评分不同，还没有写理由。",)
    settle(panel, integrity_reason="所附处罚决定已经撤销，见证明 1。")
    assert [(each.basis.value, each.grade.code) for each in board_of(panel.evaluation).alternatives][-1] == (
        "finding",
        "A",
    )
    outcome = conclude(panel)
    assert (outcome.grade, outcome.frozen["integrity"]["reason"]) == (
        "AAAA",
        "所附处罚决定已经撤销，见证明 1。",
    )
    assert outcome.frozen["fragile"]["sentence"] == "差别来自 7.5.1，面试已核实。"


def test_that_it_turns_on_the_finding_is_explained_like_any_other_fragile_grade(people):
    panel = rows.deliberating(people, said(), said(_7_2="0"), said())
    settle(panel, integrity_reason="处罚决定已经撤销。")
    save(panel.evaluation, Said({}, {"fragile_sentence": " "}), version=None, by=panel.leader)
    assert refusal(panel) == ("等级不稳，还没有写说明。",)


def test_the_control_where_all_signed_what_was_found_no_reason_is_owed(people):
    panel = rows.deliberating(people, said(), said(), said())
    settle(panel)
    assert conclude(panel).frozen["integrity"]["reason"] == ""


def test_a_grade_that_is_not_firm_is_explained(people):
    # 940 × 0.65 + 60 = 671; 7.5.1 (150) at 0.1: 588.5. The middle one decides whether it is below 600.
    panel = rows.deliberating(people, said("0.65"), said("0.65", _7_5_1="0.1"), said("0.65", _7_5_1="0.5"))
    settle(panel)
    board = board_of(panel.evaluation)
    assert [(each.basis.value, each.total, each.grade.code, each.changes) for each in board.alternatives] == [
        ("panel", Decimal("648.5"), "AAAA", False),
        ("without", Decimal("588.5"), "AAA", True),
        ("without", Decimal("648.5"), "AAAA", False),
        ("without", Decimal("588.5"), "AAA", True),
        ("mean", Decimal("636"), "AAAA", False),
    ]
    assert board.is_explained
    explain(panel, "")
    assert refusal(panel) == ("等级不稳，还没有写说明。",)


def test_a_sentence_speaks_of_what_it_was_written_about(people):
    panel = rows.deliberating(people, said("0.65"), said("0.65", _7_5_1="0.1"), said("0.65", _7_5_1="0.5"))
    settle(panel)
    change(panel, "7.5.1", "0.1", reason="证据不足。")  # 588.5: AAA now, and other ways lead to AAAA
    assert refusal(panel) == ("等级不稳的情形在写说明以后变了，请看过再改说明。",)
    explain(panel, "合议认为证据不足。")
    assert conclude(panel).frozen["fragile"]["sentence"] == "合议认为证据不足。"


def explain(panel, sentence: str) -> None:
    save(panel.evaluation, Said({}, {"fragile_sentence": sentence}), version=None, by=panel.leader)


def test_without_an_interview_there_is_no_conclusion(panel):
    interviews.plan(panel.evaluation, planned(), by=panel.leader)
    settle(panel)  # finds one planned, and holds none
    assert refusal(panel) == ("还没有面试答辩的记录（8.3）。",)
    interviews.write_down(panel.evaluation.interviews.get(), held(), by=panel.leader)
    assert conclude(panel).number == 1


def planned(kind: str = "interview", **more) -> dict:
    return {
        "kind": kind,
        "planned_at": interviews.at(TODAY, time(9)),
        "place": "三楼",
        "because": "" if kind == "interview" else "核实产线",
        "plan": "",
    } | more


def held(**more) -> dict:
    return {"held_on": TODAY, "present": "本人", "notes": "核实。", "by_indicator": {}} | more


def test_a_check_on_site_that_was_planned_is_recorded_or_cancelled(panel):
    settle(panel)
    check = interviews.plan(panel.evaluation, planned("on_site"), by=panel.leader)
    assert refusal(panel) == ("2026年11月20日的现场验证还没有记录；没有进行的，请取消。",)
    interviews.cancel(check, "企业停产", by=panel.leader)
    assert conclude(panel).number == 1


def test_a_check_on_site_that_was_recorded_is_no_hindrance(panel):
    settle(panel)
    check = interviews.plan(panel.evaluation, planned("on_site"), by=panel.leader)
    interviews.write_down(check, held(), by=panel.leader)
    assert conclude(panel).number == 1


def test_the_panel_is_large_enough(people):
    panel = rows.deliberating(people)
    settle(panel)
    recuse(panel, 2)
    assert refusal(panel)[0] == "已声明的成员不够：评价组连组长至少 3 人（8.3，推定），现在 2 人。"


def test_nobody_but_the_leader_concludes(panel):
    settle(panel)
    for who in (panel.experts[1], panel.staff):
        with pytest.raises(PermissionDenied):
            perform(CONCLUDE, panel.evaluation, by=who, today=TODAY)
    assert not Outcome.objects.exists()


# ── somebody leaves, somebody changes his mind ────────────────────────────────────────────────
def recuse(panel, number: int) -> None:
    step = recusing(source="reported", kind="same-organisation", said="曾在该企业任职。")
    perform(step, panel.panellists[number], by=panel.staff, today=TODAY)


def test_rows_whose_proposal_changed_ask_again_when_a_member_is_recused(people):
    panel = rows.deliberating(
        people, said(_7_3="0.5"), said(_7_3="0.65"), said(_7_3="0.65"), said(_7_3="0.5")
    )  # lower median 0.5
    settle(panel)
    recuse(panel, 3)  # 0.5 0.65 0.65: now 0.65
    assert refusal(panel)[0] == "定了以后建议值变了，请重新确定：7.3 知识。"
    change(panel, "7.3", None)  # the page shows no value, so nothing is chosen: it goes on asking
    assert Agreed.objects.get(indicator="7.3").coefficient == Decimal("0.5")
    change(panel, "7.3", "0.5", seen="0.5")  # typed on a page from before
    assert refusal(panel)[0].startswith("定了以后建议值变了，请重新确定：7.3 知识。")
    change(panel, "7.3", "0.65")
    outcome = conclude(panel)
    assert len(outcome.frozen["members"]) == 3


def test_what_a_leader_wrote_who_was_partial_is_not_concluded_on_unseen(people):
    """Every row asks again, and nothing is found, though no sheet and no proposal changed for it."""
    panel = rows.deliberating(people, *[said()] * 4)
    settle(panel)
    board = board_of(panel.evaluation)
    assert (board.finding.met, [row for row in board.rows if board.asks_again(row)]) == (True, [])
    recuse(panel, 0)
    taken_over(panel, 1)
    board, now = board_of(panel.evaluation), panel.experts[1]
    assert all(board.asks_again(row) for row in board.rows) and board.finding.met is None
    assert board.finding.evidence == "查阅信用公示，未见失信。"  # to read, and to stand by or not
    (said_of_it,) = refusal(panel, by=now)
    assert said_of_it.startswith("定了以后建议值变了，请重新确定：7.1.1 质量意识、")
    assert said_of_it.endswith("7.5.5 所获荣誉。诚信还没有认定：请选符合或者不符合。")
    save(panel.evaluation, Said({}, {"integrity_met": True}), version=None, by=now)
    assert board_of(panel.evaluation).finding.met is True
    assert all(board_of(panel.evaluation).asks_again(row) for row in board.rows)  # each by itself
    accept_proposals(panel.evaluation, by=now)
    perform(CONCLUDE, panel.evaluation, by=now, today=TODAY)


def test_the_control_where_a_member_leaves_what_the_leader_wrote_stands(people):
    panel = rows.deliberating(people, *[said()] * 4)
    settle(panel)
    recuse(panel, 3)
    assert conclude(panel).grade == "AAAA"


def taken_over(panel, number: int) -> None:
    """Another member leads: named while the panel is convened, and the sheets opened again."""
    run = panel.evaluation
    for before, after in (("consensus", "convening"), ("scoring", "consensus")):
        with transaction.atomic():
            record("brought", run, before=before, after=after)
            run.state = after
            run.save(update_fields=["state"])
        if after == "convening":
            Panellist.objects.filter(pk=panel.panellists[number].pk).update(is_leader=True)
            rows.brought_to(run, "scoring")


def last_marks_of(evaluation) -> dict:
    return {member.key: coefficients_of(member.last) for member in members_of(evaluation)}


def test_a_sheet_set_aside_does_not_count(people):
    panel = rows.deliberating(people, said(), said(), said(), said("0.1"))
    assert len(last_marks_of(panel.evaluation)) == 4
    recuse(panel, 3)
    assert set(last_marks_of(panel.evaluation)) == {str(each.pk) for each in panel.panellists[:3]}


def test_a_revision_is_a_further_version_and_the_drift_is_kept(panel):
    settle(panel)
    signed_again(panel, 2, "7.5.1", "0.7", "面试中看到了立项书。")
    first, last = first_marks_of(panel.evaluation), last_marks_of(panel.evaluation)
    key = str(panel.panellists[2].pk)
    assert (first[key]["7.5.1"], last[key]["7.5.1"]) == (Decimal("0.5"), Decimal("0.7"))
    [row] = board_of(panel.evaluation).drift
    assert [(move.first, move.last) for move in row.moved] == [(Decimal("0.5"), Decimal("0.7"))]
    outcome = conclude(panel)
    member = next(each for each in outcome.frozen["members"] if each["panellist"] == key)
    assert (member["version"], member["coefficients"]["7.5.1"]) == (2, "0.7")
    [event] = Event.objects.filter(action="revise")
    assert (event.note, event.data["digest"]) == ("面试中看到了立项书。", member["digest"])
    assert board_of(panel.evaluation).drift == (row,)  # from what was frozen


def signed_again(panel, number: int, code: str, value: str, reason: str):
    marks = {code: {"coefficient": Decimal(value), "comment": "改", "interview": True}}
    return revise(
        panel.evaluation,
        marks,
        number=1,
        reason=reason,
        name=panel.panellists[number].person.name,
        by=panel.experts[number],
    )


def test_a_revision_needs_the_talk_a_change_and_something_it_rests_on(panel):
    with pytest.raises(Refused, match="没有改动"):
        revise(panel.evaluation, {}, number=1, reason="x", name="专家甲", by=panel.experts[0])
    signed_again(panel, 1, "7.3", "0.5", "x")
    with pytest.raises(Refused, match="又签署了一版"):
        signed_again(panel, 1, "7.3", "0.65", "x")
    bare = said(_7_3="0")
    marks = {"7.3": {"coefficient": Decimal("0.5"), "comment": "", "interview": False}}
    with pytest.raises(Refused, match="7.3的系数大于 0，要有依据"):
        revised(bare, marks, rows.SCHEME)
    rows.brought_to(panel.evaluation, "reporting")
    with pytest.raises(Refused, match="合议已经结束"):
        signed_again(panel, 2, "7.3", "0.5", "x")


# ── what is written down ──────────────────────────────────────────────────────────────────────
def test_the_outcome_follows_from_what_was_frozen_and_from_nothing_else(panel):
    settle(panel)
    outcome = conclude(panel)
    assert frozen.result_of(outcome.frozen) == outcome.result
    assert frozen.alternatives_of(outcome.frozen) == outcome.frozen["fragile"]["alternatives"]
    assert frozen.digest_of(outcome.frozen, outcome.result) == outcome.digest
    assert outcome.result["groups"] == {
        "awareness": "70",
        "integrity": "60",
        "knowledge": "70",
        "ability": "238",
        "results": "280",
    }
    assert Event.objects.filter(action="freeze", data__digest=outcome.digest).count() == 1
    assert frozen_of(panel.evaluation)["members"] == outcome.frozen["members"]


def test_a_later_outcome_takes_the_place_of_an_earlier_one_which_stays(panel):
    settle(panel)
    first = conclude(panel)
    perform(DELIBERATE_AGAIN, panel.evaluation, by=panel.leader, today=TODAY, note="会签时有人提出异议。")
    panel.evaluation.refresh_from_db()
    change(panel, "7.3", "0.85", reason="补充面试。")
    second = conclude(panel)
    assert [(each.number, each.total) for each in panel.evaluation.outcomes.all()] == [
        (1, Decimal("718")),
        (2, Decimal("733")),
    ]
    assert first.digest != second.digest


# ── thresholds, through the row that is stored ────────────────────────────────────────────────
def concluded(people, *contents: dict, **more):
    """The outcome of sheets where every proposal is taken and integrity is found met."""
    panel = rows.deliberating(people, *contents, **more)
    settle(panel, integrity_reason="不同的意见已经核实。")
    return conclude(panel)


def values(text: str) -> dict:
    """`7.1.1=1.0 …`, nought elsewhere."""
    return said(
        "0", **{f"_{code.replace('.', '_')}": value for code, value in (e.split("=") for e in text.split())}
    )


LOWEST = "7.1.1=0.25 7.3=0.25 7.4.2=1.0 7.4.4=0.5"  # awareness 20, knowledge 25, ability 90
RESULTS = "7.5.1=0.5 7.5.3=0.3 7.5.4=0.1"  # 75 + 30 + 5 = 110
HALF = "7.5.1=0.45 7.5.3=0.25 7.5.2=0.3"  # 67.5 + 25 + 18 = 110.5
TWO_WHOLE = "7.1.1=1.0 7.3=1.0"  # 80 + 100
THREE_WHOLE = "7.1.1=1.0 7.1.2=1.0 7.3=1.0"  # 80 + 20 + 100
ALL_ABILITY = "7.4.1=1.0 7.4.2=1.0 7.4.3=1.0 7.4.4=1.0 7.4.5=1.0 7.4.6=1.0"  # 340


@pytest.mark.parametrize(
    ("said_of_it", "total", "grade"),
    [
        (f"{LOWEST} {RESULTS}", "305", "AA"),
        (f"{TWO_WHOLE} 7.4.2=1.0 7.4.4=0.65 {HALF}", "449.5", "AA"),
        (f"{TWO_WHOLE} 7.4.2=1.0 7.4.3=0.5 {RESULTS}", "450", "AAA"),
        (f"{THREE_WHOLE} 7.4.2=1.0 7.4.3=1.0 7.4.4=1.0 7.5.1=0.65 7.5.3=0.3 7.5.5=0.3", "599.5", "AAA"),
        (f"{THREE_WHOLE} 7.4.2=1.0 7.4.3=1.0 7.4.4=1.0 7.5.1=0.9 7.5.4=0.1", "600", "AAAA"),
        (f"{THREE_WHOLE} {ALL_ABILITY} 7.5.1=0.65 7.5.3=0.25 7.5.2=0.45", "749.5", "AAAA"),
        (f"{THREE_WHOLE} {ALL_ABILITY} 7.5.1=1.0", "750", "AAAAA"),
    ],
)
def test_a_grade_begins_where_the_table_says_and_nothing_is_rounded_up_to_it(
    people, said_of_it, total, grade
):
    outcome = concluded(people, *[values(said_of_it)] * 3)
    assert (outcome.total, outcome.grade) == (Decimal(total), grade)
    assert outcome.result["total"] == total


@pytest.mark.parametrize(
    ("said_of_it", "sentence"),
    [
        ("7.1.2=0.9 7.3=1.0 7.4.2=1.0 7.4.4=0.5 7.5.1=1.0", "意识 18 分，至少 20 分。"),
        ("7.1.1=1.0 7.3=0.1 7.4.2=1.0 7.4.4=0.5 7.5.1=1.0", "知识 10 分，至少 20 分。"),
        ("7.1.1=1.0 7.3=1.0 7.4.2=0.65 7.4.1=0.25 7.4.5=1.0 7.5.1=1.0", "能力 89 分，至少 90 分。"),
        (
            "7.1.1=1.0 7.3=1.0 7.4.2=1.0 7.4.4=0.5 7.5.1=0.45 7.5.3=0.3 7.5.5=0.3",
            "业绩 109.5 分，至少 110 分。",
        ),
    ],
)
def test_a_missed_minimum_leaves_no_grade_whatever_the_total(people, said_of_it, sentence):
    outcome = concluded(people, *[values(said_of_it)] * 3)
    assert outcome.grade == "A"
    assert [each["sentence"] for each in outcome.result["failed"]] == [sentence]


# ── by the mean ───────────────────────────────────────────────────────────────────────────────
WITH_449_5 = f"{TWO_WHOLE} 7.4.2=1.0 7.4.4=0.65 {HALF}"
WITH_450 = f"{TWO_WHOLE} 7.4.2=1.0 7.4.3=0.5 {RESULTS}"
WITH_450_5 = f"{TWO_WHOLE} 7.4.2=1.0 7.4.3=0.5 {HALF}"


def test_a_mean_of_450_is_450(people):
    outcome = concluded(people, *map(values, (WITH_449_5, WITH_450, WITH_450_5)), aggregation="mean")
    assert (outcome.total, outcome.grade, outcome.result["total"]) == (Decimal("450"), "AAA", "450")
    assert {row["coefficient"] for row in outcome.frozen["agreed"].values()} == {None}


def test_a_mean_just_below_450_is_not(people):
    outcome = concluded(people, *map(values, (WITH_449_5, WITH_450, WITH_450)), aggregation="mean")
    assert (f"{outcome.total:.6f}", outcome.grade) == ("449.833333", "AA")


def test_by_the_mean_nothing_is_fixed_but_a_wide_spread_is_explained(people):
    panel = rows.deliberating(
        people, said(_7_3="0.5"), said(_7_3="0.65"), said(_7_3="0.7"), aggregation="mean"
    )
    missing = missing_from(panel.evaluation, board_of(panel.evaluation), TODAY)
    assert missing == [
        "还有 1 项没有写理由：7.3 知识。",
        "诚信还没有认定：请选符合或者不符合。",
        "还没有面试答辩的记录（8.3）。",
    ]
    settle(panel)
    assert conclude(panel).frozen["agreed"]["7.3"]["reason"] == "面试核实。"


def test_integrity_is_never_averaged(people):
    doubts = [said(_7_2="1.0"), said(_7_2="1.0"), said(_7_2="0")]
    outcome = concluded(people, *doubts, aggregation="mean")
    assert outcome.result["groups"]["integrity"] == "60"


# ── opening ───────────────────────────────────────────────────────────────────────────────────
def test_the_sheets_are_opened_once_all_are_signed_and_the_clock_of_the_report_runs(people):
    panel = rows.panel(people)
    for number in (0, 1):
        rows.signed(panel.sheet(number), by=panel.experts[number])
    with pytest.raises(Refused, match="还有 1 份评分表没有签署"):
        perform(OPEN_SHEETS, panel.evaluation, by=panel.leader, today=TODAY)
    rows.signed(panel.sheet(2), by=panel.experts[2])
    opened = perform(OPEN_SHEETS, panel.evaluation, by=panel.leader, today=TODAY)
    assert (opened.state, opened.due_on.isoformat()) == ("consensus", "2026-12-04")
