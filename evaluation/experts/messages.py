"""The kinds of message an engagement causes: to the person, in whatever role they have an account."""

from cqo_portal.accounts.holders import holders
from cqo_portal.accounts.models import Role
from cqo_portal.notifications.catalogue import Kind, add


def the_person(expert):
    return holders(role__in=[Role.OFFICER, Role.EXPERT], person=expert.person_id)


add(
    Kind("expert-engaged", recipients=the_person),
    Kind("expert-ended", recipients=the_person),
)
