"""A sheet in the browser. Every save works as a plain form; a script that asks for fragments gets the rows that changed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from cqo_portal.papers.showing import as_download, as_picture
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once
from evaluation.applications.services import note_opened
from evaluation.frozen import scheme_of
from evaluation.models import Proof, Sheet
from evaluation.permissions import is_expert, scores
from evaluation.sheets import listing, marks, pages
from evaluation.sheets.dossier import indicator_of, proofs_of, sheets_with_their_dossier
from evaluation.sheets.forms import RowForm, SignForm, versions_in
from evaluation.workflow.sheet import SHEET

SAVED = "已保存。"


@require_safe
@login_required
def sheets(request):
    """The own sheets."""
    if not is_expert.test(request.user):
        raise PermissionDenied
    page = listing.list_page(request.user, request.GET) | {"today": timezone.localdate()}
    return render(request, "evaluation/sheets/list.html", page)


def _sheet(request, pk) -> Sheet:
    return get_object_or_404(sheets_with_their_dossier().visible_to(request.user), pk=pk)


def _own_sheet(request, pk) -> Sheet:
    sheet = _sheet(request, pk)
    if not scores.test(request.user, sheet):
        raise PermissionDenied
    return sheet


@require_safe
@login_required
def sheet(request, pk):
    page = pages.sheet_page(_sheet(request, pk), request.user, request.GET)
    return render(request, "evaluation/sheets/sheet.html", page)


# ── writing ───────────────────────────────────────────────────────────────────────────────────
@login_required
@require_POST
def save(request, pk, row):
    """Keep one row. A plain form leads back to the row; for a script the answer is what changed."""
    held = _own_sheet(request, pk)
    indicator = indicator_of(held, row)
    if indicator is None:
        raise Http404
    form = RowForm(request.POST, scheme=scheme_of(held))
    if not form.is_valid():
        return _not_kept(request, held, indicator, form, problems=form.problems)
    version = form.cleaned_data["version"] or 0
    try:
        marks.save(held, indicator, form.entry, version=version, by=request.user)
    except marks.Stale as stale:
        conflict = pages.conflict_in(stale.mark)
        return _not_kept(request, held, indicator, form, state="stale", conflict=conflict)
    except marks.Closed as closed:
        return _closed(request, held, closed, form)
    except Refused as refused:
        return _not_kept(request, held, indicator, form, problems=list(refused.reasons))
    if request.htmx:
        return _fragments(request, held, indicator.code)
    messages.success(request, f"{indicator.code} {indicator.label}{SAVED}")
    return redirect(_address(held, request.POST, row=indicator.code))


def _address(held: Sheet, said, **more) -> str:
    """The page again with the row and the paper one was at."""
    at = {name: said[name] for name in ("proof", "page") if name in said}
    return f"{held.get_absolute_url()}?{urlencode(more | at)}#row-{more['row']}"


def _fragments(request, held: Sheet, code: str):
    """The row that was saved, those that changed elsewhere since this page showed them, and what follows from all."""
    rows = pages.rows_of(held, pages.papers_of(held, request.POST))
    shown = versions_in(request.POST.get("seen", ""))
    changed = [
        row
        for row in rows
        if row.indicator.code == code or row.version != shown.get(row.indicator.code, row.version)
    ]
    saved = next(row for row in rows if row.indicator.code == code)
    answer = pages.writing(held, rows) | {"sheet": held, "changed": changed, "saved": saved, "state": "saved"}
    return render(request, "evaluation/sheets/_saved.html", answer)


def _not_kept(request, held: Sheet, indicator, form: RowForm, *, state: str = "refused", **why):
    """Why, beside the row, and everything typed still in it."""
    papers = pages.papers_of(held, request.POST)
    typed = _as_sent(form)
    row = pages.as_typed(pages.row_of(held, indicator, papers), typed, papers, **why)
    status = 409 if state == "stale" else 422
    if request.htmx:
        shown = {"sheet": held, "changed": [row], "saved": row, "state": state, "writable": True}
        return render(request, "evaluation/sheets/_saved.html", shown, status=status)
    page = pages.sheet_page(held, request.user, request.POST.dict() | {"row": indicator.code})
    page["groups"] = [
        (group, now, [row if each.id == row.id else each for each in rows])
        for group, now, rows in page["groups"]
    ]
    return render(request, "evaluation/sheets/sheet.html", page, status=status)


def _as_sent(form: RowForm) -> marks.Entry:
    """What is no choice at all cannot be shown; sentences stay as typed."""
    said = form.cleaned_data
    return marks.Entry(
        said.get("band"), said.get("coefficient"), form.data.get("comment", ""), tuple(said.get("pin", ()))
    )


def _closed(request, held: Sheet, closed: marks.Closed, form: RowForm):
    """Signed or closed meanwhile, in another tab or by others: the words go back to whoever wrote them."""
    sentence = " ".join(closed.reasons)
    if request.htmx:
        shown = {"state": "closed", "sentence": sentence}
        return render(request, "evaluation/sheets/_saved.html", shown, status=409)
    refuse(request, closed, form.cleaned_data["comment"])
    return redirect(held)


# ── signing ───────────────────────────────────────────────────────────────────────────────────
@login_required
@require_POST
@once
def sign(request, pk):
    held = _own_sheet(request, pk)
    form = SignForm(request.POST)
    problems = [sentence for said in form.errors.values() for sentence in said]
    if not problems:
        said = form.cleaned_data
        try:
            seen = versions_in(said["seen"])
            marks.sign(held, name=said["name"], digest=said["digest"], seen=seen, by=request.user)
        except Refused as refused:
            problems = list(refused.reasons)
    if not problems:
        messages.success(request, SHEET["sign"].done)
        return redirect(held)
    held = _sheet(request, pk)
    page = pages.sheet_page(held, request.user, {})
    if not page["writable"]:
        for sentence in problems:
            messages.error(request, sentence)
        return redirect(held)
    page |= {"sign_problems": problems, "sign_name": request.POST.get("name", "")[:100]}
    return render(request, "evaluation/sheets/sheet.html", page, status=422)


# ── papers ────────────────────────────────────────────────────────────────────────────────────
def _proof(request, pk, proof) -> Proof:
    return get_object_or_404(proofs_of(_sheet(request, pk)), pk=proof)


@require_safe
@login_required
def proof_file(request, pk, proof):
    paper = _proof(request, pk, proof)
    answer = as_download(paper)
    note_opened(paper, by=request.user, today=timezone.localdate())
    return answer


@require_safe
@login_required
def proof_page(request, pk, proof, number):
    paper = _proof(request, pk, proof)
    answer = as_picture(paper, number=number)
    note_opened(paper, by=request.user, today=timezone.localdate())
    return answer
