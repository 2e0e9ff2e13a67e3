"""Which edition an office works by. A new one begins for it on its day, and not before its rehearsal was opened."""

from datetime import date

from cqo_portal.jurisdictions import NoSuchRule, edition_on, editions, pack_on
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.parties.models import Office
from registry.models import Adoption


def edition_for(office: Office, day: date) -> RulePack:
    """The edition `office` applies on `day`. Raises `NoSuchRule`."""
    return edition_on(editions_at(office), day)


def editions_at(office: Office) -> tuple[RulePack, ...]:
    """The editions `office` works by, each from its day on. Raises `NoSuchRule`.

    Where nothing was adopted the calendar alone decides. Otherwise an edition younger than the first adopted one
    counts once the deciding office (the city) has adopted it.
    """
    known = editions(office.jurisdiction)
    adopted = set(Adoption.objects.filter(office=deciding(office)).values_list("edition", flat=True))
    if not adopted:
        return known
    first = min((n for n, pack in enumerate(known) if pack.edition in adopted), default=0)
    return tuple(p for n, p in enumerate(known) if n <= first or p.edition in adopted)


def begin(*, today: date) -> int:
    """A deciding office that has no edition yet works by today's: what later ones need is a rehearsal."""
    offices = Office.objects.filter(active=True, level=Office.Level.CITY, adoptions=None)
    known = [(office, _latest(office.jurisdiction, today)) for office in offices]
    made = [Adoption(office=office, edition=pack.edition) for office, pack in known if pack]
    return len(Adoption.objects.bulk_create(made, ignore_conflicts=True))


def _latest(jurisdiction: str, day: date) -> RulePack | None:
    try:
        return pack_on(jurisdiction, day)
    except NoSuchRule:
        return None


def deciding(office: Office) -> Office:
    """The office whose adoption counts: the city above a county, else the office itself."""
    return office.parent if office.level == Office.Level.COUNTY and office.parent_id else office
