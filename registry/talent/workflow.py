"""Three lives: of an experience case, of a pairing, of a stay in the talent pool.

case      draft ──submit──▶ at_county ──hand-in──▶ at_city ──select──▶ selected ──publish──▶ published
            ▲ ◀──take-back/return──┘  (the county's own draft: hand-in at once)   └──withdraw / revoke──▶ withdrawn
          discard                                     decline ▶ declined
pairing   proposed ──agree (either side, then the other)──▶ under_way ──close──▶ closed;  decline, cancel
pool      in_pool ──leave──▶ left
"""

from dataclasses import replace
from datetime import date

from django.utils import timezone

from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Transition, by_name, guard_states, moved
from registry.talent.models import Case, Pairing, PoolEntry
from registry.talent.permissions import (
    for_the_learner,
    for_the_mentor,
    hands_in,
    is_author,
    keeps_the_pool,
    leads_the_pairing,
    reads_for_the_county,
    revokes,
    selects,
    sends_to_the_county,
)

C, P, E = Case.State, Pairing.State, PoolEntry.State


# ── guards ────────────────────────────────────────────────────────────────────────────────────
def everybody_named_agrees(case, today):
    names = "、".join(officer.name for officer in case.silent())
    return f"{names}还没有同意公布这一版文字，请本人在“修改”里勾选并签写姓名。" if names else None


def the_officer_still_serves(pairing, today):
    ended = pairing.officer.ended_on
    return f"{pairing.officer.name}已于{day_full(ended)}离任，请取消后另选标杆。" if ended else None


def it_has_begun(pairing, today):
    if today >= pairing.begins_on:
        return None
    return f"结对从{day_full(pairing.begins_on)}开始，还不能写结果；不办了请取消。"


# ── effects ───────────────────────────────────────────────────────────────────────────────────
def to_the_county(case, today, by):
    case.submitted_at = timezone.now()
    return {"submitted_at", *moved(case, today, by)}


def to_the_city(case, today, by):
    case.handed_in_at = timezone.now()
    return {"handed_in_at", *moved(case, today, by)}


def before_the_public(case, today, by):
    case.published_on = today
    return {"published_on", *moved(case, today, by)}


# ── the case ──────────────────────────────────────────────────────────────────────────────────
SUBMIT = Transition(
    name="submit",
    label="提交县局",
    done="已提交县级市场监督管理局，由县局报送市局遴选。",
    source=frozenset({C.DRAFT}),
    target=C.AT_COUNTY,
    allowed=sends_to_the_county,
    guards=(everybody_named_agrees,),
    effect=to_the_county,
    announces="talent-case-submitted",
)
TAKE_BACK = Transition(
    name="take-back",
    label="撤回修改",
    done="已撤回，可以修改后重新提交。",
    source=frozenset({C.AT_COUNTY}),
    target=C.DRAFT,
    allowed=sends_to_the_county,
    effect=moved,
)
RETURN = Transition(
    name="return",
    label="退回修改",
    done="已退回企业修改。",
    source=frozenset({C.AT_COUNTY}),
    target=C.DRAFT,
    allowed=reads_for_the_county,
    effect=moved,
    announces="talent-case-returned",
    asks_why=True,
)
DISCARD = Transition(
    name="discard",
    label="作废草稿",
    done="草稿已作废。",
    source=frozenset({C.DRAFT}),
    target=C.DISCARDED,
    allowed=is_author,
    effect=moved,
)
HAND_IN = Transition(
    name="hand-in",
    label="报送市局",
    done="已报送市级市场监督管理局。",
    source=frozenset({C.DRAFT, C.AT_COUNTY}),
    target=C.AT_CITY,
    allowed=hands_in,
    guards=(everybody_named_agrees,),
    effect=to_the_city,
    announces="talent-case-handed-in",
)
SELECT = Transition(
    name="select",
    label="选为标杆",
    done="已选为标杆，核对后可以公布。",
    source=frozenset({C.AT_CITY}),
    target=C.SELECTED,
    allowed=selects,
    effect=moved,
    announces="talent-case-selected",
)
DECLINE = Transition(
    name="decline",
    label="不予入选",
    done="已记下理由，并告知县局和企业。",
    source=frozenset({C.AT_CITY}),
    target=C.DECLINED,
    allowed=selects,
    effect=moved,
    announces="talent-case-declined",
    asks_why=True,
)
PUBLISH = Transition(
    name="publish",
    label="公布",
    done="已公布，不登录也能读到。",
    source=frozenset({C.SELECTED}),
    target=C.PUBLISHED,
    allowed=selects,
    guards=(everybody_named_agrees,),
    effect=before_the_public,
    announces="talent-case-published",
)
WITHDRAW = Transition(
    name="withdraw",
    label="撤下",
    done="已撤下，公众不再看到。",
    source=frozenset({C.SELECTED, C.PUBLISHED}),
    target=C.WITHDRAWN,
    allowed=selects,
    effect=moved,
    announces="talent-case-withdrawn",
    asks_why=True,
)
REVOKE = Transition(
    name="revoke",
    label="收回我的同意",
    done="已收回同意，这篇经验不再公布。",
    source=frozenset({C.AT_COUNTY, C.AT_CITY, C.SELECTED, C.PUBLISHED}),
    target=C.WITHDRAWN,
    allowed=revokes,
    effect=moved,
    announces="talent-case-withdrawn",
    asks_why=True,
)
CASE = by_name(SUBMIT, TAKE_BACK, RETURN, DISCARD, HAND_IN, SELECT, DECLINE, PUBLISH, WITHDRAW, REVOKE)

# ── the pairing ───────────────────────────────────────────────────────────────────────────────
OPEN = frozenset({P.PROPOSED, P.MENTOR_AGREED, P.LEARNER_AGREED})
MENTOR_FIRST = Transition(
    name="agree-as-mentor",
    label="同意结对",
    done="已同意，等受助企业同意后开始。",
    source=frozenset({P.PROPOSED}),
    target=P.MENTOR_AGREED,
    allowed=for_the_mentor,
    guards=(the_officer_still_serves,),
    effect=moved,
)
LEARNER_FIRST = Transition(
    name="agree-as-learner",
    label="同意结对",
    done="已同意，等标杆企业同意后开始。",
    source=frozenset({P.PROPOSED}),
    target=P.LEARNER_AGREED,
    allowed=for_the_learner,
    guards=(the_officer_still_serves,),
    effect=moved,
)
MENTOR_SECOND = replace(
    MENTOR_FIRST,
    name="join-as-mentor",
    done="双方都已同意，结对开始。",
    source=frozenset({P.LEARNER_AGREED}),
    target=P.UNDER_WAY,
    announces="pairing-agreed",
)
LEARNER_SECOND = replace(
    LEARNER_FIRST,
    name="join-as-learner",
    done="双方都已同意，结对开始。",
    source=frozenset({P.MENTOR_AGREED}),
    target=P.UNDER_WAY,
    announces="pairing-agreed",
)
DECLINE_PAIRING = Transition(
    name="decline",
    label="不同意",
    done="已记下理由，并告知市局。",
    source=OPEN,
    target=P.DECLINED,
    allowed=for_the_mentor | for_the_learner,
    effect=moved,
    announces="pairing-declined",
    asks_why=True,
)
CANCEL_PAIRING = Transition(
    name="cancel",
    label="取消结对",
    done="已取消，并告知双方。",
    source=OPEN | {P.UNDER_WAY},
    target=P.CANCELLED,
    allowed=leads_the_pairing,
    effect=moved,
    announces="pairing-cancelled",
    asks_why=True,
)
CLOSE_PAIRING = Transition(
    name="close",
    label="结束并写结果",
    done="结对已结束，结果已记下。",
    source=frozenset({P.UNDER_WAY}),
    target=P.CLOSED,
    allowed=leads_the_pairing,
    guards=(it_has_begun,),
    effect=moved,
    announces="pairing-closed",
    asks_why=True,
)
PAIRING = by_name(
    MENTOR_FIRST,
    LEARNER_FIRST,
    MENTOR_SECOND,
    LEARNER_SECOND,
    DECLINE_PAIRING,
    CANCEL_PAIRING,
    CLOSE_PAIRING,
)
# What a button alone can do; closing needs an outcome, so it has a page of its own.
PAIRING_BUTTONS = {name: step for name, step in PAIRING.items() if step is not CLOSE_PAIRING}


def closing(outcome: str) -> Transition:
    """CLOSE_PAIRING with the outcome that is written in the same breath."""

    def effect(pairing, today, by):
        pairing.outcome = outcome
        return {"outcome", *moved(pairing, today, by)}

    return replace(CLOSE_PAIRING, effect=effect)


# ── the pool ──────────────────────────────────────────────────────────────────────────────────
LEAVE = Transition(
    name="leave",
    label="移出人才库",
    done="已移出人才库，并告知本人；记录保留。",
    source=frozenset({E.IN_POOL}),
    target=E.LEFT,
    allowed=keeps_the_pool,
    announces="talent-pool-left",
    asks_why=True,
)
POOL = by_name(LEAVE)


def leaving(on: date) -> Transition:
    """LEAVE with the day on which it takes effect."""

    def effect(entry, today, by):
        entry.left_on = on
        return {"left_on"}

    return replace(LEAVE, effect=effect)


guard_states(Case, CASE.values())
guard_states(Pairing, PAIRING.values())
guard_states(PoolEntry, POOL.values())
