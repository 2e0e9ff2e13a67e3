"""Experience cases: written, handed in, selected."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import is_city, is_county, is_enterprise
from cqo_portal.parties.models import Organisation
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused, open_to
from cqo_portal.workflow.once import once
from cqo_portal.workflow.views import give_back, refuse_unfit
from registry.talent import pages, services
from registry.talent.forms import CaseForm, text_of
from registry.talent.models import Case, Pairing, PoolEntry
from registry.talent.permissions import is_author
from registry.talent.workflow import CASE, PUBLISH, REVOKE

PER_PAGE = 50
OFFERED = 8  # officers of one enterprise a case may name
WORDS = {name: step.label for name, step in CASE.items()} | {
    "write": "撰写",
    "edit": "修改",
    "consent": "本人同意公布",
}
FORWARD = frozenset({"submit", "hand-in", "select", "publish"})
writes = is_enterprise | is_county


@require_safe
@login_required
def index(request):
    """Cases the person may see; for an officer also the pool entries about himself."""
    acting = request.user.acting
    if acting is None or acting.role not in pages.LOOKS:
        raise PermissionDenied
    query = pages.CaseQuery(request.GET, user=request.user)
    page = keyset(query.rows(), request.GET, order=("-moved_at", "-id"), per_page=PER_PAGE)
    mine = (
        PoolEntry.objects.visible_to(request.user)
        if acting.role == Role.OFFICER
        else PoolEntry.objects.none()
    )
    published = Case.objects.published().for_list().order_by("-published_on", "-id")
    return render(
        request,
        "talent/index.html",
        {
            "page": page,
            "query": query,
            "rows": [(row, pages.TONES[row.state]) for row in page],
            "writes": writes.test(request.user),
            "entries": list(mine.for_list()),
            "published": list(published[:5]) if acting.role in (Role.ENTERPRISE, Role.OFFICER) else [],
        },
    )


# ── writing ───────────────────────────────────────────────────────────────────────────────────
@require_safe
@login_required
def new(request):
    """An enterprise writes about itself; a county chooses about whom."""
    acting = request.user.acting
    if not writes.test(request.user):
        raise PermissionDenied
    if acting.organisation_id:
        return redirect("talent:case-write", acting.organisation_id)
    text = request.GET.get("q", "").strip()[:60]
    rows = Organisation.objects.filter(office=acting.office).matching(text).defer("search", "haystack")
    page = keyset(rows, request.GET, order=("pinyin", "id"), per_page=PER_PAGE)
    return render(request, "talent/case_choose.html", {"page": page, "text": text})


def _organisation(request, pk) -> Organisation:
    """Of the enterprise itself, or in the county that writes."""
    if not writes.test(request.user):
        raise PermissionDenied
    acting = request.user.acting
    scope = {"pk": acting.organisation_id} if acting.organisation_id else {"office": acting.office}
    return get_object_or_404(Organisation.objects.filter(**scope).select_related("office__parent"), pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def write(request, organisation):
    return _written(request, _organisation(request, organisation), case=None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request, pk):
    case = _case(request, pk)
    if not is_author.test(request.user, case):
        raise PermissionDenied
    if case.state != Case.State.DRAFT:
        messages.error(request, f"现在的状态是“{case.get_state_display()}”，文字不能再改；要改请先撤回。")
        return redirect(case)
    return _written(request, case.organisation, case=case)


def _written(request, organisation: Organisation, *, case: Case | None):
    officers = list(organisation.officers.order_by("-appointed_on", "-id")[:OFFERED])
    agreed = {pk for pk, row in case.consents().items() if row.given} if case else set()
    posted = request.POST if request.method == "POST" else None
    form = CaseForm(posted, initial=text_of(case) if case else None, officers=officers, agreed=agreed)
    if posted is not None and form.is_valid():
        try:
            saved = _save(form, organisation, case=case, by=request.user)
        except Refused as refused:
            form.add_error("name" if case is None or case.state == Case.State.DRAFT else None, str(refused))
        else:
            messages.success(request, "已保存。核对后再提交。")
            return redirect(saved)
    page = {"form": form, "organisation": organisation, "case": case}
    return render(request, "talent/case_form.html", page, status=422 if form.errors else 200)


@transaction.atomic
def _save(form: CaseForm, organisation: Organisation, *, case: Case | None, by) -> Case:
    saved = services.write_case(case, form.text(), organisation=organisation, by=by)
    services.name_officers(saved, form.named(), signatures=form.signatures(), by=by)
    return saved


# ── reading and deciding ──────────────────────────────────────────────────────────────────────
def _case(request, pk) -> Case:
    seen = Case.objects.visible_to(request.user).select_related(
        "organisation", "office__parent", "created_by"
    )
    return get_object_or_404(seen, pk=pk)


@require_safe
@login_required
def case(request, pk):
    case = _case(request, pk)
    steps = [step for step in CASE.values() if step is not REVOKE]
    blocked = PUBLISH.reasons_against(case, timezone.localdate()) if case.state == Case.State.DRAFT else []
    return render(
        request,
        "talent/case.html",
        {
            "case": case,
            "head": pages.case_head(case),
            "tone": pages.TONES[case.state],
            "buttons": pages.buttons(request.user, case, steps, route="talent:case-step", primary=FORWARD),
            "blocked": blocked,
            "may_edit": case.state == Case.State.DRAFT and is_author.test(request.user, case),
            "may_revoke": bool(open_to(request.user, case, steps=[REVOKE])),
            "may_pair": case.state == Case.State.PUBLISHED and is_city.test(request.user),
            "named": pages.named_in(case),
            "pairings": Pairing.objects.visible_to(request.user).filter(case=case).for_list(),
            "clause": pages.clause_on_experience(case.office, today=timezone.localdate()),
            "timeline": pages.timeline(case, WORDS),
        },
    )


@login_required
@require_POST
def revoke(request, pk):
    """The officer in person takes the consent back."""
    case, note = _case(request, pk), request.POST.get("note", "")
    try:
        refuse_unfit(note, REVOKE)
        services.revoke(REVOKE, case, note=note, by=request.user)
    except Refused as refused:
        give_back(request, case, REVOKE, note, refused)
    else:
        messages.success(request, REVOKE.done)
    return redirect(case)


# ── for everybody ─────────────────────────────────────────────────────────────────────────────
@require_safe
def public(request):
    """Published cases, for anybody: newest first, searched by title, enterprise or field."""
    text, chosen = request.GET.get("q", "").strip()[:60], request.GET.get("field", "")
    rows = Case.objects.published().for_list().matching(text)
    choices = pages.fields.grouped()
    chosen = chosen if chosen in pages.fields.names() else ""
    rows = rows.filter(field=chosen) if chosen else rows
    page = keyset(rows, request.GET, order=("-published_on", "-id"), per_page=20)
    words = {"page": page, "text": text, "chosen": chosen, "choices": choices}
    return render(request, "talent/public.html", words)


@require_safe
def public_case(request, pk):
    """One published case as the public reads it: names of those who agreed, no paper, no number of a person."""
    seen = Case.objects.published().select_related("organisation", "office__parent")
    case = get_object_or_404(seen, pk=pk)
    if case.silent():  # a post struck from the record since, or a consent taken back another way
        raise Http404
    return render(request, "talent/public_case.html", {"case": case, "officers": case.officers.all()})
