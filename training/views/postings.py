"""From the roster into the ledger, and back: posting with its preview, entries, reversals."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused, perform
from cqo_portal.workflow.notes import refuse
from training import ledger, session_pages
from training.attendance import MOST_PRINTED
from training.forms.rosters import ReasonForm
from training.looking import note_look
from training.models import Entry, Posting, Session
from training.permissions import organises, takes_back, takes_back_all
from training.views.sessions import visible
from training.workflow import POST, posting

PER_PAGE = 50
SHOWN = 100  # lines of a preview; all of them are counted


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def post(request, pk):
    """First what would enter the ledger, what will be flagged and what stands against it; then the act."""
    session, today = visible(request, pk), timezone.localdate()
    if not organises.test(request.user, session):
        raise PermissionDenied
    if session.state not in POST.source:
        messages.error(request, f"这一场{session.get_state_display()}，不能入账。")
        return redirect(session)
    if request.method == "POST" and (answer := _posted(request, session)):
        return answer
    found = session_pages.preview(session, POST, today=today)
    page = {"session": session, "preview": found, "lines": session_pages.marked(session, found.lines[:SHOWN])}
    return render(request, "training/post.html", page, status=409 if request.method == "POST" else 200)


def _posted(request, session: Session):
    """To the entries; None where the preview is to be looked at again."""
    if session.state == Session.State.POSTED and not session.roster.exists():
        messages.info(request, "名单已经入账，没有要再入账的人。")
        return redirect("training:session-entries", session.pk)
    try:
        perform(posting(request.POST.get("digest", "")), session, by=request.user)
    except Refused as refused:
        refuse(request, refused)
        return None
    messages.success(request, POST.done)
    return redirect("training:session-entries", session.pk)


@require_safe
@login_required
def entries(request, pk):
    """What this session gave, posting by posting, newest first; reversals stand beside what they reverse."""
    session = visible(request, pk)
    note_look(session, by=request.user, today=timezone.localdate())
    page = keyset(session_pages.entries_of(session), request.GET, order=("-id",), per_page=PER_PAGE)
    of_this = Entry.objects.filter(session=session)
    shown = {
        "session": session,
        "page": page,
        "counting": of_this.counting().count(),
        "waiting": of_this.in_question().count(),
        "postings": session_pages.postings_of(session),
        "printable": page.total <= MOST_PRINTED,
        "may_reverse": takes_back_all.test(request.user, session),
    }
    return render(request, "training/entries.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reverse_entry(request, pk):
    """Take one entry back, with the reason: of a session, or what was confirmed of a self-report."""
    seen = Entry.objects.visible_to(request.user).select_related("session", "self_report", "person")
    entry = get_object_or_404(seen.select_related("institution", "office"), pk=pk)
    if not takes_back.test(request.user, entry):
        raise PermissionDenied
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            ledger.reverse(entry, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"{entry.number} 已冲正，{entry.person.name}的学时账里看得到理由。")
            return redirect(_back_to(entry))
    page = {"entry": entry, "held": entry.session or entry.self_report, "back": _back_to(entry), "form": form}
    return render(request, "training/reverse.html", page, status=422 if form.errors else 200)


def _back_to(entry: Entry) -> str:
    if entry.session_id:
        return reverse("training:session-entries", args=[entry.session_id])
    return entry.self_report.get_absolute_url()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reverse_posting(request, pk):
    """Take back whatever still stands of one posting, after saying how many entries that are."""
    seen = Posting.objects.filter(session__in=Session.objects.visible_to(request.user))
    posting = get_object_or_404(seen.select_related("session__institution", "session__office", "by"), pk=pk)
    if not takes_back_all.test(request.user, posting.session):
        raise PermissionDenied
    standing = Entry.objects.standing().filter(posting=posting).count()
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = request.POST.get("expected", "")
        try:
            number = ledger.reverse_all(
                posting, reason=form.cleaned_data["reason"], expected=_number(told), by=request.user
            )
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"{number} 笔已全部冲正，每个人的学时账里看得到理由。")
            return redirect("training:session-entries", posting.session_id)
    page = {"posting": posting, "held": posting.session, "standing": standing, "form": form}
    page["back"] = reverse("training:session-entries", args=[posting.session_id])
    return render(request, "training/reverse.html", page, status=422 if form.errors else 200)


def _number(told: str) -> int:
    return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else -1
