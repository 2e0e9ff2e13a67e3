"""The yearly report of a provider: what the record says of a year, frozen when it is signed.

Counted are sessions that ended in the year and what of them stands; reversed lines are left out. Which text asks
for the report is data of the pack; where none does, a provider may report all the same.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, Sum

from cqo_portal.audit.record import record
from cqo_portal.jurisdictions.schema import Report, RulePack
from cqo_portal.jurisdictions.vocabulary import Party, Recurrence
from cqo_portal.parties.editions import edition_or_none
from cqo_portal.parties.models import Institution, Office
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import perform
from training.models import (
    Commission,
    Completion,
    Entry,
    ProviderReport,
    Session,
    class_label,
)
from training.queries import ZERO
from training.workflow import handing_in


# ── what the record says ──────────────────────────────────────────────────────────────────────
def figures_of(institution: Institution, year: int) -> dict:
    """Courses, sessions, people, hours by class, certificates; JSON-ready, hours as exact text."""
    entries, papers = _entries(institution, year), _papers(institution, year)
    by_class = entries.order_by("course_class").values_list("course_class").annotate(Sum("hours"))
    return {
        "courses": _courses(institution, year),
        "sessions": _sessions(institution, year).count(),
        "people": entries.order_by().values("person").distinct().count(),
        "attendances": entries.order_by().values("person", "session").distinct().count(),
        "hours": [[class_label(course_class), f"{hours:f}"] for course_class, hours in by_class],
        "total": f"{entries.aggregate(sum=Sum('hours'))['sum'] or ZERO:f}",
        "issued": papers.count(),
        "void": papers.exclude(voiding=None).count(),
    }


def keys_of(institution: Institution, year: int) -> dict[str, list]:
    """The rows the figures are counted from."""
    papers = _papers(institution, year).order_by("number").values_list("number", flat=True)
    return {
        "entries": list(_entries(institution, year).order_by("id").values_list("pk", flat=True)),
        "completions": list(papers),
    }


def digest_of(figures: dict, keys: dict) -> str:
    said = json.dumps([figures, keys], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def _sessions(institution: Institution, year: int):
    return Session.objects.filter(institution=institution, state=Session.State.POSTED, last_day__year=year)


def _entries(institution: Institution, year: int):
    """Of sessions only: what a body confirmed of a self-report was no training of its own."""
    standing = Entry.objects.standing().filter(institution=institution, on__year=year)
    return standing.exclude(session=None)


def _papers(institution: Institution, year: int):
    return Completion.objects.filter(institution=institution, issued_on__year=year)


def _courses(institution: Institution, year: int) -> list[list]:
    """[[title, sessions, people, hours]] of every course held, by title."""
    held = dict(_sessions(institution, year).order_by().values_list("name").annotate(Count("pk")))
    learned = _entries(institution, year).order_by().values("session__name")
    sums = {
        row["session__name"]: (row["people"], row["sum"])
        for row in learned.annotate(people=Count("person", distinct=True), sum=Sum("hours"))
    }
    return [
        [name, many, sums.get(name, (0, ZERO))[0], f"{sums.get(name, (0, ZERO))[1]:f}"]
        for name, many in sorted(held.items())
    ]


# ── who owes one ──────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Owed:
    """One provider, one year, one authority: whether a text asks for the report, and how it stands."""

    institution: Institution
    office: Office
    year: int
    clause: Report | None
    pack: RulePack | None
    report: ProviderReport | None
    today: date

    @property
    def is_voluntary(self) -> bool:
        return self.clause is None

    @property
    def is_due(self) -> bool:
        """The year is over, a text asks, and nothing was handed in or it came back."""
        return bool(self.clause) and self.today > self.last_day and not self.is_handed_in

    @property
    def is_handed_in(self) -> bool:
        return self.report is not None and self.report.state in (
            ProviderReport.State.HANDED_IN,
            ProviderReport.State.RECEIVED,
        )

    @property
    def last_day(self) -> date:
        """By the text; where it names no day, the year's last: only the age since then is shown, no deadline."""
        if self.clause and self.clause.cut_off:
            return date(self.year + 1, *self.clause.cut_off)
        return date(self.year, 12, 31)

    @property
    def waits(self) -> str:
        if not self.is_due:
            return ""
        days = (self.today - self.last_day).days
        if self.clause.cut_off:
            return f"{day_full(self.last_day)}截止，已逾期 {days} 天。"
        return f"{self.year} 年已过去 {days} 天，还没有报送；条文没有写期限。"


def clause_of(pack: RulePack | None) -> Report | None:
    """What asks a provider for a report of every year, or None."""
    asked = pack.reports if pack else ()
    yearly = (each for each in asked if each.by is Party.PROVIDER and each.every is Recurrence.CALENDAR_YEAR)
    return next(yearly, None)


def owed_to(offices: Iterable[Office], *, year: int, today: date) -> list[Owed]:
    """Every provider that held a commission in that year, by authority and name."""
    held = Commission.objects.in_year(year).filter(office__in=offices).select_related("institution", "office")
    return _owed(held, year=year, today=today)


def owed_by(institution: Institution, *, year: int, today: date) -> list[Owed]:
    held = institution.commissions.in_year(year).select_related("institution", "office")
    return _owed(held, year=year, today=today)


def _owed(commissions, *, year: int, today: date) -> list[Owed]:
    pairs = {(each.office_id, each.institution_id): each for each in commissions}
    reports = ProviderReport.objects.filter(year=year, institution__in=[key for _, key in pairs])
    known = {(each.office_id, each.institution_id): each for each in reports}
    packs = {each.office_id: each.office for each in pairs.values()}
    packs = {key: edition_or_none(office, date(year, 12, 31)) for key, office in packs.items()}
    rows = [
        Owed(
            institution=each.institution,
            office=each.office,
            year=year,
            clause=clause_of(packs[each.office_id]),
            pack=packs[each.office_id],
            report=known.get(pair),
            today=today,
        )
        for pair, each in pairs.items()
    ]
    return sorted(rows, key=lambda row: (row.office.pk, row.institution.pinyin))


# ── acts ──────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def open_report(institution: Institution, office: Office, year: int, *, by) -> ProviderReport:
    """The draft of a year, or what there is of it already."""
    made, new = ProviderReport.objects.get_or_create(
        institution=institution, office=office, year=year, defaults={"created_by": by}
    )
    if new:
        record("open", made, by=by, after=made.state)
    return made


def hand_in(report: ProviderReport, *, remarks: str, signed_name: str, by, today: date) -> ProviderReport:
    """Sign what the record says now, and send it. Raises `Refused`."""
    figures, keys = figures_of(report.institution, report.year), keys_of(report.institution, report.year)
    said = {
        "figures": figures,
        "keys": keys,
        "digest": digest_of(figures, keys),
        "remarks": remarks,
        "signed_name": signed_name,
    }
    return perform(handing_in(said), report, by=by, note=remarks, today=today)
