"""Who may see a fact on record, and which facts count at a moment."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from cqo_portal.accounts.models import AT_AN_OFFICE, Role
from cqo_portal.accounts.scope import within_area
from cqo_portal.audit.append_only import AppendOnlyQuerySet
from cqo_portal.parties.models import Person


class IncidentQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user) -> "IncidentQuerySet":
        """Only those concerned: the person, the enterprise it is about, and the offices of their area."""
        acting = user.acting
        if acting is None:
            return self.none()
        if acting.role == Role.ENTERPRISE:
            return self.filter(organisation=acting.organisation, identity_index="")
        if acting.role == Role.OFFICER:
            return self.filter(identity_index=acting.person.identity_index) if acting.person else self.none()
        return self.filter(_of_the_area(acting)) if acting.role in AT_AN_OFFICE else self.none()

    def latest_words(self) -> "IncidentQuerySet":
        """One row a fact: the last word on it."""
        return self.filter(following=None)

    def counting(self, at: datetime | None = None) -> "IncidentQuerySet":
        """What stands on record, now or as it stood at a moment; without what was withdrawn by then."""
        later = self.model._base_manager.filter(previous=OuterRef("pk"))
        said = self if at is None else self.filter(at__lte=at)
        followed = later if at is None else later.filter(at__lte=at)
        return said.filter(~Exists(followed)).exclude(act="withdrawn")

    def against(self, *, identity_index: str = "", organisation=None) -> "IncidentQuerySet":
        """About this person, or about this enterprise itself."""
        wanted = Q(pk__in=[])
        if identity_index:
            wanted |= Q(identity_index=identity_index)
        if organisation is not None:
            wanted |= Q(organisation=organisation, identity_index="")
        return self.filter(wanted)

    def for_list(self) -> "IncidentQuerySet":
        return self.select_related("organisation", "office", "by").defer("organisation__search")


def _of_the_area(acting) -> Q:
    """The office that recorded it, the enterprise's offices, and those where the person is in office."""
    in_office = Person.objects.filter(within_area(acting, "posts__office"), posts__ended_on=None)
    people = in_office.values("identity_index")
    ours = Q(office=acting.office) | within_area(acting) | within_area(acting, "organisation__office")
    return ours | (~Q(identity_index="") & Q(identity_index__in=people))
