"""Whom a notice addresses: the one place that knows the lists."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from cqo_portal.parties.models import Office, Organisation
from registry.lists.models import AboveScale, Award


def audience(notice) -> QuerySet:
    """The enterprises a notice addresses, as the lists stand now."""
    return _on_its_list(notice, _within(notice))


def is_addressed(notice, organisation) -> bool:
    """Of an enterprise whose county the notice reaches: whether it is meant. Everybody costs no query."""
    if notice.addressed == "all":
        return True
    return _on_its_list(notice, Organisation.objects.filter(pk=organisation.pk)).exists()


def counties_of(notice) -> QuerySet:
    found = Office.objects.filter(parent=notice.office_id, level=Office.Level.COUNTY, active=True)
    return found.filter(pk__in=notice.counties) if notice.counties else found


def _within(notice) -> QuerySet:
    if notice.counties:
        return Organisation.objects.filter(office__in=notice.counties, office__parent=notice.office_id)
    return Organisation.objects.filter(office__parent=notice.office_id)


def _on_its_list(notice, found: QuerySet) -> QuerySet:
    """Of these enterprises the ones on the list the notice names; nobody where there is no such list yet."""
    if notice.addressed == "all":
        return found
    year = list_year(notice)
    return found.filter(pk__in=_listed(notice, year).values("organisation")) if year else found.none()


def list_year(notice) -> int | None:
    """The list it goes by: that of its year, or the newest before it. None for everybody, and without a list."""
    if notice.addressed == "all":
        return None
    of_the_city = _entries(notice).filter(
        organisation__office__parent=notice.office_id, year__lte=notice.year
    )
    return of_the_city.aggregate(year=Max("year"))["year"]


def _listed(notice, year: int) -> QuerySet:
    """Above scale one is in that very year; an award once won stays won."""
    return _entries(notice).filter(**{"year__lte" if notice.addressed == "awards" else "year": year})


def _entries(notice) -> QuerySet:
    if notice.addressed == "awards":
        return Award.objects.standing().order_by()
    return AboveScale.objects.standing().filter(kind=notice.addressed).order_by()


@dataclass(frozen=True)
class Reached:
    """A county with the number of enterprises addressed there."""

    office: Office
    count: int


def by_county(notice, *, offices: Iterable[Office] | None = None) -> list[Reached]:
    """How many are addressed, county by county, exactly; counties with none are named too."""
    rows = audience(notice).order_by().values("office").annotate(count=Count("pk"))
    counts = {row["office"]: row["count"] for row in rows}
    return [Reached(office, counts.get(office.pk, 0)) for office in offices or counties_of(notice)]
