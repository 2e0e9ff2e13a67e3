"""Everything the tables of one area ask of one pair of days, each fetched once and only when a table asks."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Q, QuerySet

from certificates.models import Act, Certificate
from certificates.validity import Change, Standing, Validity, standing
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.jurisdictions.vocabulary import CertificateState
from cqo_portal.parties.editions import editions_across
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.statistics import as_known
from cqo_portal.statistics.as_known import Enterprise, Post
from cqo_portal.statistics.asked import AsOf
from registry.lists.models import AboveScale, Award, Listed


@dataclass(frozen=True)
class Held:
    """A certificate and how it stood."""

    pk: UUID
    number: str
    person: UUID
    organisation: UUID
    body: UUID
    grade: str
    activities: int
    validity: Validity
    standing: Standing
    changes: tuple[Change, ...]

    @property
    def is_valid(self) -> bool:
        return self.standing.is_valid


class World:
    """One area at one pair of days."""

    def __init__(self, area: Office, at: AsOf) -> None:
        self.area, self.at = area, at

    # ── the area ──────────────────────────────────────────────────────────────────────────────
    @cached_property
    def offices(self) -> dict[str, Office]:
        """The office itself and all under it, also those that are closed."""
        return {office.pk: office for office in Office.objects.below(self.area).select_related("parent")}

    @cached_property
    def counties(self) -> dict[str, Office]:
        return {code: each for code, each in self.offices.items() if each.level == Office.Level.COUNTY}

    @cached_property
    def children(self) -> dict[str, Office]:
        """What the rows are: the offices right below; of a county itself."""
        if self.area.level == Office.Level.COUNTY:
            return {self.area.pk: self.area}
        return {code: each for code, each in self.offices.items() if each.parent_id == self.area.pk}

    def child_of(self, county: str) -> str:
        """The row a county belongs to; "" where it lies outside."""
        while county and county not in self.children:
            office = self.offices.get(county)
            county = office.parent_id if office else ""
        return county or ""

    @cached_property
    def packs(self) -> dict[str, RulePack | None]:
        """By code of the office the edition it worked by."""
        return editions_across(self.offices.values(), self.at.on, known=self.at.recorded_before)

    @property
    def pack(self) -> RulePack | None:
        return self.packs[self.area.pk]

    # ── the register ──────────────────────────────────────────────────────────────────────────
    @cached_property
    def candidates(self) -> QuerySet[Organisation]:
        """Every enterprise that may have belonged here on some day."""
        return as_known.candidates(set(self.counties))

    @cached_property
    def enterprises(self) -> dict[UUID, Enterprise]:
        return as_known.enterprises(set(self.counties), self.at)

    @cached_property
    def posts(self) -> list[Post]:
        """Posts that had begun, at the enterprises of the area."""
        possible = self.candidates.values("pk")
        return [post for post in as_known.posts(possible, self.at) if post.organisation in self.enterprises]

    @cached_property
    def serving(self) -> list[Post]:
        return [post for post in self.posts if post.serves_on(self.at.on)]

    @cached_property
    def covered(self) -> set[UUID]:
        """Enterprises with an officer in office."""
        return {post.organisation for post in self.serving}

    def county_of(self, organisation: UUID) -> str:
        found = self.enterprises.get(organisation)
        return found.office if found else ""

    # ── the lists ─────────────────────────────────────────────────────────────────────────────
    @cached_property
    def above_scale(self) -> dict[UUID, set[str]]:
        """By enterprise as what the list of that year has it."""
        found: dict[UUID, set[str]] = defaultdict(set)
        listed = self._listed(AboveScale.objects.filter(year=self.at.year)).filter(
            organisation__in=self.candidates.values("pk")
        )
        for organisation, kind in listed.values_list("organisation", "kind"):
            found[organisation].add(kind)
        return found

    @cached_property
    def listing(self) -> set[str]:
        """Counties for which a list of that year was entered, their own or their city's; of others nothing is claimed."""
        city_of = {code: county.parent_id for code, county in self.counties.items() if county.is_in_a_city}
        around = Office.objects.filter(parent__in=set(city_of.values())).values_list("pk", "parent")
        cities = dict(around) | {code: city_of.get(code, code) for code in self.counties}
        listed = self._listed(AboveScale.objects.filter(year=self.at.year)).values("organisation")
        there = as_known.offices_of(as_known.candidates(set(cities)).filter(pk__in=listed), self.at)
        drawn_up = {cities[office] for office in there.values() if office in cities}
        return {code for code in self.counties if cities[code] in drawn_up}

    @cached_property
    def awards(self) -> dict[UUID, list[str]]:
        """By enterprise the awards it had won by then."""
        found: dict[UUID, list[str]] = defaultdict(list)
        granted = Award.objects.filter(year__lte=self.at.year, organisation__in=self.candidates.values("pk"))
        listed = self._listed(granted).order_by("year", "name", "pk")
        for organisation, name, year in listed.values_list("organisation", "name", "year"):
            found[organisation].append(f"{name}（{year}）")
        return found

    def _listed(self, entries: QuerySet[Listed]) -> QuerySet[Listed]:
        end = self.at.recorded_before
        return entries.filter(Q(ended_at=None) | Q(ended_at__gte=end), at__lt=end).order_by()

    # ── certificates ──────────────────────────────────────────────────────────────────────────
    @cached_property
    def certificates(self) -> list[Held]:
        """Of enterprises of the area, whatever became of them."""
        possible = self.candidates.values("pk")
        held = held_as_known(Certificate.objects.filter(organisation__in=possible), self.at)
        return [each for each in held if each.organisation in self.enterprises]


def held_as_known(certificates: QuerySet[Certificate], at: AsOf) -> list[Held]:
    """Those that were a paper by then, each with its acts as they were known."""
    papers = certificates.filter(rendering__at__lt=at.done_before, first_day__lte=at.on)
    changes: dict[UUID, list[Change]] = defaultdict(list)
    acts = Act.objects.filter(certificate__in=papers.order_by().values("pk"), at__lt=at.recorded_before)
    for pk, state, effective_on, on in (
        acts.exclude(led_to="").order_by("pk").values_list("certificate", "led_to", "effective_on", "on")
    ):
        changes[pk].append(Change(CertificateState(state), effective_on, on))
    return list(_held(papers, changes, at))


def _held(papers: QuerySet, changes: dict[UUID, list[Change]], at: AsOf) -> Iterator[Held]:
    days = ("first_day", "last_day", "reapply_opens", "reapply_by")
    rows = papers.order_by("first_day", "pk").values_list(
        "pk", "number", "person", "organisation", "body", "grade", "activities", *days
    )
    for pk, number, person, organisation, body, grade, activities, *dates in rows:
        validity, made = Validity(*dates), tuple(changes[pk])
        stands = standing(validity, made, day=at.on)
        yield Held(pk, number, person, organisation, body, grade, activities, validity, stands, made)
