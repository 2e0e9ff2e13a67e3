"""Sessions: the list, the form, the page of one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cqo_portal.ui.identity import IdentityForm
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused, open_to
from cqo_portal.workflow.once import once
from training import services, session_pages
from training.forms.sessions import Meetings, SessionForm, meetings_of, words_of
from training.looking import note_look
from training.models import Course, Session
from training.packs import classes_of, office_training_of, packs_of
from training.permissions import holds_trainings, organises
from training.workflow import CANCEL

PER_PAGE = 50


@require_safe
@login_required
def sessions(request):
    """Of the own house; for an office also those in its area."""
    if not holds_trainings.test(request.user):
        raise PermissionDenied
    acting, now = request.user.acting, timezone.now()
    today = timezone.localdate(now)
    query = session_pages.SessionQuery(request.GET, user=request.user, today=today)
    page = keyset(query.rows(), request.GET, order=query.order, per_page=PER_PAGE)
    prefetch_related_objects(page.rows, "meetings")
    shown = {
        "page": page,
        "query": query,
        "rows": [(row, *session_pages.standing_of(row, now=now)) for row in page],
        "own": office_training_of(acting.office, today) if acting.office else None,
    }
    return render(request, "training/sessions.html", shown)


# ── the form ──────────────────────────────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request):
    if not holds_trainings.test(request.user):
        raise PermissionDenied
    if not _courses(request).exists():
        messages.info(request, "先登记一门课程，再为它新建场次。")
        return redirect("training:course-new")
    return _planned(request, session=None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request, pk):
    session = visible(request, pk)
    if not organises.test(request.user, session):
        raise PermissionDenied
    if session.state == Session.State.CANCELLED:
        messages.error(request, "这一场已经取消，不能再改。")
        return redirect(session)
    return _planned(request, session=session)


def _courses(request):
    return Course.objects.of_organiser(request.user.acting).filter(active=True).order_by("pinyin", "id")


def _planned(request, *, session: Session | None):
    posted, is_posted = _sent(request), _only_place_and_trainer(request, session)
    form = _form(request, session, posted=is_posted)
    meetings = Meetings(posted, prefix="meetings", initial=meetings_of(session) if session else None)
    adds_a_row = posted is not None and posted.get("action") == "add-row"
    sound = False
    if adds_a_row:
        meetings = Meetings(_with_another_row(posted), prefix="meetings")
    elif posted is not None:
        sound = form.is_valid() if is_posted else meetings.check(form)
    if sound and (answer := _saved(request, form, meetings, session=session)):
        return answer
    page = {
        "form": form,
        "meetings": meetings,
        "session": session,
        "posted": is_posted,
        "why_not": services.POSTED_STAYS if is_posted else "",
        "adds_a_row": adds_a_row,
        "seen": _seen(request, form, session, adds_a_row=adds_a_row),
    }
    wrong = posted is not None and not adds_a_row
    return render(request, "training/session_form.html", page, status=422 if wrong else 200)


def _seen(request, form: SessionForm, session: Session | None, *, adds_a_row: bool) -> str:
    """Another row is no other look, though its form is not bound."""
    if session is None:
        return ""
    return request.POST.get("seen", "") if adds_a_row else services.seen_with(form, session)


def _only_place_and_trainer(request, session: Session | None) -> bool:
    """Whoever opened the whole form before a colleague posted sends more, and is told that it stays."""
    return session is not None and session.state == Session.State.POSTED and "first_day" not in request.POST


def _sent(request):
    return request.POST if request.method == "POST" else None


def _form(request, session: Session | None, *, posted: bool) -> SessionForm:
    today, acting = timezone.localdate(), request.user.acting
    packs = packs_of(acting.institution or acting.office, session.last_day if session else today)
    given = [each.course_class for each in session.hours.all()] if session else []
    classes = classes_of(packs) + [each for each in given if each not in classes_of(packs)]
    offered = _courses(request)
    if session:
        offered = offered | Course.objects.of_organiser(acting).filter(pk=session.course_id)
    initial = words_of(session) if session else {"course": request.GET.get("course")}
    adds_a_row = request.POST.get("action") == "add-row"
    typed = _sent(request)
    return SessionForm(
        None if adds_a_row else typed,
        initial=typed.dict() if adds_a_row else initial,
        courses=offered,
        classes=classes,
        posted=posted,
    )


def _with_another_row(typed):
    """The same form with one more empty row, for browsers without the script."""
    more = typed.copy()
    rows = typed.get("meetings-TOTAL_FORMS", "")
    sound = rows.isascii() and rows.isdigit() and len(rows) < 4
    more["meetings-TOTAL_FORMS"] = str(int(rows) + 1) if sound else "1"
    return more


def _saved(request, form: SessionForm, meetings, *, session: Session | None):
    values = form.cleaned_data | ({} if form.posted else {"times": meetings.times})
    try:
        if session is None:
            saved = services.plan_session(values, by=request.user)
        else:
            seen = request.POST.get("seen")
            saved = services.change_session(session, values, by=request.user, seen=seen)
    except Refused as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(request, "场次已保存。" if session else f"场次已建好，编号 {saved.number}。")
    return redirect(saved)


# ── one session ───────────────────────────────────────────────────────────────────────────────
def visible(request, pk) -> Session:
    seen = Session.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("institution", "office", "course"), pk=pk)


@require_safe
@login_required
def session(request, pk):
    found = visible(request, pk)
    note_look(found, by=request.user, today=timezone.localdate())
    return render(request, "training/session.html", page_of(request, found))


def page_of(request, session: Session, **more) -> dict:
    """Everything the page of a session shows; `more`: what a step of its forms adds."""
    user, now = request.user, timezone.now()
    today = timezone.localdate(now)
    prefetch_related_objects([session], "hours", "meetings")  # asked for in many places below
    roster = keyset(session.roster.for_list(), request.GET, order=("id",), per_page=PER_PAGE)
    people = session.roster.values("person").distinct().count()
    ours, meetings = organises.test(user, session), list(session.meetings.all())
    given, until = session_pages.given_by(session), session_pages.still_to_come(session, now=now)
    return {
        "session": session,
        "head": session_pages.head(session, people=people, given=given, now=now),
        "tone": session_pages.standing_of(session, now=now, undone=given.undone),
        "ours": ours,
        "hours": list(session.hours.all()),
        "meetings": meetings,
        "warnings": session_pages.warnings(session) if session.state == Session.State.PLANNED else [],
        "page": roster,
        "people": people,
        "rows": session_pages.marked(session, roster.rows),
        "until": until,
        "may_enter": ours and session.state != Session.State.CANCELLED,
        "may_sign": ours and any(each.during.upper >= now for each in meetings),
        "cancel_url": _cancel_url(user, session),
        "papers": session.evidence.current().count(),
        "given": given,
        "timeline": session_pages.timeline(session),
        "form": IdentityForm(today=today) if ours else None,
        **more,
    }


def _cancel_url(user, session: Session) -> str:
    may = open_to(user, session, steps=[CANCEL])
    return reverse("training:session-step", args=[session.pk, CANCEL.name]) if may else ""
