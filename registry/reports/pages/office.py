"""An office's year: completeness, the queue, the lists; the sign-off, what it locked, and what came after."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet
from django.urls import reverse

from cqo_portal.accounts.models import Role
from cqo_portal.parties.models import Office
from cqo_portal.ui.paging import keyset
from cqo_portal.ui.templatetags.ui import percent
from registry.models import Officer
from registry.reports import content, figures, rollup, roster
from registry.reports.form import SignForm
from registry.reports.models import AnnualReport, Reminder, ReportPin, ReportVersion, RollUp, SignOff
from registry.reports.pages.head import RollUpHead
from registry.reports.queries import STANDINGS, counties_of, expected, posts_in
from registry.reports.rollup import Completeness
from registry.reports.schedule import EARLIEST, Schedule, schedule_for
from registry.reports.services import owing_now

PER_PAGE = 50
MOST_AT_ONCE = 200
BOARD = ("expected", "received", "late", "missing")
LISTS = ("missing", "waiting", "late", "received", "taken", "expected", "supplement")
LISTS_WHERE_NOBODY_ASKED = ("expected", "taken", "waiting", "supplement")
WORDS = figures.LABELS | {"taken": "已接收", "waiting": "待接收", "supplement": "截止后补充"}
WORDS_WHERE_NOBODY_MUST = {"expected": "有任职的企业", "late": "截止后报", "missing": "没有报"}


def years_offered(today: date) -> list[int]:
    return [today.year - n for n in range(3)]


def year_asked(params: Mapping, *, today: date) -> int:
    """`?year=`; anything that is no year of ours counts as not said. In January last year is at stake."""
    typed = params.get("year", "")
    usual = today.year if today.month > 3 else today.year - 1
    if not (typed.isascii() and typed.isdigit() and len(typed) == 4):
        return usual
    return int(typed) if EARLIEST <= int(typed) <= today.year else usual


def words_of(schedule: Schedule) -> dict[str, str]:
    """What the numbers are called: where no text asks for a report, nobody owes one and nobody is late."""
    return WORDS | WORDS_WHERE_NOBODY_MUST if schedule.voluntary else WORDS


def office_page(office: Office, year: int, user, params: Mapping, *, today: date) -> dict:
    """The board of one office for one year. Everything on it is as it stands now, except what was locked."""
    schedule = schedule_for(office, year, today=today)
    rows = RollUp.objects.filter(office=office, year=year).select_related("sign_off__by")
    roll_up = rows.defer("sign_off__rows", "sign_off__roster").first()
    signed = roll_up.sign_off if roll_up and roll_up.state == RollUp.State.SIGNED else None
    opened = roll_up is not None
    live, below, ready = _standing(office, schedule, opened=opened, today=today)
    own, words = _own(office, user), words_of(schedule)
    shown = {
        "office": office,
        "year": year,
        "years": years_offered(today),
        "schedule": schedule,
        "signed": signed,
        "total": live,
        "ready": ready,
        "head": RollUpHead(
            schedule=schedule,
            today=today,
            over=signed is not None,
            office=office,
            waiting=live.waiting,
            ready=ready,
        ),
        "tiles": _locked_tiles(signed, words) if signed else _tiles(live, ready, year, words),
        "may_sign": own and signed is None and ready.possible,
        "may_open": own and not opened and not ready.closed,
        "own": own,
        "words": words,
        "counts": vars(live) | {"taken": live.taken},
        "today": today,
    }
    if office.level == Office.Level.COUNTY:
        shown |= _county(office, year, user, ready, today=today)
        shown["amended"] = shown["queued"] - live.waiting
    else:
        shown |= {"children": [child for child in below if child.stands.expected or child.signed]}
    offered = LISTS if ready.collecting else LISTS_WHERE_NOBODY_ASKED
    return shown | _list(office, schedule, params, signed, offered=offered)


def _standing(office: Office, schedule: Schedule, *, opened: bool, today: date):
    """How far the reports have come in, the offices below, and whether the office may sign."""
    below = rollup.completeness(office, year=schedule.year, cut_off=schedule.cut_off)
    live = sum(below.values(), Completeness())
    county = office.level == Office.Level.COUNTY
    children = [] if county else rollup.children(office, year=schedule.year, below=below)
    ready = rollup.readiness(
        office, schedule=schedule, live=live, children=children, opened=opened, today=today
    )
    return live, children, ready


def _own(office: Office, user) -> bool:
    return user.acting.office_id == office.pk


@dataclass(frozen=True)
class Tile:
    """A number of the board, and where exactly its records are."""

    label: str
    number: int
    note: str
    href: str


def _tiles(live: Completeness, ready: rollup.Readiness, year: int, words: Mapping[str, str]) -> list[Tile]:
    notes = {
        "expected": "本年有首席质量官任职，按名录",
        "received": f"截止前报送，{percent(live.received, live.expected)}%",
        "late": "截止后才报送",
        "missing": f"其中 {live.waiting} 份待接收" if live.waiting else "没有待接收的",
        "taken": "企业自愿报送",
        "waiting": "报来了，还没有接收",
    }
    shown = BOARD if ready.collecting else ("expected", "taken", "waiting")
    return [
        Tile(words[name], getattr(live, name), notes[name], f"?year={year}&list={name}#lists")
        for name in shown
    ]


def _locked_tiles(signed: SignOff, words: Mapping[str, str]) -> list[Tile]:
    locked = reverse("reports:locked", args=[signed.roll_up.year, signed.roll_up.office_id])
    return [
        Tile(words[name], signed.figures[name], "签报时锁定", f"{locked}?standing={name}#rows")
        for name in BOARD
    ]


def _county(office: Office, year: int, user, ready: rollup.Readiness, *, today: date) -> dict:
    mine = _own(office, user) and user.acting.role == Role.COUNTY
    waiting = AnnualReport.objects.visible_to(user).filter(
        office=office, year=year, state=AnnualReport.State.AT_COUNTY
    )
    queue = list(waiting.for_list().order_by("moved_at", "id")[:MOST_AT_ONCE])
    return {
        "queue": queue,
        "queued": len(queue) if len(queue) < MOST_AT_ONCE else waiting.count(),
        "receiving": mine,
        "to_remind": owing_now(office, year, today=today).count() if mine and ready.collecting else 0,
    }


# ── lists ─────────────────────────────────────────────────────────────────────────────────────
def _list(
    office: Office, schedule: Schedule, params: Mapping, signed: SignOff | None, *, offered: tuple[str, ...]
) -> dict:
    year, words = schedule.year, words_of(schedule)
    which = params.get("list") if params.get("list") in offered else offered[0]
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
    return {"list": which, "lists": {name: words[name] for name in offered}, "page": page}


def _rows(which: str, office: Office, year: int, schedule: Schedule, signed: SignOff | None) -> QuerySet:
    if which == "supplement":
        at = signed.at if signed else None
        return rollup.supplement(office, year=year, cut_off=schedule.cut_off, signed_at=at)
    owing = expected(year, cut_off=schedule.cut_off).filter(counties_of(office), STANDINGS[which])
    return owing.select_related("office")


def _with_their_reports(organisations: list, year: int) -> None:
    """What was handed in; a draft is the enterprise's alone."""
    shown = [one.pk for one in organisations]
    found = AnnualReport.objects.filter(year=year, round__gt=0, organisation__in=shown)
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
    """The figures as they would be locked, what stands in the way, and the statement."""
    schedule = schedule_for(office, year, today=today)
    opened = RollUp.objects.filter(office=office, year=year).exists()
    _, _, ready = _standing(office, schedule, opened=opened, today=today)
    rows = rollup.rows_of(office, year=year, cut_off=schedule.cut_off, absences={})
    found, words = figures.figures_of(rows), words_of(schedule)
    return {
        "office": office,
        "year": year,
        "schedule": schedule,
        "ready": ready,
        "form": SignForm(posted, unsigned=ready.unsigned, idle=ready.idle),
        "figures": [(words[name], found[name]) for name in figures.FIGURES],
    }


def locked_page(signed: SignOff, params: Mapping) -> dict:
    """Everything a sign-off says: figures, rows, digest, and whether they still belong together."""
    schedule = schedule_for(signed.roll_up.office, signed.roll_up.year, today=signed.cut_off)
    words, asked = words_of(schedule), params.get("standing", "")
    which = asked if asked in BOARD else "expected"
    return {
        "signed": signed,
        "office": signed.roll_up.office,
        "year": signed.roll_up.year,
        "schedule": schedule,
        "holds": rollup.still_holds(signed),
        "figures": [(words[name], signed.figures[name]) for name in figures.FIGURES],
        "labels": [(name, words[name]) for name in figures.FIGURES],
        "of_offices": signed.roll_up.office.level != Office.Level.COUNTY,
        "rows": [_row_for_page(row) for row in signed.rows if _is_asked(row, which)],
        "which": which,
        "only": "" if which == "expected" else words[which],
        "standings": [(name, words[name], signed.figures[name]) for name in BOARD],
        "absent": _absent(signed.rows),
        "words": words,
        "roster": roster_rows(signed),
        "columns": list(roster.COLUMNS.values()),
        "late": _late(signed),
    }


def _absent(rows: list[dict]) -> list[tuple[str, list[str]]]:
    """Each reason for not signing, and the offices it was given for."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if "office" in row and row["standing"] == "missing":
            found.setdefault(row["reason"], []).append(row["name"])
    return list(found.items())


def _is_asked(row: dict, which: str) -> bool:
    """Offices are always all there: their numbers lead on to the enterprises."""
    return "office" in row or which == "expected" or row["standing"] == which


def _row_for_page(row: dict) -> dict:
    if row.get("figures"):
        return row | {"cells": [(name, row["figures"][name], name in BOARD) for name in figures.FIGURES]}
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
