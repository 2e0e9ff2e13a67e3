"""Who hears of a fact put on record, corrected or withdrawn: whom it is about, and the county of the enterprise."""

from django.db.models import Q

from cqo_portal.accounts.models import Role, User
from cqo_portal.notifications.catalogue import Kind, add


def those_concerned(incident):
    if incident.of_a_person:
        wanted = Q(
            assignments__role=Role.OFFICER, assignments__person__identity_index=incident.identity_index
        )
    else:
        wanted = Q(assignments__role=Role.ENTERPRISE, assignments__organisation=incident.organisation_id)
    if incident.organisation_id and incident.organisation.office_id != incident.by.acting.office_id:
        wanted |= Q(assignments__role=Role.COUNTY, assignments__office=incident.organisation.office_id)
    return User.objects.filter(wanted, is_active=True, assignments__active=True).distinct()


add(Kind("fact-recorded", recipients=those_concerned))
