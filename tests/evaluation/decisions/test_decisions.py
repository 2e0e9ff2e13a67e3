"""The body decides on the report; nobody types a grade; what was previewed is what is sent."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Organisation
from cqo_portal.workflow.engine import Refused
from evaluation.decisions import publishing
from evaluation.decisions.results import advised, result_of
from evaluation.models import Decision, Outcome, Publication
from evaluation.panels import services as panels
from tests.cast import browser
from tests.evaluation.decisions import story
from tests.evaluation.decisions.story import TODAY

pytestmark = pytest.mark.django_db


def sql(statement: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


# ── deciding ──────────────────────────────────────────────────────────────────────────────────
def test_the_grade_decided_on_is_the_results(people):
    panel = story.handed_in(people)
    decided = story.decide(panel)
    made = Decision.objects.get()
    assert (decided.state, decided.due_on, made.grade, made.on) == ("decided", None, "AAAA", TODAY)
    assert made.deliberated == "参加审议：沈岩，技术委员会主任\n顾平，秘书长\n审议意见：同意评价组的报告。"
    event = Event.objects.about(decided).get(action="adopt")
    assert event.data["digest"] == made.digest and event.data["grade"] == "AAAA"


def test_every_failed_condition_is_named_with_an_a(people):
    panel = story.decided(people, coefficient="0.1")
    result = result_of(panel.evaluation)
    assert result.grade_label == "A（不予评级）"
    assert [each["sentence"] for each in result.failed] == [
        "意识 10 分，至少 20 分。",
        "知识 10 分，至少 20 分。",
        "能力 34 分，至少 90 分。",
        "业绩 40 分，至少 110 分。",
        "总分 154 分，AA 级至少 300 分。",
    ]


def test_a_grade_that_is_typed_into_the_form_is_not_read(people):
    panel = story.handed_in(people)
    seen = panel.evaluation.report_versions.get().digest
    said = {"present": "沈岩", "on": "2026-11-20", "said": "同意。", "seen": seen, "grade": "AAAAA"}
    answer = browser(panel.staff).post(f"/evaluations/{panel.evaluation.pk}/decision/", said)
    assert answer.status_code == 302
    assert Decision.objects.get().grade == "AAAA"


def test_the_database_knows_one_grade(people):
    panel = story.handed_in(people)
    version = panel.evaluation.report_versions.get()

    def insert(grade: str, **more):
        record("adopt", panel.evaluation, by=panel.staff, data={"digest": "0" * 64})
        said = {
            "evaluation": panel.evaluation,
            "report": version,
            "outcome": version.outcome,
            "grade": grade,
            "deliberated": "x",
            "on": TODAY,
            "digest": "0" * 64,
            "by": panel.staff,
        }
        Decision.objects.bulk_create([Decision(**said | more)])

    for grade in ("AAAAA", "AAA", "A", ""):
        with pytest.raises(DatabaseError, match="the grade decided on"), transaction.atomic():
            insert(grade)
    insert("AAAA")  # the control
    with pytest.raises(DatabaseError, match="append_only|Cannot update"), transaction.atomic():
        sql("UPDATE evaluation_decision SET grade = 'AAAAA'")


def test_a_report_of_another_version_is_not_decided_on(people):
    panel = story.handed_in(people)
    with pytest.raises(Refused, match="报告有了新的一版"):
        story.decide(panel, seen="0" * 64)
    story.decide(panel)  # the control


@pytest.mark.parametrize("day", [date(2026, 11, 19), date(2026, 11, 21)])
def test_the_day_lies_between_the_report_and_today(people, day):
    panel = story.handed_in(people)
    with pytest.raises(Refused, match="审议日期应在报告提交"):
        story.decide(panel, on=day)


def test_of_two_who_decide_the_second_is_told(people):
    panel = story.handed_in(people)
    story.decide(panel)
    with pytest.raises(Refused, match="已由 shen.*现在的状态是“待公布”"):
        story.decide(panel)
    assert Decision.objects.count() == 1


def test_a_member_recused_after_the_report_stops_the_decision(people):
    panel = story.handed_in(people, size=4)
    said = {"kind": "employment", "said": "曾任同一单位。", "evidence": "劳动合同", "today": TODAY}
    panels.report_a_conflict(panel.panellists[3], **said, by=panel.staff)
    with pytest.raises(Refused, match="评价组成员在结论以后有变化"):
        story.decide(panel)


def test_a_result_that_does_not_follow_is_decided_on_by_nobody(people):
    panel = story.handed_in(people)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE evaluation_outcome DISABLE TRIGGER USER")
    sql("UPDATE evaluation_outcome SET result = jsonb_set(result, '{total}', '\"750\"')")
    assert Outcome.objects.get().result["total"] == "750"
    with pytest.raises(Refused, match="重新计算的结果与封存的不一致"):
        story.decide(panel)


def test_whoever_has_a_part_in_it_or_sat_on_the_panel_does_not_decide(people):
    panel = story.handed_in(people)
    both = Assignment.objects.create(user=panel.staff, role=Role.EXPERT, person=panel.panellists[1].person)
    with pytest.raises(PermissionDenied):
        story.decide(panel)
    both.delete()
    own = Assignment.objects.create(user=panel.staff, role=Role.ENTERPRISE, organisation=people.hengtong)
    with pytest.raises(PermissionDenied):
        story.decide(panel)
    own.delete()
    assert story.decide(panel).state == "decided"  # the control


# ── annex D ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("size", "grade", "said"),
    [
        (
            "large",
            "AAA",
            "附录 D（资料性）建议大型组织聘用、续聘的首席质量官不低于 AAAA；这次是 AAA，低于建议。",
        ),
        (
            "large",
            "AAAA",
            "附录 D（资料性）建议大型组织聘用、续聘的首席质量官不低于 AAAA；这次是 AAAA，达到建议。",
        ),
        (
            "medium",
            "AA",
            "附录 D（资料性）建议中型组织聘用、续聘的首席质量官不低于 AAA；这次是 AA，低于建议。",
        ),
        (
            "medium",
            "AAAAA",
            "附录 D（资料性）建议中型组织聘用、续聘的首席质量官不低于 AAA；这次是 AAAAA，达到建议。",
        ),
        ("small", "A", "附录 D（资料性）建议小型组织聘用、续聘的首席质量官不低于 AA；这次是 A，低于建议。"),
        ("micro", "AA", "附录 D（资料性）建议微型组织聘用、续聘的首席质量官不低于 AA；这次是 AA，达到建议。"),
        ("unclassified", "AA", "所在组织的规模没有划分，附录 D（资料性）没有建议的最低等级。"),
    ],
)
def test_annex_d_advises_and_decides_nothing(size, grade, said):
    case = {"edition": "jiangsu-2023-draft", "size": size}
    assert (
        advised({"case": case, "grade": grade, "grade_label": grade}).removesuffix(
            "这只是建议，不影响评价结果。"
        )
        == said
    )


def test_a_grade_below_the_advice_is_decided_on_all_the_same(people):
    Organisation.objects.update(size="large")
    panel = story.decided(people, coefficient="0.5")
    assert panel.evaluation.decision.grade == "AAA"
    assert "不低于 AAAA；这次是 AAA，低于建议" in result_of(panel.evaluation).advice


# ── publishing ────────────────────────────────────────────────────────────────────────────────
def test_the_same_words_to_one_person_by_two_ways_are_read_once(people):
    panel = story.decided(people)
    User.objects.filter(pk=people.liu.pk).update(email="liu@example.com")
    shown = publishing.preview(panel.evaluation, today=TODAY)
    assert len(shown.letters) == 2  # by mail and in the inbox, to the one account there is
    assert [(each.role, each.ways) for each in shown.copies] == [("所在组织", "邮件、站内")]


def test_what_was_previewed_is_what_is_sent_word_for_word(people):
    panel = story.decided(people)
    officer = story.officer(panel)
    shown = publishing.preview(panel.evaluation, today=TODAY)
    assert [(each.role, each.message.recipient) for each in shown.letters] == sorted(
        [("所在组织", people.liu), ("首席质量官本人", officer)], key=lambda each: str(each[1].pk)
    )
    published = publishing.publish(panel.evaluation, seen=shown.digest, by=panel.staff, today=TODAY)
    sent = Message.objects.filter(kind="grade-published").order_by("recipient_id")
    assert {(each.recipient_id, each.title, each.body) for each in sent} == {
        (each.message.recipient_id, each.message.title, each.message.body) for each in shown.letters
    }
    body = sent.first().body
    assert "的评价结果：AAAA，总分 718.0 分。" in body
    assert "可以提出申诉，截至2026年12月11日（含当日）；评价机构同意的，" in body
    assert (published.state, published.due_on) == ("published", date(2026, 12, 11))
    assert Publication.objects.get().preview == shown.digest


def test_messages_that_would_be_others_now_are_not_sent(people):
    panel = story.decided(people)
    shown = publishing.preview(panel.evaluation, today=TODAY)
    story.officer(panel)  # somebody more would receive one
    with pytest.raises(publishing.Changed, match="通知在您看过以后变了"):
        publishing.publish(panel.evaluation, seen=shown.digest, by=panel.staff, today=TODAY)
    assert not Message.objects.filter(kind="grade-published").exists()
    answer = browser(panel.staff).post(
        f"/evaluations/{panel.evaluation.pk}/publication/", {"preview": shown.digest}
    )
    assert answer.status_code == 409 and "首席质量官本人" in answer.content.decode()
    with pytest.raises(publishing.Changed):  # on the next day the last day to appeal is another one
        publishing.publish(
            panel.evaluation,
            seen=publishing.preview(panel.evaluation, today=TODAY).digest,
            by=panel.staff,
            today=date(2026, 11, 23),
        )


def test_nothing_is_published_twice_or_undecided(people):
    panel = story.handed_in(people)
    path = f"/evaluations/{panel.evaluation.pk}/publication/"
    assert browser(panel.staff).get(path).status_code == 302  # there is nothing to preview
    story.decide(panel)
    assert browser(panel.staff).get(path).status_code == 200
    panel = story.now(panel)
    story.publish(panel)
    with pytest.raises(Refused, match="现在的状态是“已公布”"):
        story.publish(panel)
    made = Publication.objects.get()
    with pytest.raises(DatabaseError, match="only what was decided"), transaction.atomic():
        Publication.objects.create(decision=made.decision, on=TODAY, preview="0" * 64, by=panel.staff)
