"""What becomes of a certificate: who may do what when, from which day on, and what stays on record."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from certificates.life import acts
from certificates.models import Act, Certificate, Evidence
from certificates.workflow import CERTIFICATE
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.notifications.models import Message
from cqo_portal.workflow.engine import Refused
from evaluation.decisions import appeals
from registry.models import Officer
from tests.certificates import many, rows
from tests.evaluation.decisions import story

pytestmark = pytest.mark.django_db

MOVES = """
prepared abandon void
prepared complete valid
superseded void void
suspended discontinue discontinued
suspended resume valid
suspended supersede superseded
suspended void void
valid discontinue discontinued
valid supersede superseded
valid suspend suspended
valid void void
"""


def test_the_life_of_a_certificate_is_this():
    moves = {f"{source} {step.name} {step.target}" for step in CERTIFICATE.values() for source in step.source}
    assert sorted(moves) == MOVES.strip().splitlines()


@pytest.fixture
def held(people):
    """In force, sent, and issued forty days ago as far as acts go."""
    panel, made = rows.issued(people)
    return panel, rows.sent(made, by=panel.staff)


def later(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def test_suspended_and_resumed_it_stays_the_same_certificate(held):
    panel, made = held
    made = rows.done("suspend", made, on=later(3), by=panel.staff)
    assert made.state == "suspended"
    made = rows.done("resume", made, on=later(20), by=panel.staff)
    assert (made.state, made.last_day) == ("valid", held[1].last_day)
    assert [(each.kind, each.effective_on) for each in made.acts.all()] == [
        ("suspend", later(3)),
        ("resume", later(20)),
    ]


def test_each_act_tells_the_holder_and_the_enterprise(held, people):
    panel, made = held
    himself = story.officer(panel)
    rows.done("suspend", made, on=later(0), by=panel.staff, reason="隐瞒质量事故。")
    told = Message.objects.filter(kind="certificate-suspended")
    assert set(told.values_list("recipient", flat=True)) == {people.liu.pk, himself.pk}
    assert "隐瞒质量事故" not in told[0].body  # what was found stands on the page, not in a mail


def test_of_one_that_was_not_sent_nobody_hears(people):
    panel, made = rows.issued(people)
    rows.done("void", made, on=made.first_day, by=panel.staff, ground="misprint")
    assert not Message.objects.filter(kind="certificate-void").exists()


def test_nobody_is_held_to_what_he_never_heard_of(people):
    """Before it is sent only what was not the holder's doing is done with it."""
    panel, made = rows.issued(people)
    for kind in ("suspend", "discontinue", "void"):
        said = acts.Said(effective_on=later(0), reason="查明。", ground="misconduct", evidence="函")
        with pytest.raises(Refused, match="证书还没有发送，本人不知道有它"):
            acts.do(kind, made, said, by=panel.staff, today=later(0))
    assert (
        acts.why_closed("suspend", made, later(0)) == "证书还没有发送，本人不知道有它；先发送给本人，再办理。"
    )
    assert acts.why_closed("void", made, later(0)) is None  # a misprint may be
    assert acts.why_closed("suspend", rows.sent(made, by=panel.staff), later(0)) is None  # the control


def test_a_misprint_does_not_wash_off_a_suspension(held):
    panel, made = held
    made = rows.done("suspend", made, on=later(0), by=panel.staff)
    with pytest.raises(Refused, match="现在不是有效的，不能按“证书内容有误”作废另发"):
        rows.done("void", made, on=later(0), by=panel.staff, ground="misprint")


def test_a_result_is_overturned_by_another_that_was_published(held, people):
    panel, made = held
    with pytest.raises(Refused, match="没有另外公布的复评结果"):
        rows.done("discontinue", made, on=later(0), by=panel.staff, ground="overturned")
    many.reviewed(made.decision, people, by=panel.staff)
    made = rows.done("discontinue", made, on=later(0), by=panel.staff, ground="overturned")
    assert made.state == "discontinued"


def test_what_is_final_is_final(held):
    panel, made = held
    made = rows.done("discontinue", made, on=later(1), by=panel.staff)
    for kind in ("suspend", "resume", "void", "discontinue"):
        with pytest.raises(Refused, match="现在的状态是“中止”"):
            rows.done(kind, made, on=later(2), by=panel.staff)


@pytest.mark.parametrize(
    ("kind", "days", "said"),
    [
        ("suspend", 1, "生效日期不能晚于今天"),
        ("suspend", -1, "生效日期不能早于"),
        ("void", -1, "生效日期不能早于"),
        ("discontinue", 1, "生效日期不能晚于今天"),
    ],
)
def test_the_day_lies_between_the_first_day_and_today(held, kind, days, said):
    panel, made = held
    with pytest.raises(Refused, match=said):
        rows.done(kind, made, on=later(days), by=panel.staff, today=later(0))


def test_acts_follow_one_another_but_what_was_void_may_have_been_so_from_the_beginning(held):
    panel, made = held
    made = rows.done("suspend", made, on=later(10), by=panel.staff)
    with pytest.raises(Refused, match="生效日期不能早于"):
        rows.done("resume", made, on=later(11), by=panel.staff, today=later(12))
    made = rows.done("void", made, on=made.first_day, by=panel.staff, today=later(12))
    assert made.state == "void"


def test_whoever_was_suspended_was_so_until_the_day_it_was_resumed(held):
    """Whoever asked in between was told that it is suspended."""
    panel, made = held
    made = rows.done("suspend", made, on=later(3), by=panel.staff)
    for day in (later(3), later(19)):
        with pytest.raises(Refused, match="生效日期不能早于"):
            rows.done("resume", made, on=day, by=panel.staff, today=later(20))
    made = rows.done("resume", made, on=later(20), by=panel.staff)
    assert not made.standing_on(later(19)).is_valid


def test_an_expired_one_is_neither_suspended_nor_resumed(held):
    panel, made = held
    after = made.last_day + timedelta(days=1)
    with pytest.raises(Refused, match="已经到期失效"):
        rows.done("suspend", made, on=made.last_day, by=panel.staff, today=after)
    made = rows.done("void", made, on=made.first_day, by=panel.staff, today=after)
    assert made.state == "void"


def test_a_reason_is_asked(held):
    panel, made = held
    with pytest.raises(Refused, match="请写明理由"):
        rows.done("suspend", made, on=later(0), by=panel.staff, reason=" ")


def test_only_the_body_that_issued_it_acts(held, people):
    _, made = held
    for who in (people.liu, people.meng, people.wang):
        with pytest.raises(PermissionDenied):
            rows.done("suspend", made, on=later(0), by=who)


def test_whoever_works_for_the_enterprise_too_does_not_act(held, people):
    panel, made = held
    from cqo_portal.accounts.models import Assignment, Role

    Assignment.objects.create(
        user=panel.staff, role=Role.ENTERPRISE, organisation=people.hengtong, active=False
    )
    with pytest.raises(PermissionDenied):
        rows.done("suspend", made, on=later(0), by=panel.staff)


# ── taking it back ────────────────────────────────────────────────────────────────────────────
def test_recovering_the_paper_is_an_act_and_no_state(held):
    panel, made = held
    said = acts.Said(effective_on=later(0), reason="挂号信退回。")
    with pytest.raises(Refused, match="证书有效，不收回"):
        acts.recover(made, said, by=panel.staff, today=later(0))
    made = rows.done("discontinue", made, on=later(0), by=panel.staff)
    acts.recover(made, said, by=panel.staff, today=later(0))
    made = Certificate.objects.get(pk=made.pk)
    assert (made.state, made.acts.last().led_to) == ("discontinued", "")
    with pytest.raises(Refused, match="已经登记过收回"):
        acts.recover(made, said, by=panel.staff, today=later(0))


def test_a_paper_that_went_back_to_its_holder_comes_back_again(held):
    panel, made = held
    said = acts.Said(effective_on=later(0), reason="当面交回。")
    for kind in ("suspend", "resume", "suspend"):
        made = rows.done(kind, made, on=later(0), by=panel.staff)
        if made.state == "suspended":
            acts.recover(made, said, by=panel.staff, today=later(0))
    assert [each.kind for each in made.acts.all()] == ["suspend", "recover", "resume", "suspend", "recover"]


# ── the next one ──────────────────────────────────────────────────────────────────────────────
def test_the_next_certificate_of_a_person_supersedes_the_one_before(people):
    panel, first = rows.issued(people)
    second = rows.issued(people)[1]
    first.refresh_from_db()
    assert (first.state, second.state, second.replaces) == ("superseded", "valid", first)
    act = first.acts.get()
    assert (act.kind, act.successor, act.effective_on) == ("supersede", second, second.first_day)
    assert Certificate.objects.filter(state__in=["valid", "suspended"]).get() == second
    assert panel.staff == act.by


def test_after_a_review_with_another_grade_the_new_one_supersedes(people):
    panel, first = rows.issued(people)
    appeal = appeals.lodge(panel.evaluation, "评语与材料不符。", by=people.liu, today=later(0))
    assert appeal.state == "lodged"
    first.refresh_from_db()
    assert first.state == "valid"  # nothing is built on the result, nor torn down, while it is looked at


# ── past the page ─────────────────────────────────────────────────────────────────────────────
def _bare(made: Certificate, *, by, effective_on: date) -> Act:
    """A row as raw SQL would write it."""
    said = {"kind": "suspend", "led_to": "suspended", "reason": "x", "digest": "0" * 64}
    return Act(certificate=made, effective_on=effective_on, on=later(0), by=by, **said)


def test_no_act_is_a_row_without_its_event(held):
    panel, made = held
    act = _bare(made, by=panel.staff, effective_on=later(0))
    with pytest.raises(DatabaseError, match="was written without a record"), transaction.atomic():
        act.save()


def test_no_state_moves_without_its_event_nor_off_the_table(held):
    _, made = held
    with pytest.raises(DatabaseError, match="changed without a record"), transaction.atomic():
        Certificate.objects.filter(pk=made.pk).update(state="void")
    record("forged", made, before="valid", after="prepared")
    with pytest.raises(DatabaseError, match="Invalid transition|only_known_moves"), transaction.atomic():
        Certificate.objects.filter(pk=made.pk).update(state="prepared")


def test_an_act_of_a_day_to_come_is_refused_by_the_database(held):
    panel, made = held
    act = _bare(made, by=panel.staff, effective_on=later(1))
    record("enter-act", made, data={"digest": act.digest})
    with pytest.raises(DatabaseError, match="takes effect between the first day"), transaction.atomic():
        act.save()


def test_neither_a_document_nor_the_sending_is_a_row_without_its_event(people):
    panel, made = rows.issued(people)
    with pytest.raises(DatabaseError, match="was sent without a record"), transaction.atomic():
        Certificate.objects.filter(pk=made.pk).update(sent_at=timezone.now())
    made = rows.done("suspend", made, on=later(0), by=panel.staff)
    paper = Evidence(
        act=made.acts.get(), name="决定书", media_type="image/png", size=1, pages=1, digest="0" * 64
    )
    with pytest.raises(DatabaseError, match="was written without a record"), transaction.atomic():
        paper.save()


def test_every_act_is_on_the_chain_with_its_digest(held):
    panel, made = held
    made = rows.done("suspend", made, on=later(0), by=panel.staff)
    said = Event.objects.about(made).get(action="enter-act").data
    assert said["digest"] == made.acts.get().digest
    assert said["ground"] == "misconduct"


def test_an_enterprise_the_holder_left_hears_nothing_more(held, people):
    panel, made = held
    Officer.objects.filter(person=made.person).update(ended_on=later(0))
    story.officer(panel)
    rows.done("suspend", made, on=later(0), by=panel.staff)
    told = Message.objects.filter(kind="certificate-suspended").values_list("recipient__username", flat=True)
    assert set(told) == {"officer"}


def test_whose_certificate_is_superseded_hears_of_it(held, people):
    panel, _ = held
    _, decision = rows.decided(people)
    rows.of(decision, by=panel.staff)
    told = Message.objects.filter(kind="certificate-superseded").values_list("recipient__username", flat=True)
    assert set(told) == {"liu"}


def test_what_was_got_by_deceit_may_be_declared_void_after_it_was_superseded(held, people):
    panel, old = held
    rows.of(rows.decided(people)[1], by=panel.staff)
    old = rows.done(
        "void", Certificate.objects.get(pk=old.pk), on=old.first_day, by=panel.staff, ground="deceit"
    )
    assert (old.state, old.standing_on(old.first_day).is_valid) == ("void", False)
