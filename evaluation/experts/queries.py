"""Which experts somebody may see, whom of the talent pools a body may engage, and what was said of an expert."""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.scope import NOTHING
from cqo_portal.audit.append_only import AppendOnlyQuerySet
from cqo_portal.parties.queries import SearchableQuerySet
from registry.talent.models import PoolEntry
from registry.talent.queries import PoolEntryQuerySet


class ExpertQuerySet(SearchableQuerySet):
    def visible_to(self, user) -> "ExpertQuerySet":
        """The only door: the body sees its own; the expert the engagements of his own."""
        return self.filter(_experts_within(user.acting)) if user.acting else self.none()

    def engaged(self) -> "ExpertQuerySet":
        return self.filter(state="engaged")

    def free_on(self, day: date) -> "ExpertQuerySet":
        """Engaged on that day and not busy then."""
        there = Q(engaged_on__lte=day) & (Q(ended_on=None) | Q(ended_on__gt=day))
        return self.filter(there, Q(busy_until=None) | Q(busy_until__lt=day))

    def for_list(self) -> "ExpertQuerySet":
        return self.select_related("institution", "entry").defer(
            "search",
            "haystack",
            "institution__search",
            "institution__haystack",
            "entry__search",
            "entry__haystack",
        )


def _experts_within(acting) -> Q:
    match acting.role:
        case Role.BODY:
            return Q(institution=acting.institution_id)
        case Role.EXPERT if acting.person_id:
            return Q(person=acting.person_id)
    return NOTHING


class DeclaredQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user) -> "DeclaredQuerySet":
        """Of himself to the expert; of those engaged now to their body, whoever said it."""
        experts = (
            self.model._meta.get_field("person").related_model._meta.get_field("engagements").related_model
        )
        if user.acting is None:
            return self.none()
        if user.acting.role == Role.EXPERT and user.acting.person_id:
            return self.filter(person=user.acting.person_id)
        if user.acting.role == Role.BODY:
            seen = experts.objects.visible_to(user).engaged().filter(person=OuterRef("person"))
            return self.filter(Exists(seen))
        return self.none()

    def last_words(self) -> "DeclaredQuerySet":
        """The last word of each thread."""
        return self.filter(following=None)

    def holding(self) -> "DeclaredQuerySet":
        """What stands as said: last words that do not withdraw. What has ended holds too, for its time."""
        return self.filter(following=None).exclude(act="withdrawn")


def may_be_engaged(*, day: date, field: str = "") -> PoolEntryQuerySet:
    """Who of any city's pool can be asked on that day, and agreed to be in it.

    Whoever entered by the text itself, with a certificate, was asked nothing: a body is not shown them.
    """
    return PoolEntry.objects.live().available(day=day, field=field).exclude(consent_name="")
