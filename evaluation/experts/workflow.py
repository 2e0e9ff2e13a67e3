"""The life of an engagement: engaged ──end──▶ ended. Whoever is engaged again is so by a new row."""

from cqo_portal.workflow.engine import Transition, by_name, guard_states, moved
from evaluation.experts.models import Expert
from evaluation.experts.permissions import engages

E = Expert.State


def from_today(expert, today, by):
    expert.ended_on = today
    return {"ended_on", *moved(expert, today, by)}


END = Transition(
    name="end",
    label="解聘",
    done="已解聘，并告知本人；此后不能再安排此人评分。",
    source=frozenset({E.ENGAGED}),
    target=E.ENDED,
    allowed=engages,
    effect=from_today,
    announces="expert-ended",
    asks_why=True,
)
ENGAGEMENT = by_name(END)

guard_states(Expert, ENGAGEMENT.values())
