"""Annual reports in the browser: fetch what the person may see, read the input, call one service, say what happened."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.models import AT_AN_OFFICE
from cqo_portal.accounts.permissions import is_county, is_enterprise
from cqo_portal.parties.models import Office
from cqo_portal.workflow.drafts import Stale, version_of
from cqo_portal.workflow.engine import Refused, perform
from cqo_portal.workflow.notes import refuse
from registry.reports import draft, services
from registry.reports.form import PinForm
from registry.reports.models import AnnualReport, RollUp, SignOff
from registry.reports.pages import office as offices
from registry.reports.pages.report import check_page, form_page, own_reports, report_page, stale_page
from registry.reports.permissions import is_reporter, receives
from registry.reports.queries import offices_visible_to
from registry.reports.schedule import EARLIEST
from registry.reports.workflow import SUBMIT


@require_safe
@login_required
def index(request):
    """For an enterprise its years; for an office its own board; for others a sentence."""
    acting, today = request.user.acting, timezone.localdate()
    if is_enterprise.test(request.user):
        return render(request, "reports/own.html", own_reports(acting.organisation, today=today))
    if acting is None or acting.role not in AT_AN_OFFICE:
        return render(request, "reports/nothing.html")
    year = offices.year_asked(request.GET, today=today)
    page = offices.office_page(acting.office, year, request.user, request.GET, today=today)
    return render(request, "reports/office.html", page)


# ── the enterprise's side ─────────────────────────────────────────────────────────────────────
@login_required
@require_POST
def start(request):
    """Open this year's report, or last year's; a second click finds the same one."""
    if not is_enterprise.test(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    typed = request.POST.get("year", "")
    if typed not in (str(today.year), str(today.year - 1)):
        messages.error(request, "只能报本年和上一年的年度报告，请从列表里选。")
        return redirect("reports:index")
    organisation = request.user.acting.organisation
    try:
        report = services.open_report(organisation, int(typed), by=request.user, today=today)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("reports:index")
    return redirect(report) if draft.is_closed(report) else redirect("reports:edit", report.pk)


def _own_report(request, pk) -> AnnualReport:
    found = AnnualReport.objects.visible_to(request.user).select_related("organisation__office", "office")
    report = get_object_or_404(found, pk=pk)
    if not is_reporter.test(request.user, report):
        raise PermissionDenied
    return report


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """The form. Saving works without JavaScript; `check` goes on to the last page before handing in."""
    report = _own_report(request, pk)
    if draft.is_closed(report):
        return redirect(report)
    if request.method != "POST":
        return render(request, "reports/form.html", form_page(report, request.user))
    typed = draft.merged(report, request.POST)
    taken_over = request.POST.get("action") == "take-over"
    if taken_over:
        typed |= draft.to_take_over(report, today=timezone.localdate())
    try:
        report = draft.save(report, typed, version=version_of(request.POST), by=request.user)
    except Stale as stale:
        if draft.is_closed(stale.kept):
            return redirect(stale.kept)
        return render(request, "reports/form.html", stale_page(stale.kept, request.user, typed), status=409)
    if request.POST.get("action") != "check":
        said = "考核结果已填入，请核对。" if taken_over else "草稿已保存，随时可以离开。"
        messages.success(request, said)
        return redirect("reports:edit", report.pk)
    page = form_page(report, request.user, checked=True)
    if page["faults"]:
        return render(request, "reports/form.html", page, status=422)
    return redirect("reports:check", report.pk)


@login_required
@require_POST
def autosave(request, pk):
    """Keep the draft while it is typed, and answer with what follows from it."""
    report = _own_report(request, pk)
    if draft.is_closed(report):
        return render(request, "reports/_autosave_closed.html", {"report": report})
    typed = draft.merged(report, request.POST)
    try:
        report = draft.save(report, typed, version=version_of(request.POST), by=request.user)
    except Stale as stale:
        closed = draft.is_closed(stale.kept)
        template = "reports/_autosave_closed.html" if closed else "reports/_autosave_stale.html"
        return render(request, template, {"report": stale.kept})
    return render(request, "reports/_autosave.html", form_page(report, request.user))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request, pk):
    """The last look before handing in: everything as it will be said, against last year or the last version."""
    report = _own_report(request, pk)
    page = check_page(report, request.user, request.POST if request.method == "POST" else None)
    if page is None:
        return redirect(report) if draft.is_closed(report) else redirect("reports:edit", report.pk)
    if request.method == "POST" and version_of(request.POST) != report.draft_version:
        return render(request, "reports/check.html", page | {"stale": True}, status=409)
    if request.method != "POST" or not page["confirm"].is_valid():
        return render(request, "reports/check.html", page, status=422 if request.method == "POST" else 200)
    try:
        report = _submit(report, by=request.user)
    except Stale:
        return redirect("reports:check", report.pk)
    except Refused as refused:
        refuse(request, refused)
    else:
        messages.success(request, SUBMIT.done)
    return redirect(report)


@transaction.atomic
def _submit(report: AnnualReport, *, by) -> AnnualReport:
    """Hand in just the words that were looked at: the row is held until the step is taken."""
    locked = AnnualReport.objects.select_for_update(no_key=True, of=("self",)).get(pk=report.pk)
    if locked.state in SUBMIT.source and locked.draft_version != report.draft_version:
        raise Stale(locked)
    return perform(SUBMIT, locked, by=by)


# ── reading and deciding ──────────────────────────────────────────────────────────────────────
@require_safe
@login_required
def detail(request, pk):
    found = AnnualReport.objects.visible_to(request.user).select_related("organisation", "office__parent")
    report = get_object_or_404(found, pk=pk)
    return render(request, "reports/report.html", report_page(report, request.user, request.GET))


def _report_to_decide(request, pk) -> AnnualReport:
    report = get_object_or_404(AnnualReport.objects.visible_to(request.user), pk=pk)
    if not receives.test(request.user, report):
        raise PermissionDenied
    return report


@login_required
@require_POST
def pin(request, pk):
    report = _report_to_decide(request, pk)
    form = PinForm(request.POST)
    if form.is_valid():
        services.pin(report, **form.cleaned_data, by=request.user)
    else:
        messages.error(request, "请写明这一部分须改正什么。")
    return redirect(f"{report.get_absolute_url()}#composer")


@login_required
@require_POST
def unpin(request, pk, item):
    report = _report_to_decide(request, pk)
    services.unpin(report, item_pk=item, by=request.user)
    return redirect(f"{report.get_absolute_url()}#composer")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request):
    """Many at once: first what it would be, with the remarkable ones apart, then each by itself."""
    if not is_county.test(request.user):
        raise PermissionDenied
    said = request.POST if request.method == "POST" else request.GET
    waiting = AnnualReport.objects.visible_to(request.user).filter(state=AnnualReport.State.AT_COUNTY)
    picked = waiting.filter(pk__in=_keys(said.getlist("report"))).for_list().order_by("moved_at", "id")
    reports = list(picked[: offices.MOST_AT_ONCE])
    if not reports:
        messages.error(request, "没有选中待接收的报告；可能已经办理过，请在列表里重新选择。")
        return redirect("reports:index")
    if request.method != "POST":
        return render(request, "reports/receive.html", offices.bulk_page(reports))
    done = services.receive_many(reports, by=request.user, today=timezone.localdate())
    if done.taken:
        messages.success(request, f"已接收 {len(done.taken)} 份，并通知各企业。")
    for report, reason in done.refused:
        messages.error(request, f"{report.organisation.name}：{reason}")
    return redirect(f"{reverse('reports:index')}?year={reports[0].year}")


def _keys(typed: list[str]) -> list[UUID]:
    found = []
    for one in typed[: offices.MOST_AT_ONCE]:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found


# ── an office's year ──────────────────────────────────────────────────────────────────────────
def _office(request, year: int, code: str) -> Office:
    """The office whose year is asked for, as far as the person may see it."""
    if not EARLIEST <= year <= timezone.localdate().year:
        raise Http404
    return get_object_or_404(offices_visible_to(request.user).select_related("parent"), pk=code)


def _own_office(request, year: int, code: str) -> Office:
    found = _office(request, year, code)
    if request.user.acting.office_id != found.pk:
        raise PermissionDenied
    return found


@require_safe
@login_required
def office(request, year, code):
    found = _office(request, year, code)
    page = offices.office_page(found, year, request.user, request.GET, today=timezone.localdate())
    return render(request, "reports/office.html", page)


@login_required
@require_POST
def open_year(request, year, code):
    """Tell every enterprise that owes a report that it may be written now."""
    found = _own_office(request, year, code)
    try:
        told = services.open_year(found, year, by=request.user, today=timezone.localdate())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("reports:office", year, code)
    messages.success(request, f"{year} 年度报告已开始收报，通知了 {told} 个企业账号。")
    return redirect("reports:office", year, code)


@login_required
@require_POST
def remind(request, year, code):
    found = _own_office(request, year, code)
    if found.level != Office.Level.COUNTY:
        raise PermissionDenied
    today = timezone.localdate()
    if not services.is_collecting(found, year, today=today):
        messages.error(request, f"{year} 年度没有组织收报，没有要提醒的。")
        return redirect("reports:office", year, code)
    reminded, unreachable = services.remind(
        services.owing_now(found, year, today=today), year, by=request.user, today=today
    )
    messages.success(request, f"已提醒 {reminded} 家；每家每年只提醒一次。")
    if unreachable:
        messages.warning(request, f"{unreachable} 家没有账号，平台提醒不到，请用其他方式联系。")
    return redirect("reports:office", year, code)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request, year, code):
    """The figures as they would be locked; a POST locks them."""
    found, today = _own_office(request, year, code), timezone.localdate()
    if RollUp.objects.filter(office=found, year=year, state=RollUp.State.SIGNED).exists():
        messages.info(request, "已经签报，数字锁定。")
        return redirect("reports:locked", year, code)
    posted = request.POST if request.method == "POST" else None
    page = offices.sign_page(found, year, today=today, posted=posted)
    if posted is None or not page["form"].is_valid():
        return render(request, "reports/sign.html", page, status=200 if posted is None else 422)
    form = page["form"]
    try:
        services.sign(
            found,
            year,
            statement=form.cleaned_data["statement"],
            absences=form.absences,
            by=request.user,
            today=today,
        )
    except Refused as refused:
        refuse(request, refused)
        return render(request, "reports/sign.html", page, status=409)
    messages.success(request, "已签报，数字锁定；以后收到的另列补充名单。")
    return redirect("reports:locked", year, code)


@require_safe
@login_required
def locked(request, year, code):
    """What was signed: figures, rows, roster, digest; print it for the file."""
    found = _office(request, year, code)
    signed = get_object_or_404(
        SignOff.objects.select_related("roll_up__office__parent", "by"),
        roll_up__office=found,
        roll_up__year=year,
    )
    return render(request, "reports/locked.html", offices.locked_page(signed, request.GET))
