"""What the database itself refuses, whoever asks: sheets once signed, papers once handed in, editions once fixed."""

import pytest
from django.db import DatabaseError, connection, transaction

from cqo_portal.audit.append_only import Unsayable
from cqo_portal.audit.record import record
from cqo_portal.digests import sha256
from evaluation.models import (
    Agreed,
    Application,
    Coincidence,
    CoSignature,
    Deliberation,
    Evaluation,
    Mark,
    OneTimeCode,
    Panellist,
    Pin,
    Proof,
    Sheet,
    SignedSheet,
    Statement,
)
from tests.evaluation import rows

pytestmark = pytest.mark.django_db


def refused(act, *, because: str) -> None:
    with pytest.raises(DatabaseError, match=because), transaction.atomic():
        act()


def sql(statement: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def signed(sheet: Sheet, *, by) -> SignedSheet:
    content = {"marks": {}}
    record("sign-content", sheet, by=by, data={"digest": sha256(content)})
    made = SignedSheet.objects.create(
        sheet=sheet, content=content, digest=sha256(content), name="专家甲", by=by
    )
    record("sign", sheet, by=by, before="open", after="signed")
    Sheet.objects.filter(pk=sheet.pk).update(state="signed")
    return made


def test_marks_are_written_while_the_sheet_is_open_and_never_afterwards(people):
    panel = rows.panel(people)
    sheet = rows.filled(panel.sheet(0))
    Mark.objects.filter(sheet=sheet, indicator="7.3").update(coefficient="0.85")  # the control: still open
    signed(sheet, by=panel.experts[0])

    mark = Mark.objects.get(sheet=sheet, indicator="7.3")
    stays = "stay as they are"
    refused(lambda: Mark.objects.filter(pk=mark.pk).update(coefficient="0.1"), because=stays)
    refused(lambda: sql("DELETE FROM evaluation_mark WHERE id = %s", mark.pk), because=stays)
    refused(lambda: Mark.objects.bulk_create([Mark(sheet=sheet, indicator="9")]), because=stays)
    refused(lambda: Pin.objects.create(mark=mark), because=stays)
    refused(lambda: sql("DELETE FROM evaluation_pin WHERE mark_id = %s", mark.pk), because=stays)
    assert Mark.objects.get(pk=mark.pk).coefficient == rows.Decimal("0.85")


def test_a_signed_sheet_can_be_neither_changed_nor_taken_away_nor_signed_twice(people):
    panel = rows.panel(people)
    made = signed(panel.sheet(0), by=panel.experts[0])
    with pytest.raises(Unsayable):
        SignedSheet.objects.update(name="别人")
    refused(lambda: sql("UPDATE evaluation_signedsheet SET name = 'x'"), because="append_only|Cannot update")
    refused(lambda: sql("DELETE FROM evaluation_signedsheet"), because="append_only|Cannot delete")
    again = {"sheet": made.sheet, "content": made.content, "digest": made.digest, "name": "x", "by": made.by}
    refused(lambda: SignedSheet.objects.create(**again), because="cannot be signed now")
    refused(
        lambda: SignedSheet.objects.create(number=2, reason="改一下", **again), because="cannot be signed now"
    )


def test_a_signature_without_its_event_is_refused(people):
    panel = rows.panel(people)
    made = SignedSheet(
        sheet=panel.sheet(0), content={}, digest=sha256({}), name="专家甲", by=panel.experts[0]
    )
    refused(made.save, because="written without a record")
    record("sign-content", panel.sheet(0), by=panel.experts[0], data={"digest": sha256({})})
    made.save()  # the control: with its event it stands


def test_a_sheet_stays_whose_it_is(people):
    panel = rows.panel(people)
    other = panel.panellists[1].person_id
    refused(
        lambda: Sheet.objects.filter(pk=panel.sheet(0).pk).update(person=other), because="stays whose it is"
    )
    refused(lambda: panel.sheet(0).delete(), because="Cannot delete|stays")


def test_the_edition_the_dossier_and_the_way_of_adding_up_are_frozen(people):
    panel = rows.panel(people, state="convening")
    mine = Evaluation.objects.filter(pk=panel.evaluation.pk)
    mine.update(aggregation="mean")  # the control: not yet scored
    refused(lambda: mine.update(rule_edition="hubei-2022"), because="keeps its dossier")
    rows.Sheet.objects.create(
        panellist=panel.panellists[0], person=panel.panellists[0].person, rule_edition=rows.EDITION
    )
    refused(lambda: mine.update(aggregation="consensus"), because="chosen before scoring")


def test_nobody_joins_or_becomes_leader_once_the_panel_scores(people):
    panel = rows.panel(people)
    guest = rows.person("专家丁", rows.NUMBERS[3])
    late = Panellist(evaluation=panel.evaluation, person=guest)
    refused(late.save, because="stands")
    second = Panellist.objects.filter(pk=panel.panellists[1].pk)
    refused(lambda: second.update(person=guest), because="stays who it is")
    refused(
        lambda: Panellist.objects.filter(pk=panel.panellists[0].pk).update(is_leader=False), because="stands"
    )


def test_a_case_begins_at_its_beginning(people):
    """The control of each is every other test here."""
    panel = rows.panel(people, state="convening", size=2)
    guest = rows.person("专家丁", rows.NUMBERS[3])
    refused(
        Panellist(evaluation=panel.evaluation, person=guest, state="serving").save, because="Cannot insert"
    )
    made = Application.objects.get()
    made.pk, made.number, made.state = None, "PJ-2026-0999", "accepted"
    refused(lambda: made.save(force_insert=True), because="Cannot insert")


def test_a_state_moves_only_along_the_table_and_with_an_event(people):
    panel = rows.panel(people)
    mine = Evaluation.objects.filter(pk=panel.evaluation.pk)
    record("jump", panel.evaluation, before="scoring", after="published")
    refused(lambda: mine.update(state="published"), because="Invalid transition")
    refused(lambda: mine.update(state="consensus"), because="without a record")


def test_agreed_coefficients_are_written_while_the_panel_deliberates(people):
    panel = rows.panel(people)
    row = Agreed(
        evaluation=panel.evaluation, indicator="7.3", coefficient=rows.Decimal("0.7"), by=panel.leader
    )
    refused(row.save, because="does not deliberate now")
    rows.brought_to(panel.evaluation, "consensus")
    row.save()  # the control
    rows.brought_to(panel.evaluation, "reporting")
    refused(lambda: Agreed.objects.update(coefficient="0.1"), because="does not deliberate now")


def test_papers_that_were_handed_in_stay(people):
    accepted = rows.application(people, state="accepted")
    paper = rows.proof(rows.application(people, state="draft"), by=people.liu)
    mine = Proof.objects.filter(pk=paper.pk)
    mine.update(supports=["7.3"])  # the control: still a draft
    refused(lambda: mine.update(digest="0" * 64), because="only what it supports")
    refused(lambda: mine.delete(), because="Cannot delete|stays")
    later = rows.proof(accepted, by=people.liu, name="另一份")
    handed_in = Proof.objects.filter(pk=later.pk)
    refused(lambda: handed_in.update(supports=[]), because="as it was handed in")


def test_nothing_is_carried_from_one_sheet_to_another(people):
    """A signed sheet would be emptied so, and an open one filled, without a word of either being changed."""
    panel = rows.panel(people)
    first, open_one = rows.filled(panel.sheet(0)), panel.sheet(1)
    theirs = Mark.objects.create(sheet=open_one, indicator="9.9")
    stay = "stay where they were written"
    for _ in ("while it is open", "once it is signed"):
        refused(lambda: Mark.objects.filter(sheet=first).update(sheet=open_one), because=stay)
        refused(lambda: Mark.objects.filter(pk=theirs.pk).update(sheet=first), because=stay)
        mine = Pin.objects.filter(mark__sheet=first, mark__indicator="7.3")
        refused(lambda mine=mine: mine.update(mark=theirs), because=stay)
        if first.state == "open":
            signed(first, by=panel.experts[0])
            first.refresh_from_db()
    assert (first.marks.count(), open_one.marks.count()) == (15, 1)


def test_nothing_is_carried_from_a_table_that_is_closed_to_one_that_is_open(people):
    panel, other = rows.deliberating(people), rows.deliberating(people)
    Agreed.objects.create(evaluation=panel.evaluation, indicator="7.3", coefficient="0.7", by=panel.leader)
    Deliberation.objects.create(evaluation=panel.evaluation)
    rows.brought_to(panel.evaluation, "reporting")
    for model in (Agreed, Deliberation):
        refused(
            lambda model=model: model.objects.update(evaluation=other.evaluation),
            because="stay where they were written",
        )


def test_a_case_and_a_sheet_begin_at_their_beginning(people):
    """Else a row could be born published or signed, past every step of its life."""
    panel = rows.panel(people, state="convening")
    mine = panel.evaluation
    record("close", mine, before="convening", after="closed")
    Evaluation.objects.filter(pk=mine.pk).update(state="closed")
    again = {
        "application": mine.application,
        "submission": mine.submission,
        "body": mine.body,
        "rule_edition": mine.rule_edition,
        "created_by": panel.staff,
        "run": 2,
        "number": "PJ-2026-0001-2",
    }
    for state in ("scoring", "at_body", "decided", "published", "closed"):
        born = Evaluation(state=state, **again)
        refused(born.save, because="Cannot insert")
    Evaluation.objects.create(**again)  # the control
    seat = panel.panellists[0]
    late = {"panellist": seat, "person": seat.person, "rule_edition": rows.EDITION}
    for state in ("signed", "set_aside"):
        refused(Sheet(state=state, **late).save, because="Cannot insert")
    Sheet.objects.create(**late)  # the control


def test_the_last_day_to_appeal_stays_as_it_was_told(people):
    panel = rows.panel(people)
    mine = Evaluation.objects.filter(pk=panel.evaluation.pk)
    mine.update(due_on=rows.TODAY)  # the control: the clock of a stage
    rows.brought_to(panel.evaluation, "published")
    refused(lambda: mine.update(due_on="2030-01-01"), because="the last day to appeal")


def test_no_statement_no_signature_and_no_ruling_comes_past_the_chain_of_events(people):
    panel = rows.panel(people)
    seat, by = panel.panellists[0], panel.experts[0]
    code = OneTimeCode.objects.create(panellist=seat, code_hash="0" * 64)
    digest = sha256("我与被评价人没有关系。")
    forged = (
        (seat, Statement(panellist=seat, text="我与被评价人没有关系。", digest=digest, name="专家甲", code=code, by=by)),
        (panel.evaluation.application, CoSignature(application=panel.evaluation.application, side="officer", name="王雪松", digest=digest, by=by)),
        (panel.evaluation, Coincidence(evaluation=panel.evaluation, person=seat.person, said="同名", fingerprint=digest, reason="核实", by=by)),
    )  # fmt: skip
    for about, row in forged:
        refused(row.save, because="without a record")
        record("said", about, by=by, data={"digest": digest, "fingerprint": digest})
        row.save()  # the control
