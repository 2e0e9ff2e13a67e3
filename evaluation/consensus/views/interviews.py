"""Interviews: the panel plans and writes down, the applicants read when and where."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.workflow.drafts import version_of
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once
from evaluation.consensus import interviews
from evaluation.consensus.forms import CancelForm, PlanForm, RecordForm
from evaluation.consensus.interviews import IN_TIME, NOT_NOW, OVER, is_over
from evaluation.frozen import scheme_of
from evaluation.models import Evaluation, Interview
from evaluation.panels.pages import is_an_authority, title_of
from evaluation.permissions import leads, runs_it, serves
from evaluation.queries import HANDED_IN, OPENED


def _case(request, pk) -> Evaluation:
    seen = Evaluation.objects.visible_to(request.user).select_related(
        "application__organisation", "submission"
    )
    return get_object_or_404(seen.defer("application__draft"), pk=pk)


def _led(request, pk) -> Evaluation:
    evaluation = _case(request, pk)
    if not leads.test(request.user, evaluation):
        raise PermissionDenied
    return evaluation


def _interview(evaluation: Evaluation, key) -> Interview:
    return get_object_or_404(evaluation.interviews.all(), pk=key)


@require_safe
@login_required
def index(request, pk):
    """The panel reads all of it; the body once the report is handed in; everybody else time and place."""
    evaluation, user = _case(request, pk), request.user
    on_the_panel = serves.test(user, evaluation)
    its_turn = evaluation.state in HANDED_IN and runs_it.test(user, evaluation)
    open_now = evaluation.state in IN_TIME
    page = {
        "evaluation": evaluation,
        "about": _about(evaluation, user),
        "rows": _rows(evaluation, user, records=on_the_panel or its_turn),
        "on_the_panel": on_the_panel,
        "may_plan": open_now and leads.test(user, evaluation),
        "board": on_the_panel and evaluation.state in OPENED,
        "today": timezone.localdate(),
    }
    return render(request, "evaluation/consensus/interviews.html", page)


def _about(evaluation: Evaluation, user) -> str:
    """The office that supervises reads no name, here as on the page of the case."""
    if is_an_authority(user):
        return title_of(evaluation, user)
    return f"{evaluation.application.name} · {evaluation.application.organisation.name}"


def _rows(evaluation: Evaluation, user, *, records: bool) -> list[dict]:
    """An outline may tell where the experts differ: while they score, it is its author's alone.

    So is the reason for a check on site."""
    opened = records and evaluation.state in OPENED
    names = {row.code: row.label for row in scheme_of(evaluation).indicators}
    since = None if opened else _since(evaluation, user)
    return [
        {
            "interview": each,
            "reads_plan": opened or (records and each.by_id == user.pk),
            "records": [
                (one, _said(one, names)) for one in each.records.all() if since is None or one.at >= since
            ]
            if records
            else [],
            "held": bool(each.records.all()),
            "earlier": records and since is not None and any(one.at < since for one in each.records.all()),
        }
        for each in evaluation.interviews.prefetch_related("records__by")
    ]


def _since(evaluation: Evaluation, user) -> datetime | None:
    """Since when somebody sits on the panel: what others wrote down before, in a talk about their sheets, is not for
    whoever has still to score. Once the sheets are open everybody reads everything."""
    mine = evaluation.panellists.serving().filter(person=user.acting.person_id)
    return mine.values_list("moved_at", flat=True).first()


def _said(one, names: dict[str, str]) -> list[tuple[str, str]]:
    """[(indicator in words, what was said about it)], in the order of the scheme."""
    return [
        (f"{code} {label}", one.by_indicator[code])
        for code, label in names.items()
        if code in one.by_indicator
    ]


# ── planning ──────────────────────────────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request, pk):
    evaluation = _led(request, pk)
    if request.method != "POST":
        if evaluation.state not in IN_TIME:
            return _back(request, evaluation, Refused(NOT_NOW))
        drafted = {"kind": Interview.Kind.INTERVIEW, "plan": interviews.outline_for(evaluation)}
        return _form(request, evaluation, PlanForm(initial=drafted))
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _form(request, evaluation, form, status=422)
    try:
        interviews.plan(evaluation, form.said(), by=request.user)
    except Refused as refused:
        refuse(request, refused)
        return _form(request, evaluation, form, status=409)
    messages.success(request, "已安排，本人、所在组织和评价组会收到时间和地点。")
    return redirect("evaluation:interviews", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk, interview):
    evaluation = _led(request, pk)
    kept = _interview(evaluation, interview)
    if request.method != "POST":
        if evaluation.state not in IN_TIME or is_over(kept):
            return _back(request, evaluation, Refused(OVER if is_over(kept) else NOT_NOW))
        return _form(request, evaluation, PlanForm(initial=_as_typed(kept, request.user)), kept=kept)
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _form(request, evaluation, form, kept=kept, status=422)
    try:
        interviews.change(kept, form.said(), version=version_of(request.POST), by=request.user)
    except Refused as refused:
        refuse(request, refused)
        return _form(request, evaluation, form, kept=Interview.objects.get(pk=kept.pk), status=409)
    messages.success(request, "已改好；时间或者地点有变的，已再次通知。")
    return redirect("evaluation:interviews", pk)


def _as_typed(kept: Interview, user) -> dict:
    """An outline of somebody else, who led before, may come from sheets that are closed to this leader now."""
    when = timezone.localtime(kept.planned_at)
    mine = kept.evaluation.state in OPENED or kept.by_id == user.pk
    return {
        "kind": kept.kind,
        "day": when.date().isoformat(),
        "hour": f"{when:%H:%M}",
        "place": kept.place,
        "because": kept.because if mine else "",
        "plan": kept.plan if mine else "",
    }


def _form(
    request, evaluation: Evaluation, form: PlanForm, *, kept: Interview | None = None, status: int = 200
):
    page = {"evaluation": evaluation, "form": form, "kept": kept}
    return render(request, "evaluation/consensus/interview_form.html", page, status=status)


def _back(request, evaluation: Evaluation, refused: Refused):
    refuse(request, refused)
    return redirect("evaluation:interviews", evaluation.pk)


@login_required
@require_POST
def cancel(request, pk, interview):
    evaluation = _led(request, pk)
    kept, form = _interview(evaluation, interview), CancelForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(*form.errors["why"])
        interviews.cancel(kept, form.cleaned_data["why"], by=request.user)
    except Refused as refused:
        refuse(request, refused, request.POST.get("why", ""))
    else:
        messages.success(request, "已取消，并通知各方。")
    return redirect("evaluation:interviews", pk)


# ── writing down ──────────────────────────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def write_down(request, pk, interview):
    evaluation = _led(request, pk)
    kept = _interview(evaluation, interview)
    scheme = scheme_of(evaluation)
    if request.method != "POST":
        if kept.cancelled_at:
            raise Http404
        if evaluation.state not in IN_TIME:
            return _back(request, evaluation, Refused(NOT_NOW))
        day = min(timezone.localdate(kept.planned_at), timezone.localdate())
        form = RecordForm(scheme=scheme, initial={"held_on": day.isoformat()})
        return _record(request, evaluation, kept, form)
    form = RecordForm(request.POST, scheme=scheme)
    if not form.is_valid():
        return _record(request, evaluation, kept, form, status=422)
    try:
        interviews.write_down(kept, form.said(), by=request.user)
    except Refused as refused:
        refuse(request, refused)
        return _record(request, evaluation, kept, form, status=409)
    messages.success(request, "已记录。写下的不能改；要更正的，再记一次。")
    return redirect("evaluation:interviews", pk)


def _record(request, evaluation: Evaluation, kept: Interview, form: RecordForm, *, status: int = 200):
    page = {"evaluation": evaluation, "interview": kept, "form": form, "again": kept.records.count()}
    return render(request, "evaluation/consensus/interview_record.html", page, status=status)
