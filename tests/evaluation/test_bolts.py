"""What the database itself refuses, whoever asks: sheets once signed, papers once handed in, editions once fixed."""

import pytest
from django.db import DatabaseError, connection, transaction

from cqo_portal.audit.append_only import Unsayable
from cqo_portal.audit.record import record
from cqo_portal.digests import sha256
from evaluation.models import Agreed, Evaluation, Mark, Panellist, Pin, Proof, Sheet, SignedSheet
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
    late = Panellist(evaluation=panel.evaluation, person=guest, state="serving")
    refused(late.save, because="stands")
    second = Panellist.objects.filter(pk=panel.panellists[1].pk)
    refused(lambda: second.update(person=guest), because="stays who it is")
    refused(
        lambda: Panellist.objects.filter(pk=panel.panellists[0].pk).update(is_leader=False), because="stands"
    )


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
    made = rows.application(people, state="draft")
    paper = rows.proof(made, by=people.liu)
    mine = Proof.objects.filter(pk=paper.pk)
    mine.update(supports=["7.3"])  # the control: still a draft
    refused(lambda: mine.update(digest="0" * 64), because="only what it supports")
    refused(lambda: mine.delete(), because="Cannot delete|stays")
    later = rows.proof(rows.application(people, state="accepted"), by=people.liu, name="另一份")
    handed_in = Proof.objects.filter(pk=later.pk)
    refused(lambda: handed_in.update(supports=[]), because="as it was handed in")
