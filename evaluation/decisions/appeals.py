"""申诉与复核: the frozen dossier is judged once more, by a panel without the old members. Both results stay on record.

The text has no appeal (chapter 8); the pack says so as a reading. The result published later counts.
"""

from dataclasses import replace
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cqo_portal.audit.record import record
from cqo_portal.digests import sha256
from cqo_portal.notifications.outbox import queue
from cqo_portal.workflow.engine import Refused, Transition, by_name, moved, perform
from cqo_portal.workflow.series import next_in
from evaluation.bodies.standing import clocks_of
from evaluation.models import Appeal, Application, Decision, Evaluation, SignedSheet, SignOff
from evaluation.panels.clocks import due
from evaluation.permissions import applies, runs_it
from evaluation.workflow import appeal as life
from evaluation.workflow.appeal import OPEN_ALREADY, is_the_latest, why_not
from evaluation.workflow.holding import locked

A = Appeal.State


# ── what lay in the dossier ───────────────────────────────────────────────────────────────────
def dossier_of(evaluation: Evaluation) -> dict:
    """Everything the result rests on, by its digests: computed again at any time, the same as when an appeal was lodged."""
    decision = evaluation.decision
    return {
        "number": evaluation.number,
        "edition": evaluation.rule_edition,
        "submission": evaluation.submission.digest,
        "sheets": _rows(
            SignedSheet.objects.filter(sheet__panellist__evaluation=evaluation),
            ("sheet", "number", "digest"),
        ),
        "outcomes": _rows(evaluation.outcomes, ("number", "digest")),
        "reports": _rows(evaluation.report_versions, ("number", "digest", "pdf_digest")),
        "sign_offs": _rows(
            SignOff.objects.filter(version__evaluation=evaluation),
            ("version__number", "panellist", "name", "reservation"),
        ),
        "decision": decision.digest,
        "publication": [decision.publication.on.isoformat(), decision.publication.preview],
    }


def _rows(found, names: tuple[str, ...]) -> list[list[str]]:
    return sorted([str(value) for value in row] for row in found.order_by().values_list(*names))


def dossier_digest(evaluation: Evaluation) -> str:
    return sha256(dossier_of(evaluation))


# ── what others ask (certificates, lists) ─────────────────────────────────────────────────────
def under_appeal(evaluation: Evaluation) -> bool:
    """An appeal waits for its answer, or the new panel it was granted is not done yet: no act should build on the result."""
    return evaluation.appeals.pending().exists()


def standing_decision(application: Application) -> Decision | None:
    """The decision that counts: of the published ones the latest. None before the first is published."""
    published = Decision.objects.filter(evaluation__application=application, publication__isnull=False)
    return published.select_related("evaluation", "publication").order_by("-evaluation__run").first()


# ── lodging ───────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def lodge(evaluation: Evaluation, grounds: str, *, by, today: date) -> Appeal:
    """Those whom the result concerns ask for another panel. Raises `Refused`."""
    held = locked(evaluation.pk)
    if not applies.test(by, held.application):
        raise PermissionDenied
    if against := why_not(held, today):
        raise Refused(against)
    answer_by = due(held, "appeal_answer", today)
    made, event = _entered(held, Appeal.Kind.APPEAL, grounds, answer_by, by=by, today=today)
    queue("appeal-lodged", made, cause=f"event:{event.pk}")
    return made


def _entered(evaluation: Evaluation, kind: str, grounds: str, due_on: date | None, *, by, today: date):
    made = Appeal(
        number=f"SS-{today.year}-{next_in(f'appeal:{today.year}'):04d}",
        evaluation=evaluation,
        kind=kind,
        grounds=grounds,
        dossier_digest=dossier_digest(evaluation),
        lodged_on=today,
        due_on=due_on,
        by=by,
    )
    # Before the row: it is known by what lay in the dossier.
    event = record("lodge", made, by=by, after=made.state, data={"digest": made.dossier_digest, "kind": kind})
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise Refused(OPEN_ALREADY) from error
    return made, event


# ── answering ─────────────────────────────────────────────────────────────────────────────────
def the_dossier_is_as_it_was(appeal, today):
    if dossier_digest(appeal.evaluation) == appeal.dossier_digest:
        return None
    return "案卷与提出申诉时封存的不一致，不能据此办理。请联系系统管理员核查。"


def nothing_followed_yet(appeal, today):
    return None if is_the_latest(appeal.evaluation) else "已经另组评价组复评，不能再办一次。"


GUARDS = (the_dossier_is_as_it_was, nothing_followed_yet)
STEPS = by_name(life.granting(moved, *GUARDS), life.DISMISS, life.TAKE_BACK)


def grant(appeal: Appeal, note: str, *, by, today: date) -> Appeal:
    """Begin another run and link it; `note` is the answer. Raises `PermissionDenied` and `Refused`, as the next two do."""

    def begun(appeal, today, by):
        appeal.run = another_run(appeal.evaluation, by=by, today=today)
        appeal.answer = note
        return {"run", "answer", *moved(appeal, today, by)}

    return perform(life.granting(begun, *GUARDS), appeal, by=by, note=note, today=today)


def dismiss(appeal: Appeal, note: str, *, by, today: date) -> Appeal:
    """The result stands; `note` is the answer the appellant reads."""
    return perform(_answering(life.DISMISS, note), appeal, by=by, note=note, today=today)


def take_back(appeal: Appeal, note: str, *, by, today: date) -> Appeal:
    """By either of those whom the result concerns, whoever of them lodged it."""
    return perform(life.TAKE_BACK, appeal, by=by, note=note, today=today)


def _answering(step: Transition, note: str) -> Transition:
    def answered(appeal, today, by):
        appeal.answer = note
        return {"answer", *moved(appeal, today, by)}

    return replace(step, effect=answered)


ACTS = {"grant": grant, "dismiss": dismiss, "take-back": take_back}


@transaction.atomic
def review(evaluation: Evaluation, grounds: str, *, by, today: date) -> Appeal:
    """The body has its own result judged again, for a reason that is told; there is nobody to ask, so it begins at once."""
    held = locked(evaluation.pk)
    if not runs_it.test(by, held):
        raise PermissionDenied
    if against := _why_no_review(held):
        raise Refused(against)
    made, _ = _entered(held, Appeal.Kind.REVIEW, grounds, None, by=by, today=today)
    return grant(made, grounds, by=by, today=today)


def _why_no_review(evaluation: Evaluation) -> str | None:
    if evaluation.state != Evaluation.State.PUBLISHED:
        return "评价结果还没有公布；公布以前发现问题的，请退回评价组。"
    if not is_the_latest(evaluation):
        return "这次评价以后已经另组评价组复评，以后来的结果为准。"
    return OPEN_ALREADY if evaluation.appeals.filter(state=A.LODGED).exists() else None


def may_be_reviewed(evaluation: Evaluation) -> bool:
    return _why_no_review(evaluation) is None


# ── another run ───────────────────────────────────────────────────────────────────────────────
def another_run(evaluation: Evaluation, *, by, today: date) -> Evaluation:
    """The same submission, by the same edition, before a panel that is convened anew."""
    application = Application.objects.select_for_update(no_key=True).get(pk=evaluation.application_id)
    run = application.evaluations.order_by("-run").values_list("run", flat=True)[0] + 1
    made = Evaluation(
        application=application,
        submission=evaluation.submission,
        run=run,
        number=f"{application.number}-{run}",
        body=evaluation.body,
        rule_edition=evaluation.rule_edition,
        aggregation=clocks_of(evaluation.body).aggregation,
        due_on=due(evaluation, "convening", today),
        created_by=by,
    )
    made.save()
    record("begin-again", made, by=by, after=made.state, data={"after": str(evaluation.pk), "run": run})
    return made
