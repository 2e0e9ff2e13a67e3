"""What of experience and talent a person may see, and who of the pool can be asked."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.scope import NOTHING, within_area
from cqo_portal.jurisdictions.vocabulary import PoolBasis
from cqo_portal.parties.queries import SearchableQuerySet

OVER_TO_THE_CITY = Q(handed_in_at__isnull=False)


class CaseQuerySet(SearchableQuerySet):
    def visible_to(self, user) -> "CaseQuerySet":
        """The only door. A draft is its author's; a city sees what was handed in to it."""
        return self.filter(_cases_within(user.acting)) if user.acting else self.none()

    def published(self) -> "CaseQuerySet":
        """What everybody may read, signed in or not."""
        return self.filter(state="published")

    def awaiting(self, user) -> "CaseQuerySet":
        """Whose move it is: the user's. Oldest first."""
        role = user.acting.role if user.acting else ""
        turn = {
            Role.ENTERPRISE: Q(state="draft", by_county=False),
            Role.COUNTY: Q(state="at_county") | Q(state="draft", by_county=True),
            Role.CITY: Q(state__in=["at_city", "selected"]),
        }.get(role, NOTHING)
        return self.visible_to(user).filter(turn)

    def for_list(self) -> "CaseQuerySet":
        return self.select_related("organisation", "office__parent").defer(
            "search", "haystack", "situation", "done", "result", "papers", "organisation__search"
        )


def _cases_within(acting) -> Q:
    match acting.role:
        case Role.ENTERPRISE:
            mine = Q(organisation=acting.organisation)
            return mine & ~Q(by_county=True, state__in=["draft", "discarded"])
        case Role.COUNTY:
            return within_area(acting) & (Q(by_county=True) | Q(submitted_at__isnull=False))
        case Role.CITY | Role.PROVINCE:
            return within_area(acting) & OVER_TO_THE_CITY
        case Role.OFFICER:
            named = Q(pk__in=acting.person.posts.values("cases")) if acting.person_id else NOTHING
            return named & ~Q(state__in=["draft", "discarded"])
    return NOTHING


class PairingQuerySet(QuerySet):
    def visible_to(self, user) -> "PairingQuerySet":
        return self.filter(_pairings_within(user.acting)) if user.acting else self.none()

    def for_list(self) -> "PairingQuerySet":
        return self.select_related("officer", "mentor", "learner", "office").defer(
            "officer__search", "officer__haystack", "mentor__search", "learner__search"
        )


def _pairings_within(acting) -> Q:
    match acting.role:
        case Role.ENTERPRISE:
            return Q(mentor=acting.organisation) | Q(learner=acting.organisation)
        case Role.COUNTY:
            return Q(mentor__office=acting.office) | Q(learner__office=acting.office)
        case Role.CITY:
            return Q(office=acting.office)
        case Role.PROVINCE:
            return Q(office__parent=acting.office)
        case Role.OFFICER if acting.person_id:
            return Q(officer__person=acting.person)
    return NOTHING


class PoolEntryQuerySet(SearchableQuerySet):
    def visible_to(self, user) -> "PoolEntryQuerySet":
        """Offices see their area's; the person sees his own. No enterprise looks into the pool."""
        return self.filter(_entries_within(user.acting)) if user.acting else self.none()

    def live(self) -> "PoolEntryQuerySet":
        return self.filter(state="in_pool")

    def available(self, *, field: str = "", day: date) -> "PoolEntryQuerySet":
        """Who is in the pool on `day` and can take on something then; of one field where one is named."""
        there = Q(entered_on__lte=day) & (Q(left_on=None) | Q(left_on__gt=day))
        free = Q(availability="free") | Q(availability="busy", busy_until__lt=day)
        found = self.filter(there, free)
        return found.filter(fields__contains=[field]) if field else found

    def without_a_certificate(self) -> "PoolEntryQuerySet":
        """In the pool as trained, while no certificate of the person stands any more: for its keeper to decide."""
        papers = (
            self.model._meta.get_field("person").related_model._meta.get_field("completions").related_model
        )
        standing = papers.objects.standing().filter(person=OuterRef("person"))
        return self.live().filter(~Exists(standing), basis=PoolBasis.TRAINED.value)

    def for_list(self) -> "PoolEntryQuerySet":
        return self.select_related("officer__organisation", "office", "city").defer(
            "search", "haystack", "officer__search", "officer__haystack", "officer__organisation__search"
        )


def _entries_within(acting) -> Q:
    match acting.role:
        case Role.COUNTY:
            return Q(office=acting.office)
        case Role.CITY:
            return Q(city=acting.office)
        case Role.PROVINCE:
            return Q(city__parent=acting.office) | Q(city=acting.office)
        case Role.OFFICER if acting.person_id:
            return Q(person=acting.person)
    return NOTHING
