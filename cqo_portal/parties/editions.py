"""Which edition an office works by. A new one begins for it on its day, and not before its rehearsal was opened.

Knows adoptions by the office they are of (`registry.rehearsal`), so that whatever rests on offices may ask.
"""

from collections.abc import Iterable
from datetime import date

from cqo_portal.jurisdictions import NoSuchRule, edition_on, editions
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.parties.models import Office


def edition_for(office: Office, day: date) -> RulePack:
    """The edition `office` applies on `day`. Raises `NoSuchRule`."""
    return edition_on(editions_at(office), day)


def edition_or_none(office: Office, day: date) -> RulePack | None:
    """The same for pages: None where no rule applies yet."""
    return editions_on(office, [day])[day]


def editions_on(office: Office, days: Iterable[date]) -> dict[date, RulePack | None]:
    """Of each day the edition `office` applies, or None where no rule does; one question for all days."""
    try:
        known = editions_at(office)
    except NoSuchRule:
        return dict.fromkeys(days)
    return {day: _edition_of(known, day) for day in days}


def editions_across(offices: Iterable[Office], day: date) -> dict[str, RulePack | None]:
    """By key of the office the edition it applies on `day`; one question, however many offices."""
    offices = list(offices)
    adopted = _adopted_by({_deciding(office) for office in offices})
    known, found = {}, {}
    for office in offices:
        deciding = _deciding(office), office.jurisdiction
        if deciding not in known:
            known[deciding] = _applied(office.jurisdiction, adopted.get(deciding[0], set()), day)
        found[office.pk] = known[deciding]
    return found


def _applied(jurisdiction: str, adopted: set[str], day: date) -> RulePack | None:
    try:
        return edition_on(_counted(editions(jurisdiction), adopted), day)
    except NoSuchRule:
        return None


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
    deciding = _deciding(office)
    return _counted(known, _adopted_by({deciding}).get(deciding, set()))


def _adopted_by(deciding: set[str]) -> dict[str, set[str]]:
    rows = Office.objects.filter(pk__in=deciding, adoptions__isnull=False)
    found: dict[str, set[str]] = {}
    for key, edition in rows.order_by().values_list("pk", "adoptions__edition"):
        found.setdefault(key, set()).add(edition)
    return found


def _counted(known: tuple[RulePack, ...], adopted: set[str]) -> tuple[RulePack, ...]:
    if not adopted:
        return known
    first = min((n for n, pack in enumerate(known) if pack.edition in adopted), default=0)
    return tuple(p for n, p in enumerate(known) if n <= first or p.edition in adopted)


def _deciding(office: Office) -> str:
    """The office whose adoption counts: the city above a county, else the office itself."""
    return office.parent_id if office.level == Office.Level.COUNTY and office.parent_id else office.pk
