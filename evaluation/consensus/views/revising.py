"""A member signs the own sheet again, with a reason."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cqo_portal.workflow.drafts import version_of
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once
from evaluation.consensus import revising
from evaluation.consensus.forms import ReviseForm, sentences_in
from evaluation.consensus.marks import members_of
from evaluation.consensus.views.board import case_of, opened
from evaluation.frozen import scheme_of
from evaluation.models import Evaluation
from evaluation.permissions import serves
from evaluation.queries import OPENED


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def revise(request, pk):
    posted = request.POST if request.method == "POST" else None
    evaluation = case_of(request, pk, serves) if posted is not None else opened(request, pk)
    if not serves.test(request.user, evaluation):
        raise PermissionDenied
    if posted is not None and evaluation.state not in OPENED:
        refuse(request, Refused(revising.TOO_LATE), *_own_words(evaluation, request.user, posted))
        return redirect(evaluation)
    if posted is None and evaluation.state != Evaluation.State.CONSENSUS:
        refuse(request, Refused(revising.TOO_LATE))
        return redirect("evaluation:consensus", pk)
    me = request.user.acting.person_id
    mine = next((each for each in members_of(evaluation) if each.panellist.person_id == me), None)
    if mine is None:
        raise PermissionDenied
    form = ReviseForm(posted, member=mine, scheme=scheme_of(evaluation))
    if posted is None or not form.is_valid():
        return _page(request, evaluation, form, status=200 if posted is None else 422)
    try:
        revising.revise(
            evaluation,
            form.marks(),
            number=version_of(posted),
            reason=form.cleaned_data["reason"],
            name=form.cleaned_data["name"],
            by=request.user,
        )
    except Refused as refused:
        refuse(request, refused)
        return _page(request, evaluation, form, status=409)
    messages.success(request, f"已签署第 {mine.last.number + 1} 版评分表；原来的各版都保留。")
    return redirect("evaluation:consensus", pk)


def _own_words(evaluation: Evaluation, user, posted) -> list[str]:
    """What was typed and stands in no version of the own sheet."""
    marks = revising.last_of(evaluation, by=user).content["marks"]
    kept = {mark["comment"] for mark in marks.values()}
    return [said for said in sentences_in(posted) if said not in kept]


def _page(request, evaluation: Evaluation, form: ReviseForm, *, status: int):
    page = {"evaluation": evaluation, "form": form, "mine": form.member}
    return render(request, "evaluation/consensus/revise.html", page, status=status)
