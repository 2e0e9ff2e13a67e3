"""The kinds of message a suggestion causes."""

from cqo_portal.accounts.holders import holders
from cqo_portal.accounts.models import Role
from cqo_portal.notifications.catalogue import Kind, add
from cqo_portal.parties.models import Office


def the_enterprise(suggestion):
    return holders(role=Role.ENTERPRISE, organisation=suggestion.organisation_id)


def the_issuer(suggestion):
    of_a_city = suggestion.issuer.level == Office.Level.CITY
    return holders(role=Role.CITY if of_a_city else Role.COUNTY, office=suggestion.issuer_id)


def the_enterprise_and_the_officer(suggestion):
    return the_enterprise(suggestion) | holders(role=Role.OFFICER, person=suggestion.officer.person_id)


add(
    Kind("suggestion-delivered", recipients=the_enterprise),
    Kind("suggestion-replied", recipients=the_issuer),
    Kind("suggestion-closed", recipients=the_enterprise_and_the_officer),
)
