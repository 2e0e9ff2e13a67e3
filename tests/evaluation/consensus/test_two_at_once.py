"""Two connections at the same moment: a conclusion and a revision, a conclusion and another, a save and a conclusion."""

from decimal import Decimal

import pytest

from cqo_portal.workflow.engine import perform
from evaluation.consensus import saving
from evaluation.consensus.conclusion import CONCLUDE
from evaluation.consensus.revising import revise
from evaluation.consensus.saving import RowSaid, Said
from evaluation.models import Agreed, Outcome, SignedSheet
from tests.cast import cast
from tests.evaluation import rows
from tests.evaluation.consensus.table import settle
from tests.evaluation.rows import TODAY, said
from tests.test_two_at_once import together

pytestmark = pytest.mark.django_db(transaction=True)


def settled():
    panel = rows.deliberating(cast(), said(_7_3="0.65"), said(), said("0.65"))
    settle(panel)
    return panel


def conclude(panel):
    perform(CONCLUDE, panel.evaluation, by=panel.leader, today=TODAY)


def test_a_conclusion_and_a_revision_at_the_same_moment(db):
    """Either the revision is in time and the row asks again, or it is too late: no outcome rests on a sheet of before."""
    panel = settled()

    def act(by):
        if by.username == panel.leader.username:
            perform(CONCLUDE, panel.evaluation, by=by, today=TODAY)
        else:
            marks = {"7.3": {"coefficient": Decimal("0.85"), "comment": "改", "interview": True}}
            revise(panel.evaluation, marks, number=1, reason="面试", name="专家丙", by=by)

    assert together(act, panel.leader, panel.experts[2]) == ["Refused", "done"]
    revised, outcome = SignedSheet.objects.filter(number=2).exists(), Outcome.objects.first()
    assert revised != bool(outcome)


def test_two_windows_of_the_leader_conclude_at_the_same_moment(db):
    panel = settled()

    def act(by):
        perform(CONCLUDE, panel.evaluation, by=by, today=TODAY)

    assert together(act, panel.leader, panel.leader) == ["Refused", "done"]
    assert Outcome.objects.count() == 1


def test_a_save_and_a_conclusion_at_the_same_moment(db):
    """What is saved in time is in the outcome; what is not in it was refused."""
    panel = settled()
    typed = Said({"7.3": RowSaid(Decimal("0.65"), Decimal("0.65"), "", "最后一句")})

    def act(by):
        if act.first:
            act.first = False
            perform(CONCLUDE, panel.evaluation, by=by, today=TODAY)
        else:
            saving.save(panel.evaluation, typed, version=None, by=by)

    act.first = True
    done = together(act, panel.leader, panel.leader)
    assert done in (["done", "done"], ["Refused", "done"])
    kept = Agreed.objects.get(indicator="7.3").comment
    assert Outcome.objects.get().frozen["agreed"]["7.3"]["comment"] == kept
    assert kept == ("最后一句" if done == ["done", "done"] else "")
