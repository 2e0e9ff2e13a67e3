"""Who records facts, and who may take one back."""

from django.db.models import Q
from rules import Predicate, predicate

from cqo_portal.accounts.models import AT_AN_OFFICE, Role


def _serves_an_office(user) -> bool:
    return user is not None and user.acting is not None and user.acting.role in AT_AN_OFFICE


def _may_be_concerned(user) -> bool:
    return _serves_an_office(user) or (
        user.acting is not None and user.acting.role in (Role.ENTERPRISE, Role.OFFICER)
    )


concerned = Predicate(_may_be_concerned, name="concerned")
records_facts = Predicate(_serves_an_office, name="records_facts")


@predicate
def serves_the_office_or_the_one_above(user, incident) -> bool:
    """Whose record it is, or who stands directly above."""
    return user.acting.office_id in (incident.office_id, incident.office.parent_id)


@predicate
def is_concerned(user, incident) -> bool:
    """Whoever works for the enterprise in any role, or is the person, takes nothing back that stands against them."""
    about = Q(organisation=incident.organisation_id) if incident.organisation_id else Q(pk__in=[])
    if incident.identity_index:
        about |= Q(person__identity_index=incident.identity_index)
    return user.assignments.filter(about).exists()


changes_facts = records_facts & serves_the_office_or_the_one_above & ~is_concerned
