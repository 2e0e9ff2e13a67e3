"""The steps of an application with their guards and effects; the table of states itself is below, in `workflow`."""

from dataclasses import replace
from datetime import date

from django.utils import timezone
from rules import predicate

from cqo_portal.audit.record import record
from cqo_portal.digests import sha256
from cqo_portal.jurisdictions import NoSuchRule
from cqo_portal.parties.models import Institution
from cqo_portal.reference.queries import working_calendar
from cqo_portal.workflow.engine import Transition, by_name, moved, perform
from cqo_portal.workflow.series import next_in
from evaluation.applications import above, draft
from evaluation.applications.content import content_of, said_last
from evaluation.applications.known import handed_in_on, judge
from evaluation.applications.rules import grounds_of, rules_of
from evaluation.applications.signing import signatures
from evaluation.bodies.standing import clocks_of, why_not
from evaluation.models import Application, Evaluation, Refusal, Submission
from evaluation.permissions import applies
from evaluation.workflow.application import (
    DISCARD,
    accepting,
    refusing,
    returning,
    submitting,
    withdrawing,
)
from evaluation.workflow.evaluation import BEFORE_THE_DECISION, CLOSE
from registry.facts import Judgement
from registry.qualification import ClauseResult

S = Application.State


# ── guards ────────────────────────────────────────────────────────────────────────────────────
def everything_is_filled_in(application, today):
    count = len(list(draft.form_of(application, today=today).faults()))
    return f"还有 {count} 处没有填好，请填好后再提交。" if count else None


def what_is_unmet_is_explained(application, today):
    said = content_of(application, today=today)
    unmet = judged_draft(application, said, today=today, of_the_person=False).unmet
    if not unmet or said["plea"]:
        return None
    names = "、".join(f"“{clause.label}”（{clause.cites}）" for clause in unmet)
    return f"{names}不符合：仍要申请的，请写明理由。"


def both_signed_just_this(application, today):
    digest = sha256(content_of(application, today=today))
    missing = [each for each in signatures(application, digest) if not each.covers]
    words = "、".join(f"{each.label}{'（内容在签写以后改过）' if each.signature else ''}" for each in missing)
    return f"还要签写：{words}。" if missing else None


def the_post_stands(application, today):
    return f"{application.name}已经离任，不能再提交申请。" if application.officer.ended_on else None


def the_body_is_on_record(application, today):
    body = _body_of(application, today)
    return why_not(body, today) if body else None


def the_text_is_in_force(application, today):
    try:
        rules_of(application, today=today, body=_body_of(application, today))
    except NoSuchRule as error:
        return str(error)
    return None


def nothing_else_is_under_way(application, today):
    others = Application.objects.filter(person=application.person_id).exclude(pk=application.pk)
    if not others.filter(evaluations__in=Evaluation.objects.under_way()).exists():
        return None
    return f"{application.name}另有一次评价正在进行，结束以后才能再提交。"


def nothing_known_above_stands_against_it(application, today):
    """A certificate that has its time, or a loss whose year has not passed (9.4, 9.6)."""
    body = _body_of(application, today)
    return above.against(application, body and body.pk, today)


def something_is_pinned(application, today):
    return None if unsent(application).exists() else "请至少指出一处须补充的，再退回。"


def nothing_is_pinned(application, today):
    if not unsent(application).exists():
        return None
    return "还有没发出的补充项：请先退回补充，或者把补充项删去。"


def nothing_bars_it(application, today):
    """8.2 leaves nothing to decide: what is on record bars, whatever was written about it."""
    found = "、".join(f"“{clause.label}”（{clause.cites}）" for clause in barred(judged(application)))
    return f"{found}已经查明，不能认定为符合：请不予受理。" if found else None


def every_open_clause_is_determined(application, today):
    left = "、".join(f"“{clause.label}”（{clause.cites}）" for clause in undetermined(application))
    return f"{left}尚未符合：请写明认定理由，或者退回补充、不予受理。" if left else None


def nothing_was_decided(application, today):
    decided = application.evaluations.exclude(state__in=[*BEFORE_THE_DECISION, Evaluation.State.CLOSED])
    return "已经作出评价决定，不能再撤回；对结果有异议的，可以申诉。" if decided.exists() else None


def unsent(application):
    return application.return_items.filter(round=application.round, sent_at=None)


def _body_of(application: Application, today: date):
    """Whom it went to; of a draft the one that was chosen, on record or not."""
    if application.body_id:
        return application.body
    return draft.body_typed(application.draft, Institution.objects.all())


# ── what the rules say ────────────────────────────────────────────────────────────────────────
def judged_draft(application: Application, said: dict, *, today: date, of_the_person: bool) -> Judgement:
    """What is written, by the rules of today and of the body chosen so far; `of_the_person`: with what is on record
    against the officer, which the enterprise must not learn. Raises `NoSuchRule`."""
    rules = rules_of(application, today=today, body=_body_of(application, today))
    return judge(application, said, rules=rules, on=today, of_the_person=of_the_person)


def judged(application: Application, *, said: dict | None = None, of_the_person: bool = True) -> Judgement:
    """What lies before the body: the words of the last round, as of the day they were handed in."""
    return judge(
        application,
        said or said_last(application),
        rules=rules_of(application, today=handed_in_on(application)),
        on=handed_in_on(application),
        of_the_person=of_the_person,
    )


def undetermined(application: Application) -> list[ClauseResult]:
    """Clauses a body may decide in writing, and has not in this round."""
    decided = set(application.determinations.filter(round=application.round).values_list("clause", flat=True))
    return [clause for clause in determinable(judged(application)) if clause.key not in decided]


def barred(judgement: Judgement) -> list[ClauseResult]:
    """Grounds of 8.2 that are established. One that cannot be told yet is not among them."""
    grounds = {ground.key for ground in grounds_of(judgement.pack)}
    return [clause for clause in judgement.unmet if clause.key in grounds]


def determinable(judgement: Judgement) -> list[ClauseResult]:
    """What a person may decide to count as met: the open clauses, but for the grounds that bar."""
    closed = barred(judgement)
    return [clause for clause in judgement.open if clause not in closed]


# ── effects ───────────────────────────────────────────────────────────────────────────────────
def hand_in(application, today, by):
    """Append what is said now. Body, edition and number are fixed with the first round, for good."""
    said = content_of(application, today=today)
    judgement = judged_draft(application, said, today=today, of_the_person=True)
    first = set() if application.round else _fixed(application, judgement, today)
    application.round += 1
    application.tally = judgement.tally
    Submission.objects.create(
        application=application,
        round=application.round,
        content=said,
        judgement=judgement.as_json(),
        digest=sha256(said),
        by=by,
    )
    application.due_on = due_on(application, "formal_review", today)
    return {*first, "round", "tally", "due_on", *moved(application, today, by)}


def _fixed(application: Application, judgement: Judgement, today: date) -> set[str]:
    application.body = _body_of(application, today)
    application.rule_edition = judgement.pack.edition
    application.submitted_on = today
    application.number = f"PJ-{today.year}-{next_in(f'evaluation:{today.year}'):04d}"
    return {"body", "rule_edition", "submitted_on", "number"}


def due_on(application: Application, step: str, today: date) -> date:
    """By the body's own clocks, in working days."""
    return clocks_of(application.body).due(step, today, working_calendar()).day


def send_back(application, today, by):
    """What was pinned goes out with this round and is fixed; the clock of completing it begins."""
    unsent(application).update(sent_at=timezone.now())
    application.due_on = due_on(application, "completion", today)
    return {"due_on", *moved(application, today, by)}


def take_up(application, today, by):
    """The first run of a panel, over just the words that were accepted."""
    clocks = clocks_of(application.body)
    run = Evaluation.objects.create(
        application=application,
        submission=application.submissions.get(round=application.round),
        run=1,
        number=application.number,
        body=application.body,
        rule_edition=application.rule_edition,
        aggregation=clocks.aggregation,
        due_on=clocks.due("convening", today, working_calendar()).day,
        created_by=by,
    )
    record("take-up", run, by=by, after=run.state, rule_edition=run.rule_edition)
    return _over(application, today, by)


def _over(application, today, by):
    application.due_on = None
    return {"due_on", *moved(application, today, by)}


def turn_down(*, ground: str, finding: str):
    """不予受理 on one of the grounds of 8.2; `ground` is its key in the edition."""

    def effect(application, today, by):
        rules = rules_of(application, today=today)
        cites = next(each.cites for each in grounds_of(rules) if each.key == ground)
        Refusal.objects.create(application=application, ground=ground, cites=cites, finding=finding, by=by)
        return _over(application, today, by)

    return effect


@predicate
def applied_for_it(user, evaluation) -> bool:
    return applies.test(user, evaluation.application)


TAKE_BACK = replace(CLOSE, allowed=applied_for_it)  # with its application, by those who applied


def close_what_is_open(application, today, by):
    """The evaluation ends with its application, and the panel is told. Decided since the guard looked, it refuses."""
    for run in application.evaluations.exclude(state=Evaluation.State.CLOSED):
        perform(TAKE_BACK, run, by=by, note="申请人撤回申请。", today=today)
    return _over(application, today, by)


# ── the table ─────────────────────────────────────────────────────────────────────────────────
SUBMIT = submitting(
    hand_in,
    the_post_stands,
    everything_is_filled_in,
    what_is_unmet_is_explained,
    both_signed_just_this,
    the_body_is_on_record,
    the_text_is_in_force,
    nothing_else_is_under_way,
    nothing_known_above_stands_against_it,
)
RETURN = returning(send_back, something_is_pinned)
ACCEPT = accepting(
    take_up, the_body_is_on_record, nothing_is_pinned, nothing_bars_it, every_open_clause_is_determined
)
WITHDRAW = withdrawing(close_what_is_open, nothing_was_decided)


def refuse_on(*, ground: str, finding: str) -> Transition:
    return refusing(turn_down(ground=ground, finding=finding), nothing_is_pinned)


BUTTONS = by_name(DISCARD, SUBMIT, RETURN, ACCEPT, WITHDRAW)  # refusing asks for more than a reason
