"""The life of an appeal: answered by the body, and where it is granted judged by a panel without the old members."""

from datetime import date

from cqo_portal.wording import day_full, day_long
from cqo_portal.workflow.engine import Transition, by_name, guard_states, moved
from evaluation.models import Appeal, Evaluation
from evaluation.permissions import is_about_the_own_case, is_before_the_own_body

A = Appeal.State
OPEN_ALREADY = "已经有一件申诉或复核在办，不能再提。"
WHO = "本人和所在组织可以向评价机构申诉。"


# ── until when ────────────────────────────────────────────────────────────────────────────────
def is_the_latest(evaluation: Evaluation) -> bool:
    """No later run was begun, but for one that ended without a result."""
    later = Evaluation.objects.filter(application=evaluation.application_id, run__gt=evaluation.run)
    return not later.exclude(state=Evaluation.State.CLOSED).exists()


def why_not(evaluation: Evaluation, today: date) -> str | None:
    """Why nobody may appeal against this result now; None where one may."""
    if evaluation.state != Evaluation.State.PUBLISHED:
        return "评价结果还没有公布。"
    if not is_the_latest(evaluation):
        return "这次评价以后已经另组评价组复评，以后来的结果为准。"
    if evaluation.appeals.filter(state=A.LODGED).exists():
        return OPEN_ALREADY
    if evaluation.due_on and today > evaluation.due_on:
        return f"申诉期限到{day_full(evaluation.due_on)}，已经过了。"
    return None


def days_to_appeal(evaluation: Evaluation, today: date, *, sees_appeals: bool) -> tuple[str, str]:
    """(until which day, by whom) for the head of a published case.

    That an appeal was lodged is said to those who see it; the days run before everybody's eyes.
    """
    last = evaluation.due_on
    if last is None or today > last:
        return "申诉期限已过", f"到{day_full(last)}为止。" if last else ""
    if sees_appeals and (against := why_not(evaluation, today)):
        return "现在不能申诉", against
    return f"截至{day_long(last)}当日可以申诉", WHO


# ── the table ─────────────────────────────────────────────────────────────────────────────────

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
