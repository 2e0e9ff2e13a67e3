"""What of registrations, moves and hand-overs a person may see, and how much waits for an office."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from cqo_portal.accounts.models import AT_AN_OFFICE, Role
from cqo_portal.accounts.scope import within_area
from cqo_portal.audit.append_only import AppendOnlyQuerySet


class RegistrationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "RegistrationQuerySet":
        """The applicant's own; for offices what was handed in; for an enterprise who asks to act for it."""
        own, acting = Q(applicant=user), user.acting
        handed_in = Q(handed_in_at__isnull=False)
        if acting is None:
            return self.filter(own)
        if acting.role == Role.ADMIN:
            return self.filter(own | handed_in)
        if acting.role in AT_AN_OFFICE:
            return self.filter(own | (handed_in & within_area(acting, "office")))
        if acting.role == Role.ENTERPRISE:
            return self.filter(own | (handed_in & Q(credit_code=acting.organisation.credit_code)))
        return self.filter(own)

    def under_way(self) -> "RegistrationQuerySet":
        return self.filter(state__in=("opened", "waiting"))

    def waiting(self) -> "RegistrationQuerySet":
        return self.filter(state="waiting")


class LicenceQuerySet(models.QuerySet):
    def visible_to(self, user) -> "LicenceQuerySet":
        """Papers of a visible registration; the enterprise one asks to act for sees that, not the papers."""
        registrations = self.model._meta.get_field("registration").related_model.objects.visible_to(user)
        seen = self.filter(registration__in=registrations)
        office = user.acting is not None and user.acting.role != Role.ENTERPRISE
        return seen if office else seen.filter(registration__applicant=user)


class MoveQuerySet(models.QuerySet):
    def visible_to(self, user) -> "MoveQuerySet":
        """Both offices and those above them; the enterprise once it has moved; the administrator all."""
        acting = user.acting
        if acting is None:
            return self.none()
        if acting.role == Role.ADMIN:
            return self
        if acting.role in AT_AN_OFFICE:
            return self.filter(within_area(acting, "from_office") | within_area(acting, "to_office"))
        if acting.role == Role.ENTERPRISE:
            return self.filter(organisation=acting.organisation_id, state="done")
        return self.none()

    def under_way(self) -> "MoveQuerySet":
        return self.filter(state__in=("proposed", "accepted"))

    def for_list(self) -> "MoveQuerySet":
        return self.select_related("organisation", "from_office", "to_office")


class HandOverQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user) -> "HandOverQuerySet":
        """The administrator, and the colleagues in the same role at the same place."""
        acting = user.acting
        if acting is None:
            return self.none()
        if acting.role == Role.ADMIN:
            return self
        if acting.office_id:
            return self.filter(office=acting.office_id, role=acting.role)
        if acting.role == Role.ENTERPRISE:
            return self.filter(organisation=acting.organisation_id, role=acting.role)
        return self.none()


@dataclass(frozen=True)
class Waiting:
    """For a regulator's desk: registrations to look at, and moves of the area that are not done."""

    registrations: int
    moves: int

    def __bool__(self) -> bool:
        return bool(self.registrations or self.moves)


def waiting_for(user) -> Waiting:
    from cqo_portal.offices.models import Move, Registration  # the models take their querysets from here

    return Waiting(
        registrations=Registration.objects.visible_to(user).waiting().count(),
        moves=Move.objects.visible_to(user).under_way().count(),
    )
