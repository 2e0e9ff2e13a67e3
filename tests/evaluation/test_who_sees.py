"""Which sheets and results somebody sees, beyond the blindness of a panel: parts in a case, and marks set aside."""

from decimal import Decimal

import pytest

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.record import record
from cqo_portal.digests import sha256
from evaluation.models import Outcome, Sheet
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
