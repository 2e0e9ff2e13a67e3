"""The record of a body: written and submitted by its staff, filed or sent back by the office."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cqo_portal.accounts.permissions import is_body
from cqo_portal.audit.models import Event
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused, open_to
from cqo_portal.workflow.once import once
from evaluation.bodies import pages, services, texts
from evaluation.bodies.figures import figures_of
from evaluation.bodies.forms import BodyForm, FilingForm, words_of
from evaluation.bodies.models import BodyPaper, BodyRecord
from evaluation.bodies.permissions import keeps_the_record, supervises_bodies
from evaluation.bodies.standing import clocks_of, text_of, why_not
from evaluation.bodies.workflow import BUTTONS, RECORD, SUBMIT

PER_PAGE = 50


@require_safe
@login_required
def index(request):
    """A body: its own records and clocks. An office: whom it supervises, and who asks."""
    if is_body.test(request.user):
        return _own(request)
    if not supervises_bodies.test(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    query = pages.RecordQuery(request.GET, user=request.user, today=today)
    page = keyset(query.rows(), request.GET, order=("-moved_at", "-id"), per_page=PER_PAGE)
    words = {"page": page, "rows": [(row, *pages.look(row, today)) for row in page], "query": query}
    return render(request, "bodies/index.html", words)


def _own(request):
    today, institution = timezone.localdate(), request.user.acting.institution
    records = list(BodyRecord.objects.visible_to(request.user).for_list())
    pack = text_of(institution)
    words = {
        "institution": institution,
        "rows": [(row, *pages.look(row, today), pages.said_of(row, today)) for row in records],
        "asks": any(row.first_day is None for row in records),
        "why_not": why_not(institution, today),
        "chapter": texts.chapter(pack),
        "pack": pack,
        "clocks": pages.shown_clocks(clocks_of(institution)),
    }
    return render(request, "bodies/own.html", words)


# ── writing ───────────────────────────────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request):
    """Begins with what the last record said: who renews changes little."""
    if not is_body.test(request.user):
        raise PermissionDenied
    institution = request.user.acting.institution
    last = BodyRecord.objects.visible_to(request.user).order_by("-created_at").first()
    if request.method != "POST" and last and last.first_day is None:
        return redirect(last)
    initial = words_of(last) if last else {"credit_code": institution.credit_code or ""}
    return _written(request, record=None, initial=initial)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request, pk):
    record = _seen(request, pk)
    if not keeps_the_record.test(request.user, record):
        raise PermissionDenied
    if record.state not in SUBMIT.source:
        messages.error(request, f"现在的状态是“{record.get_state_display()}”，提交的内容不能再改。")
        return redirect(record)
    return _written(request, record=record, initial=words_of(record))


def _written(request, *, record: BodyRecord | None, initial: dict):
    posted = request.POST if request.method == "POST" else None
    form = BodyForm(posted, initial=initial, institution=request.user.acting.institution)
    if posted is not None and form.is_valid():
        try:
            if record is None:
                record = services.draft(form.cleaned_data, by=request.user)
            else:
                services.rewrite(record, form.cleaned_data, seen=posted.get("seen", ""), by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已保存，还没有提交。请上传材料，再提交登记。")
            return redirect("bodies:papers", record.pk)
    page = {"form": form, "record": record, "seen": _seen_with(form, record)}
    return render(request, "bodies/form.html", page, status=422 if form.errors else 200)


def _seen_with(form: BodyForm, record: BodyRecord | None) -> str:
    """What the form goes on being opened on: whoever was told of another version has seen it, nobody else."""
    if record is None:
        return ""
    if form.is_bound and services.CHANGED_MEANWHILE not in form.non_field_errors():
        return form.data.get("seen", "")
    record.refresh_from_db()
    return services.version_of(record)


# ── reading ───────────────────────────────────────────────────────────────────────────────────
def _seen(request, pk) -> BodyRecord:
    seen = BodyRecord.objects.visible_to(request.user).select_related("institution", "office")
    return get_object_or_404(seen, pk=pk)


@require_safe
@login_required
def record(request, pk):
    """The four conditions, what became of it, and (from above) the figures of the body's work."""
    found, user, today = _seen(request, pk), request.user, timezone.localdate()
    papers = list(BodyPaper.objects.visible_to(user).filter(record=found))
    writes = keeps_the_record.test(user, found) and found.state in SUBMIT.source
    steps = {step.name: step for step in open_to(user, found, steps=[*BUTTONS.values(), RECORD])}
    words = {
        "record": found,
        "look": pages.look(found, today),
        "said": pages.said_of(found, today),
        "chapter": texts.chapter(found.pack),
        "conditions": pages.conditions(found, papers, user=user),
        "submissions": pages.submissions(found),
        "timeline": pages.timeline(found, user=user),
        "returned": _last(found, "return") if found.state == BodyRecord.State.RETURNED else None,
        "suspended": _last(found, "suspend") if found.state == BodyRecord.State.SUSPENDED else None,
        "ended": _last(found, "end") if found.state == BodyRecord.State.ENDED else None,
        "writes": writes,
        "blocked": SUBMIT.reasons_against(found, today) if writes else [],
        "steps": steps,
        "figures": figures_of(found) if found.first_day else [],
        "clocks": pages.shown_clocks(clocks_of(found.institution)),
        "mine": is_body.test(user),
    }
    return render(request, "bodies/record.html", words)


def _last(found: BodyRecord, action: str) -> Event | None:
    return Event.objects.about(found).filter(action=action).order_by("-id").first()


# ── filing ────────────────────────────────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def file_it(request, pk):
    found, today = _seen(request, pk), timezone.localdate()
    if not RECORD.allowed.test(request.user, found):
        raise PermissionDenied
    if request.method != "POST" and found.state not in RECORD.source:
        messages.error(request, f"现在的状态是“{found.get_state_display()}”，不用再登记。")
        return redirect(found)
    posted = request.POST if request.method == "POST" else None
    form = FilingForm(posted, initial={"first_day": today.isoformat()}, today=today)
    if posted is not None and form.is_valid():
        try:
            services.file_it(found, form.cleaned_data, by=request.user, today=today)
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, RECORD.done)
            return redirect(found)
    page = {"form": form, "record": found}
    return render(request, "bodies/file.html", page, status=422 if form.errors else 200)
