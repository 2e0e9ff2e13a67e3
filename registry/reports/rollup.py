"""Roll-ups: the rows of an office's year as they stand, the seal over them, and what came in afterwards."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from cqo_portal.digests import sha256
from cqo_portal.parties.models import Office, Organisation
from registry.models import Officer
from registry.reports import figures, roster
from registry.reports.models import AnnualReport, ReportVersion, RollUp, SignOff
from registry.reports.queries import STANDINGS, counties_of, expected, served_in
from registry.reports.schedule import Schedule, schedule_for


# ── completeness, before anybody signs ────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Completeness:
    """How far the reports of one office have come in."""

    expected: int = 0
    received: int = 0
    late: int = 0
    missing: int = 0
    waiting: int = 0  # of the missing ones: handed in, not yet received

    @property
    def taken(self) -> int:
        return self.received + self.late

    def __add__(self, other: "Completeness") -> "Completeness":
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Completeness(*(a + b for a, b in pairs))


COUNTED = tuple(field.name for field in fields(Completeness))


def completeness(office: Office, *, year: int, cut_off: date) -> dict[str, Completeness]:
    """By the code of each office directly below; of a county by its own. One query."""
    below = {Office.Level.COUNTY: "office", Office.Level.CITY: "office"}.get(office.level, "office__parent")
    rows = expected(year, cut_off=cut_off).filter(counties_of(office)).values(below)
    counted = rows.annotate(**{name: Count("pk", filter=STANDINGS[name]) for name in COUNTED})
    return {
        row[below]: Completeness(**{name: row[name] for name in COUNTED}) for row in counted.order_by(below)
    }


# ── rows ──────────────────────────────────────────────────────────────────────────────────────
def received_versions(county: Office, *, year: int, cut_off: date) -> QuerySet[ReportVersion]:
    """Of each enterprise the last version that was handed in by the cut-off and received."""
    found = ReportVersion.objects.filter(
        report__organisation__office=county, report__year=year, on__lte=cut_off
    ).exclude(reception=None)
    return found.select_related("report").order_by("report", "-number").distinct("report")


def enterprise_rows(county: Office, *, year: int, cut_off: date, versions=None) -> list[dict]:
    """The rows of a county; see `figures`. Sorted by credit code, so that the same facts spell the same bytes."""
    owing = expected(year, cut_off=cut_off).filter(office=county).order_by("credit_code")
    posts = Officer.objects.filter(served_in(year), organisation__office=county)
    served = Counter(posts.values_list("organisation", flat=True))
    if versions is None:
        versions = received_versions(county, year=year, cut_off=cut_off).defer("content")
    taken = {version.report.organisation_id: version for version in versions}
    return [_enterprise_row(one, served[one.pk], taken.get(one.pk)) for one in owing]


def _enterprise_row(organisation, officers: int, version: ReportVersion | None) -> dict:
    return {
        "organisation": str(organisation.pk),
        "credit_code": organisation.credit_code,
        "name": organisation.name,
        "standing": organisation.standing,
        "officers": officers,
        "report": str(version.report_id) if version else None,
        "version": version.number if version else None,
        "digest": version.digest if version else None,
        "summary": version.summary if version else None,
    }


def children_of(office: Office) -> QuerySet[Office]:
    """The offices directly below; one switched off still counts while enterprises are left to it."""
    here = Q(office=OuterRef("pk")) | Q(office__parent=OuterRef("pk"))
    return office.children.filter(Q(active=True) | Exists(Organisation.objects.filter(here)))


def unsigned_children(office: Office, *, year: int) -> QuerySet[Office]:
    signed = RollUp.objects.filter(year=year, state=RollUp.State.SIGNED).values("office")
    return children_of(office).exclude(pk__in=signed)


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """What still stands between an office and its sign-off."""

    closed: bool  # the cut-off day is over
    collecting: bool  # a text asks for the reports, or the office does
    expected: int
    undecided: int = 0  # of a county: handed in on time, neither received nor returned
    signed: int = 0  # offices below that signed
    unsigned: tuple[
        Office, ...
    ] = ()  # offices below that did not, although enterprises of theirs owe a report
    idle: tuple[Office, ...] = ()  # offices below where nobody owes one: nothing to sign

    @property
    def possible(self) -> bool:
        """Whether the office may sign at all, be it without some of those below."""
        something = self.signed or not (self.unsigned or self.idle)
        return bool(self.closed and self.collecting and self.expected and not self.undecided and something)

    @property
    def complete(self) -> bool:
        return self.possible and not self.unsigned


@dataclass(frozen=True, kw_only=True)
class Child:
    """An office directly below: how far its reports have come in, and what it signed."""

    office: Office
    stands: Completeness
    signed: SignOff | None


def children(office: Office, *, year: int, below: Mapping[str, Completeness]) -> list[Child]:
    signed = SignOff.objects.filter(roll_up__year=year, roll_up__office__parent=office)
    by_office = {
        one.roll_up.office_id: one for one in signed.select_related("roll_up").defer("rows", "roster")
    }
    return [
        Child(office=one, stands=below.get(one.pk, Completeness()), signed=by_office.get(one.pk))
        for one in children_of(office).order_by("code")
    ]


def readiness(
    office: Office,
    *,
    schedule: Schedule,
    live: Completeness,
    children: list[Child],
    opened: bool,
    today: date,
) -> Readiness:
    undecided = undecided_in_time(office, year=schedule.year, cut_off=schedule.cut_off)
    unsigned = [child for child in children if child.signed is None]
    return Readiness(
        closed=today > schedule.cut_off,
        collecting=opened or not schedule.voluntary,
        expected=live.expected,
        undecided=undecided.count() if office.level == Office.Level.COUNTY else 0,
        signed=len(children) - len(unsigned),
        unsigned=tuple(child.office for child in unsigned if child.stands.expected),
        idle=tuple(child.office for child in unsigned if not child.stands.expected),
    )


def office_rows(office: Office, *, year: int, absences: dict[str, str]) -> list[dict]:
    """The rows of a city or a province: what each office below signed, or why it did not."""
    signed = SignOff.objects.filter(roll_up__year=year, roll_up__office__parent=office).defer(
        "rows", "roster"
    )
    by_office = {one.roll_up.office_id: one for one in signed.select_related("roll_up")}
    return [_office_row(child, by_office.get(child.pk), absences) for child in children_of(office)]


def _office_row(child: Office, signed: SignOff | None, absences: dict[str, str]) -> dict:
    return {
        "office": child.pk,
        "name": child.name,
        "standing": "signed" if signed else "missing",
        "reason": "" if signed else absences.get(child.pk, ""),
        "digest": signed.digest if signed else None,
        "figures": signed.figures if signed else None,
    }


def rows_of(roll_up_office: Office, *, year: int, cut_off: date, absences: dict[str, str]) -> list[dict]:
    if roll_up_office.level == Office.Level.COUNTY:
        return enterprise_rows(roll_up_office, year=year, cut_off=cut_off)
    return office_rows(roll_up_office, year=year, absences=absences)


# ── the seal ──────────────────────────────────────────────────────────────────────────────────
def seal(roll_up: RollUp, *, today: date, by) -> SignOff:
    """Lock the figures of an office's year. Runs in the transaction of the step."""
    schedule = schedule_for(roll_up.office, roll_up.year, today=today)
    rows, people = _rows_and_roster(roll_up, cut_off=schedule.cut_off)
    sealed = SignOff(
        roll_up=roll_up,
        cut_off=schedule.cut_off,
        rule_edition=schedule.pack.edition if schedule.pack else "",
        rows=rows,
        figures=figures.figures_of(rows),
        roster=people,
        roster_digest=sha256(people) if people else "",
        statement=roll_up.statement,
        by=by,
    )
    sealed.digest = sha256(body_of(sealed))
    sealed.save()
    return sealed


def _rows_and_roster(roll_up: RollUp, *, cut_off: date) -> tuple[list[dict], list[dict]]:
    office, year = roll_up.office, roll_up.year
    if office.level != Office.Level.COUNTY:
        return office_rows(office, year=year, absences=roll_up.absences), []
    versions = list(received_versions(office, year=year, cut_off=cut_off))
    hours: dict[str, str] = {}
    for version in versions:
        hours |= roster.hours_said(version.content["said"]["hours"])
    rows = enterprise_rows(office, year=year, cut_off=cut_off, versions=versions)
    return rows, roster.roster_of(office, on=cut_off, hours=hours)


def body_of(sealed: SignOff) -> dict:
    """What the digest of a sign-off is taken over, made anew from its rows."""
    return figures.body(
        sealed.rows,
        office=sealed.roll_up.office_id,
        year=sealed.roll_up.year,
        cut_off=sealed.cut_off.isoformat(),
        edition=sealed.rule_edition,
        roster=sealed.roster_digest,
    )


def still_holds(sealed: SignOff) -> bool:
    """Whether the rows still give the figures and the bytes that were signed."""
    same = figures.figures_of(sealed.rows) == sealed.figures
    roster_same = not sealed.roster_digest or sha256(sealed.roster) == sealed.roster_digest
    return same and roster_same and sha256(body_of(sealed)) == sealed.digest


# ── what came afterwards ──────────────────────────────────────────────────────────────────────
def supplement(office: Office, *, year: int, cut_off: date, signed_at=None) -> QuerySet[ReportVersion]:
    """Versions received that no locked figure counts: handed in after the cut-off, or received after the sign-off."""
    places = Q(report__organisation__in=_organisations(office))
    after = Q(on__gt=cut_off) | (Q(reception__at__gt=signed_at) if signed_at else Q(pk__in=[]))
    found = ReportVersion.objects.filter(places, after, report__year=year).exclude(reception=None)
    return found.select_related("report__organisation__office", "reception").defer("content")


def _organisations(office: Office) -> QuerySet:
    return Organisation.objects.filter(counties_of(office)).values("pk")


def undecided_in_time(county: Office, *, year: int, cut_off: date) -> QuerySet[AnnualReport]:
    """Reports that lie before the county although they were handed in by the cut-off."""
    waiting = AnnualReport.objects.filter(
        organisation__office=county, year=year, state=AnnualReport.State.AT_COUNTY
    )
    on_time = ReportVersion.objects.filter(on__lte=cut_off, number=F("report__round"))
    return waiting.filter(pk__in=on_time.values("report"))
