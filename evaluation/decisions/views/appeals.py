"""Appeals: lodged by those it concerns, answered by the body; and the body's own review."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.models import Role
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused, open_to
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once
from cqo_portal.workflow.views import give_back, refuse_unfit
from evaluation.decisions import appeals, pages
from evaluation.decisions.forms import GroundsForm
from evaluation.decisions.results import result_of
from evaluation.models import Appeal, Evaluation
from evaluation.permissions import applies, runs_it

PER_PAGE = 50
MAY_LOOK = frozenset({Role.BODY, Role.ENTERPRISE, Role.OFFICER})
TO_APPEAL = "对哪一项结果有什么异议、依据是什么。提出以后不能改，评价机构看得到。"
TO_REVIEW = "为什么要复核。本人和所在组织会收到通知，看得到理由；以后的结果代替现在的结果。"


def _case(request, pk) -> Evaluation:
    seen = Evaluation.objects.visible_to(request.user).select_related("application__organisation", "body")
    return get_object_or_404(seen.defer("application__draft"), pk=pk)


@require_safe
@login_required
def index(request):
    user = request.user
    if user.acting is None or user.acting.role not in MAY_LOOK:
        raise PermissionDenied
    found = Appeal.objects.visible_to(user).for_list()
    waiting = request.GET.get("state") == "lodged"
    if waiting:
        found = found.filter(state=Appeal.State.LODGED)
    page = keyset(found, request.GET, order=("-moved_at", "-id"), per_page=PER_PAGE)
    words = {"page": page, "waiting": waiting, "today": timezone.localdate()}
    return render(request, "evaluation/decisions/appeals.html", words)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request, pk):
    evaluation, today = _case(request, pk), timezone.localdate()
    if not applies.test(request.user, evaluation.application):
        raise PermissionDenied
    if against := appeals.why_not(evaluation, today):
        return _closed(request, evaluation, against)
    form = GroundsForm(request.POST if request.method == "POST" else None, hint=TO_APPEAL)
    if request.method == "POST" and form.is_valid():
        try:
            made = appeals.lodge(evaluation, form.cleaned_data["grounds"], by=request.user, today=today)
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"申诉已提出，申诉号 {made.number}；评价机构会收到通知。")
            return redirect(made)
    return _form(request, evaluation, form, reviews=False)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def review(request, pk):
    evaluation, today = _case(request, pk), timezone.localdate()
    if not runs_it.test(request.user, evaluation):
        raise PermissionDenied
    if not appeals.may_be_reviewed(evaluation):
        return _closed(request, evaluation, "现在不能复核：还没有公布，或者已有申诉、复核在办。")
    form = GroundsForm(request.POST if request.method == "POST" else None, hint=TO_REVIEW)
    if request.method == "POST" and form.is_valid():
        try:
            made = appeals.review(evaluation, form.cleaned_data["grounds"], by=request.user, today=today)
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, "复核已开始，请另组评价组；原成员不能参加。")
            return redirect(made.run)
    return _form(request, evaluation, form, reviews=True)


def _closed(request, evaluation: Evaluation, why: str):
    refuse(request, Refused(why), request.POST.get("grounds", ""))
    return redirect(evaluation)


def _form(request, evaluation: Evaluation, form: GroundsForm, *, reviews: bool):
    words = {"evaluation": evaluation, "form": form, "reviews": reviews, "result": result_of(evaluation)}
    status = 422 if form.errors else 200
    return render(request, "evaluation/decisions/appeal_form.html", words, status=status)


@require_safe
@login_required
def appeal(request, pk):
    found = pages.appeal_or_404(request.user, pk)
    words = {
        "appeal": found,
        "head": pages.AppealHead(found, request.user, timezone.localdate()),
        "pending": Appeal.objects.pending().filter(pk=found.pk).exists(),
        "evaluation": found.evaluation,
        "steps": {step.name: step for step in open_to(request.user, found, steps=appeals.STEPS.values())},
        "result": result_of(found.evaluation),
        "later": result_of(found.run) if found.run and found.run.state == "published" else None,
        "today": timezone.localdate(),
    }
    return render(request, "evaluation/decisions/appeal.html", words)


@login_required
@require_POST
def take_step(request, pk, step):
    if step not in appeals.STEPS:
        raise Http404
    found, note = pages.appeal_or_404(request.user, pk), request.POST.get("note", "")
    try:
        refuse_unfit(note, appeals.STEPS[step])
        found = appeals.ACTS[step](found, note, by=request.user, today=timezone.localdate())
    except Refused as refused:
        give_back(request, found, appeals.STEPS[step], note, refused)
        return redirect(found)
    messages.success(request, appeals.STEPS[step].done)
    return redirect(found.run if step == "grant" else found)
