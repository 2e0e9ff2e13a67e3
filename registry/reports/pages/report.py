"""One report: the form, the last look before it is handed in, the read view; and an enterprise's list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from cqo_portal.audit.models import Event
from cqo_portal.parties.models import Organisation
from cqo_portal.ui.sectioned import chapter_of
from cqo_portal.workflow.engine import open_to
from registry.incidents.models import Incident
from registry.reports import content, draft
from registry.reports.form import ConfirmForm
from registry.reports.models import AnnualReport, ReportVersion, RollUp
from registry.reports.pages.head import ReportHead
from registry.reports.permissions import receives
from registry.reports.queries import posts_of, years_served
from registry.reports.schedule import Schedule, schedule_for, schedules_for
from registry.reports.sections import TITLES
from registry.reports.workflow import AMEND, CORRECT, RECEIVE, REPORT, RETURN, SUBMIT

S = AnnualReport.State
DAYS_AHEAD = 92  # how long before its cut-off a report asks to be begun


# ── the enterprise's list ─────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Year:
    """One year as the enterprise sees it: the report there is, or the one that is owed."""

    year: int
    report: AnnualReport | None
    owed: bool  # an officer served, and nothing was handed in
    asked: bool  # by a text, or, where none does, by the county
    cut_off: date
    late: bool


def own_reports(organisation: Organisation, *, today: date) -> dict:
    """This year, last year, and every year reported; whoever served makes a report due."""
    known = {r.year: r for r in organisation.annual_reports.select_related("office").defer("draft")}
    years = sorted({today.year, today.year - 1, *known}, reverse=True)
    opened = set(RollUp.objects.filter(office=organisation.office_id).values_list("year", flat=True))
    schedules, served = (
        schedules_for(organisation.office, years, today=today),
        years_served(organisation, years),
    )
    rows = [
        _year_of(year, known.get(year), schedule=schedules[year], served=served, opened=opened, today=today)
        for year in years
    ]
    schedule = schedules[today.year]
    return {"organisation": organisation, "years": rows, "schedule": schedule, "today": today}


def owed_reports(organisation: Organisation, *, today: date) -> list[Year]:
    """For the enterprise's desk: what was begun or returned, and what is asked for, from a quarter before its cut-off."""
    years = own_reports(organisation, today=today)["years"]
    recent = [year for year in years if year.owed and year.year >= today.year - 1]
    return [y for y in recent if y.report or (y.asked and (y.cut_off - today).days <= DAYS_AHEAD)]


def _year_of(
    year: int,
    report: AnnualReport | None,
    *,
    schedule: Schedule,
    served: set[int],
    opened: set[int],
    today: date,
) -> Year:
    open_still = report is None or report.state in (S.DRAFT, S.RETURNED)
    owed = open_still and year in served
    asked = year in opened or not schedule.voluntary
    return Year(year, report, owed, asked, schedule.cut_off, late=owed and asked and today > schedule.cut_off)


# ── the form ──────────────────────────────────────────────────────────────────────────────────
def form_page(report: AnnualReport, user, *, typed: dict | None = None, checked: bool = False) -> dict:
    """The form. `checked`: the person asked to go on, so that every fault is shown."""
    today = timezone.localdate()
    form = draft.form_of(report, today=today, typed=typed)
    last = draft.last_year(report)
    form.recall(last["parts"] if last else [])  # before any field is bound: it copies its help
    said = form.said()
    parts = content.parts_of(form, said)
    faults = list(form.faults())
    chapters = [chapter_of(section, checked=checked) for section in form.sections]
    if not checked:
        form.forgive_what_is_empty()
    returned = list(report.returned_pins.select_related("by")) if report.state == S.RETURNED else []
    form.ask({item.section: item.reason for item in returned})
    return {
        "report": report,
        "form": form,
        "schedule": form.schedule,
        "posts": form.posts,
        "parts": parts,
        "checked": checked,
        "faults": faults,
        "chapters": chapters,
        "returned": [(TITLES[item.section], item) for item in returned],
        "last": last,
        "differences": [
            line for line in content.differences(parts, last["parts"] if last else None) if line.value
        ],
        "incidents_on_record": on_record(report, user),
        "to_take_over": draft.to_take_over(report, today=today),
        "version": report.draft_version,
        "saved_at": report.draft_saved_at,
        "late": today > form.schedule.cut_off,
    }


def stale_page(report: AnnualReport, user, typed: dict) -> dict:
    """Somebody saved meanwhile: the page keeps what was typed here, and says who saved and when."""
    return form_page(report, user, typed=typed) | {"stale": True}


def on_record(report: AnnualReport, user) -> list[str]:
    """What offices have on record against the enterprise itself for this year, as far as the reader may see it."""
    year = report.year
    of_the_year = Q(occurred_on__year=year) | Q(occurred_on=None, found_on__year=year)
    seen = Incident.objects.visible_to(user).counting().against(organisation=report.organisation)
    return [
        f"{one.occurred_on or one.found_on:%Y-%m-%d} {one.get_fault_display()}"
        f"{one.get_accident_level_display()}（{one.document_number}）"
        for one in seen.filter(of_the_year).order_by("found_on", "at")
    ]


def check_page(report: AnnualReport, user, posted) -> dict | None:
    """The last page before a report is handed in, or None where the form is not complete."""
    if draft.is_closed(report):
        return None
    page = form_page(report, user, checked=True)
    if page["faults"]:
        return None
    before = _latest(report)
    compared = before.content["parts"] if before else page["last"]["parts"] if page["last"] else None
    return page | {
        "confirm": ConfirmForm(posted),
        "read": content.read(page["parts"], before=compared),
        "compared_with": _compared(before, page["last"]),
    }


def _compared(before: ReportVersion | None, last: Mapping | None) -> str:
    if before:
        return f"第 {before.number} 版"
    return "上年报告" if last else ""


def _latest(report: AnnualReport) -> ReportVersion | None:
    return report.versions.get(number=report.round) if report.round else None


# ── reading and deciding ──────────────────────────────────────────────────────────────────────
def report_page(report: AnnualReport, user, params: Mapping) -> dict:
    """The report for whoever may see it; for the county whose turn it is, with its tools."""
    today = timezone.localdate()
    schedule = schedule_for(report.office, report.year, today=today)
    steps = open_to(user, report, steps=REPORT.values())
    shared = {
        "report": report,
        "schedule": schedule,
        "head": ReportHead(schedule=schedule, today=today, report=report, user=user, over=_over(report)),
        "steps": [step for step in steps if step not in (SUBMIT, RETURN, AMEND, CORRECT)],
        "reopening": next((s for s in steps if s is (AMEND if today <= schedule.cut_off else CORRECT)), None),
        "timeline": timeline(report),
    }
    return shared | (_read(report, user, params) if report.round else {})


def _over(report: AnnualReport) -> bool:
    return report.state == S.RECEIVED


def _read(report: AnnualReport, user, params: Mapping) -> dict:
    versions = list(report.versions.select_related("by", "reception__by").defer("content"))
    asked = params.get("version", "")
    shown = next((v for v in versions if str(v.number) == asked), versions[-1])
    shown = report.versions.select_related("by").get(pk=shown.pk)
    base, compared_with = _base(report, shown, params)
    deciding = report.state == S.AT_COUNTY and receives.test(user, report) and shown.number == report.round
    pins = list(report.pins.filter(round=report.round, sent_at=None)) if deciding else []
    section = params.get("pin", "")
    last = draft.last_year(report)
    return {
        "versions": versions,
        "shown": shown,
        "read": content.read(shown.content["parts"], before=base),
        "compared_with": compared_with,
        "has_last_year": last is not None,
        "differences": content.differences(shown.content["parts"], last["parts"] if last else None),
        "register_differs": content.register_differs(
            shown.content, list(posts_of(report.organisation, report.year))
        ),
        "incidents_on_record": on_record(report, user),
        "disagrees": shown.content["said"]["officers"].get("agreed") == "no",
        "deciding": deciding,
        "pins": [(n, TITLES[item.section], item) for n, item in enumerate(pins, start=1)],
        "pinned": {item.section for item in pins},
        "pin_section": section if deciding and section in TITLES else "",
        "pin_title": TITLES.get(section, ""),
        "pin_said": next((item.reason for item in pins if item.section == section), ""),
        "receive_step": RECEIVE if deciding else None,
        "return_step": RETURN if deciding else None,
    }


def _base(report: AnnualReport, shown: ReportVersion, params: Mapping) -> tuple[list | None, str]:
    """What the shown version is compared with: the version before it, or last year's report."""
    if shown.number > 1 and params.get("with") != "year":
        return report.versions.get(number=shown.number - 1).content["parts"], f"第 {shown.number - 1} 版"
    last = draft.last_year(report)
    return (last["parts"], "上年报告") if last else (None, "")


def timeline(report: AnnualReport) -> list[Event]:
    """Everything that was done with the report, newest first; looks at personal data are not acts."""
    done = Event.objects.about(report).exclude(action=Event.LOOK).exclude(after="")
    return list(done.order_by("-id"))
