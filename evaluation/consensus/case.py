"""What consensus puts on the page of a case."""

from django.urls import reverse

from evaluation.consensus.conclusion import OPEN_SHEETS
from evaluation.consensus.interviews import IN_TIME
from evaluation.models import Evaluation
from evaluation.panels.blocks import Action, add_action, add_block, add_words
from evaluation.permissions import leads, runs_it, serves
from evaluation.queries import HANDED_IN, OPENED

add_words(
    {
        "freeze": "冻结合议内容和结果",
        "interview-planned": "安排面试或现场验证",
        "interview-changed": "改动面试或现场验证的安排",
        "interview-cancelled": "取消面试或现场验证",
        "interview-recorded": "记录面试或现场验证",
    }
)


@add_action
def board(user, evaluation, today) -> Action | None:
    """The table of the panel; for the body once the report is handed in."""
    its_turn = evaluation.state in HANDED_IN and runs_it.test(user, evaluation)
    if not (its_turn or (evaluation.state in OPENED and serves.test(user, evaluation))):
        return None
    deliberates = evaluation.state == Evaluation.State.CONSENSUS
    return Action(
        "合议", reverse("evaluation:consensus", args=[evaluation.pk]), icon="talk", primary=deliberates
    )


@add_action
def interviews(user, evaluation, today) -> Action | None:
    """For the panel from scoring on; for whoever else sees the case once something is planned."""
    planned = evaluation.interviews.exists()
    if not planned and not (evaluation.state in IN_TIME and serves.test(user, evaluation)):
        return None
    return Action("面试与现场验证", reverse("evaluation:interviews", args=[evaluation.pk]), icon="cal")


def opening_for(user, evaluation: Evaluation, today) -> object | None:
    """For the leader, as soon as the sheets may be opened."""
    if evaluation.state not in OPEN_SHEETS.source or not leads.test(user, evaluation):
        return None
    return None if OPEN_SHEETS.reasons_against(evaluation, today) else evaluation


add_block("evaluation/consensus/_open.html", opening_for, order=40)
