"""By when a panel has to do what it does: working days as the body set them. Being late is shown and changes nothing."""

from datetime import date

from cqo_portal.reference.queries import working_calendar
from evaluation.bodies.standing import clocks_of
from evaluation.models import Evaluation

ANSWER_WITHIN = 5  # working days for an invitation; ours, within those the body gives itself to convene


def due(evaluation: Evaluation, step: str, begun_on: date) -> date:
    """The last day of a step (`convening`, `scoring`, …) that begins on that day."""
    return clocks_of(evaluation.body).due(step, begun_on, working_calendar()).day


def answer_by(evaluation: Evaluation, today: date) -> date:
    """In five working days, and where that is still ahead not after the panel should stand."""
    within = working_calendar().after_working_days(today, ANSWER_WITHIN).day
    planned = evaluation.due_on
    return min(within, planned) if planned and planned > today else within
