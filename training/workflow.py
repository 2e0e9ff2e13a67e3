"""The lives of a session, of a self-report, of a commission, of a provider's yearly report and of an audit draw.

planned ──post──▶ posted ──post──▶ posted          waiting ──confirm──▶ confirmed
   └──cancel──▶ cancelled                             ├──refuse──▶ refused
                                                      └──withdraw──▶ withdrawn

draft/returned ──hand-in──▶ handed_in ──receive──▶ received;  ──return──▶ returned
frozen ──seed──▶ seeded ──close──▶ closed
   └──cancel──▶ cancelled
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone

from cqo_portal.wording import day_full, moment_full
from cqo_portal.workflow.engine import Refused, Transition, by_name, guard_states, moved
from training import ledger
from training.doubts import doubts_about, unanswered
from training.models import (
    Commission,
    Draw,
    Drawn,
    ProviderReport,
    ProviderReportVersion,
    SelfReport,
    Session,
)
from training.permissions import (
    confirms_hours,
    ends_a_commission,
    hands_in_reports,
    organises,
    receives_reports,
    runs_a_draw,
    withdraws_a_report,
)

S, R, C, P = Session.State, SelfReport.State, Commission.State, ProviderReport.State
D = Draw.State
SHOWN = 5  # names in a sentence that refuses


# ── guards and effects ────────────────────────────────────────────────────────────────────────
def it_is_over(session, today):
    if session.is_over(today):
        return None
    return f"这一场到{day_full(session.last_day)}才结束，结束以后才能入账。"


def the_last_meeting_has_ended(session, today):
    ends = session.still_runs(timezone.now())
    if ends is None:
        return None
    return f"最后一次课到{moment_full(timezone.localtime(ends))}才结束，下课以后才能入账。"


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
    """People, however many lines each of them has."""
    names = list({line.person_id: line.name for line in lines}.values())
    shown = "、".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown}等 {len(names)} 人"


def nobody_is_on_the_roster(session, today):
    return "名单里已经有人，请先清空名单再取消。" if session.roster.exists() else None


def nobody_is_in_doubt(session, today):
    lines = list(session.roster.filter(in_doubt=True))
    return f"{_listed(lines)}签到时写的姓名与证件号码对不上，请先核对。" if lines else None


def enter_the_roster(session, today, by):
    _refuse_in_own_cause(session, by=by)
    ledger.credit_roster(session, by=by)
    return moved(session, today, by)


def _refuse_in_own_cause(session, *, by):
    """Asked here and not of the role: whoever else of the house may post this roster."""
    own = by.assignments.exclude(person=None).values("person")
    if session.roster.filter(person__in=own).exists():
        raise Refused("名单里有您本人，请同事办理入账。")


def there_is_evidence(report, today):
    if report.evidence.exists():
        return None
    return "还没有证明材料，不能确认。请本人补交；不能补交的，写明理由不予确认。"


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
        the_last_meeting_has_ended,
        somebody_is_on_the_roster,
        nobody_gets_more_than_it_gives,
        nobody_is_in_doubt,
        nobody_is_elsewhere,
        nobody_stands_already,
    ),
    effect=enter_the_roster,
)
CHANGED = "名单或者场次在您打开这一页以后变了，还没有入账；请按下面的内容再核对一遍。"


def posting(digest: str) -> Transition:
    """POST of the session and roster that were looked at, known by `ledger.digest_of`."""

    def enter_what_was_looked_at(session, today, by):
        if ledger.digest_of(session, session.roster.all()) != digest:
            raise Refused(CHANGED)
        return enter_the_roster(session, today, by)

    return replace(POST, effect=enter_what_was_looked_at)


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


def confirming(reason: str) -> Transition:
    """CONFIRM for a reason; where something is doubtful it needs one, and keeps it."""

    def doubts_are_answered(report, today):
        return unanswered(doubts_about(report), reason)

    def enter_the_ledger(report, today, by):
        ledger.credit(report, reason=reason, by=by)
        return moved(report, today, by)

    return Transition(
        name="confirm",
        label="确认学时",
        done="已确认，学时已记入本人的学时账。",
        source=frozenset({R.WAITING}),
        target=R.CONFIRMED,
        allowed=confirms_hours,
        guards=(there_is_evidence, doubts_are_answered),
        effect=enter_the_ledger,
        announces="self-report-confirmed",
        longest_note=300,
    )


CONFIRM = confirming("")
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
    announces="provider-commission-ended",
    asks_why=True,
)
COMMISSION = by_name(END)


def ending(on: date) -> Transition:
    """END with the last day on which the commission held."""

    def effect(commission, today, by):
        commission.ended_on = on
        return {"ended_on", *moved(commission, today, by)}

    return replace(END, effect=effect)


def the_year_is_over(report, today):
    return f"{report.year} 年还没有过完，过完以后才能签报。" if today.year <= report.year else None


HAND_IN = Transition(
    name="hand-in",
    label="签名报送",
    done="已报送，数字已锁定；委托机关接收后会通知您。",
    source=frozenset({P.DRAFT, P.RETURNED}),
    target=P.HANDED_IN,
    allowed=hands_in_reports,
    guards=(the_year_is_over,),
    announces="provider-report-handed-in",
)
RECEIVE = Transition(
    name="receive",
    label="接收",
    done="已接收，并通知培训机构。",
    source=frozenset({P.HANDED_IN}),
    target=P.RECEIVED,
    allowed=receives_reports,
    effect=moved,
    announces="provider-report-received",
)
RETURN = Transition(
    name="return",
    label="退回",
    done="已退回培训机构，理由已告知。",
    source=frozenset({P.HANDED_IN}),
    target=P.RETURNED,
    allowed=receives_reports,
    effect=moved,
    announces="provider-report-returned",
    asks_why=True,
)
PROVIDER_REPORT_BUTTONS = by_name(RECEIVE, RETURN)  # handing in has a form of its own


def handing_in(signed: Callable[[ProviderReport], dict]) -> Transition:
    """HAND_IN with what is signed, as the locked report has it: it becomes the next version."""

    def effect(report, today, by):
        said = signed(report)
        number = report.versions.count() + 1
        ProviderReportVersion.objects.create(report=report, number=number, on=today, by=by, **said)
        report.remarks = said["remarks"]
        return {"remarks", *moved(report, today, by)}

    return replace(HAND_IN, effect=effect)


# ── an audit draw ─────────────────────────────────────────────────────────────────────────────
def every_record_was_looked_at(draw, today):
    left = Drawn.objects.filter(stratum__draw=draw, outcomes=None).count()
    return f"还有 {left} 笔没有核查结果，都有了结果才能办结。" if left else None


SEED = Transition(
    name="seed",
    label="录入种子并抽取",
    done="种子已录入，样本已抽出；被抽中的组织者收到了消息。",
    source=frozenset({D.FROZEN}),
    target=D.SEEDED,
    allowed=runs_a_draw,
    announces="draw-seeded",
)
CLOSE = Transition(
    name="close",
    label="办结抽查",
    done="抽查已办结，结果已公布。",
    source=frozenset({D.SEEDED}),
    target=D.CLOSED,
    allowed=runs_a_draw,
    guards=(every_record_was_looked_at,),
    announces="draw-closed",
    asks_why=True,
)
CALL_OFF = Transition(
    name="cancel",
    label="取消抽查",
    done="抽查已取消；封存过的名单、摘要和理由仍然公布。",
    source=frozenset({D.FROZEN}),
    target=D.CANCELLED,
    allowed=runs_a_draw,
    asks_why=True,
)
DRAW = by_name(SEED, CLOSE, CALL_OFF)


def seeding(said: Mapping, *, entered_on: date) -> Transition:
    """SEED with the seed. What was public when the population was frozen is no seed."""

    def it_was_not_known_at_freezing(draw, today):
        if today <= draw.frozen_on:
            return (
                f"名单是{day_full(draw.frozen_on)}封存的，当天不能录入种子：种子要在封存以后的日子里才产生。"
            )
        if said["seed_day"] <= draw.frozen_on:
            return f"这个种子在{day_full(draw.frozen_on)}封存名单时已经公布，不能用。请用封存次日起公布的。"
        return "种子的公布日期还没有到。" if said["seed_day"] > today else None

    def effect(draw, today, by):
        for name, value in {**said, "seeded_on": entered_on}.items():
            setattr(draw, name, value)
        return {*said, "seeded_on", *moved(draw, today, by)}

    return replace(SEED, guards=(it_was_not_known_at_freezing,), effect=effect)


def closing(conclusion: str) -> Transition:
    return _ending(CLOSE, conclusion)


def cancelling(reason: str) -> Transition:
    return _ending(CALL_OFF, reason)


def _ending(step: Transition, words: str) -> Transition:
    def effect(draw, today, by):
        draw.conclusion = words
        return {"conclusion", *moved(draw, today, by)}

    return replace(step, effect=effect)


guard_states(Session, SESSION.values())
guard_states(SelfReport, SELF_REPORT.values())
guard_states(Commission, COMMISSION.values())
guard_states(ProviderReport, [HAND_IN, RECEIVE, RETURN])
guard_states(Draw, DRAW.values())
