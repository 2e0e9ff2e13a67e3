"""Writes that are not steps of one report: opening, pinning, bulk reception, reminding, opening a year, signing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q

from cqo_portal.audit.record import record
from cqo_portal.notifications.outbox import queue
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Refused, perform
from registry.reports import draft
from registry.reports.messages import the_enterprise
from registry.reports.models import AnnualReport, Reminder, ReportPin, RollUp
from registry.reports.permissions import receives, signs
from registry.reports.queries import expected, posts_of
from registry.reports.schedule import schedule_for
from registry.reports.workflow import RECEIVE, SIGN


def open_report(organisation: Organisation, year: int, *, by, today: date) -> AnnualReport:
    """A draft with what is known already, or the report there is. Raises `Refused` where nobody served."""
    known = organisation.annual_reports.filter(year=year).first()
    if known:
        return known
    if not posts_of(organisation, year).exists():
        raise Refused(f"名录里没有 {year} 年度任职的首席质量官，这一年不用报；确有任职的，请先办理任职备案。")
    report = AnnualReport(organisation=organisation, office=organisation.office, year=year, created_by=by)
    report.draft = draft.first_draft(report, today=today)
    try:
        with transaction.atomic():
            report.save(force_insert=True)
            record("open", report, by=by, after=report.state)
    except IntegrityError:  # a second click was faster
        return organisation.annual_reports.get(year=year)
    return report


def pin(report: AnnualReport, *, section: str, reason: str, by) -> ReportPin:
    """Note one section to correct. It is sent with the return, and can be changed until then."""
    with transaction.atomic():
        _lock_for_decision(report, by=by)
        said = {"reason": reason, "by": by}
        return ReportPin.objects.update_or_create(
            report=report, round=report.round, section=section, defaults=said
        )[0]


def unpin(report: AnnualReport, *, item_pk: int, by) -> None:
    with transaction.atomic():
        _lock_for_decision(report, by=by)
        ReportPin.objects.filter(report=report, pk=item_pk, sent_at=None).delete()


def _lock_for_decision(report: AnnualReport, *, by) -> None:
    locked = AnnualReport.objects.select_for_update(no_key=True, of=("self",)).get(pk=report.pk)
    turn = locked.state == AnnualReport.State.AT_COUNTY and locked.round == report.round
    if not turn or not receives.test(by, locked):
        raise PermissionDenied


@dataclass(frozen=True)
class Bulk:
    """What one bulk reception did, report by report."""

    taken: list[AnnualReport]
    refused: list[tuple[AnnualReport, str]]


def receive_many(reports: Iterable[AnnualReport], *, by, today: date) -> Bulk:
    """Each on its own: one that cannot be received does not hold up the others."""
    taken, refused = [], []
    for report in reports:
        try:
            taken.append(perform(RECEIVE, report, by=by, today=today))
        except Refused as reason:
            refused.append((report, str(reason)))
        except PermissionDenied:
            refused.append((report, "与您有关联，请由其他经办人接收。"))
    return Bulk(taken, refused)


def is_collecting(office: Office, year: int, *, today: date) -> bool:
    """Whether the year's reports are asked for: by a text, or, where none does, by the office itself."""
    asked = not schedule_for(office, year, today=today).voluntary
    return asked or RollUp.objects.filter(office=office, year=year).exists()


# ── an office's year ──────────────────────────────────────────────────────────────────────────
def roll_up_of(office: Office, year: int, *, by) -> tuple[RollUp, bool]:
    """The office's roll-up of the year, and whether it was opened just now."""
    known = RollUp.objects.filter(office=office, year=year).first()
    if known:
        return known, False
    try:
        with transaction.atomic():
            opened = RollUp.objects.create(office=office, year=year, opened_by=by)
            record("open", opened, by=by, after=opened.state)
    except IntegrityError:
        return RollUp.objects.get(office=office, year=year), False
    return opened, True


def open_year(office: Office, year: int, *, by, today: date) -> int:
    """Open the year for the office and the counties below it, and tell those who owe a report. How many were told.

    Raises `Refused` after the cut-off: whoever is asked then could only be late.
    """
    cut_off = schedule_for(office, year, today=today).cut_off
    if today > cut_off:
        raise Refused(f"{day_full(cut_off)}已经截止，不再组织 {year} 年度收报；企业仍可以自行补报。")
    told = 0
    with transaction.atomic():
        roll_up_of(office, year, by=by)
        for county in Office.objects.below(office).filing().order_by("code"):
            told += _tell(roll_up_of(county, year, by=by)[0], by=by, today=today)
    return told


def _tell(roll_up: RollUp, *, by, today: date) -> int:
    """The cause is the year itself: however often it is opened, nobody is told twice."""
    schedule = schedule_for(roll_up.office, roll_up.year, today=today)
    said = {"schedule": schedule, "by": by}
    queued = queue("report-opened", roll_up, cause=f"year:{roll_up.year}", context=said)
    return len({message.recipient_id for message in queued})


def remind(organisations: Iterable[Organisation], year: int, *, by, today: date) -> tuple[int, int]:
    """(reminded now, without an account to reach). Whoever was reminded before is left alone."""
    reminded = unreachable = 0
    for organisation in organisations:
        with transaction.atomic():
            row = Reminder(organisation=organisation, year=year, by=by)
            if Reminder.objects.filter(organisation=organisation, year=year).exists():
                continue
            if not the_enterprise(row).exists():
                unreachable += 1
                continue
            try:
                with transaction.atomic():
                    row.save(force_insert=True)
            except IntegrityError:
                continue
            schedule = schedule_for(organisation.office, year, today=today)
            queue(
                "report-reminder", row, cause=f"reminder:{row.pk}", context={"schedule": schedule, "by": by}
            )
            record("remind", row, by=by)
            reminded += 1
    return reminded, unreachable


def owing_now(office: Office, year: int, *, today: date):
    """Enterprises of a county whose report has not come in, and which nobody reminded yet."""
    cut_off = schedule_for(office, year, today=today).cut_off
    missing = expected(year, cut_off=cut_off).filter(office=office, standing="missing")
    done = Reminder.objects.filter(year=year).values("organisation")
    not_on_its_way = Q(report_state=None) | ~Q(report_state="at_county")  # NULL is not unequal to anything
    owing = missing.filter(not_on_its_way).exclude(pk__in=done)
    return owing.select_related("office").order_by("pinyin", "id")


def sign(office: Office, year: int, *, statement: str, absences: dict[str, str], by, today: date) -> RollUp:
    """Lock the year's figures. Raises `Refused` with every reason, and then nothing was written."""
    with transaction.atomic():
        if not is_collecting(office, year, today=today):
            raise Refused(f"{year} 年度没有组织收报，没有可以签报的数字。")
        roll_up, _ = roll_up_of(office, year, by=by)
        locked = RollUp.objects.select_for_update(no_key=True, of=("self",)).get(pk=roll_up.pk)
        if not signs.test(by, locked):
            raise PermissionDenied
        if locked.state == RollUp.State.OPEN:
            locked.statement, locked.absences = statement, absences
            locked.save(update_fields={"statement", "absences"})
        return perform(SIGN, locked, by=by, note=statement, today=today)
