"""Rehearsals in the browser."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.exports.formats import ROWS_AT_MOST, SafeXlsx, Written
from cqo_portal.ui.paging import keyset
from cqo_portal.wording import day_full
from registry.rehearsal import services
from registry.rehearsal.forms import ExportForm, RehearsalForm
from registry.rehearsal.models import Rehearsal
from registry.rehearsal.page import ResultQuery, Shelf, is_adopted
from registry.rehearsal.permissions import adopts, rehearses
from registry.rehearsal.resources import OutcomeExport

PER_PAGE = 50
RUNS_PER_PAGE = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request):
    """The editions of this office, the runs so far, and the form for a new one."""
    if not rehearses.test(request.user):
        raise PermissionDenied
    office, today = request.user.acting.office, timezone.localdate()
    shelf = Shelf(office, today)
    form = RehearsalForm(
        request.POST if request.method == "POST" else None,
        against=shelf.in_force.edition if shelf.in_force else "",
        jurisdiction=office.jurisdiction,
        initial=_first_choice(shelf, request.GET.get("edition", "")),
    )
    if request.method == "POST" and form.is_valid():
        return redirect(services.start(office, **form.cleaned_data, by=request.user, today=today))
    runs = Rehearsal.objects.visible_to(request.user).select_related("office", "asked_by")
    page = keyset(runs, request.GET, order=("-asked_at", "-id"), per_page=RUNS_PER_PAGE)
    shown = {"shelf": shelf, "form": form, "page": page}
    return render(request, "rehearsal/index.html", shown, status=422 if form.errors else 200)


def _first_choice(shelf: Shelf, asked: str) -> dict:
    """What stands in the empty form: an edition still to come is judged on its first day."""
    named = next((pack for pack, _ in shelf.rows if pack.edition == asked), None)
    return {"edition": asked, "on": max(shelf.today, named.in_force_from) if named else shelf.today}


def _run(request, pk) -> Rehearsal:
    seen = Rehearsal.objects.visible_to(request.user).select_related("office", "asked_by", "opened_by")
    return get_object_or_404(seen, pk=pk)


@require_safe
@login_required
def rehearsal(request, pk):
    """The result; while it is being worked out, how far it is."""
    run = _run(request, pk)
    if run.done_at is None:
        template = "rehearsal/_progress.html" if request.htmx else "rehearsal/running.html"
        return render(request, template, {"run": run, "waiting": services.waiting_of(run)})
    if request.htmx:  # the page that watched the progress goes on to the result
        response = render(request, "rehearsal/_progress.html", {"run": run})
        response["HX-Refresh"] = "true"
        return response
    if request.method == "GET":  # asking for the head alone shows nobody anything
        services.open_result(run, by=request.user)
    return _result(request, run, ExportForm())


def _result(request, run: Rehearsal, form: ExportForm, *, status: int = 200):
    query = ResultQuery(request.GET, run=run)
    page = keyset(query.rows(), request.GET, order=("id",), per_page=PER_PAGE)
    adoption = is_adopted(run)
    own = run.to_pack.jurisdiction == run.office.jurisdiction
    shown = {"run": run, "query": query, "page": page, "export": form, "adoption": adoption}
    shown["may_adopt"] = own and not adoption and adopts.test(request.user, run)
    shown["ahead"] = run.to_pack.in_force_from > timezone.localdate()
    return render(request, "rehearsal/result.html", shown, status=status)


@login_required
@require_POST
def export(request, pk):
    """The outcomes that are listed, as a workbook, for a purpose."""
    run = _run(request, pk)
    form = ExportForm(request.POST)
    if run.done_at is None:
        return redirect(run)
    if not form.is_valid():
        return _result(request, run, form, status=422)
    rows = ResultQuery(request.GET, run=run).rows().order_by("id")[:ROWS_AT_MOST]
    purpose = form.cleaned_data["purpose"]
    services.note_export(
        run, keys=list(rows.values_list("officer", flat=True)), purpose=purpose, by=request.user
    )
    written, book = Written(OutcomeExport(), rows.iterator(chunk_size=500)), SafeXlsx()
    made = book.write(written.headers, written, notes=[("预演", str(run)), ("用途", purpose)])
    name = f"规则预演-{run.on:%Y%m%d}.xlsx"
    return FileResponse(made, as_attachment=True, filename=name, content_type=book.get_content_type())


@login_required
@require_POST
def adopt(request, pk):
    run = _run(request, pk)
    if not adopts.test(request.user, run):
        raise PermissionDenied
    try:
        services.adopt(run, by=request.user)
    except services.NotYet as reason:
        messages.error(request, str(reason))
    else:
        messages.success(
            request, f"已启用：{day_full(run.to_pack.in_force_from)}起新提交的备案按这一版判断。"
        )
    return redirect(run)
