"""How an office begins with an edition. Which one it works by is asked of `parties.editions`, also under this name."""

from datetime import date

from cqo_portal.jurisdictions import NoSuchRule, editions, pack_on
from cqo_portal.parties.editions import edition_for, edition_or_none, editions_at, editions_on
from cqo_portal.parties.models import Office

__all__ = ["begin", "begin_at", "edition_for", "edition_or_none", "editions_at", "editions_on", "judged_on"]


def judged_on(year: int, *, today: date) -> date:
    """By the edition of which day a year is judged: that of its end, or today's while it still runs."""
    return min(date(year, 12, 31), today)


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
