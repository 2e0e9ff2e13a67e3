"""Yearly reports of providers: who owes one, the draft from the record, signing, receiving, the PDF."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.permissions import is_provider
from cqo_portal.audit.models import Event
from cqo_portal.parties.models import Office
from cqo_portal.printing.documents import pdf_of
from cqo_portal.workflow.engine import Refused, open_to
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once
from training import provider_reports as services
from training.forms.providers import HandInForm
from training.models import ProviderReport, ProviderReportVersion
from training.permissions import hands_in_reports, is_office
from training.workflow import HAND_IN, PROVIDER_REPORT_BUTTONS

YEARS_BACK = 5


@require_safe
@login_required
def reports(request):
    """A provider: its own years. An office: who owes one of a year, and how it stands."""
    user, today = request.user, timezone.localdate()
    if is_provider.test(user):
        institution = user.acting.institution
        rows = [
            row for year in _years(today) for row in services.owed_by(institution, year=year, today=today)
        ]
        return render(request, "training/provider_reports.html", {"rows": rows, "today": today, "mine": True})
    if not is_office.test(user):
        raise PermissionDenied
    year = _year(request.GET.get("year", ""), default=today.year - 1)
    below = Office.objects.below(user.acting.office)
    rows = services.owed_to(below, year=year, today=today)
    words = {"rows": rows, "today": today, "year": year, "years": _years(today), "mine": False}
    words |= {"due": sum(row.is_due for row in rows), "office": user.acting.office}
    return render(request, "training/provider_reports.html", words)


def _years(today) -> list[int]:
    return list(range(today.year, today.year - YEARS_BACK, -1))


def _year(text: str, *, default: int) -> int:
    return int(text) if len(text) == 4 and text.isascii() and text.isdigit() and text >= "2000" else default


@login_required
@require_POST
def start(request):
    """The draft of a year for an authority, or the one there is."""
    user = request.user
    if not is_provider.test(user):
        raise PermissionDenied
    year = _year(request.POST.get("year", ""), default=0)
    held = user.acting.institution.commissions.in_year(year).select_related("office") if year else []
    office = next((each.office for each in held if each.office_id == request.POST.get("office")), None)
    if office is None:
        messages.error(request, "这一年贵机构没有这个机关的委托，不用报送。")
        return redirect("training:provider-reports")
    return redirect(services.open_report(user.acting.institution, office, year, by=user))


def _seen(request, pk) -> ProviderReport:
    seen = ProviderReport.objects.visible_to(request.user).select_related("institution", "office")
    return get_object_or_404(seen, pk=pk)


@require_safe
@login_required
def report(request, pk):
    return render(request, "training/provider_report.html", _page(request, _seen(request, pk)))


def _page(request, found: ProviderReport, *, form: HandInForm | None = None) -> dict:
    user = request.user
    versions = list(found.versions.select_related("by"))
    writes = hands_in_reports.test(user, found) and found.state in HAND_IN.source
    shown = _asked(request, versions)
    now = services.counted(found.institution, found.year) if writes else None
    if now and form is None:
        form = HandInForm(initial={"remarks": found.remarks, "shown": now.digest}, name=user.full_name)
    return {
        "report": found,
        "versions": versions,
        "shown": shown,
        "counted": now,
        "figures": now.figures if now else shown and shown.figures,
        "form": form if writes else None,
        "too_early": HAND_IN.reasons_against(found, timezone.localdate()) if writes else [],
        "steps": open_to(user, found, steps=PROVIDER_REPORT_BUTTONS.values()),
        "returned": _last(found, "return") if found.state == ProviderReport.State.RETURNED else None,
        "received": _last(found, "receive") if found.state == ProviderReport.State.RECEIVED else None,
    }


def _asked(request, versions: list[ProviderReportVersion]) -> ProviderReportVersion | None:
    wanted = request.GET.get("version", "")
    return next((each for each in versions if str(each.number) == wanted), versions[0] if versions else None)


def _last(found: ProviderReport, action: str) -> Event | None:
    return Event.objects.about(found).filter(action=action).order_by("-id").first()


@login_required
@require_http_methods(["POST"])
@once
def hand_in(request, pk):
    found = _seen(request, pk)
    if not hands_in_reports.test(request.user, found):
        raise PermissionDenied
    form = HandInForm(request.POST, name=request.user.full_name)
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.hand_in(found, **said, by=request.user, today=timezone.localdate())
        except services.FiguresChanged as changed:
            form.add_error(None, str(changed))
            page = _page(request, found, form=form)
            form.now_shows(page["counted"].digest)
            return render(request, "training/provider_report.html", page, status=409)
        except Refused as refused:
            refuse(request, refused, said["remarks"])
        else:
            messages.success(request, HAND_IN.done)
        return redirect(found)
    return render(request, "training/provider_report.html", _page(request, found, form=form), status=422)


@require_safe
@login_required
def pdf(request, pk, number):
    found = _seen(request, pk)
    version = found.versions.filter(number=number).select_related("by").first()
    if version is None:
        raise Http404
    words = {
        "title": f"{found.year} 年度首席质量官培训工作报告",
        "organisation": found.institution.name,
        "number": f"第 {version.number} 版",
        "made_at": version.at,
        "report": found,
        "version": version,
        "figures": version.figures,
    }
    answer = HttpResponse(pdf_of("provider_report.html", words), content_type="application/pdf")
    name = f"{found.institution.name}{found.year}年度培训工作报告.pdf"
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
