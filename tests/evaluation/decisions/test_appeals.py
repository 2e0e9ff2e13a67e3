"""An appeal, a review: the frozen dossier before a panel without the old members; both results stay, the later counts."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.notifications.models import Message
from cqo_portal.workflow.engine import Refused, perform
from evaluation.decisions import appeals
from evaluation.decisions.invariants import CHECKS
from evaluation.decisions.pages import AppealHead
from evaluation.models import Appeal, Evaluation, Panellist
from evaluation.panels.offers import offers
from evaluation.workflow.evaluation import CLOSE
from tests.cast import user
from tests.evaluation import rows
from tests.evaluation.decisions import story
from tests.evaluation.decisions.story import TODAY
from tests.experts.rows import engaged

pytestmark = pytest.mark.django_db
LAST_DAY, TOO_LATE = date(2026, 12, 11), date(2026, 12, 12)


def broken() -> list[str]:
    return [str(breach) for check in CHECKS for breach in check.breaches()]


def lodge(panel, *, by, today=TODAY) -> Appeal:
    return appeals.lodge(panel.evaluation, "知识一项的评语与提交的材料不符。", by=by, today=today)


# ── lodging ───────────────────────────────────────────────────────────────────────────────────
def test_both_whom_it_concerns_may_appeal_until_the_last_day(people):
    panel = story.published(people)
    with pytest.raises(Refused, match="申诉期限到2026年12月11日，已经过了。"):
        lodge(panel, by=people.liu, today=TOO_LATE)
    made = lodge(panel, by=story.officer(panel), today=LAST_DAY)
    assert (made.number, made.state, made.kind) == ("SS-2026-0001", "lodged", "appeal")
    assert made.due_on == date(2027, 1, 22)
    assert Message.objects.filter(kind="appeal-lodged", recipient=panel.staff).exists()
    assert appeals.under_appeal(panel.evaluation)


def test_nobody_else_appeals_and_nobody_before_it_is_published(people):
    panel = story.decided(people)
    with pytest.raises(Refused, match="评价结果还没有公布。"):
        lodge(panel, by=people.liu)
    story.publish(panel)
    panel = story.now(panel)
    for somebody in (panel.staff, people.dan, people.meng, panel.leader):
        with pytest.raises(PermissionDenied):
            lodge(panel, by=somebody)
    lodge(panel, by=people.liu)  # the control


def test_one_appeal_at_a_time(people):
    panel = story.published(people)
    first = lodge(panel, by=people.liu)
    with pytest.raises(Refused, match="已经有一件申诉或复核在办"):
        lodge(panel, by=story.officer(panel))
    appeals.take_back(first, "", by=story.officer(panel), today=TODAY)
    assert not appeals.under_appeal(panel.evaluation)
    assert Message.objects.filter(kind="appeal-taken-back", recipient=panel.staff).exists()
    lodge(panel, by=story.officer(panel))  # within the days one may think again
    assert Appeal.objects.count() == 2


def test_the_database_takes_no_appeal_that_is_answered_or_without_its_record(people):
    panel = story.published(people)
    digest = appeals.dossier_digest(panel.evaluation)

    def row(**more) -> Appeal:
        said = {"evaluation": panel.evaluation, "kind": "appeal", "grounds": "x", "by": people.liu}
        return Appeal(**said | {"number": "SS-1", "dossier_digest": digest, "lodged_on": TODAY} | more)

    for bad, why in ((row(), "without a record"), (row(state="dismissed"), "lodged against a published")):
        with pytest.raises(DatabaseError, match=why), transaction.atomic():
            bad.save()
    made = lodge(panel, by=people.liu)  # the control
    for change in ({"grounds": "y"}, {"dossier_digest": "0" * 64}, {"kind": "review"}):
        with pytest.raises(DatabaseError, match="what_was_lodged_stays|Cannot update"), transaction.atomic():
            Appeal.objects.filter(pk=made.pk).update(**change)


# ── answering ─────────────────────────────────────────────────────────────────────────────────
def test_a_dismissal_has_its_reason_and_the_result_stands(people):
    panel = story.published(people)
    made = lodge(panel, by=people.liu)
    with pytest.raises(Refused, match="请写明理由"):
        appeals.dismiss(made, " ", by=panel.staff, today=TODAY)
    done = appeals.dismiss(made, "评语与材料第 3 页一致。", by=panel.staff, today=TODAY)
    assert (done.state, done.answer, done.run) == ("dismissed", "评语与材料第 3 页一致。", None)
    told = Message.objects.get(kind="appeal-dismissed", recipient=people.liu)
    assert "评语与材料第 3 页一致。" in told.body
    assert appeals.standing_decision(panel.evaluation.application).evaluation == panel.evaluation
    assert not appeals.under_appeal(panel.evaluation)


def test_only_the_body_answers_and_nobody_of_the_old_panel(people):
    panel = story.published(people)
    made = lodge(panel, by=people.liu)
    for somebody in (people.liu, people.meng, panel.leader):
        with pytest.raises(PermissionDenied):
            appeals.grant(made, "x", by=somebody, today=TODAY)
    sat = Assignment.objects.create(user=panel.staff, role=Role.EXPERT, person=panel.panellists[1].person)
    with pytest.raises(PermissionDenied):
        appeals.grant(made, "x", by=panel.staff, today=TODAY)
    sat.delete()
    assert appeals.grant(made, "x", by=panel.staff, today=TODAY).state == "granted"  # the control


def test_granted_it_is_the_same_submission_before_another_panel(people):
    panel = story.published(people)
    made = appeals.grant(lodge(panel, by=people.liu), "应当再看。", by=panel.staff, today=TODAY)
    run = made.run
    assert (run.run, run.state, run.number) == (2, "convening", "PJ-2026-0001-2")
    assert run.submission == panel.evaluation.submission and run.rule_edition == "jiangsu-2023-draft"
    assert run.due_on == date(2026, 12, 4)
    assert appeals.under_appeal(panel.evaluation)
    # The first result is on record and counts until another one is published.
    assert appeals.standing_decision(run.application).grade == "AAAA"
    with pytest.raises(Refused, match="已经另组评价组复评|以后已经另组"):
        lodge(panel, by=people.liu)


def test_of_two_who_answer_the_second_is_told_and_one_run_begins(people):
    panel = story.published(people)
    made = lodge(panel, by=people.liu)
    appeals.grant(made, "应当再看。", by=panel.staff, today=TODAY)
    for again in (appeals.grant, appeals.dismiss):
        with pytest.raises(Refused, match="现在的状态是“另组评价组”"):
            again(made, "x", by=panel.staff, today=TODAY)
    assert Evaluation.objects.count() == 2


def test_the_old_members_are_not_proposed_and_the_database_refuses_them(people):
    panel = story.published(people)
    run = appeals.grant(lodge(panel, by=people.liu), "应当再看。", by=panel.staff, today=TODAY).run
    new = rows.person("专家丁", rows.NUMBERS[3])
    account = user("expert-3", Role.EXPERT, person=new)
    account.email = "ding@example.com"
    account.save(update_fields=["email"])
    for who in (*(each.person for each in panel.panellists), new):
        engaged(panel.staff, who)
    open_to = {offer.expert.person: offer for offer in offers(run, today=TODAY)}
    assert [who.name for who, offer in open_to.items() if offer.is_open] == ["专家丁"]
    assert "评价过被评价人" in "".join(open_to[panel.panellists[0].person].obstacles)

    for old in panel.panellists:
        with pytest.raises(DatabaseError, match="does not judge it again"), transaction.atomic():
            Panellist.objects.bulk_create([Panellist(evaluation=run, person=old.person)])
    Panellist.objects.create(evaluation=run, person=new)  # the control


def test_whoever_was_let_in_and_left_is_an_old_member_too(people):
    panel = story.published(people, size=4)
    seat = panel.panellists[3]
    with connection.cursor() as cursor:  # set aside in the first run, with the sheet he wrote
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE evaluation_panellist DISABLE TRIGGER USER")
        cursor.execute("UPDATE evaluation_panellist SET state = 'recused' WHERE id = %s", [seat.pk])
        cursor.execute("ALTER TABLE evaluation_panellist ENABLE TRIGGER USER")
    run = appeals.grant(lodge(panel, by=people.liu), "应当再看。", by=panel.staff, today=TODAY).run
    with pytest.raises(DatabaseError, match="does not judge it again"), transaction.atomic():
        Panellist.objects.create(evaluation=run, person=seat.person)


# ── whose move it is ──────────────────────────────────────────────────────────────────────────
def head_of(appeal: Appeal, user, today=TODAY) -> tuple:
    head = AppealHead(Appeal.objects.for_list().get(pk=appeal.pk), user, today)
    return [f"{word} {status}".strip() for word, status in head.steps], head.turn, head.due, head.next


def test_an_appeal_says_whose_move_it_is_from_the_lodging_to_the_end(people):
    panel = story.published(people)
    made = lodge(panel, by=people.liu)
    waits = ["提出 done", "答复 now", "另组评价组", "公布"]
    answers = "同意，另组评价组；或者不予支持"
    assert head_of(made, panel.staff) == (waits, "贵机构", "1月1日（周五），还有 42 天", answers)
    assert head_of(made, people.liu)[1] == "江苏质量评价中心"
    assert head_of(made, panel.staff, made.due_on + timedelta(days=2))[2].endswith("已过 2 天")
    granted = appeals.grant(made, "应当再看。", by=panel.staff, today=TODAY)
    begun = ["提出 done", "答复 done", "另组评价组 now", "公布"]
    expected = (begun, "另组的评价组", "按另组的评价各步的期限", "重新评分 → 公布")
    assert head_of(granted, people.liu) == expected


def test_an_appeal_that_was_dismissed_is_nobodys_move(people):
    panel = story.published(people)
    made = appeals.dismiss(lodge(panel, by=people.liu), "评语有据。", by=panel.staff, today=TODAY)
    assert head_of(made, people.liu) == (["提出 done", "答复 done"], "已办结", "未予支持", "原结果不变")


# ── a review, a run that ends ─────────────────────────────────────────────────────────────────
def test_the_body_reviews_its_own_result_for_a_reason_that_is_told(people):
    panel = story.published(people)
    with pytest.raises(PermissionDenied):
        appeals.review(panel.evaluation, "x", by=people.liu, today=TODAY)
    made = appeals.review(panel.evaluation, "发现成员与企业有往来。", by=panel.staff, today=TODAY)
    assert (made.kind, made.state, made.run.run) == ("review", "granted", 2)
    told = Message.objects.get(kind="appeal-granted", recipient=people.liu)
    assert "主动复核" in told.body and "发现成员与企业有往来。" in told.body
    assert Appeal.objects.visible_to(people.liu).get() == made
    assert not Message.objects.filter(kind="appeal-lodged").exists()


def test_no_review_beside_an_appeal_or_before_the_result(people):
    panel = story.decided(people)
    with pytest.raises(Refused, match="还没有公布"):
        appeals.review(panel.evaluation, "x", by=panel.staff, today=TODAY)
    story.publish(panel)
    panel = story.now(panel)
    lodge(panel, by=people.liu)
    with pytest.raises(Refused, match="已经有一件申诉或复核在办"):
        appeals.review(panel.evaluation, "x", by=panel.staff, today=TODAY)


def test_a_run_that_ended_without_a_result_leaves_the_first_one_and_a_new_appeal(people):
    panel = story.published(people)
    run = appeals.grant(lodge(panel, by=people.liu), "应当再看。", by=panel.staff, today=TODAY).run
    perform(CLOSE, run, by=panel.staff, note="申诉人不再要求", today=TODAY)
    assert not appeals.under_appeal(panel.evaluation)
    assert appeals.standing_decision(run.application).evaluation == panel.evaluation
    again = appeals.grant(lodge(panel, by=people.liu), "再看。", by=panel.staff, today=TODAY)
    assert (again.run.run, again.run.number) == (3, "PJ-2026-0001-3")


# ── what holds ────────────────────────────────────────────────────────────────────────────────
def test_the_dossier_is_the_same_whenever_it_is_asked(people):
    panel = story.published(people)
    made = lodge(panel, by=people.liu)
    appeals.grant(made, "应当再看。", by=panel.staff, today=TODAY)
    assert appeals.dossier_digest(Evaluation.objects.get(pk=panel.evaluation.pk)) == made.dossier_digest
    dossier = appeals.dossier_of(panel.evaluation)
    assert (len(dossier["sheets"]), len(dossier["sign_offs"]), len(dossier["outcomes"])) == (3, 3, 1)
    assert broken() == []


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("evaluation_reportversion", "pdf = '\\x00'", "PDF 与摘要不符"),
        ("evaluation_reportversion", "content = '{}'", "内容与摘要不符"),
        ("evaluation_decision", "grade = 'AAAAA'", "内容与摘要不符"),
        ("evaluation_decision", "deliberated = '别人'", "内容与摘要不符"),
        ("evaluation_signoff", "reservation = '反对'", "案卷与提出时封存的不一致"),
        ("evaluation_signedsheet", "digest = repeat('0', 64)", "案卷与提出时封存的不一致"),
    ],
)
def test_whatever_is_changed_past_the_bolts_is_found(people, table, change, said):
    panel = story.published(people)
    made = lodge(panel, by=people.liu)
    assert broken() == []  # the control
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET {change}")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    assert any(said in each for each in broken())
    if "案卷" in said:
        with pytest.raises(Refused, match="案卷与提出申诉时封存的不一致"):
            appeals.grant(made, "x", by=panel.staff, today=TODAY)
