"""From two signatures to an accepted application: each guard once refused and once passed."""

from datetime import date

import pytest

from cqo_portal.workflow.engine import Refused, perform
from evaluation.models import Evaluation
from tests.evaluation.applications.world import TODAY

pytestmark = pytest.mark.django_db


def refused(step, made, *, by, because: str, today: date = TODAY, note: str = "") -> None:
    with pytest.raises(Refused, match=because):
        perform(step, made, by=by, today=today, note=note)


def test_an_application_goes_from_the_draft_to_a_panel(world):
    made = world.submitted()
    assert (made.number, made.state, made.round) == ("PJ-2026-0001", "submitted", 1)
    assert (made.rule_edition, made.body, made.submitted_on) == ("jiangsu-2023-draft", world.body, TODAY)
    assert made.due_on == date(2026, 11, 27)  # five working days
    said = made.submissions.get().content
    assert said["recommendation"] == "该同志履职三年，同意推荐。"
    assert said["self_assessment"]["7.4.4"] == {"band": 4, "coefficient": "0.7", "text": "学习能力的做法。"}
    assert said["body"]["name"] == "江苏质量评价中心"

    made = world.accepted(made)
    run = Evaluation.objects.get()
    assert (made.state, made.due_on) == ("accepted", None)
    assert (run.number, run.run, run.state, run.aggregation) == (made.number, 1, "convening", "consensus")
    assert (run.submission, run.due_on) == (made.submissions.get(), date(2026, 12, 4))  # ten working days
