"""The kinds of message cases, pairings and the pool cause: to the role, not to one person."""

from cqo_portal.accounts.holders import holders
from cqo_portal.accounts.models import Role
from cqo_portal.notifications.catalogue import Kind, add


def the_author(case):
    if case.by_county:
        return holders(role=Role.COUNTY, office=case.office_id)
    return holders(role=Role.ENTERPRISE, organisation=case.organisation_id)


def the_county(case):
    return holders(role=Role.COUNTY, office=case.office_id)


def the_city(case):
    return holders(role=Role.CITY, office=case.office.parent_id)


def below_the_city(case):
    return holders(role=Role.ENTERPRISE, organisation=case.organisation_id) | the_county(case)


def everybody_in_it(case):
    named = holders(role=Role.OFFICER, person__in=case.officers.values("person"))
    return below_the_city(case) | named


def everybody_and_the_city(case):
    """When an officer takes a consent back, the city must hear of it too."""
    return everybody_in_it(case) | the_city(case)


def both_sides(pairing):
    return holders(role=Role.ENTERPRISE, organisation__in=[pairing.mentor_id, pairing.learner_id])


def both_sides_and_the_city(pairing):
    return both_sides(pairing) | holders(role=Role.CITY, office=pairing.office_id)


def the_person(entry):
    return holders(role=Role.OFFICER, person=entry.person_id)


def the_keeper(entry):
    return holders(role__in=[Role.CITY, Role.PROVINCE], office=entry.city_id)


add(
    Kind("talent-case-submitted", recipients=the_county),
    Kind("talent-case-returned", recipients=the_author),
    Kind("talent-case-handed-in", recipients=the_city),
    Kind("talent-case-selected", recipients=below_the_city),
    Kind("talent-case-declined", recipients=below_the_city),
    Kind("talent-case-published", recipients=everybody_in_it),
    Kind("talent-case-withdrawn", recipients=everybody_and_the_city),
    Kind("pairing-proposed", recipients=both_sides),
    Kind("pairing-agreed", recipients=both_sides_and_the_city),
    Kind("pairing-declined", recipients=both_sides_and_the_city),
    Kind("pairing-cancelled", recipients=both_sides),
    Kind("pairing-closed", recipients=both_sides),
    Kind("talent-pool-entered", recipients=the_person),
    Kind("talent-pool-left", recipients=the_person),
    Kind("talent-pool-in-doubt", recipients=the_keeper),
)
