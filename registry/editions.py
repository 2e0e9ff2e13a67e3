"""Which edition an office works by. A new one begins for it on its day, and not before its rehearsal was opened.

Knows adoptions by the office they are of, and no model of filings: what filings rest on asks here too.
"""

from collections.abc import Iterable
from datetime import date

from cqo_portal.jurisdictions import NoSuchRule, edition_on, editions, pack_on
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.parties.models import Office


def edition_for(office: Office, day: date) -> RulePack:
    """The edition `office` applies on `day`. Raises `NoSuchRule`."""
    return edition_on(editions_at(office), day)


def edition_or_none(office: Office, day: date) -> RulePack | None:
    """The same for pages: None where no rule applies yet."""
    return editions_on(office, [day])[day]


def judged_on(year: int, *, today: date) -> date:
    """By the edition of which day a year is judged: that of its end, or today's while it still runs."""
    return min(date(year, 12, 31), today)


def editions_on(office: Office, days: Iterable[date]) -> dict[date, RulePack | None]:
    """Of each day the edition `office` applies, or None where no rule does; one question for all days."""
    try:
        known = editions_at(office)
    except NoSuchRule:
        return dict.fromkeys(days)
    return {day: _edition_of(known, day) for day in days}


def _edition_of(known: tuple[RulePack, ...], day: date) -> RulePack | None:
    try:
        return edition_on(known, day)
    except NoSuchRule:
        return None


def editions_at(office: Office) -> tuple[RulePack, ...]:
    """The editions `office` works by, each from its day on. Raises `NoSuchRule`.

    Where nothing was adopted the calendar alone decides. Otherwise an edition younger than the first adopted one
    counts once the deciding office (the city) has adopted it.
    """
    known = editions(office.jurisdiction)
    of_the_city = Office.objects.filter(pk=_deciding(office), adoptions__isnull=False)
    adopted = set(of_the_city.values_list("adoptions__edition", flat=True))
    if not adopted:
        return known
    first = min((n for n, pack in enumerate(known) if pack.edition in adopted), default=0)
    return tuple(p for n, p in enumerate(known) if n <= first or p.edition in adopted)


def begin(*, today: date) -> int:
    """Every active city that has no edition yet begins with one. Returns how many did."""
    offices = Office.objects.filter(active=True, level=Office.Level.CITY, adoptions=None)
    return sum(bool(begin_at(office, today=today)) for office in offices)


def begin_at(office: Office, *, today: date) -> str:
    """A city without an edition begins with today's, or goes on with the one it has worked by.

    Whatever is younger needs its rehearsal. Returns the edition; "" where there is none, or nothing was to begin.
    """
    if office.level != Office.Level.CITY or office.adoptions.exists():
        return ""
    edition = _worked_by(office) or _latest(office.jurisdiction, today)
    if edition:
        office.adoptions.create(edition=edition)
    return edition


def _worked_by(office: Office) -> str:
    """The youngest edition that filings below the city were ever fixed to, or ""."""
    used = set(office.children.values_list("filings__rule_edition", flat=True).distinct())
    return next((p.edition for p in reversed(editions(office.jurisdiction)) if p.edition in used), "")


def _latest(jurisdiction: str, day: date) -> str:
    try:
        return pack_on(jurisdiction, day).edition
    except NoSuchRule:
        return ""


def _deciding(office: Office) -> str:
    """The office whose adoption counts: the city above a county, else the office itself."""
    return office.parent_id if office.level == Office.Level.COUNTY and office.parent_id else office.pk
