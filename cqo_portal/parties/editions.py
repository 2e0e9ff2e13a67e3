"""Which edition an office works by. A new one begins for it on its day, and not before its rehearsal was opened.

Knows adoptions by the office they are of (`registry.rehearsal`), so that whatever rests on offices may ask.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime

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
    known = _known(office.jurisdiction, _adopted_by([office])[_deciding(office)])
    return {day: _edition_of(known, day) for day in days}


def editions_across(
    offices: Iterable[Office], day: date, *, known: datetime | None = None
) -> dict[str, RulePack | None]:
    """By key of the office the edition it applies on `day`; one question, however many offices.

    `known`: only what had been adopted before this moment counts.
    """
    offices = list(offices)
    adopted = _adopted_by(offices, before=known)
    return {
        office.pk: _edition_of(_known(office.jurisdiction, adopted[_deciding(office)]), day)
        for office in offices
    }


def _known(jurisdiction: str, adopted: set[str]) -> tuple[RulePack, ...]:
    try:
        return _counted(editions(jurisdiction), adopted)
    except NoSuchRule:
        return ()


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
    return _counted(editions(office.jurisdiction), _adopted_by([office])[_deciding(office)])


def _adopted_by(offices: Collection[Office], *, before: datetime | None = None) -> dict[str, set[str]]:
    """By key of the deciding office what it adopted; one question."""
    found: dict[str, set[str]] = {_deciding(office): set() for office in offices}
    adopted = {"adoptions__at__lt": before} if before else {"adoptions__isnull": False}
    rows = Office.objects.filter(pk__in=list(found), **adopted)
    for key, edition in rows.order_by().values_list("pk", "adoptions__edition"):
        found[key].add(edition)
    return found


def _counted(known: tuple[RulePack, ...], adopted: set[str]) -> tuple[RulePack, ...]:
    if not adopted:
        return known
    first = min((n for n, pack in enumerate(known) if pack.edition in adopted), default=0)
    return tuple(p for n, p in enumerate(known) if n <= first or p.edition in adopted)


def _deciding(office: Office) -> str:
    """The office whose adoption counts: the city above a county, else the office itself."""
    return office.parent_id if office.level == Office.Level.COUNTY and office.parent_id else office.pk
