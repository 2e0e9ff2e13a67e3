"""The body: it decides on the report, looks at the messages, and publishes; those it concerns read the notice."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.models import Role
from cqo_portal.workflow.engine import Refused, perform
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.views import give_back, refuse_unfit
from evaluation.decisions import deciding, pages, printed, publishing
from evaluation.decisions.deciding import SEND_BACK
from evaluation.decisions.forms import DecisionForm
from evaluation.decisions.results import result_of
from evaluation.decisions.views.answers import as_pdf
from evaluation.models import Evaluation
from evaluation.panels.pages import Head
from evaluation.permissions import applies, runs_it
from evaluation.queries import HANDED_IN

E = Evaluation.State


def _case(request, pk) -> Evaluation:
    """Of the own body, once the report is handed in. Whoever has a part in it reads nothing of the panel's work here.

    What is sent is taken also where the case went back meanwhile: the words go to whoever wrote them.
    """
    user = request.user
    if user.acting is None or user.acting.role != Role.BODY:
        raise Http404
    sent = request.method == "POST"
    seen = Evaluation.objects.visible_to(user).select_related("body") if sent else pages.reported_to(user)
    evaluation = get_object_or_404(seen, pk=pk)
    if not runs_it.test(user, evaluation):
        raise PermissionDenied
    return evaluation


# ── deciding ──────────────────────────────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request, pk):
    evaluation, today = _case(request, pk), timezone.localdate()
    if request.method != "POST":
        return _page(request, evaluation)
    if evaluation.state != E.AT_BODY:
        why = f"现在的状态是“{evaluation.get_state_display()}”，不能再作决定。"
        return _too_late(request, evaluation, Refused(why))
    form = _form(evaluation, request.POST)
    if not form.is_valid():
        return _page(request, evaluation, form)
    try:
        deciding.decide(
            evaluation, **form.cleaned_data, seen=request.POST.get("seen", ""), by=request.user, today=today
        )
    except Refused as refused:
        evaluation.refresh_from_db()
        if evaluation.state != E.AT_BODY:
            return _too_late(request, evaluation, refused)
        for reason in refused.reasons:
            form.add_error(None, reason)
        return _page(request, evaluation, form)
    messages.success(request, deciding_done(evaluation))
    return redirect("evaluation:publication", pk)


def _too_late(request, evaluation: Evaluation, refused: Refused):
    """There is no form any more for what was typed."""
    refuse(request, refused, request.POST.get("present", ""), request.POST.get("said", ""))
    return (
        redirect("evaluation:decision", evaluation.pk)
        if evaluation.state in HANDED_IN
        else redirect(evaluation)
    )


def deciding_done(evaluation: Evaluation) -> str:
    grade = result_of(evaluation).grade_label
    return f"评价决定已作出：{grade}。请看过要发出的通知，再公布。"


def _form(evaluation: Evaluation, data=None) -> DecisionForm:
    today, handed_in = timezone.localdate(), timezone.localdate(evaluation.moved_at)
    initial = {"on": today.isoformat()}
    return DecisionForm(data, initial=initial, handed_in=handed_in, today=today)


def _page(request, evaluation: Evaluation, form: DecisionForm | None = None):
    decides = evaluation.state == E.AT_BODY
    versions = pages.versions_for(request.user, evaluation)
    result = result_of(evaluation)
    words = {
        "evaluation": evaluation,
        "head": Head(evaluation, request.user, timezone.localdate()),
        "versions": versions,
        "document": pages.document_of(versions[0] if versions else None),
        "against": pages.reasons_against_deciding(evaluation, timezone.localdate()) if decides else [],
        "form": (form or _form(evaluation)) if decides else None,
        "send_back": SEND_BACK if decides else None,
        "result": result,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "evaluation/decisions/decision.html", words, status=status)


@login_required
@require_POST
def send_back(request, pk):
    evaluation, note = _case(request, pk), request.POST.get("note", "")
    address = reverse("evaluation:decision", args=[pk])
    try:
        refuse_unfit(note, SEND_BACK)
        perform(SEND_BACK, evaluation, by=request.user, note=note, today=timezone.localdate())
    except Refused as refused:
        give_back(request, evaluation, SEND_BACK, note, refused, address=address)
        return redirect(address if evaluation.state in HANDED_IN else evaluation)
    messages.success(request, "报告已退回评价组，成员会收到通知，看得到理由。")
    return redirect(evaluation)


# ── publishing ────────────────────────────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publication(request, pk):
    evaluation, today = _case(request, pk), timezone.localdate()
    if evaluation.state != E.DECIDED:
        said = "已经公布了。" if evaluation.state == E.PUBLISHED else "还没有作出评价决定，不能公布。"
        refuse(request, Refused(said))
        return redirect("evaluation:decision", pk) if evaluation.state in HANDED_IN else redirect(evaluation)
    if request.method != "POST":
        return _preview(request, evaluation)
    try:
        publishing.publish(evaluation, seen=request.POST.get("preview", ""), by=request.user, today=today)
    except publishing.Changed as changed:
        refuse(request, changed)
        return _preview(request, evaluation, status=409)
    except Refused as refused:
        refuse(request, refused)
    else:
        messages.success(request, "已公布，并通知本人和所在组织。")
    return redirect("evaluation:decision", pk)


def _preview(request, evaluation: Evaluation, *, status: int = 200):
    words = {
        "evaluation": evaluation,
        "result": result_of(evaluation),
        "preview": publishing.preview(evaluation, today=timezone.localdate()),
        "nobody": publishing.NOBODY,
    }
    return render(request, "evaluation/decisions/publication.html", words, status=status)


# ── the notice ────────────────────────────────────────────────────────────────────────────────
@require_safe
@login_required
def notice(request, pk):
    """评价结果告知, for those it concerns and for the body; the same rows make the same bytes."""
    seen = Evaluation.objects.visible_to(request.user).filter(state=E.PUBLISHED)
    evaluation = get_object_or_404(seen.select_related("application__organisation", "body"), pk=pk)
    user = request.user
    if not (applies.test(user, evaluation.application) or runs_it.test(user, evaluation)):
        raise PermissionDenied
    if (result := result_of(evaluation)) is None:
        raise Http404
    words = {"result": result, "organisation": evaluation.body.name, "number": evaluation.number}
    return as_pdf(
        printed.notice(words, made_at=result.publication.at), f"{evaluation.number} 评价结果告知.pdf"
    )
