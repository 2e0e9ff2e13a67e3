"""Which suggestions a person may see, and where they wait."""

from datetime import date

from django.db.models import Q

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.scope import NOTHING, within_area
from cqo_portal.parties.queries import SearchableQuerySet

SAID = Q(state__in=["delivered", "replied", "closed"])


class SuggestionQuerySet(SearchableQuerySet):
    def visible_to(self, user) -> "SuggestionQuerySet":
        """The only door. A draft is its office's alone; the officer learns of it when it is closed."""
        return self.filter(_within(user.acting)) if user.acting else self.none()

    def awaiting(self, user) -> "SuggestionQuerySet":
        """Whose move it is: the enterprise replies, the issuing office goes on."""
        role = user.acting.role if user.acting else ""
        turn = {
            Role.ENTERPRISE: Q(state="delivered"),
            Role.COUNTY: Q(state__in=["draft", "replied"]),
            Role.CITY: Q(state__in=["draft", "replied"]),
        }.get(role, NOTHING)
        if role in (Role.COUNTY, Role.CITY):
            turn &= Q(issuer=user.acting.office)
        return self.visible_to(user).filter(turn)

    def late(self, day: date) -> "SuggestionQuerySet":
        """No reply, and the day set for it is over."""
        return self.filter(state="delivered", reply_by__lt=day)

    def for_list(self) -> "SuggestionQuerySet":
        return self.select_related("organisation", "office", "issuer", "officer").defer(
            "search", "haystack", "facts", "evidence", "organisation__search", "officer__search"
        )


def _within(acting) -> Q:
    match acting.role:
        case Role.ENTERPRISE:
            return Q(organisation=acting.organisation) & SAID
        case Role.COUNTY | Role.CITY:
            return Q(issuer=acting.office) | within_area(acting) & SAID
        case Role.PROVINCE:
            return within_area(acting) & SAID
        case Role.OFFICER if acting.person_id:
            return Q(officer__person=acting.person, state="closed")
    return NOTHING
