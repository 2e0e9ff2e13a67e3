"""Filings in the browser: fetch what the person may see, read the input, call one service, say what happened."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.permissions import is_enterprise
from cqo_portal.papers.accepting import NotAccepted
from cqo_portal.papers.showing import as_download, as_picture
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.drafts import Stale, version_of
from cqo_portal.workflow.engine import Refused, perform
from cqo_portal.workflow.notes import refuse
from registry import content, draft, facts, forms, services
from registry.models import Filing, Proof
from registry.pages.case import case_page
from registry.pages.change import CHANGES, before_change, day_typed
from registry.pages.form import before_filing, check_page, form_page, stale_page
from registry.pages.lists import FilingQuery
from registry.permissions import is_applicant
from registry.workflow import SUBMIT

PER_PAGE = 50


# ── lists ─────────────────────────────────────────────────────────────────────────────────────
@require_safe
@login_required
def filing_list(request):
    """Filings the person may see: whose turn it is theirs first, or searched, or by state."""
    query = FilingQuery(request.GET, user=request.user)
    page = keyset(query.rows(), request.GET, order=query.order, per_page=PER_PAGE)
    return render(request, "registry/filing_list.html", {"page": page, "query": query})


# ── the enterprise's side ─────────────────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request):
    """Say what a filing needs and where it goes; a POST opens the draft (or the one under way)."""
    if not is_enterprise.test(request.user):
        raise PermissionDenied
    organisation = request.user.acting.organisation
    if request.method == "POST":
        return _opened(request, organisation)
    return render(request, "registry/filing_create.html", before_filing(organisation))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create_change(request):
    """Ask first what changed. `?on=` works the deadline out; a POST opens the draft of that kind."""
    if not is_enterprise.test(request.user):
        raise PermissionDenied
    organisation, today = request.user.acting.organisation, timezone.localdate()
    said = request.POST if request.method == "POST" else request.GET
    page = before_change(organisation, said, today=today)
    if request.method == "POST" and not page["problem"]:
        if said.get("kind") in CHANGES:
            return _opened(request, organisation, kind=said["kind"], on=day_typed(page["on"], today=today)[0])
        page["unchosen"] = True
    refused = request.method == "POST" or page["problem"]
    return render(request, "registry/change_create.html", page, status=422 if refused else 200)


def _opened(request, organisation, **what):
    """The draft, new or under way; or why there is none, and where the one in its way is."""
    try:
        filing = services.open_filing(organisation, by=request.user, today=timezone.localdate(), **what)
    except services.NotNow as reason:
        messages.warning(request, str(reason))
        if reason.under_way:
            return redirect(reason.under_way)
        return redirect("registry:filing-create" if what else "registry:change-create")
    return redirect("registry:filing-edit", filing.pk)


def _own_filing(request, pk) -> Filing:
    filing = get_object_or_404(
        Filing.objects.visible_to(request.user).select_related("organisation", "office__parent"), pk=pk
    )
    if not is_applicant.test(request.user, filing):
        raise PermissionDenied
    return filing


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """The form. Saving works without JavaScript; `check` goes on to the last page before submission."""
    filing = _own_filing(request, pk)
    if draft.unlocked(filing) == frozenset():
        return redirect(filing)
    if request.method != "POST":
        return render(request, "registry/filing_form.html", form_page(filing))
    typed = draft.merged(filing, request.POST)
    if request.POST.get("action") == "add-row":
        typed = draft.with_one_more_row(typed)
    try:
        filing = draft.save(filing, typed, version=version_of(request.POST), by=request.user)
    except Stale as stale:
        if draft.unlocked(stale.kept) == frozenset():
            return redirect(stale.kept)
        return render(request, "registry/filing_form.html", stale_page(stale.kept, typed), status=409)
    if request.POST.get("action") == "add-row":
        return redirect(f"{reverse('registry:filing-edit', args=[filing.pk])}#s-experience")
    page = form_page(filing, checked=request.POST.get("action") == "check")
    if page["checked"] and not page["faults"]:
        return redirect("registry:filing-check", filing.pk)
    if not page["checked"]:
        messages.success(request, "草稿已保存，随时可以离开。")
        return redirect("registry:filing-edit", filing.pk)
    return render(request, "registry/filing_form.html", page, status=422)


@login_required
@require_POST
def autosave(request, pk):
    """Keep the draft while it is typed, and answer with what follows from it."""
    filing = _own_filing(request, pk)
    if draft.unlocked(filing) == frozenset():
        return render(request, "registry/_autosave_closed.html", {"filing": filing})
    typed = draft.merged(filing, request.POST)
    try:
        filing = draft.save(filing, typed, version=version_of(request.POST), by=request.user)
    except Stale as stale:
        closed = draft.unlocked(stale.kept) == frozenset()
        template = "registry/_autosave_closed.html" if closed else "registry/_autosave_stale.html"
        return render(request, template, {"filing": stale.kept})
    return render(request, "registry/_autosave.html", form_page(filing))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request, pk):
    """The last look before submission: everything as it will be said, and the plea where one is needed."""
    filing = _own_filing(request, pk)
    page = check_page(filing, request.POST if request.method == "POST" else None)
    if page is None:
        return redirect("registry:filing-edit", filing.pk)
    if request.method == "POST" and version_of(request.POST) != filing.draft_version:
        return render(request, "registry/filing_check.html", page | {"stale": True}, status=409)
    if request.method == "POST" and page["form"].is_valid():
        plea = page["form"].cleaned_data.get("plea", "")
        try:
            filing = _submit(filing, plea, version=filing.draft_version, by=request.user)
        except Stale:
            return redirect("registry:filing-check", filing.pk)
        except Refused as refused:
            refuse(request, refused, plea)
        else:
            messages.success(request, SUBMIT.done)
        return redirect(filing)
    return render(
        request, "registry/filing_check.html", page, status=422 if request.method == "POST" else 200
    )


@transaction.atomic
def _submit(filing: Filing, plea: str, *, version: int, by) -> Filing:
    """Submit just the words that were looked at: the update holds the row until the step is taken."""
    waiting = Filing.objects.filter(pk=filing.pk, state__in=SUBMIT.source)
    if waiting.exists() and not waiting.filter(draft_version=version).update(plea=plea):
        raise Stale(filing)
    return perform(SUBMIT, filing, by=by, note=plea)


# ── papers ────────────────────────────────────────────────────────────────────────────────────
@login_required
@require_POST
def attach(request, pk):
    filing = _own_filing(request, pk)
    form = forms.ProofForm(request.POST, request.FILES)
    problem = "" if form.is_valid() else "请选择材料种类和文件，再上传。"
    if form.is_valid():
        try:
            services.attach_proof(
                filing, form.cleaned_data["file"], kind=form.cleaned_data["kind"], by=request.user
            )
        except NotAccepted as refusal:
            problem = str(refusal)
    return _papers(request, filing, problem=problem, kind=request.POST.get("kind", ""))


@login_required
@require_POST
def remove_proof(request, pk):
    paper = get_object_or_404(Proof.objects.visible_to(request.user).current(), pk=pk)
    try:
        services.remove_proof(paper, by=request.user)
    except NotAccepted as refusal:
        return _papers(request, paper.filing, problem=str(refusal), kind=paper.kind)
    return _papers(request, paper.filing)


def _papers(request, filing: Filing, *, problem: str = "", kind: str = "") -> HttpResponse:
    """The list of papers again, in place where htmx asked, else the whole form."""
    if request.htmx:
        page = form_page(filing) | {"problem": problem, "problem_kind": kind}
        return render(request, "registry/_proofs_changed.html", page)
    if problem:
        messages.error(request, problem)
    return redirect("registry:filing-edit", filing.pk)


def _paper(request, pk) -> Proof:
    seen = Proof.objects.visible_to(request.user).select_related("filing").defer("filing__draft")
    return get_object_or_404(seen, pk=pk)


@require_safe
@login_required
def proof(request, pk):
    paper = _paper(request, pk)
    answer = as_download(paper)
    services.note_opened(paper, by=request.user, today=timezone.localdate())
    return answer


@require_safe
@login_required
def proof_page(request, pk, number):
    paper = _paper(request, pk)
    answer = as_picture(paper, number=number)
    services.note_opened(paper, by=request.user, today=timezone.localdate())
    return answer


# ── reading ──────────────────────────────────────────────────────────────────────
@require_safe
@login_required
def detail(request, pk):
    """The case, for whoever may see it; for the office whose turn it is, with its tools."""
    filing = get_object_or_404(
        Filing.objects.visible_to(request.user).select_related("organisation", "office__parent__parent"),
        pk=pk,
    )
    return render(request, "registry/filing_review.html", case_page(filing, request.user, request.GET))


def _case(request, pk) -> Filing:
    return get_object_or_404(Filing.objects.visible_to(request.user), pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request, pk, key):
    """Show one masked value in clear: first ask why, then write it down, then show it."""
    filing = _case(request, pk)
    if key not in content.SEALED or not filing.round:  # a draft was not said to anybody yet
        raise Http404
    form = forms.RevealForm(request.POST or None)
    page = {"filing": filing, "key": key, "label": content.label_of(key), "form": form}
    if request.method == "POST" and form.is_valid():
        page["value"] = services.reveal(
            filing,
            content=facts.content_of(filing),
            key=key,
            why=form.cleaned_data["why"],
            by=request.user,
        )
    return render(request, "registry/reveal.html", page, status=422 if form.errors else 200)
