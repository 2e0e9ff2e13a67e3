"""The kinds of message a filing or a fact of the register causes, and who gets them: everybody who holds the role, not one person."""

from cqo_portal.accounts.holders import holders
from cqo_portal.accounts.models import Role
from cqo_portal.notifications.catalogue import Kind, add


def the_enterprise(filing):
    return holders(role=Role.ENTERPRISE, organisation=filing.organisation_id)


def the_county(filing):
    return holders(role=Role.COUNTY, office=filing.office_id)


def the_city(filing):
    return holders(role=Role.CITY, office=filing.office.parent_id)


def _all_sides(filing):
    return the_enterprise(filing) | the_county(filing)


add(
    Kind("filing-submitted", recipients=the_county),
    Kind("filing-withdrawn", recipients=the_county),
    Kind("filing-sent-up", recipients=the_city),
    Kind("filing-recalled", recipients=the_city),
    Kind("filing-returned", recipients=the_enterprise),
    Kind("filing-filed", recipients=_all_sides),
    Kind("name-differs", recipients=the_county),
)
