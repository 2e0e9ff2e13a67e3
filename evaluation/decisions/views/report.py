"""The report: written by the leader, read and signed off by the members, handed in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cqo_portal.accounts.models import Role
from cqo_portal.workflow.drafts import Stale, version_of
from cqo_portal.workflow.engine import Refused, perform
from cqo_portal.workflow.notes import refuse
from evaluation.decisions import printed, versions, working
from evaluation.decisions.content import SECTIONS
from evaluation.decisions.forms import SignOffForm, texts_in
from evaluation.decisions.pages import REPORTED, ReportPage, reported_to, versions_for
from evaluation.decisions.views.answers import as_pdf
from evaluation.models import Evaluation, ReportVersion
from evaluation.permissions import is_expert, leads, serves

PAGE = "evaluation/decisions/report.html"


def _case(request, pk) -> Evaluation:
    """What is sent is taken also where the panel is being completed meanwhile: the words go to whoever wrote them."""
    user = request.user
    sent = request.method == "POST" and is_expert.test(user)
    seen = Evaluation.objects.visible_to(user).select_related("body") if sent else reported_to(user)
    evaluation = get_object_or_404(seen, pk=pk)
    if user.acting.role == Role.EXPERT and not serves.test(user, evaluation):
        raise PermissionDenied
    return evaluation


def _led(request, pk) -> Evaluation:
    evaluation = _case(request, pk)
    if not leads.test(request.user, evaluation):
        raise PermissionDenied
    return evaluation


@require_safe
@login_required
def page(request, pk):
    return render(request, PAGE, ReportPage(_case(request, pk), request.user).page())


# ── the working copy ──────────────────────────────────────────────────────────────────────────
@login_required
@require_POST
def autosave(request, pk):
    """Keep what is typed, and answer with what follows from it."""
    evaluation = _led(request, pk)
    if evaluation.state != Evaluation.State.REPORTING:
        return render(request, "evaluation/decisions/_autosave_closed.html", {"evaluation": evaluation})
    typed = ReportPage(evaluation, request.user, request.POST).form
    typed.is_valid()
    try:
        kept = working.save(evaluation, typed.said(), version=version_of(request.POST), by=request.user)
    except Stale as stale:
        return render(request, "evaluation/decisions/_autosave_stale.html", {"report": stale.kept})
    except Refused:
        return render(request, "evaluation/decisions/_autosave_closed.html", {"evaluation": evaluation})
    answer = ReportPage(evaluation, request.user).page()
    return render(request, "evaluation/decisions/_autosave.html", answer | {"typed": typed, "kept": kept})


@login_required
@require_POST
def save(request, pk):
    """The whole form at once: by hand, and where a button asks for more than keeping what is typed."""
    evaluation, back = _led(request, pk), reverse("evaluation:report", args=[pk])
    if evaluation.state != Evaluation.State.REPORTING:
        return _too_late(request, evaluation)
    shown = ReportPage(evaluation, request.user, request.POST)
    shown.form.is_valid()
    try:
        kept = working.save(evaluation, shown.form.said(), version=version_of(request.POST), by=request.user)
    except Stale as stale:
        answer = shown.page() | {"stale": stale.kept, "version": stale.kept.version}
        return render(request, PAGE, answer, status=409)
    except Refused:
        return _too_late(request, evaluation)
    if shown.form.errors:
        return render(request, PAGE, shown.page() | {"version": kept.version}, status=422)
    if request.POST.get("action") == "put":
        return _put(request, evaluation, seen=kept.version)
    messages.success(request, "已保存。")
    return redirect(back)


def _too_late(request, evaluation: Evaluation):
    """The words go back to whoever wrote them: there is no form for them any more."""
    kept, typed = working.texts_of(evaluation), texts_in(request.POST)
    refuse(request, Refused(working.CLOSED), *(said for said in typed if said not in kept))
    return _back(evaluation)


def _back(evaluation: Evaluation):
    evaluation.refresh_from_db(fields=["state"])
    return (
        redirect("evaluation:report", evaluation.pk) if evaluation.state in REPORTED else redirect(evaluation)
    )


@login_required
@require_POST
def follow(request, pk):
    """Bring the working copy up to another result."""
    evaluation = _led(request, pk)
    try:
        own = working.follow_the_outcome(evaluation, by=request.user)
    except Refused as refused:
        refuse(request, refused)
        return _back(evaluation)
    labels = {each.key: each.label for each in SECTIONS}
    kept = "、".join(labels.get(key, key) for key in own)
    words = f"您改写过的没有动，请核对：{kept}。" if own else ""
    messages.success(request, f"没有改写过的各项已按新的结论起草。{words}")
    return redirect("evaluation:report", pk)


# ── put to the members, signed off, handed in ─────────────────────────────────────────────────
def _put(request, evaluation: Evaluation, *, seen: int):
    typed = request.POST.get("after", "")
    after = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else -1
    try:
        made = versions.put(evaluation, seen=seen, after=after, by=request.user)
    except Refused as refused:
        refuse(request, refused)
    else:
        messages.success(request, f"第 {made.number} 版报告已请成员会签，成员会收到通知。")
    return redirect("evaluation:report", evaluation.pk)


def _version(evaluation: Evaluation, user, number: int) -> ReportVersion:
    found = next((each for each in versions_for(user, evaluation) if each.number == number), None)
    if found is None:
        raise Http404
    return found


@login_required
@require_POST
def sign_off(request, pk, number):
    evaluation = _case(request, pk)
    if not serves.test(request.user, evaluation):
        raise PermissionDenied
    if evaluation.state not in REPORTED:
        refuse(request, Refused(versions.CLOSED), request.POST.get("sign-reservation", ""))
        return redirect(evaluation)
    version = _version(evaluation, request.user, number)
    shown = ReportPage(evaluation, request.user)
    form = SignOffForm(request.POST, person=shown.seat.person.name, prefix="sign")
    if not form.is_valid():
        answer = ReportPage(evaluation, request.user, sign=form)
        if not answer.may_sign:
            refuse(request, Refused(versions.CLOSED), form["reservation"].value() or "")
            return redirect("evaluation:report", pk)
        return render(request, PAGE, answer.page(), status=422)
    try:
        versions.sign_off(version, **form.cleaned_data, by=request.user)
    except Refused as refused:
        refuse(request, refused, form.cleaned_data["reservation"])
    else:
        messages.success(request, f"已会签第 {number} 版报告。")
    return redirect("evaluation:report", pk)


@login_required
@require_POST
def hand_in(request, pk):
    evaluation = _led(request, pk)
    try:
        perform(versions.HAND_IN, evaluation, by=request.user, today=timezone.localdate())
    except Refused as refused:
        refuse(request, refused)
    else:
        messages.success(request, versions.HAND_IN.done)
    return _back(evaluation)


# ── the papers ────────────────────────────────────────────────────────────────────────────────
@require_safe
@login_required
def pdf(request, pk, number):
    """The bytes that were signed off."""
    version = _version(evaluation := _case(request, pk), request.user, number)
    return as_pdf(bytes(version.pdf), f"{evaluation.number} 评价报告第 {number} 版.pdf")


@require_safe
@login_required
def signed(request, pk, number):
    """The same, with the sheet of signatures before it."""
    version = _version(evaluation := _case(request, pk), request.user, number)
    return as_pdf(printed.signed(version), f"{evaluation.number} 评价报告第 {number} 版（含会签页）.pdf")
