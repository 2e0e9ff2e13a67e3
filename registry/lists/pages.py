"""The lists of a year: how many by county, how far the targets' denominators reach, and the entries themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Count, QuerySet

from cqo_portal.accounts.models import AT_AN_OFFICE
from cqo_portal.jurisdictions.schema import CoverageTarget
from cqo_portal.jurisdictions.vocabulary import Population
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.parties.size import SMALL_AND_MEDIUM
from registry.editions import edition_or_none
from registry.lists.forms import AboveScaleForm, AwardForm
from registry.lists.models import AboveScale, Award, Listed

FIRST_YEAR = 2000


@dataclass(frozen=True)
class Which:
    """One of the two lists."""

    slug: str
    label: str
    model: type[Listed]
    form: type
    kind: str  # of import
    choices: tuple[tuple[str, str], ...]  # what entries are told apart by
    told_apart: str  # the column of it

    def entries(self, user) -> QuerySet:
        return self.model.objects.visible_to(user)


LISTS = {
    which.slug: which
    for which in (
        Which("above-scale", "规上企业名单", AboveScale, AboveScaleForm, "above-scale", tuple(AboveScale.Kind.choices), "kind"),
        Which("awards", "质量奖名单", Award, AwardForm, "awards", tuple(Award.Level.choices), "level"),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A goal of the text with its denominator: how many enterprises it is a share of."""

    clause: CoverageTarget
    of: int


@dataclass(frozen=True)
class CountyRow:
    office: Office
    industry: int
    services: int
    awards: int


class YearPage:
    """The lists of one year, for an office or for one enterprise."""

    def __init__(self, params: Mapping, *, user, today: date) -> None:
        self.user, self.today = user, today
        self.year = year_of(params.get("year", ""), today=today)

    @property
    def of_an_office(self) -> bool:
        return self.user.acting.role in AT_AN_OFFICE

    @cached_property
    def years(self) -> list[int]:
        """Every year something is listed for, this year and the last."""
        known = {self.today.year, self.today.year - 1, self.year}
        for which in LISTS.values():
            known |= set(
                which.entries(self.user).standing().order_by().values_list("year", flat=True).distinct()
            )
        return sorted(known, reverse=True)

    @cached_property
    def counties(self) -> list[CountyRow]:
        industry = self._by_county(AboveScale.objects.of(self.year, kind=AboveScale.Kind.INDUSTRY))
        services = self._by_county(AboveScale.objects.of(self.year, kind=AboveScale.Kind.SERVICES))
        awards = self._by_county(Award.objects.of(self.year))
        counties = Office.objects.below(self.user.acting.office).filing()
        return [
            CountyRow(c, industry.get(c.pk, 0), services.get(c.pk, 0), awards.get(c.pk, 0)) for c in counties
        ]

    def _by_county(self, entries: QuerySet) -> dict[str, int]:
        seen = entries.visible_to(self.user).order_by().values_list("organisation__office")
        return dict(seen.annotate(n=Count("id")))

    @property
    def total(self) -> CountyRow:
        rows = self.counties
        return CountyRow(
            self.user.acting.office,
            sum(row.industry for row in rows),
            sum(row.services for row in rows),
            sum(row.awards for row in rows),
        )

    @cached_property
    def targets(self) -> list[Target]:
        """What the text the office works by aims at; the numerator is counted elsewhere."""
        rules = edition_or_none(self.user.acting.office, self.today)
        return [Target(clause, self._denominator(clause.of)) for clause in rules.targets] if rules else []

    def _denominator(self, population: Population) -> int:
        found = population_of(population, year=self.year, user=self.user)
        return (
            found.order_by().values("organisation").distinct().count() if found is not None else self._small()
        )

    def _small(self) -> int:
        offices = Office.objects.below(self.user.acting.office)
        return Organisation.objects.filter(office__in=offices, size__in=SMALL_AND_MEDIUM).count()

    @cached_property
    def own(self) -> list[Listed]:
        """What an enterprise is listed for, newest year first."""
        found = [e for which in LISTS.values() for e in which.entries(self.user).standing().for_list()]
        return sorted(found, key=lambda entry: (-entry.year, entry._meta.model_name))


def population_of(population: Population, *, year: int, user) -> QuerySet | None:
    """The entries a target counts; None where it counts enterprises by size."""
    match population:
        case Population.AWARD_WINNERS:
            return Award.objects.up_to(year).visible_to(user)
        case Population.ABOVE_SCALE:
            return AboveScale.objects.of(year).visible_to(user)
        case Population.ABOVE_SCALE_INDUSTRY:
            return AboveScale.objects.of(year, kind=AboveScale.Kind.INDUSTRY).visible_to(user)
        case Population.ABOVE_SCALE_SERVICES:
            return AboveScale.objects.of(year, kind=AboveScale.Kind.SERVICES).visible_to(user)
    return None


def year_of(said: str, *, today: date) -> int:
    """A year that can be meant; anything else is this year."""
    year = int(said) if said.isascii() and said.isdigit() and len(said) == 4 else today.year
    return year if FIRST_YEAR <= year <= today.year + 1 else today.year


class ListPage:
    """The entries of one list and year: `?q=`, `?kind=`, `?office=`, `?ended=1`."""

    order = ("-at", "-id")

    def __init__(self, which: Which, year: int, params: Mapping, *, user) -> None:
        self.which, self.year, self.user = which, year, user
        self.text = params.get("q", "").strip()[:60]
        self.kind = params.get("kind") if params.get("kind") in dict(which.choices) else ""
        self.office = next((o for o in self.offices if o.pk == params.get("office")), None)
        self.ended = params.get("ended") == "1"

    @cached_property
    def offices(self) -> list[Office]:
        office = self.user.acting.office
        return list(Office.objects.below(office).filing()) if office and office.level != "county" else []

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.kind or self.office)

    def rows(self) -> QuerySet:
        found = self.which.entries(self.user).filter(year=self.year).for_list()
        found = found.exclude(ended_at=None) if self.ended else found.standing()
        if self.kind:
            found = found.filter(**{self.which.told_apart: self.kind})
        if self.office:
            found = found.filter(organisation__office=self.office)
        return found.matching(self.text)
