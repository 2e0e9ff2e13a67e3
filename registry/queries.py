"""What of the registry a person may see, and in which order it awaits them."""

from datetime import date, datetime, time

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.audit.append_only import AppendOnlyQuerySet
from cqo_portal.parties.queries import SearchableQuerySet


def _within_scope(acting) -> Q:
    """Which rows belong to the assignment a user acts in; an unknown role sees nothing."""
    match acting.role:
        case Role.ENTERPRISE:
            return Q(organisation=acting.organisation)
        case Role.COUNTY:
            return Q(office=acting.office)
        case Role.CITY:
            return Q(office__parent=acting.office)
        case Role.PROVINCE:
            return Q(office__parent__parent=acting.office)
    return Q(pk__in=[])


class FilingQuerySet(SearchableQuerySet):
    def visible_to(self, user) -> "FilingQuerySet":
        """The only door: a regulator sees what was submitted, an enterprise its own, others nothing."""
        if user.acting is None:
            return self.none()
        mine = self.filter(_within_scope(user.acting))
        return mine if user.acting.role == Role.ENTERPRISE else mine.filter(round__gt=0)

    def awaiting(self, user) -> "FilingQuerySet":
        """Whose move it is: the user's. Oldest first."""
        turn = {
            Role.ENTERPRISE: ("draft", "returned"),
            Role.COUNTY: ("at_county",),
            Role.CITY: ("at_city",),
        }
        states = turn.get(user.acting.role, ()) if user.acting else ()
        return self.visible_to(user).filter(state__in=states).order_by("moved_at", "id")

    def under_way(self) -> "FilingQuerySet":
        return self.filter(state__in=("draft", "at_county", "at_city", "returned"))

    def for_list(self) -> "FilingQuerySet":
        return self.select_related("organisation", "office").defer("draft", "search", "haystack")


class OfficerQuerySet(SearchableQuerySet):
    def visible_to(self, user) -> "OfficerQuerySet":
        if user.acting is None:
            return self.none()
        if user.acting.role == Role.OFFICER:
            return self.filter(person=user.acting.person)
        return self.filter(_within_scope(user.acting))

    def in_office(self) -> "OfficerQuerySet":
        return self.filter(ended_on=None)

    def for_list(self) -> "OfficerQuerySet":
        return self.select_related("person", "organisation", "office").defer(
            "search", "haystack", "person__identity_number", "person__phone", "organisation__search"
        )


class ProofQuerySet(QuerySet):
    def visible_to(self, user) -> "ProofQuerySet":
        """The papers of a visible filing; an office sees them once they were handed in."""
        filings = self.model._meta.get_field("filing").related_model.objects.visible_to(user)
        seen = self.filter(filing__in=filings)
        own = user.acting is not None and user.acting.role == Role.ENTERPRISE
        handed_in = Q(added_in__lte=F("filing__round")) & (
            Q(removed_in=None) | Q(removed_in__gt=F("added_in"))
        )
        return seen if own else seen.filter(handed_in)

    def current(self) -> "ProofQuerySet":
        return self.filter(removed_at=None).order_by("kind", "uploaded_at")

    def at_round(self, number: int) -> "ProofQuerySet":
        """The proofs that lay before the office in that round."""
        return self.filter(Q(removed_in=None) | Q(removed_in__gt=number), added_in__lte=number)


class EntryQuerySet(AppendOnlyQuerySet):
    def known_on(self, day: date) -> "EntryQuerySet":
        """What had been recorded by the end of that day, without what a later entry had corrected by then."""
        until = timezone.make_aware(datetime.combine(day, time.max))
        corrected = self.model._base_manager.filter(corrects=OuterRef("pk"), recorded_at__lte=until)
        return self.filter(~Exists(corrected), recorded_at__lte=until)
