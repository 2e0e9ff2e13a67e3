"""The board: read by the panel, written by its leader, followed by all."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from rules import Predicate

from cqo_portal.accounts.models import Role
from cqo_portal.papers.showing import as_picture
from cqo_portal.ui.fields import slug_of
from cqo_portal.workflow.drafts import Stale, version_of
from cqo_portal.workflow.engine import Refused, perform
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.views import refuse_unfit
from evaluation.applications.services import note_opened
from evaluation.consensus import saving
from evaluation.consensus.conclusion import CONCLUDE, STEPS
from evaluation.consensus.following import stamp_of
from evaluation.consensus.forms import key_of, sentences_in
from evaluation.consensus.pages import Consensus, papers_of
from evaluation.frozen import scheme_of
from evaluation.models import Evaluation
from evaluation.panel import judged
from evaluation.permissions import is_expert, leads, runs_it, serves
from evaluation.queries import HANDED_IN, OPENED, EvaluationQuerySet
from evaluation.workflow.holding import locked

MEANWHILE = "您打开这一页以后，评分表或者合议内容又有改动。请看过现在的内容，再形成结论。"


# ── who may see it ────────────────────────────────────────────────────────────────────────────
def opened_to(user) -> EvaluationQuerySet:
    """Cases whose sheets lie open to this person: of the own panel, and of the own body once the report is handed in.

    Before that the page does not exist, for the leader as for everybody.
    """
    role = user.acting and user.acting.role
    states = {Role.EXPERT: OPENED, Role.BODY: HANDED_IN}.get(role, ())
    return Evaluation.objects.visible_to(user).filter(state__in=states)


def opened(request, pk) -> Evaluation:
    found = opened_to(request.user).select_related("application__organisation", "submission", "body")
    evaluation = get_object_or_404(found.defer("application__draft"), pk=pk)
    if not (serves | runs_it).test(request.user, evaluation):
        raise PermissionDenied
    return evaluation


def case_of(request, pk, whose: Predicate) -> Evaluation:
    """For what is sent: also where the sheets were closed again meanwhile, so that the words are not lost with the page."""
    if not is_expert.test(request.user):
        opened(request, pk)
        raise PermissionDenied
    seen = Evaluation.objects.visible_to(request.user).select_related(
        "application__organisation", "submission", "body"
    )
    evaluation = get_object_or_404(seen.defer("application__draft"), pk=pk)
    if not whose.test(request.user, evaluation):
        raise PermissionDenied
    return evaluation


def _led(request, pk) -> Evaluation:
    evaluation = opened(request, pk)
    if not leads.test(request.user, evaluation):
        raise PermissionDenied
    return evaluation


@require_safe
@login_required
def page(request, pk):
    return render(
        request, "evaluation/consensus/board.html", Consensus(opened(request, pk), request.user).page()
    )


@require_safe
@login_required
def now(request, pk):
    """Whether anything changed, and where the leader is: asked every few seconds, so it asks one question itself."""
    stamp = stamp_of(opened_to(request.user), pk)
    if stamp is None:
        raise Http404
    tag = f'"{stamp.table}/{stamp.cursor}"'
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponseNotModified()
    else:
        answer = JsonResponse({"table": stamp.table, "row": stamp.cursor and f"r{slug_of(stamp.cursor)}"})
    answer.headers["ETag"] = tag
    return answer


@require_safe
@login_required
def proof(request, pk, proof, number):
    """One page of a paper as a picture; that it was opened is noted once a day."""
    evaluation = opened(request, pk)
    paper = next((each for each in papers_of(evaluation) if each.pk == proof), None)
    if paper is None:
        raise Http404
    answer = as_picture(paper, number=number)
    note_opened(paper, by=request.user, today=timezone.localdate())
    return answer


# ── what the leader writes ────────────────────────────────────────────────────────────────────
@login_required
@require_POST
def autosave(request, pk):
    """Keep what is typed, and answer with what follows from it."""
    evaluation = _led(request, pk)
    if evaluation.state != Evaluation.State.CONSENSUS:
        return render(request, "evaluation/consensus/_autosave_closed.html", {"evaluation": evaluation})
    typed = Consensus(evaluation, request.user, request.POST).form
    typed.is_valid()
    try:
        kept = saving.save(evaluation, typed.said(), version=version_of(request.POST), by=request.user)
    except Stale as stale:
        return render(request, "evaluation/consensus/_autosave_stale.html", {"deliberation": stale.kept})
    except Refused:
        return render(request, "evaluation/consensus/_autosave_closed.html", {"evaluation": evaluation})
    answer = Consensus(evaluation, request.user).page()
    return render(request, "evaluation/consensus/_autosave.html", answer | {"typed": typed, "kept": kept})


@login_required
@require_POST
def save(request, pk):
    """The whole form at once: by hand, and where a button asks for more than keeping what is typed."""
    evaluation = case_of(request, pk, leads)
    if evaluation.state != Evaluation.State.CONSENSUS:
        return _too_late(request, evaluation)
    back = reverse("evaluation:consensus", args=[pk])
    shown = Consensus(evaluation, request.user, request.POST)
    shown.form.is_valid()
    try:
        saving.save(evaluation, shown.form.said(), version=version_of(request.POST), by=request.user)
        at = _asked_for(request, evaluation)
    except Stale as stale:
        page = shown.page() | {"stale": stale.kept, "version": stale.kept.version}
        return render(request, "evaluation/consensus/board.html", page, status=409)
    except Refused:
        return _too_late(request, evaluation)
    if shown.form.errors:
        return render(request, "evaluation/consensus/board.html", shown.page(), status=422)
    return redirect(f"{back}{at}")


def _too_late(request, evaluation: Evaluation):
    """The words go back to whoever wrote them: there is no form for them any more."""
    kept = saving.sentences_of(evaluation)
    refuse(
        request, Refused(saving.CLOSED), *(said for said in sentences_in(request.POST) if said not in kept)
    )
    evaluation.refresh_from_db(fields=["state"])
    return (
        redirect("evaluation:consensus", evaluation.pk)
        if evaluation.state in OPENED
        else redirect(evaluation)
    )


def _asked_for(request, evaluation: Evaluation) -> str:
    """What the button asked for besides; where on the page to go on."""
    action, _, code = request.POST.get("action", "").partition(":")
    indicator = next((row for row in judged(scheme_of(evaluation)) if row.code == code), None)
    if action == "accept":
        taken = saving.accept_proposals(evaluation, by=request.user)
        messages.success(request, f"{taken} 项按建议值定下；要写理由的，请逐项确定。")
    elif action == "draft" and indicator:
        saving.draft_comment(evaluation, code, by=request.user)
        return f"#{key_of(indicator)}"
    else:
        messages.success(request, "已保存。")
    return ""


@login_required
@require_POST
def cursor(request, pk):
    """The leader goes to a row; a script asks for nothing back."""
    evaluation = _led(request, pk)
    code = request.POST.get("row", "")
    indicator = next((row for row in judged(scheme_of(evaluation)) if row.code == code), None)
    if indicator is None:
        raise Http404
    try:
        saving.move_cursor(evaluation, code, by=request.user)
    except Refused as refused:
        refuse(request, refused)
    return redirect(f"{reverse('evaluation:consensus', args=[pk])}#{key_of(indicator)}")


# ── steps ─────────────────────────────────────────────────────────────────────────────────────
@login_required
@require_POST
def take_step(request, pk, step):
    """Open the sheets, conclude, deliberate again: all by the leader, all leading to the board (or back to the case)."""
    if step not in STEPS:
        raise Http404
    evaluation = get_object_or_404(Evaluation.objects.visible_to(request.user), pk=pk)
    note = request.POST.get("note", "")
    try:
        refuse_unfit(note, STEPS[step])
        perform_seen(request, STEPS[step], evaluation, note)
    except Refused as refused:
        refuse(request, refused, note)
        opened = Evaluation.objects.filter(pk=pk, state__in=OPENED).exists()
        return redirect("evaluation:consensus", pk) if opened else redirect(evaluation)
    messages.success(request, STEPS[step].done)
    return redirect("evaluation:consensus", pk)


@transaction.atomic
def perform_seen(request, step, evaluation: Evaluation, note: str) -> None:
    """A conclusion is about just the table that was looked at: it is held while the two are compared."""
    if step is CONCLUDE:
        held = locked(evaluation.pk)
        same = stamp_of(Evaluation.objects.all(), held.pk).table == request.POST.get("seen")
        if leads.test(request.user, held) and held.state in step.source and not same:
            raise Refused(MEANWHILE)
    perform(step, evaluation, by=request.user, note=note)
