"""Appraisals in the browser: fetch what the person may see, read the input, call one service, say what happened."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.permissions import is_enterprise, is_officer
from cqo_portal.workflow import drafts
from cqo_portal.workflow.drafts import Stale, version_of
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once
from evaluation.appraisal import documents, draft, pages, services
from evaluation.appraisal.form import RemarkForm
from evaluation.appraisal.models import Appraisal
from evaluation.appraisal.permissions import appraises, remarks
from evaluation.appraisal.workflow import DECIDE


@require_safe
@login_required
def index(request):
    """For an enterprise its years, for an officer what was decided of him."""
    if is_enterprise.test(request.user):
        page = pages.own_page(request.user.acting.organisation, today=timezone.localdate())
        return render(request, "appraisal/own.html", page)
    if is_officer.test(request.user):
        return render(request, "appraisal/mine.html", {"rows": pages.decided_rows(request.user)})
    raise PermissionDenied


@login_required
@require_POST
def begin(request):
    """Open an officer's appraisal of this year or of the last; a second click finds the same one."""
    if not is_enterprise.test(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    posts = request.user.acting.organisation.officers.select_related("organisation__office", "office")
    post = posts.filter(pk=_key(request.POST.get("post", ""))).first()
    year = request.POST.get("year", "")
    if post is None or year not in (str(today.year), str(today.year - 1)):
        messages.error(request, "只能评价本年和上一年任职的首席质量官，请从列表里选。")
        return redirect("appraisal:index")
    try:
        made = services.begin(post, int(year), by=request.user, today=today)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("appraisal:index")
    return redirect(made) if draft.is_closed(made) else redirect("appraisal:edit", made.pk)


def _key(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _seen(request, pk) -> Appraisal:
    along = ("post__organisation", "post__office__parent", "post__person", "post__filing")
    return get_object_or_404(Appraisal.objects.visible_to(request.user).select_related(*along), pk=pk)


def _own(request, pk) -> Appraisal:
    found = _seen(request, pk)
    if not appraises.test(request.user, found):
        raise PermissionDenied
    return found


# ── the form ──────────────────────────────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """The form. Saving works without JavaScript; `check` goes on to the last page before the decision."""
    appraisal = _own(request, pk)
    if draft.is_closed(appraisal):
        return redirect(appraisal)
    if request.method != "POST":
        return render(request, "appraisal/form.html", pages.form_page(appraisal))
    typed = drafts.answers(request.POST)
    try:
        appraisal = draft.save(appraisal, typed, version=version_of(request.POST), by=request.user)
    except Stale as stale:
        if draft.is_closed(stale.kept):
            return redirect(stale.kept)
        page = pages.form_page(stale.kept, typed=typed) | {"stale": True}
        return render(request, "appraisal/form.html", page, status=409)
    if request.POST.get("action") != "check":
        messages.success(request, "草稿已保存，随时可以离开。")
        return redirect("appraisal:edit", appraisal.pk)
    page = pages.form_page(appraisal, checked=True)
    if page["faults"]:
        return render(request, "appraisal/form.html", page, status=422)
    return redirect("appraisal:check", appraisal.pk)


@login_required
@require_POST
def autosave(request, pk):
    """Keep the draft while it is typed, and answer with what follows from it."""
    appraisal = _own(request, pk)
    if draft.is_closed(appraisal):
        return render(request, "appraisal/_autosave_closed.html", {"appraisal": appraisal})
    typed = drafts.answers(request.POST)
    try:
        appraisal = draft.save(appraisal, typed, version=version_of(request.POST), by=request.user)
    except Stale as stale:
        closed = draft.is_closed(stale.kept)
        template = "appraisal/_autosave_closed.html" if closed else "appraisal/_autosave_stale.html"
        return render(request, template, {"appraisal": stale.kept})
    return render(request, "appraisal/_autosave.html", pages.form_page(appraisal))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request, pk):
    """The last look: everything as it will be decided."""
    appraisal = _own(request, pk)
    page = pages.check_page(appraisal, request.POST if request.method == "POST" else None)
    if page is None:
        return redirect(appraisal) if draft.is_closed(appraisal) else redirect("appraisal:edit", appraisal.pk)
    if request.method != "POST":
        return render(request, "appraisal/check.html", page)
    if version_of(request.POST) != appraisal.draft_version:
        return render(request, "appraisal/check.html", page | {"stale": True}, status=409)
    if not page["confirm"].is_valid():
        return render(request, "appraisal/check.html", page, status=422)
    try:
        appraisal = services.decide(appraisal, by=request.user)
    except Stale:
        return redirect("appraisal:check", appraisal.pk)
    except Refused as refused:
        refuse(request, refused)
    else:
        messages.success(request, DECIDE.done)
    return redirect(appraisal)


# ── the result ────────────────────────────────────────────────────────────────────────────────
@require_safe
@login_required
def detail(request, pk):
    found = _seen(request, pk)
    return render(request, "appraisal/appraisal.html", pages.result_page(found, request.user, request.GET))


@login_required
@require_POST
@once
def remark(request, pk):
    """The officer in person says something to the last decision."""
    found = _seen(request, pk)
    if not remarks.test(request.user, found):
        raise PermissionDenied
    form = RemarkForm(request.POST)
    if not form.is_valid():
        page = pages.result_page(found, request.user, {}, remark=form)
        return render(request, "appraisal/appraisal.html", page, status=422)
    services.remark(found.decisions.get(number=found.round), form.cleaned_data["text"], by=request.user)
    messages.success(request, "意见已记下，和评价放在一起，并通知企业。")
    return redirect(found)


@require_safe
@login_required
def document(request, pk):
    """One decision, set as a document."""
    found = _seen(request, pk)
    decision = pages.chosen(found.decisions.select_related("by"), request.GET)
    if decision is None:
        raise Http404
    answer = HttpResponse(documents.as_pdf(decision), content_type="application/pdf")
    name = f"首席质量官评价-{found.post.name}-{found.year}.pdf"
    answer.headers["Content-Disposition"] = content_disposition_header(True, name)
    return answer
