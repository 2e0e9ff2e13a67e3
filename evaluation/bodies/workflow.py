"""The life of a record. The body says who it is; the office takes it on record, and looks after it from then on.

draft/returned ──submit──▶ submitted ──record──▶ in_force ──suspend──▶ suspended
                 returned ◀──return──┘              ▲  └──end──▶ ended ◀──end──┤
                                                    └──────────resume──────────┘
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from django.db import IntegrityError, transaction

from cqo_portal.audit.record import record as note
from cqo_portal.parties.models import Institution
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Refused, Transition, by_name, guard_states, moved
from evaluation.bodies import texts
from evaluation.bodies.models import SAID, BodyPaper, BodyRecord, Submission, Suspension
from evaluation.bodies.permissions import decides_about_it, keeps_the_record

S = BodyRecord.State
MUST_BE_THERE = (
    BodyPaper.Kind.LEGAL,
    BodyPaper.Kind.RULES,
    BodyPaper.Kind.RESOURCES,
)  # what chapter 6 begins with


# ── guards ────────────────────────────────────────────────────────────────────────────────────
def papers_bear_it(body, today):
    there = set(body.papers.current().values_list("kind", flat=True))
    missing = [kind.label for kind in MUST_BE_THERE if kind not in there]
    if not missing:
        return None
    return f"还缺材料：{'、'.join(missing)}（{texts.chapter(body.pack).cites}）。"


def its_code_is_its_own(body, today):
    """The record names the legal person it is about; the code on record may have been corrected meanwhile."""
    known = body.institution.credit_code
    if known in (None, body.credit_code):
        return None
    return f"机构在案的统一社会信用代码是 {known}，与提交的 {body.credit_code} 不同；请退回机构核对。"


def it_is_not_over(body, today):
    if body.standing_on(today) != "over":
        return None
    return f"这份登记已于{day_full(body.holds_until)}届满，不用再办。"


# ── effects ───────────────────────────────────────────────────────────────────────────────────
def keep_what_was_said(body, today, by):
    Submission.objects.create(
        record=body,
        number=body.submissions.count() + 1,
        said={name: getattr(body, name) for name in SAID},
        papers=[[each.kind, each.name, each.digest] for each in body.papers.current()],
        on=today,
        by=by,
    )
    return moved(body, today, by)


def begin_a_suspension(body, today, by):
    Suspension.objects.create(record=body, first_day=today)
    return moved(body, today, by)


def close_the_suspension(body, today, by):
    body.suspensions.filter(last_day=None).update(last_day=today - timedelta(days=1))
    return moved(body, today, by)


def end_today(body, today, by):
    body.ended_on = today
    return {"ended_on", *moved(body, today, by)}


# ── the table ─────────────────────────────────────────────────────────────────────────────────
SUBMIT = Transition(
    name="submit",
    label="提交登记",
    done="已提交，登记机关办理以后会通知您。",
    source=frozenset({S.DRAFT, S.RETURNED}),
    target=S.SUBMITTED,
    allowed=keeps_the_record,
    guards=(papers_bear_it,),
    effect=keep_what_was_said,
    announces="body-submitted",
)
RETURN = Transition(
    name="return",
    label="退回",
    done="已退回评价机构，理由已告知。",
    source=frozenset({S.SUBMITTED}),
    target=S.RETURNED,
    allowed=decides_about_it,
    effect=moved,
    announces="body-returned",
    asks_why=True,
)
RECORD = Transition(
    name="record",
    label="登记在案",
    done="已登记在案，并告知评价机构。",
    source=frozenset({S.SUBMITTED}),
    target=S.IN_FORCE,
    allowed=decides_about_it,
    guards=(its_code_is_its_own,),
    announces="body-recorded",
)
SUSPEND = Transition(
    name="suspend",
    label="暂停",
    done="已暂停，从今天起不能受理新的评价申请。",
    source=frozenset({S.IN_FORCE}),
    target=S.SUSPENDED,
    allowed=decides_about_it,
    guards=(it_is_not_over,),
    effect=begin_a_suspension,
    announces="body-suspended",
    asks_why=True,
)
RESUME = Transition(
    name="resume",
    label="恢复",
    done="已恢复，从今天起可以受理评价申请。",
    source=frozenset({S.SUSPENDED}),
    target=S.IN_FORCE,
    allowed=decides_about_it,
    guards=(it_is_not_over,),
    effect=close_the_suspension,
    announces="body-resumed",
    asks_why=True,
)
END = Transition(
    name="end",
    label="终止",
    done="已终止，从今天起不再在案。",
    source=frozenset({S.IN_FORCE, S.SUSPENDED}),
    target=S.ENDED,
    allowed=decides_about_it,
    guards=(it_is_not_over,),
    effect=end_today,
    announces="body-ended",
    asks_why=True,
)
RECORD_LIFE = by_name(SUBMIT, RETURN, RECORD, SUSPEND, RESUME, END)
BUTTONS = by_name(SUBMIT, RETURN, SUSPEND, RESUME, END)  # recording has a form of its own


def recording(said: Mapping) -> Transition:
    """RECORD with its document and days: {document, first_day, last_day}."""

    def no_other_holds_then(body, today):
        return _held_then(body, said["first_day"], said["last_day"])

    def effect(body, today, by):
        _enter_the_code(body, by=by)
        for name, value in said.items():
            setattr(body, name, value)
        return {*said, *moved(body, today, by)}

    return replace(RECORD, guards=(*RECORD.guards, no_other_holds_then), effect=effect)


def _held_then(body: BodyRecord, first_day: date, last_day: date | None) -> str | None:
    others = BodyRecord.objects.filter(institution=body.institution_id, first_day__isnull=False)
    for other in others.exclude(pk=body.pk):
        until = other.holds_until
        if (until is None or until >= first_day) and (last_day is None or other.first_day <= last_day):
            end = f"至{day_full(until)}" if until else "至终止为止"
            return f"这家机构在{day_full(other.first_day)}{end}已有登记（{other.document}），日期不能重叠。"
    return None


def _enter_the_code(body: BodyRecord, *, by) -> None:
    """The office looked at the legal person: its code is on record from now on."""
    institution = Institution.objects.select_for_update(no_key=True).get(pk=body.institution_id)
    if institution.credit_code == body.credit_code:
        return
    institution.credit_code = body.credit_code
    try:
        with transaction.atomic():
            institution.save(update_fields=["credit_code"])
    except IntegrityError as error:
        if "credit_code" not in str(error):
            raise
        raise Refused("这个信用代码已经登记在另一家机构名下，请退回机构核对。") from error
    note("enter-code", institution, by=by, data={"credit_code": body.credit_code})


guard_states(BodyRecord, RECORD_LIFE.values())
