"""The kinds of message a record causes."""

from cqo_portal.accounts.holders import holders
from cqo_portal.accounts.models import Role
from cqo_portal.notifications.catalogue import Kind, add


def the_office(record):
    return holders(role__in=[Role.CITY, Role.PROVINCE], office=record.office_id)


def the_body(record):
    return holders(role=Role.BODY, institution=record.institution_id)


add(
    Kind("body-submitted", recipients=the_office),
    Kind("body-returned", recipients=the_body),
    Kind("body-recorded", recipients=the_body),
    Kind("body-suspended", recipients=the_body),
    Kind("body-resumed", recipients=the_body),
    Kind("body-ended", recipients=the_body),
)
