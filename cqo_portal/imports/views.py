"""Imports in the browser: send a file, see what would follow, put cells right, decide."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.imports import services, workbooks
from cqo_portal.imports.catalogue import Kind, kinds_of, offered_to
from cqo_portal.imports.forms import UploadForm
from cqo_portal.imports.models import ImportRow, ImportRun
from cqo_portal.imports.pages import RunPage, progress_of, waiting_of, with_targets
from cqo_portal.imports.sheets import Unreadable
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.notes import refuse

PER_PAGE = 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request):
    """The imports of the office, and the form for the next one."""
    kinds, today = offered_to(request.user), timezone.localdate()
    if not kinds and (request.method == "POST" or not kinds_of(request.user)):
        raise PermissionDenied
    form = UploadForm(user=request.user, today=today, initial=_initial(request.GET, today))
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, user=request.user, today=today)
        if form.is_valid() and (run := _begun(request, form)):
            return redirect(run)
    runs = ImportRun.objects.visible_to(request.user).select_related("by")
    page = keyset(runs, request.GET, order=("-at", "-id"), per_page=PER_PAGE)
    known = {"page": page, "lines": with_targets(page), "form": form, "kinds": kinds}
    return render(request, "imports/index.html", known, status=422 if form.errors else 200)


def _initial(params, today) -> dict:
    year = params.get("year", "")
    return {
        "kind": params.get("kind", ""),
        "year": year[:4] if year.isascii() and year.isdigit() else today.year,
    }


def _begun(request, form: UploadForm) -> ImportRun | None:
    said = {name: form.cleaned_data[name] for name in ("year", "sheet")}
    try:
        return begun(request, form.cleaned_data["file"], of_kind=form.of_kind, **said)
    except Unreadable as refusal:
        form.add_error("file", str(refusal))
        return None


def begun(request, upload, *, of_kind: Kind, **said) -> ImportRun:
    """The run of a file: a new one, or what became of this very file before. Raises `Unreadable`."""
    try:
        return services.begin(upload, of_kind=of_kind, by=request.user, **said)
    except services.SameFile as same:
        when = f"{timezone.localtime(same.run.at):%Y-%m-%d %H:%M}"
        messages.info(request, f"这个文件已由 {same.run.by} 于 {when} 传过，没有再导入一次。下面就是那一次。")
        return same.run


@require_safe
@login_required
def template(request, kind):
    """An empty workbook with the columns of a kind."""
    found = next((one for one in offered_to(request.user) if one.code == kind), None)
    if found is None:
        raise Http404
    columns = found.columns(request.user.acting.office)
    return workbook(workbooks.template(columns), f"{found.label}（模板）.xlsx")


def workbook(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer


def _run(request, pk) -> ImportRun:
    runs = ImportRun.objects.visible_to(request.user)
    return get_object_or_404(runs.select_related("by", "decided_by", "office"), pk=pk)


@require_safe
@login_required
def run(request, pk):
    """How an import stands: being read, to be decided row by row, being applied, done."""
    found = _run(request, pk)
    known = {"run": found, "view": RunPage(found, request.GET)}
    return render(request, "imports/run.html", known | _how_far(found))


def _how_far(run: ImportRun) -> dict:
    return {"progress": progress_of(run), "waiting": waiting_of(run)}


@require_safe
@login_required
def progress(request, pk):
    """How far the worker is, for a page that asks every few seconds; it reloads once the work is over."""
    found = _run(request, pk)
    answer = render(request, "imports/_progress.html", {"run": found} | _how_far(found))
    if found.state not in (ImportRun.State.READING, ImportRun.State.APPLYING):
        answer["HX-Refresh"] = "true"
    return answer


@login_required
@require_POST
def fix(request, pk, number):
    """Put cells of one row right; the row is judged again at once."""
    found = _run(request, pk)
    row = get_object_or_404(found.rows, number=number)
    view = RunPage(found, request.GET)
    typed = _typed(request.POST, view, row)
    try:
        if typed:
            row = services.fix(found, number=row.number, typed=typed, by=request.user)
    except Refused as refused:
        refuse(request, refused)
        return redirect(found)
    if request.htmx:
        found.refresh_from_db()
        view = RunPage(found, request.GET)
        known = {"run": found, "view": view, "shown": view.shown(row), "settled": True}
        return render(request, "imports/_fixed.html", known)
    _say(request, row, typed)
    return redirect(f"{reverse('imports:run', args=[found.pk])}?show={view.show}#row-{number}")


def _typed(params, view: RunPage, row: ImportRow) -> dict[str, str]:
    """What was really typed: a personal number left empty keeps what the file has."""
    shown = {cell.name: cell for cell in view.shown(row).cells}
    return {
        cell.key: params[name].strip()
        for name, cell in shown.items()
        if name in params and params[name].strip() != cell.typed.strip()
    }


def _say(request, row: ImportRow, typed: dict[str, str]) -> None:
    if not typed:
        messages.info(request, f"第 {row.number} 行没有改动。")
    elif row.outcome == ImportRow.Outcome.REFUSED:
        messages.error(request, f"第 {row.number} 行还有问题，请看说明再改。")
    else:
        messages.success(request, f"第 {row.number} 行已改正：{row.get_outcome_display()}。")


@require_safe
@login_required
def refused(request, pk):
    """The refused rows as a workbook, to be put right and sent again."""
    found = _run(request, pk)
    if not found.counts.get("refused"):
        raise Http404
    stem = found.name.rpartition(".")[0] or found.name
    return workbook(services.refused_rows(found, by=request.user), f"{stem}（有误的行）.xlsx")
