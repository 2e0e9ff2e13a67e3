"""The kinds of message a filing causes, and who gets them: everybody who holds the role, not one person."""

from cqo_portal.accounts.models import Role, User
from cqo_portal.notifications.catalogue import Kind, add


def _holders(**scope):
    return User.objects.filter(
        is_active=True, **{f"assignments__{key}": value for key, value in scope.items()}
    ).distinct()


def the_enterprise(filing):
    return _holders(role=Role.ENTERPRISE, organisation=filing.organisation_id, active=True)


def the_county(filing):
    return _holders(role=Role.COUNTY, office=filing.office_id, active=True)


def the_city(filing):
    return _holders(role=Role.CITY, office=filing.office.parent_id, active=True)


def _all_sides(filing):
    return the_enterprise(filing) | the_county(filing)


add(
    Kind("filing-submitted", recipients=the_county),
    Kind("filing-withdrawn", recipients=the_county),
    Kind("filing-sent-up", recipients=the_city),
    Kind("filing-recalled", recipients=the_city),
    Kind("filing-returned", recipients=the_enterprise),
    Kind("filing-filed", recipients=_all_sides),
)
