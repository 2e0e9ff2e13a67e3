"""The life of a panel: in each state, who may take which step. What the table does not say nobody may."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from cqo_portal.accounts.models import Role
from cqo_portal.parties.models import Institution
from cqo_portal.workflow.engine import Refused, open_to, perform
from evaluation.models import Evaluation, Panellist
from evaluation.panels.facts import detected
from evaluation.panels.workflow import BUTTONS, inviting
from evaluation.workflow.panellist import DECLINE, PANELLIST, RELEASE
from tests.cast import browser, user
from tests.evaluation import rows as core
from tests.evaluation.panels import rows
from tests.evaluation.rows import TODAY
from tests.talent.rows import himself

pytestmark = pytest.mark.django_db

OF_A_CASE = """
convening: staff begin, close
scoring: staff reconvene, close
consensus: staff reconvene, close
reporting: staff reconvene, close
at_body: staff reconvene, close
decided: nobody
published: nobody
"""
OF_A_SEAT = """
proposed: staff invite, release, recuse; expert recuse
invited: staff release, recuse; expert decline, declare, recuse
serving: staff release, leave, recuse; expert recuse
declined: nobody
recused: nobody
released: nobody
left: nobody
"""


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


def everybody(people, made) -> dict:
    """`expert` sits on the seat that is asked about; `fellow` on the same panel, `leader` leads it."""
    other = Institution.objects.create(name="另一家评价机构")
    return {
        "staff": made.staff,
        "expert": made.users[1],
        "leader": made.users[0],
        "fellow": made.users[2],
        "stranger": made.users[3],
        "another body": user("zhu", Role.BODY, institution=other),
        "enterprise": people.liu,
        "officer": himself(made.evaluation.application.officer),
        "county": people.wang,
        "city": people.meng,
        "province": people.hao,
        "admin": user("admin", Role.ADMIN),
    }


def said(obj, people: dict, steps) -> str:
    open_ = {name: [step.name for step in open_to(who, obj, steps=steps)] for name, who in people.items()}
    told = "; ".join(f"{name} {', '.join(names)}" for name, names in open_.items() if names)
    return f"{obj.state}: {told or 'nobody'}"


def test_who_may_do_what_with_a_case(people):
    made = rows.begun(rows.case(people))
    actors, case = everybody(people, made), made.now()
    found = []
    for line in OF_A_CASE.strip().splitlines():
        case.state = line.partition(":")[0]
        found.append(said(case, actors, BUTTONS.values()))
    assert found == OF_A_CASE.strip().splitlines()


def test_who_may_do_what_with_a_seat(people):
    made = rows.begun(rows.case(people))
    actors, seat = everybody(people, made), made.seat(1)
    found = []
    for state in Panellist.State.values:
        seat.state = state
        found.append(said(seat, actors, PANELLIST.values()))
    assert sorted(found) == sorted(OF_A_SEAT.strip().splitlines())


def test_whoever_works_for_the_enterprise_too_does_nothing_for_the_body(people):
    made = rows.serving(rows.case(people))
    made.staff.assignments.create(role=Role.ENTERPRISE, organisation=people.hengtong)
    with pytest.raises(PermissionDenied):
        perform(BUTTONS["begin"], made.evaluation, by=made.staff, today=TODAY)


def test_once_the_panel_scores_nobody_is_asked_and_nobody_exchanged(people):
    made = rows.begun(rows.case(people))
    seat = made.seat(1)
    invite = inviting(detected(made.evaluation, [seat.person], day=TODAY))
    for step in (invite, RELEASE):
        with pytest.raises(Refused):
            perform(step, seat, by=made.staff, note="换人", today=TODAY)


def test_an_answer_comes_too_late_when_the_case_was_closed(people):
    made = rows.invited(rows.case(people))
    perform(BUTTONS["close"], made.evaluation, by=made.staff, note="申请人离任。", today=TODAY)
    with pytest.raises(Refused, match="这次评价已经终止，不用再答复"):
        rows.declared(made, 0)
    page = browser(made.users[1]).get(made.seat(1).get_absolute_url()).content.decode()
    assert "这次评价已经终止，不用再答复。" in page and "签署声明" not in page and "王雪松" not in page
    perform(DECLINE, made.seat(2), by=made.users[2], note="不去了。", today=TODAY)


def test_the_database_knows_the_same_table(people):
    made = rows.invited(rows.case(people))
    for state in ("proposed", "released", "serving"):  # without an event
        with pytest.raises(DatabaseError, match="without a record|Invalid transition"), transaction.atomic():
            Panellist.objects.filter(pk=made.seat(0).pk).update(state=state)
    with pytest.raises(DatabaseError, match="without a record"), transaction.atomic():
        Evaluation.objects.filter(pk=made.evaluation.pk).update(state="scoring")
    core.brought_to(made.now(), "scoring")  # the control: with its event
