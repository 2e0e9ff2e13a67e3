"""An office's year: completeness, the queue, the lists; the sign-off, what it locked, and what came after."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet

from cqo_portal.accounts.models import Role
from cqo_portal.parties.models import Office
from cqo_portal.ui.paging import keyset
from registry.models import Officer
from registry.reports import content, figures, rollup, roster
from registry.reports.form import SignForm
from registry.reports.models import AnnualReport, Reminder, ReportPin, ReportVersion, RollUp, SignOff
from registry.reports.pages.head import RollUpHead
from registry.reports.queries import counties_of, expected, posts_in
from registry.reports.rollup import Completeness
from registry.reports.schedule import EARLIEST, Schedule, schedule_for
from registry.reports.services import owing_now

PER_PAGE = 50
MOST_AT_ONCE = 200
LISTS = {"missing": "未报", "late": "逾期", "received": "按时接收", "supplement": "截止后补充"}


def years_offered(today: date) -> list[int]:
    return [today.year - n for n in range(3)]


def year_asked(params: Mapping, *, today: date) -> int:
    """`?year=`; anything that is no year of ours counts as not said. In January last year is at stake."""
    typed = params.get("year", "")
    usual = today.year if today.month > 3 else today.year - 1
    if not (typed.isascii() and typed.isdigit() and len(typed) == 4):
        return usual
    return int(typed) if EARLIEST <= int(typed) <= today.year else usual


def office_page(office: Office, year: int, user, params: Mapping, *, today: date) -> dict:
    """The board of one office for one year."""
    schedule = schedule_for(office, year, today=today)
    rows = RollUp.objects.filter(office=office, year=year).select_related("sign_off__by")
    roll_up = rows.defer("sign_off__rows", "sign_off__roster").first()
    signed = roll_up.sign_off if roll_up and roll_up.state == RollUp.State.SIGNED else None
    below = rollup.completeness(office, year=year, cut_off=schedule.cut_off)
    live = sum(below.values(), Completeness())
    total = locked_completeness(signed) if signed else live
    shown = {
        "office": office,
        "year": year,
        "years": years_offered(today),
        "schedule": schedule,
        "roll_up": roll_up,
        "signed": signed,
        "total": total,
        "head": RollUpHead(
            schedule=schedule,
            today=today,
            over=signed is not None,
            office=office,
            roll_up=roll_up,
            waiting=live.waiting,
            user=user,
        ),
        "may_sign": _own(office, user) and signed is None and today > schedule.cut_off,
        "may_open": _own(office, user) and signed is None and roll_up is None,
        "own": _own(office, user),
        "today": today,
    }
    if office.level == Office.Level.COUNTY:
        shown |= _county(office, year, user, schedule, today=today)
    else:
        rows = children(office, year, below)
        shown |= {"children": rows, "sum": sum((row["stands"] for row in rows), Completeness())}
    return shown | _list(office, year, params, schedule, signed)


def _own(office: Office, user) -> bool:
    return user.acting.office_id == office.pk


def _county(office: Office, year: int, user, schedule: Schedule, *, today: date) -> dict:
    mine = _own(office, user) and user.acting.role == Role.COUNTY
    waiting = AnnualReport.objects.visible_to(user).filter(
        office=office, year=year, state=AnnualReport.State.AT_COUNTY
    )
    return {
        "queue": list(waiting.for_list().order_by("moved_at", "id")[:MOST_AT_ONCE]),
        "receiving": mine,
        "to_remind": owing_now(office, year, today=today).count() if mine else 0,
    }


def children(office: Office, year: int, below: Mapping[str, Completeness]) -> list[dict]:
    """Each office below: how far it is, whether and when it signed, and with which figures."""
    signed = SignOff.objects.filter(roll_up__year=year, roll_up__office__parent=office)
    by_office = {
        one.roll_up.office_id: one for one in signed.select_related("roll_up", "by").defer("rows", "roster")
    }
    offices = rollup.children_of(office).order_by("code")
    return [_child(one, by_office.get(one.pk), below.get(one.pk, Completeness())) for one in offices]


def _child(office: Office, signed: SignOff | None, live: Completeness) -> dict:
    return {"office": office, "stands": locked_completeness(signed) if signed else live, "signed": signed}


def locked_completeness(signed: SignOff) -> Completeness:
    return Completeness(*(signed.figures[name] for name in ("expected", "received", "late", "missing")))


# ── lists ─────────────────────────────────────────────────────────────────────────────────────
def _list(office: Office, year: int, params: Mapping, schedule: Schedule, signed: SignOff | None) -> dict:
    which = params.get("list") if params.get("list") in LISTS else "missing"
    page = keyset(
        _rows(which, office, year, schedule, signed),
        params,
        order=("-at", "-id") if which == "supplement" else ("pinyin", "id"),
        per_page=PER_PAGE,
    )
    if which == "missing":
        pks = [one.pk for one in page]
        done = Reminder.objects.filter(year=year, organisation__in=pks)
        reminded = dict(done.values_list("organisation", "at"))
        for one in page:
            one.reminded_at = reminded.get(one.pk)
    elif which != "supplement":
        _with_their_reports(page.rows, year)
    return {"list": which, "lists": LISTS, "page": page}


def _rows(which: str, office: Office, year: int, schedule: Schedule, signed: SignOff | None) -> QuerySet:
    if which == "supplement":
        at = signed.at if signed else None
        return rollup.supplement(office, year=year, cut_off=schedule.cut_off, signed_at=at)
    owing = expected(year, cut_off=schedule.cut_off).filter(counties_of(office), standing=which)
    return owing.select_related("office")


def _with_their_reports(organisations: list, year: int) -> None:
    found = AnnualReport.objects.filter(year=year, organisation__in=[one.pk for one in organisations])
    reports = {report.organisation_id: report for report in found.defer("draft")}
    for one in organisations:
        one.report = reports.get(one.pk)


# ── bulk reception ────────────────────────────────────────────────────────────────────────────
def bulk_page(reports: list[AnnualReport]) -> dict:
    """What would be received, and which of them somebody should look at first."""
    beside = _beside(reports)
    rows = [(report, list(_remarks(report, beside))) for report in reports]
    return {
        "rows": rows,
        "plain": [report for report, remarks in rows if not remarks],
        "exceptions": [report for report, remarks in rows if remarks],
    }


@dataclass(frozen=True)
class Beside:
    """What the remarks on reports are made from, fetched for all of them at once."""

    versions: dict[UUID, ReportVersion]  # as handed in last, by report
    posts: dict[tuple[UUID, int], list[Officer]]  # who served, by enterprise and year
    pinned: set[UUID]


def _beside(reports: list[AnnualReport]) -> Beside:
    """A fixed number of queries for the reports of a year."""
    versions = ReportVersion.objects.filter(report__in=reports, number=F("report__round"))
    pins = ReportPin.objects.filter(report__in=reports, round=F("report__round"), sent_at=None)
    posts = defaultdict(list)
    for year in {report.year for report in reports}:
        officers = Officer.objects.filter(organisation__in=[report.organisation_id for report in reports])
        for post in posts_in(officers, year):
            posts[post.organisation_id, year].append(post)
    return Beside(
        versions={version.report_id: version for version in versions},
        posts=posts,
        pinned=set(pins.values_list("report", flat=True)),
    )


def _remarks(report: AnnualReport, beside: Beside):
    version = beside.versions[report.pk]
    if version.content["said"]["officers"].get("agreed") == "no":
        yield "企业说与名录不一致"
    if content.register_differs(version.content, beside.posts[report.organisation_id, report.year]):
        yield "报送后名录有变动"
    if version.summary["incidents"]:
        yield f"申报事故 {version.summary['incidents']} 起"
    if version.summary["hours_unmet"]:
        yield "学时不足"
    if report.pk in beside.pinned:
        yield "有没发出的补正项"


# ── the sign-off ──────────────────────────────────────────────────────────────────────────────
def sign_page(office: Office, year: int, *, today: date, posted=None) -> dict:
    """The figures as they would be locked, and the statement."""
    schedule = schedule_for(office, year, today=today)
    unsigned = (
        [] if office.level == Office.Level.COUNTY else list(rollup.unsigned_children(office, year=year))
    )
    rows = rollup.rows_of(office, year=year, cut_off=schedule.cut_off, absences={})
    found = figures.figures_of(rows)
    return {
        "office": office,
        "year": year,
        "schedule": schedule,
        "form": SignForm(posted, unsigned=unsigned),
        "unsigned": unsigned,
        "signed_below": [row for row in rows if row.get("standing") == "signed"],
        "figures": [(label, found[name]) for name, label in figures.LABELS.items()],
        "early": today <= schedule.cut_off,
        "waiting": _waiting(office, year, schedule),
    }


def _waiting(office: Office, year: int, schedule: Schedule) -> int:
    if office.level != Office.Level.COUNTY:
        return 0
    return rollup.undecided_in_time(office, year=year, cut_off=schedule.cut_off).count()


def locked_page(signed: SignOff) -> dict:
    """Everything a sign-off says: figures, rows, digest, and whether they still belong together."""
    return {
        "signed": signed,
        "office": signed.roll_up.office,
        "year": signed.roll_up.year,
        "schedule": schedule_for(signed.roll_up.office, signed.roll_up.year, today=signed.cut_off),
        "holds": rollup.still_holds(signed),
        "figures": [(label, signed.figures[name]) for name, label in figures.LABELS.items()],
        "labels": list(figures.LABELS.items()),
        "of_offices": signed.roll_up.office.level != Office.Level.COUNTY,
        "rows": [_row_for_page(row) for row in signed.rows],
        "absent": [row for row in signed.rows if "office" in row and row["standing"] == "missing"],
        "words": LISTS,
        "roster": roster_rows(signed),
        "columns": list(roster.COLUMNS.values()),
        "late": _late(signed),
    }


def _row_for_page(row: dict) -> dict:
    if row.get("figures"):
        return row | {"cells": [row["figures"][name] for name in figures.FIGURES]}
    return row


def roster_rows(signed: SignOff) -> list[list[str]]:
    """The county's own roster; of a city or a province those of all counties below that signed."""
    office = signed.roll_up.office
    if office.level == Office.Level.COUNTY:
        people = signed.roster
    else:
        below = SignOff.objects.filter(
            roll_up__year=signed.roll_up.year, roll_up__office__in=Office.objects.below(office)
        )
        counties = below.filter(roll_up__office__level="county").order_by("roll_up__office").defer("rows")
        people = [row for one in counties for row in one.roster]
    # A roster signed before a column was added stays as it was said.
    return [[row.get(column, "") for column in roster.COLUMNS] for row in people]


def _late(signed: SignOff) -> list[ReportVersion]:
    office, year = signed.roll_up.office, signed.roll_up.year
    found = rollup.supplement(office, year=year, cut_off=signed.cut_off, signed_at=signed.at)
    return list(found.order_by("at", "id")[:MOST_AT_ONCE])
