"""The life of an application: written by two, handed in, reviewed in form by the body (8.2)."""

from cqo_portal.workflow.engine import Transition, by_name, guard_states, moved
from evaluation.models import Application
from evaluation.permissions import applies, reviews_applications

S = Application.State

DISCARD = Transition(
    name="discard",
    label="作废草稿",
    done="草稿已作废。",
    source=frozenset({S.DRAFT}),
    target=S.DISCARDED,
    allowed=applies,
    effect=moved,
)


def submitting(effect, *guards) -> Transition:
    return Transition(
        name="submit",
        label="提交申请",
        done="已提交。评价机构完成形式审查后会通知您。",
        source=frozenset({S.DRAFT, S.RETURNED}),
        target=S.SUBMITTED,
        allowed=applies,
        guards=guards,
        effect=effect,
        announces="application-submitted",
    )


def returning(effect, *guards) -> Transition:
    return Transition(
        name="return",
        label="退回补充",
        done="已退回补充，只有所列各处可以改动。",
        source=frozenset({S.SUBMITTED}),
        target=S.RETURNED,
        allowed=reviews_applications,
        guards=guards,
        effect=effect,
        announces="application-returned",
    )


def accepting(effect, *guards) -> Transition:
    return Transition(
        name="accept",
        label="受理",
        done="已受理，请组建评价组。",
        source=frozenset({S.SUBMITTED}),
        target=S.ACCEPTED,
        allowed=reviews_applications,
        guards=guards,
        effect=effect,
        announces="application-accepted",
    )


def refusing(effect, *guards) -> Transition:
    return Transition(
        name="refuse",
        label="不予受理",
        done="已决定不予受理，并通知申请人。",
        source=frozenset({S.SUBMITTED}),
        target=S.REFUSED,
        allowed=reviews_applications,
        guards=guards,
        effect=effect,
        announces="application-refused",
    )


def withdrawing(effect, *guards) -> Transition:
    return Transition(
        name="withdraw",
        label="撤回申请",
        done="申请已撤回。",
        source=frozenset({S.SUBMITTED, S.RETURNED, S.ACCEPTED}),
        target=S.WITHDRAWN,
        allowed=applies,
        guards=guards,
        effect=effect,
        asks_why=True,
        announces="application-withdrawn",
    )


APPLICATION = by_name(
    DISCARD,
    submitting(moved),
    returning(moved),
    accepting(moved),
    refusing(moved),
    withdrawing(moved),
)
guard_states(Application, APPLICATION.values())
