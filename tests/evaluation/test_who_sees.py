"""Which sheets and results somebody sees, beyond the blindness of a panel: parts in a case, and marks set aside."""

from decimal import Decimal

import pytest

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.record import record
from cqo_portal.digests import sha256
from cqo_portal.workflow.engine import moved as only_the_move
from cqo_portal.workflow.engine import perform
from evaluation.models import Outcome, Sheet
from evaluation.workflow.evaluation import CLOSE
from evaluation.workflow.panellist import inviting
from tests.cast import browser
from tests.evaluation import rows

pytestmark = pytest.mark.django_db


def concluded(people) -> rows.Panel:
    panel = rows.panel(people, state="at_body")
    said = {"digest": sha256({})}
    record("conclude", panel.evaluation, by=panel.leader, data=said)
    Outcome.objects.create(
        evaluation=panel.evaluation,
        rule_edition=rows.EDITION,
        frozen={},
        result={},
        grade="AA",
        total=Decimal(300),
        by=panel.leader,
        **said,
    )
    return panel


def test_who_works_for_the_enterprise_too_sees_no_marks_at_the_body(people):
    panel = concluded(people)
    assert Sheet.objects.visible_to(panel.staff).count() == 3  # the control: a colleague without a part
    assert Outcome.objects.visible_to(panel.staff).count() == 1
    Assignment.objects.create(user=panel.staff, role=Role.ENTERPRISE, organisation=people.hengtong)
    assert not Sheet.objects.visible_to(panel.staff).exists()
    assert not Outcome.objects.visible_to(panel.staff).exists()


def test_who_is_the_officer_sees_no_marks_at_the_body(people):
    panel = concluded(people)
    officer = panel.evaluation.application.person
    Assignment.objects.create(user=panel.staff, role=Role.OFFICER, person=officer)
    assert not Sheet.objects.visible_to(panel.staff).exists()
    assert not Outcome.objects.visible_to(panel.staff).exists()


def test_marks_set_aside_are_seen_by_nobody_who_still_judges(people):
    panel = rows.panel(people)
    for number in range(3):
        moved(panel.sheet(number), "open", "signed")
    rows.brought_to(panel.evaluation, "consensus")
    assert Sheet.objects.visible_to(panel.experts[1]).count() == 3  # the control: all signed and open
    moved(panel.sheet(2), "signed", "set_aside")
    seen = Sheet.objects.visible_to(panel.experts[1])
    assert set(seen) == {panel.sheet(0), panel.sheet(1)}


def moved(sheet: Sheet, before: str, after: str) -> None:
    record("moved", sheet, before=before, after=after)
    Sheet.objects.filter(pk=sheet.pk).update(state=after)


def test_nor_who_sits_on_the_panel_or_what_was_done_with_its_members(people):
    panel = rows.panel(people, state="convening")
    path = panel.evaluation.get_absolute_url()
    page = text(browser(panel.staff).get(path))
    assert "专家乙" in page and 'id="history"' in page  # the control: a colleague without a part
    Assignment.objects.create(user=panel.staff, role=Role.ENTERPRISE, organisation=people.hengtong)
    page = text(browser(panel.staff).get(path))
    assert panel.evaluation.number in page
    assert "专家乙" not in page and 'id="history"' not in page


def test_an_invitation_of_a_case_that_was_ended_waits_on_no_desk(people):
    panel = rows.panel(people, state="convening", serving=False)
    asked = panel.panellists[1]
    perform(inviting(only_the_move), asked, by=panel.staff, today=rows.TODAY)
    desk = browser(panel.experts[1])
    assert "待答复的邀请 1 份" in text(desk.get("/"))  # the control
    perform(CLOSE, panel.evaluation, by=panel.staff, today=rows.TODAY, note="申请人撤回。")
    assert asked.get_absolute_url() not in text(desk.get("/"))


def text(answer) -> str:
    return answer.content.decode()
