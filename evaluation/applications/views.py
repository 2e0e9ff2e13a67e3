"""Applications in the browser, the applicants' side and what both sides read."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.models import Role
from cqo_portal.papers.accepting import NotAccepted
from cqo_portal.papers.showing import as_download, as_picture
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.drafts import Stale, version_of
from cqo_portal.workflow.engine import Refused
from evaluation.applications import draft, services
from evaluation.applications.pages.case import case_page
from evaluation.applications.pages.form import check_page, form_page, posts_to_apply_for, stale_page
from evaluation.applications.pages.lists import ApplicationQuery
from evaluation.applications.rules import codes_of, rules_of
from evaluation.models import Application, Proof
from evaluation.permissions import applies

PER_PAGE = 50


@require_safe
@login_required
def index(request):
    """For the body its queue, oldest first; for an enterprise or an officer the own applications."""
    query = ApplicationQuery(request.GET, user=request.user, today=timezone.localdate())
    page = keyset(query.rows(), request.GET, order=query.order, per_page=PER_PAGE)
    shown = {"page": page, "query": query, "rows": [query.shown(each) for each in page]}
    may_apply = request.user.acting and request.user.acting.role in (Role.ENTERPRISE, Role.OFFICER)
    return render(request, "evaluation/applications/index.html", shown | {"may_apply": may_apply})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """Say what an application needs; a POST opens the draft of that post, or the one under way."""
    user, today = request.user, timezone.localdate()
    if user.acting is None or user.acting.role not in (Role.ENTERPRISE, Role.OFFICER):
        raise PermissionDenied
    posts = list(posts_to_apply_for(user))
    chosen = next((post for post in posts if str(post.pk) == request.POST.get("officer")), None)
    if chosen:
        try:
            made = services.open_application(chosen, by=user, today=today)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(getattr(refused, "standing", None) or "evaluation:application-new")
        return redirect(
            made if draft.is_closed(made) else reverse("evaluation:application-edit", args=[made.pk])
        )
    page = {
        "posts": posts,
        "rules": rules_of(Application(), today=today),
        "unchosen": request.method == "POST",
    }
    return render(request, "evaluation/applications/new.html", page, status=422 if page["unchosen"] else 200)


def _seen(request, pk) -> Application:
    seen = Application.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("organisation", "body", "officer__filing", "person"), pk=pk)


def _own(request, pk) -> Application:
    found = _seen(request, pk)
    if not applies.test(request.user, found):
        raise PermissionDenied
    return found


# ── the form ──────────────────────────────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """The form. Saving works without JavaScript; `check` goes on to the last page before submission."""
    application = _own(request, pk)
    if draft.is_closed(application):
        return redirect(application)
    template = "evaluation/applications/form.html"
    if request.method != "POST":
        return render(request, template, form_page(application, request.user))
    typed = draft.merged(application, request.POST)
    try:
        draft.save(application, typed, version=version_of(request.POST), by=request.user)
    except Stale as stale:
        if draft.is_closed(stale.kept):
            return redirect(stale.kept)
        return render(request, template, stale_page(_own(request, pk), request.user, typed), status=409)
    if request.POST.get("action") != "check":
        messages.success(request, "草稿已保存，随时可以离开。")
        return redirect("evaluation:application-edit", pk)
    page = form_page(_own(request, pk), request.user, checked=True)
    if page["faults"]:
        return render(request, template, page, status=422)
    return redirect("evaluation:application-check", pk)


@login_required
@require_POST
def autosave(request, pk):
    """Keep the draft while it is typed, and answer with what follows from it."""
    application = _own(request, pk)
    if draft.is_closed(application):
        return render(request, "evaluation/applications/_autosave_closed.html", {"application": application})
    typed = draft.merged(application, request.POST)
    try:
        draft.save(application, typed, version=version_of(request.POST), by=request.user)
    except Stale as stale:
        how = "closed" if draft.is_closed(stale.kept) else "stale"
        shown = {"application": stale.kept}
        return render(request, f"evaluation/applications/_autosave_{how}.html", shown)
    page = form_page(_own(request, pk), request.user)
    return render(request, "evaluation/applications/_autosave.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request, pk):
    """The last look: everything as it will be said. A POST signs just these words for the own side."""
    application = _own(request, pk)
    posted = request.POST if request.method == "POST" else None
    page = check_page(application, request.user, posted)
    if page is None:
        if draft.is_closed(application):
            return redirect(application)
        messages.info(request, "还没有填好，所以还不能签写；还差哪几处，见各部分的提示。")
        return redirect("evaluation:application-edit", pk)
    form = page["sign"]
    if posted is None or (form and not form.is_valid()):
        return render(
            request, "evaluation/applications/check.html", page, status=200 if posted is None else 422
        )
    if form is None:  # signed already
        return redirect("evaluation:application-check", pk)
    return _signed(request, application, form)


def _signed(request, application: Application, form) -> HttpResponse:
    said = {name: form.cleaned_data[name] for name in ("name", "digest")}
    try:
        services.sign(application, **said, by=request.user, today=timezone.localdate())
    except services.Changed:
        page = check_page(_own(request, application.pk), request.user)
        if page:
            shown = page | {"changed": True}
            return render(request, "evaluation/applications/check.html", shown, status=409)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已签写。内容再有改动，须重新签写。")
    return redirect("evaluation:application-check", application.pk)


# ── papers ────────────────────────────────────────────────────────────────────────────────────
@login_required
@require_POST
def attach(request, pk):
    """A paper onto one code (`kind`): chosen, or dropped there."""
    application = _own(request, pk)
    rules = rules_of(application, today=timezone.localdate())
    code, upload = request.POST.get("kind", ""), request.FILES.get("file")
    problem = ""
    if code not in codes_of(rules.evaluation) or upload is None:
        problem = "请选择文件，以及它支持哪一项，再上传。"
    elif len(upload.name) > 300:
        problem = "文件名太长，请改短后再传。"
    else:
        try:
            services.attach(application, upload, supports=[code], by=request.user)
        except NotAccepted as refusal:
            problem = str(refusal)
    return _papers(request, pk, problem=problem, code=code)


def _paper(request, pk) -> Proof:
    seen = Proof.objects.visible_to(request.user).select_related("application").defer("application__draft")
    return get_object_or_404(seen, pk=pk)


def _own_paper(request, pk) -> Proof:
    paper = _paper(request, pk)
    if paper.application is None or not applies.test(request.user, paper.application):
        raise PermissionDenied
    return paper


@login_required
@require_POST
def reassign(request, pk):
    """What a paper supports, said anew; boxes that are closed now are not sent and stay as they are."""
    paper = _own_paper(request, pk)
    rules = rules_of(paper.application, today=timezone.localdate())
    codes, problem = set(codes_of(rules.evaluation)), ""
    opened = draft.open_papers(paper.application)
    ticked = codes.intersection(request.POST.getlist("supports"))
    fixed = set() if opened is None else set(paper.supports) - opened
    try:
        services.reassign(paper, supports=ticked | fixed, by=request.user)
    except (NotAccepted, Proof.DoesNotExist) as refusal:
        problem = str(refusal) if isinstance(refusal, NotAccepted) else "这份材料刚刚被移除了。"
    return _papers(request, paper.application_id, problem=problem)


@login_required
@require_POST
def remove(request, pk):
    paper, problem = _own_paper(request, pk), ""
    try:
        services.remove(paper, by=request.user)
    except NotAccepted as refusal:
        problem = str(refusal)
    return _papers(request, paper.application_id, problem=problem)


def _papers(request, pk, *, problem: str = "", code: str = "") -> HttpResponse:
    """The papers again, in place where htmx asked, else the whole form."""
    if request.htmx:
        page = form_page(_own(request, pk), request.user) | {"problem": problem, "problem_code": code}
        return render(request, "evaluation/applications/_papers_changed.html", page)
    if problem:
        messages.error(request, problem)
    return redirect(f"{reverse('evaluation:application-edit', args=[pk])}#s-papers")


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


# ── reading ───────────────────────────────────────────────────────────────────────────────────
@require_safe
@login_required
def detail(request, pk):
    """The application for whoever may see it; for the body whose turn it is, with its tools."""
    page = case_page(_seen(request, pk), request.user, request.GET)
    return render(request, "evaluation/applications/application.html", page)
