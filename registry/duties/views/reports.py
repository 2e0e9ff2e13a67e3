"""Self-reports: sent by the officer, confirmed by the county or a body, with the papers beside."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.models import AT_AN_OFFICE, Role
from cqo_portal.accounts.permissions import is_officer
from cqo_portal.audit.models import Event
from cqo_portal.papers.accepting import NotAccepted
from cqo_portal.papers.showing import as_download, as_picture, viewing
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import open_to
from cqo_portal.workflow.once import once
from cqo_portal.workflow.views import step_view
from registry.duties.asking import only_of
from registry.duties.forms import SelfReportForm, addressees_of, words_of
from registry.duties.queries import people_visible_to
from training import reporting
from training.doubts import doubts_about
from training.models import Entry, Evidence, SelfReport, class_label
from training.permissions import confirms_hours, takes_back, withdraws_a_report
from training.workflow import SELF_REPORT, confirming

PER_PAGE = 50
SEES = AT_AN_OFFICE | {Role.OFFICER, Role.BODY}
S = SelfReport.State
TONES = {S.WAITING: "waiting", S.CONFIRMED: "met", S.REFUSED: "unmet", S.WITHDRAWN: "none"}
WORDS = {"send": "提交", "settle-flags": "核查", "reverse": "冲正"} | {
    name: step.label for name, step in SELF_REPORT.items()
}
MISSING_PAPERS = "轮到您：请补交证明材料，没有材料不能确认。"


@require_safe
@login_required
def self_reports(request):
    """What waits, oldest first; with `?state=all` everything, newest first. An officer's own are all shown."""
    acting = request.user.acting
    if acting is None or acting.role not in SEES:
        raise PermissionDenied
    everything = acting.role == Role.OFFICER or request.GET.get("state") == "all"
    rows = reporting.with_what_became_of_it(SelfReport.objects.visible_to(request.user).for_list())
    page = keyset(
        rows if everything else rows.waiting(),
        request.GET,
        order=("-at", "-id") if everything else ("at", "id"),
        per_page=PER_PAGE,
    )
    shown = {"page": page, "everything": everything, "tones": [(row, *_standing(row)) for row in page]}
    return render(request, "duties/self_reports.html", shown | {"today": timezone.localdate()})


def _standing(report: SelfReport) -> tuple[str, str]:
    """(tone, word); asks for `reporting.with_what_became_of_it`."""
    return ("ended", "已冲正") if report.taken_back else (TONES[report.state], report.get_state_display())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_self_report(request):
    """The officer in person reports hours. `?again=` begins with the words of a report that did not count."""
    if not is_officer.test(request.user):
        raise PermissionDenied
    person, today = request.user.acting.person, timezone.localdate()
    addressees = addressees_of(person, today=today)
    posted = (request.POST, request.FILES) if request.method == "POST" and addressees else (None, None)
    form = SelfReportForm(*posted, initial=_said_before(request, today), addressees=addressees, today=today)
    if posted[0] is not None and form.is_valid():  # papers are made anew: not while a transaction waits
        return _sent(request, form)
    shown = {"form": form, "addressees": addressees, "chosen": bool(request.FILES)}
    return render(request, "duties/self_report_form.html", shown, status=422 if form.errors else 200)


@once
def _sent(request, form: SelfReportForm):
    report = form.report(request.user.acting.person, by=request.user)
    sent = reporting.send(report, form.cleaned_data["papers"], by=request.user)
    waits = f"已提交，等{sent.organiser}确认。"  # without papers the page itself says whose move it is
    messages.success(request, waits if form.cleaned_data["papers"] else f"已提交给{sent.organiser}。")
    return redirect(sent)


def _said_before(request, today) -> dict:
    try:
        key = UUID(request.GET.get("again", ""))
    except ValueError:
        return {"year": str(today.year)}
    again = SelfReport.objects.visible_to(request.user).filter(pk=key).first()
    return words_of(again) if again else {"year": str(today.year)}


def _report(request, pk) -> SelfReport:
    seen = reporting.with_what_became_of_it(SelfReport.objects.visible_to(request.user))
    seen = seen.select_related("person", "office", "institution")
    return get_object_or_404(seen, pk=pk)


@require_safe
@login_required
def self_report(request, pk):
    """One report, its papers page by page, and what can be done with it."""
    return _shown(request, _report(request, pk))


def _shown(request, report: SelfReport, *, problem: str = ""):
    papers = list(report.evidence.all())
    steps = open_to(request.user, report, steps=SELF_REPORT.values())
    confirms = report.state == S.WAITING and confirms_hours.test(request.user, report)
    own = withdraws_a_report.test(request.user, report)
    entry = report.entries.filter(reverses=None).select_related("reversal", "institution", "office")
    entry = entry.prefetch_related("flags__settlement").first()
    events = _events(report, entry)
    ledger = people_visible_to(request.user).filter(pk=report.person_id)
    shown = {
        "report": report,
        "sees_ledger": report.state == S.CONFIRMED and ledger.exists(),
        "tone": _standing(report),
        "again": own and (report.taken_back or report.state in (S.REFUSED, S.WITHDRAWN)),
        "missing_papers": MISSING_PAPERS if own and report.state == S.WAITING and not papers else "",
        "class_word": class_label(report.course_class) if report.course_class else "",
        "papers": papers,
        "viewed": viewing(papers, request.GET),
        "file": "duties:evidence",
        "page_picture": "duties:evidence-page",
        "confirms": confirms,
        "own": own,
        "withdraws": own and any(step.name == "withdraw" for step in steps),
        "doubts": doubts_about(report) if confirms else [],
        "only_of": only_of(report) if confirms else [],
        "entry": entry,
        "takes_back": entry is not None and takes_back.test(request.user, entry),
        "events": [(WORDS.get(event.action, event.action), event) for event in events],
        "problem": problem,
        "today": timezone.localdate(),
    }
    return render(request, "duties/self_report.html", shown, status=422 if problem else 200)


def _events(report: SelfReport, entry: Entry | None):
    """What was done about it, newest first; taking back stands on record about the reversal."""
    events = Event.objects.about(report).exclude(action__in=(Event.LOOK, "attach"))
    reversal = getattr(entry, "reversal", None)
    return (events | Event.objects.about(reversal) if reversal else events).order_by("-id")


@login_required
@require_POST
def self_report_step(request, pk, step):
    """The note of a confirmation is the reason that answers what is doubtful."""
    steps = SELF_REPORT | {"confirm": confirming(request.POST.get("note", ""))}
    return step_view(SelfReport, steps)(request, pk=pk, step=step)


@login_required
@require_POST
def attach_evidence(request, pk):
    report = _report(request, pk)
    upload = request.FILES.get("file")
    if not withdraws_a_report.test(request.user, report):
        raise PermissionDenied
    if upload is None:
        return _shown(request, report, problem="请选择文件，再上传。")
    try:
        reporting.attach(report, upload, by=request.user)
    except NotAccepted as refusal:
        return _shown(request, report, problem=str(refusal))
    messages.success(request, "材料已收下。")
    return redirect(report)


def _paper(request, pk) -> Evidence:
    return get_object_or_404(
        Evidence.objects.visible_to(request.user).select_related("report__person"), pk=pk
    )


@require_safe
@login_required
def evidence(request, pk):
    paper = _paper(request, pk)
    answer = as_download(paper)
    reporting.note_opened(paper, by=request.user, today=timezone.localdate())
    return answer


@require_safe
@login_required
def evidence_page(request, pk, number):
    paper = _paper(request, pk)
    answer = as_picture(paper, number=number)
    reporting.note_opened(paper, by=request.user, today=timezone.localdate())
    return answer
