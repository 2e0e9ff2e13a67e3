"""The yearly report of a provider: what the record says of a year, frozen when it is signed.

Counted are sessions that ended in the year and what of them stands; reversed lines are left out. Which text asks
for the report is data of the pack; where none does, a provider may report all the same.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from cqo_portal.audit.record import record
from cqo_portal.jurisdictions.schema import Report, RulePack
from cqo_portal.jurisdictions.vocabulary import Party, Recurrence
from cqo_portal.parties.editions import edition_or_none
from cqo_portal.parties.models import Institution, Office
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Refused, perform
from training.hours import CLASSES, ZERO
from training.models import (
    Commission,
    Completion,
    Entry,
    ProviderReport,
    Session,
)
from training.workflow import handing_in


# ── what the record says ──────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Counted:
    """Figures, JSON-ready, hours as exact text; and the keys of the very rows they were counted from."""

    figures: dict
    keys: dict[str, list]

    @property
    def digest(self) -> str:
        said = [self.figures, self.keys]
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class Line(NamedTuple):
    """One entry that stands."""

    pk: int
    person: UUID
    session: UUID
    course_class: int | None
    hours: Decimal


def counted(institution: Institution, year: int) -> Counted:
    """What the record says of a year. Each kind of row is read once: whatever comes meanwhile is in none of the figures."""
    sessions = dict(_sessions(institution, year).order_by("id").values_list("pk", "name"))
    lines = _entries(institution, year).order_by("id").values_list(*Line._fields)
    lines = [line for line in map(Line._make, lines) if line.session in sessions]
    papers = list(_papers(institution, year).order_by("number").values_list("number", "voiding"))
    void = [number for number, voiding in papers if voiding]
    of_class = _by(lines, lambda line: line.course_class)
    figures = {
        "courses": _courses(sessions, lines),
        "sessions": len(sessions),
        "people": _people(lines),
        "attendances": len({(line.person, line.session) for line in lines}),
        "hours": [[label, _hours(of_class[key])] for key, label in CLASSES.items() if key in of_class],
        "total": _hours(lines),
        "issued": len(papers),
        "void": len(void),
    }
    keys = {
        "sessions": [str(pk) for pk in sessions],
        "entries": [line.pk for line in lines],
        "completions": [number for number, _ in papers],
        "void": void,
    }
    return Counted(figures, keys)


def _sessions(institution: Institution, year: int):
    return Session.objects.filter(institution=institution, state=Session.State.POSTED, last_day__year=year)


def _entries(institution: Institution, year: int):
    """Of sessions only: what a body confirmed of a self-report was no training of its own."""
    standing = Entry.objects.standing().filter(institution=institution, on__year=year)
    return standing.exclude(session=None)


def _papers(institution: Institution, year: int):
    return Completion.objects.filter(institution=institution, issued_on__year=year)


def _courses(sessions: dict[UUID, str], lines: list[Line]) -> list[list]:
    """[[title, sessions, people, hours]] of every course held, by title."""
    held = Counter(sessions.values())
    learned = _by(lines, lambda line: sessions[line.session])
    return [
        [name, many, _people(learned.get(name, [])), _hours(learned.get(name, []))]
        for name, many in sorted(held.items())
    ]


def _by(lines: list[Line], key: Callable[[Line], object]) -> dict[object, list[Line]]:
    found = defaultdict(list)
    for line in lines:
        found[key(line)].append(line)
    return dict(found)


def _people(lines: list[Line]) -> int:
    return len({line.person for line in lines})


def _hours(lines: list[Line]) -> str:
    return f"{sum((line.hours for line in lines), ZERO):f}"


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


class FiguresChanged(Refused):
    """The record says something else than what was shown to whoever signs."""


def hand_in(
    report: ProviderReport, *, shown: str, remarks: str, signed_name: str, by, today: date
) -> ProviderReport:
    """Sign what the record says, and send it. `shown`: the digest of what was on the page. Raises `Refused`."""

    def signed(locked: ProviderReport) -> dict:
        now = counted(locked.institution, locked.year)
        if now.digest != shown:
            raise FiguresChanged("数字在您打开这一页以后变了，还没有报送；请按下面的数字再核对一遍。")
        words = {"remarks": remarks, "signed_name": signed_name}
        return words | {"figures": now.figures, "keys": now.keys, "digest": now.digest}

    return perform(handing_in(signed), report, by=by, note=remarks, today=today)
