"""The life of an appeal: answered by the body, and where it is granted judged by a panel without the old members."""

from cqo_portal.workflow.engine import Transition, by_name, guard_states, moved
from evaluation.models import Appeal
from evaluation.permissions import is_about_the_own_case, is_before_the_own_body

A = Appeal.State

DISMISS = Transition(
    name="dismiss",
    label="不予支持",
    done="已答复，并通知申诉人。",
    source=frozenset({A.LODGED}),
    target=A.DISMISSED,
    allowed=is_before_the_own_body,
    effect=moved,
    asks_why=True,
    announces="appeal-dismissed",
)
TAKE_BACK = Transition(
    name="take-back",
    label="撤回申诉",
    done="已撤回申诉。",
    source=frozenset({A.LODGED}),
    target=A.WITHDRAWN,
    allowed=is_about_the_own_case,
    effect=moved,
    announces="appeal-taken-back",
)


def granting(effect, *guards) -> Transition:
    """Another panel judges the frozen dossier; `effect` begins the new run and links it."""
    return Transition(
        name="grant",
        label="另组评价组复评",
        done="已同意复评，请另组评价组；原成员不能参加。",
        source=frozenset({A.LODGED}),
        target=A.GRANTED,
        allowed=is_before_the_own_body,
        guards=guards,
        effect=effect,
        asks_why=True,
        announces="appeal-granted",
    )


APPEAL = by_name(granting(moved), DISMISS, TAKE_BACK)
guard_states(Appeal, APPEAL.values())
