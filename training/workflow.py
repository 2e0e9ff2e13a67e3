"""The lives of a session, of a self-report and of a commission.

planned ──post──▶ posted ──post──▶ posted          waiting ──confirm──▶ confirmed
   └──cancel──▶ cancelled                             ├──refuse──▶ refused
                                                      └──withdraw──▶ withdrawn
"""

from dataclasses import replace
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q

from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Transition, by_name, guard_states, moved
from training import ledger
from training.models import Commission, SelfReport, Session
from training.permissions import (
    confirms_hours,
    ends_a_commission,
    organises,
    withdraws_a_report,
)

S, R, C = Session.State, SelfReport.State, Commission.State
SHOWN = 5  # names in a sentence that refuses


# ── guards and effects ────────────────────────────────────────────────────────────────────────
def it_is_over(session, today):
    if session.is_over(today):
        return None
    return f"这一场到{day_full(session.last_day)}才结束，结束以后才能入账。"


def somebody_is_on_the_roster(session, today):
    return None if session.roster.exists() else "名单里还没有待入账的人，请先登记。"


def nobody_gets_more_than_it_gives(session, today):
    within = [Q(course_class=each.course_class, hours__lte=each.hours) for each in session.hours.all()]
    lines = session.roster.exclude(reduce(or_, within, Q(pk__in=[])))
    return f"{_listed(lines)}的学时超过本场规定的学时，请改正。" if lines else None


def nobody_is_elsewhere(session, today):
    """Whose the other session is, is not told."""
    lines = list(session.roster.all())
    clashing = ledger.clashes(session, lines)
    found = [line for line in lines if line.pk in clashing]
    if not found:
        return None
    return f"{_listed(found)}在同一时间已有别的培训入账；请核对以后从名单中去掉，或改正上课时间。"


def nobody_stands_already(session, today):
    standing = ledger.standing_in(session, session.roster.values_list("person", flat=True))
    lines = session.roster.filter(person__in={person for person, _ in standing})
    double = [line for line in lines if (line.person_id, line.course_class) in standing]
    return f"{_listed(double)}在本场已经入账；要改学时，请先冲正原记录。" if double else None


def _listed(lines) -> str:
    shown = "、".join(line.name for line in lines[:SHOWN])
    return shown if len(lines) <= SHOWN else f"{shown}等 {len(lines)} 人"


def nobody_is_on_the_roster(session, today):
    return "名单里已经有人，请先清空名单再取消。" if session.roster.exists() else None


def enter_the_roster(session, today, by):
    ledger.credit_roster(session, by=by)
    return moved(session, today, by)


def enter_the_ledger(report, today, by):
    ledger.credit(report, by=by)
    return moved(report, today, by)


# ── the tables ────────────────────────────────────────────────────────────────────────────────
POST = Transition(
    name="post",
    label="入账",
    done="已入账，每个人的学时账里都有了这一场。",
    source=frozenset({S.PLANNED, S.POSTED}),
    target=S.POSTED,
    allowed=organises,
    guards=(
        it_is_over,
        somebody_is_on_the_roster,
        nobody_gets_more_than_it_gives,
        nobody_is_elsewhere,
        nobody_stands_already,
    ),
    effect=enter_the_roster,
)
CANCEL = Transition(
    name="cancel",
    label="取消场次",
    done="这一场已取消。",
    source=frozenset({S.PLANNED}),
    target=S.CANCELLED,
    allowed=organises,
    guards=(nobody_is_on_the_roster,),
    effect=moved,
    asks_why=True,
)
SESSION = by_name(POST, CANCEL)

CONFIRM = Transition(
    name="confirm",
    label="确认学时",
    done="已确认，学时已记入本人的学时账。",
    source=frozenset({R.WAITING}),
    target=R.CONFIRMED,
    allowed=confirms_hours,
    effect=enter_the_ledger,
    announces="self-report-confirmed",
)
REFUSE = Transition(
    name="refuse",
    label="不予确认",
    done="没有确认，理由已告知本人。",
    source=frozenset({R.WAITING}),
    target=R.REFUSED,
    allowed=confirms_hours,
    effect=moved,
    announces="self-report-refused",
    asks_why=True,
)
WITHDRAW = Transition(
    name="withdraw",
    label="撤回",
    done="已撤回，没有记入学时账。",
    source=frozenset({R.WAITING}),
    target=R.WITHDRAWN,
    allowed=withdraws_a_report,
    effect=moved,
)
SELF_REPORT = by_name(CONFIRM, REFUSE, WITHDRAW)

END = Transition(
    name="end",
    label="终止委托",
    done="委托已终止；终止以后的场次会被标出核查。",
    source=frozenset({C.IN_FORCE}),
    target=C.ENDED,
    allowed=ends_a_commission,
    effect=moved,
    asks_why=True,
)
COMMISSION = by_name(END)


def ending(on: date) -> Transition:
    """END with the last day on which the commission held."""

    def effect(commission, today, by):
        commission.ended_on = on
        return {"ended_on", *moved(commission, today, by)}

    return replace(END, effect=effect)


guard_states(Session, SESSION.values())
guard_states(SelfReport, SELF_REPORT.values())
guard_states(Commission, COMMISSION.values())
