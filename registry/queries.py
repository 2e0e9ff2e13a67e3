"""What of the registry a person may see, and in which order it awaits them."""

from datetime import date

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, When

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.scope import within_area, within_scope
from cqo_portal.audit.append_only import AppendOnlyQuerySet
from cqo_portal.parties.models import Organisation
from cqo_portal.parties.queries import SearchableQuerySet
from registry.history import YES, day_after


def organisations_visible_to(user) -> QuerySet[Organisation]:
    """The enterprises of the assignment a user acts in; an enterprise sees itself."""
    if user.acting is None:
        return Organisation.objects.none()
    if user.acting.role == Role.ENTERPRISE:
        return Organisation.objects.filter(pk=user.acting.organisation_id)
    return Organisation.objects.filter(within_area(user.acting))


class FilingQuerySet(SearchableQuerySet):
    def visible_to(self, user) -> "FilingQuerySet":
        """The only door: a regulator sees what was submitted, an enterprise its own, others nothing."""
        if user.acting is None:
            return self.none()
        mine = self.filter(within_scope(user.acting))
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
        return self.filter(within_scope(user.acting))

    def in_office(self) -> "OfficerQuerySet":
        return self.filter(ended_on=None)

    def named_otherwise_elsewhere(self) -> "OfficerQuerySet":
        """Posts in office whose holder, by the identity number, is in office elsewhere under another name."""
        others = self.model._base_manager.filter(person=OuterRef("person"), ended_on=None)
        return self.in_office().filter(Exists(others.exclude(name=OuterRef("name"))))

    def in_office_on(self, day: date, *, known: date) -> "OfficerQuerySet":
        """Who held a post on `day`, as the register knew it at the end of `known`."""
        entries = self.model._meta.get_field("entries").related_model.objects
        mine = entries.filter(name="in_office", post__in=self.order_by().values("pk"))
        answers = mine.known_on(known).holding_on(day).values("pk")
        return self.filter(pk__in=entries.filter(pk__in=answers, value=YES).values("post"))

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
    def visible_to(self, user) -> "EntryQuerySet":
        """Facts follow their enterprise to the office it belongs to now; an officer sees those of the own posts."""
        if user.acting is None:
            return self.none()
        if user.acting.role == Role.OFFICER:
            return self.filter(post__person=user.acting.person)
        return self.filter(organisation__in=organisations_visible_to(user))

    def standing(self) -> "EntryQuerySet":
        """What nobody has corrected."""
        return self.filter(~Exists(self.model._base_manager.filter(corrects=OuterRef("pk"))))

    def known_on(self, day: date) -> "EntryQuerySet":
        """What had been recorded by the end of that day, without what a later entry had corrected by then."""
        end = day_after(day)
        corrected = self.model._base_manager.filter(corrects=OuterRef("pk"), recorded_at__lt=end)
        return self.filter(~Exists(corrected), recorded_at__lt=end)

    def holding_on(self, day: date) -> "EntryQuerySet":
        """For each fact of each post or enterprise the one entry that answers for that day."""
        fact = ("organisation", "post", "name")
        begun = self.filter(effective_on__lte=day)
        return begun.order_by(*fact, "-effective_on", "-id").distinct(*fact)

    def nearest_to(self, day: date) -> "EntryQuerySet":
        """The same, and for days before the first entry of a fact that first one: nothing better is known of them."""
        fact = ("organisation", "post", "name")
        begun = Case(When(effective_on__lte=day, then=F("effective_on")), output_field=DateField())
        ranked = self.annotate(begun=begun)
        order = (F("begun").desc(nulls_last=True), "effective_on", "-id")
        return ranked.order_by(*fact, *order).distinct(*fact)
