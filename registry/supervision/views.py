"""Suggestions in the browser: drafted and delivered by an office, answered by an enterprise, closed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import is_city, is_county, is_enterprise
from cqo_portal.jurisdictions import NoSuchRule, pack
from cqo_portal.jurisdictions.purposes import grounds_of
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused, open_to
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once
from registry.models import Officer
from registry.supervision import pages, services
from registry.supervision.forms import CloseForm, NoteForm, ReplyForm, SuggestionForm
from registry.supervision.models import Suggestion
from registry.supervision.permissions import issues
from registry.supervision.workflow import BUTTONS, CLOSE, NO_PROVISION, REPLY, provision_on

PER_PAGE = 50
MAY_LOOK = frozenset({Role.ENTERPRISE, Role.OFFICER, Role.COUNTY, Role.CITY, Role.PROVINCE})
suggests = is_county | is_city
S = Suggestion.State


@require_safe
@login_required
def index(request):
    acting, today = request.user.acting, timezone.localdate()
    if acting is None or acting.role not in MAY_LOOK:
        raise PermissionDenied
    query = pages.SuggestionQuery(request.GET, user=request.user, today=today)
    page = keyset(query.rows(), request.GET, order=("-moved_at", "-id"), per_page=PER_PAGE)
    return render(
        request,
        "supervision/index.html",
        {
            "page": page,
            "rows": [(row, pages.TONES[row.state], row.is_late(today)) for row in page],
            "query": query,
            "provision": provision_on(acting.office, today) if acting.office else None,
            "suggests": suggests.test(request.user),
            "incidents": pages.incidents_url() if acting.office else "",
        },
    )


# ── drafting ──────────────────────────────────────────────────────────────────────────────────
@require_safe
@login_required
def choose(request):
    """About whom? Officers in office in the area."""
    if not suggests.test(request.user):
        raise PermissionDenied
    text = request.GET.get("q", "").strip()[:60]
    rows = Officer.objects.visible_to(request.user).in_office().for_list().matching(text)
    page = keyset(rows, request.GET, order=("pinyin", "id"), per_page=PER_PAGE)
    return render(request, "supervision/choose.html", {"page": page, "text": text})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request, officer):
    if not suggests.test(request.user):
        raise PermissionDenied
    seen = Officer.objects.visible_to(request.user).select_related("organisation", "office", "person")
    officer, issuer, today = (
        get_object_or_404(seen, pk=officer),
        request.user.acting.office,
        timezone.localdate(),
    )
    provision = provision_on(issuer, today)
    if provision is None:
        messages.error(request, NO_PROVISION)
        return redirect("supervision:index")
    form = SuggestionForm(
        request.POST if request.method == "POST" else None,
        grounds=grounds_of(provision),
        incidents=services.facts_against(officer, user=request.user),
        today=today,
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.suggest(officer, form.cleaned_data, issuer=issuer, by=request.user, today=today)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "草稿已保存，还没有送达。核对后再送达。")
            return redirect(made)
    page = {"form": form, "officer": officer, "provision": provision, "issuer": issuer}
    return render(request, "supervision/form.html", page, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request, pk):
    suggestion, today = _to_issue(request, pk), timezone.localdate()
    provision = provision_on(suggestion.issuer, today)
    if suggestion.state != S.DRAFT or provision is None:
        messages.error(request, NO_PROVISION if provision is None else "送达的内容不能再改。")
        return redirect(suggestion)
    initial = {name: getattr(suggestion, name) for name in ("grounds", "facts", "evidence")}
    initial |= {"reply_by": suggestion.reply_by.isoformat(), "incidents": list(suggestion.incidents.all())}
    incidents = services.facts_against(suggestion.officer, user=request.user)
    posted = request.POST if request.method == "POST" else None
    form = SuggestionForm(
        posted, initial=initial, grounds=grounds_of(provision), incidents=incidents, today=today
    )
    if posted is not None and form.is_valid():
        try:
            services.rewrite(suggestion, form.cleaned_data, by=request.user)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "草稿已保存，还没有送达。")
        return redirect(suggestion)
    page = {"form": form, "officer": suggestion.officer, "provision": provision, "issuer": suggestion.issuer}
    page |= {"suggestion": suggestion}
    return render(request, "supervision/form.html", page, status=422 if form.errors else 200)


# ── reading ───────────────────────────────────────────────────────────────────────────────────
def _suggestion(request, pk) -> Suggestion:
    seen = Suggestion.objects.visible_to(request.user).select_related(
        "officer__person", "organisation", "office", "issuer", "reply__by", "opened_by", "change"
    )
    return get_object_or_404(seen, pk=pk)


def _to_issue(request, pk) -> Suggestion:
    suggestion = _suggestion(request, pk)
    if not issues.test(request.user, suggestion):
        raise PermissionDenied
    return suggestion


def _page(request, suggestion: Suggestion, *, note: NoteForm | None = None) -> dict:
    user, today = request.user, timezone.localdate()
    file_is_open = pages.sees_the_file(user)
    under_way = suggestion.state in (S.DELIVERED, S.REPLIED)
    if note is None and under_way and issues.test(user, suggestion):
        note = NoteForm()
    return {
        "suggestion": suggestion,
        "head": pages.Head(suggestion, today),
        "tone": pages.TONES[suggestion.state],
        "late": suggestion.is_late(today),
        "steps": open_to(user, suggestion, steps=BUTTONS.values()),
        "may_edit": suggestion.state == S.DRAFT and issues.test(user, suggestion),
        "may_reply": bool(open_to(user, suggestion, steps=[REPLY])),
        "may_close": bool(open_to(user, suggestion, steps=[CLOSE])),
        "pack": _pack_of(suggestion),
        "incidents": pages.incidents_of(suggestion, user=user),
        "file_is_open": file_is_open,
        "notes": suggestion.notes.select_related("by") if file_is_open else [],
        "form": note,
        "timeline": pages.timeline(suggestion, user=user),
    }


def _pack_of(suggestion: Suggestion):
    try:
        return pack(suggestion.rule_edition)
    except NoSuchRule:
        return None


@require_safe
@login_required
def suggestion(request, pk):
    """The suggestion; the first time its enterprise opens it is the read receipt."""
    suggestion = _suggestion(request, pk)
    if request.method == "GET" and is_enterprise.test(request.user) and suggestion.opened_at is None:
        services.open_first(suggestion, by=request.user)
        suggestion = _suggestion(request, pk)
    return render(request, "supervision/suggestion.html", _page(request, suggestion))


@require_safe
@login_required
def letter(request, pk):
    """The letter on one sheet of A4, to print and to sign."""
    suggestion = _suggestion(request, pk)
    page = {"suggestion": suggestion, "pack": _pack_of(suggestion), "provision": _provision_of(suggestion)}
    page |= {"incidents": pages.incidents_of(suggestion, user=request.user)}
    return render(request, "supervision/letter.html", page)


def _provision_of(suggestion: Suggestion):
    pack_of = _pack_of(suggestion)
    known = pack_of.provisions if pack_of else ()
    return next((each for each in known if each.key == suggestion.provision), None)


# ── answering, following up, closing ──────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request, pk):
    suggestion, today = _suggestion(request, pk), timezone.localdate()
    if not REPLY.allowed.test(request.user, suggestion):
        raise PermissionDenied
    if request.method != "POST" and suggestion.state != S.DELIVERED:
        messages.error(request, f"现在的状态是“{suggestion.get_state_display()}”，不用再答复。")
        return redirect(suggestion)
    form = ReplyForm(request.POST if request.method == "POST" else None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer(suggestion, form.cleaned_data, by=request.user, today=today)
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, REPLY.done)
            return redirect(suggestion)
    page = {"suggestion": suggestion, "form": form}
    return render(request, "supervision/reply.html", page, status=422 if form.errors else 200)


@login_required
@require_POST
@once
def note(request, pk):
    suggestion = _to_issue(request, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return render(
            request, "supervision/suggestion.html", _page(request, suggestion, note=form), status=422
        )
    try:
        services.follow_up(suggestion, form.cleaned_data["text"], by=request.user)
    except Refused as refused:
        refuse(request, refused, form.cleaned_data["text"])
    else:
        messages.success(request, "已记下。")
    return redirect(suggestion)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request, pk):
    suggestion, today = _to_issue(request, pk), timezone.localdate()
    posted = request.POST if request.method == "POST" else None
    form = CloseForm(posted, changes=services.changes_of(suggestion))
    if posted is not None and form.is_valid():
        try:
            services.close(suggestion, **form.cleaned_data, by=request.user, today=today)
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, CLOSE.done)
            return redirect(suggestion)
    page = {"suggestion": suggestion, "form": form}
    return render(request, "supervision/close.html", page, status=422 if form.errors else 200)
