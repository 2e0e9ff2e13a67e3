"""Who hears of a batch: the city, once for all its filings; and whom a county reminds."""

from cqo_portal.accounts.models import Role, User
from cqo_portal.notifications.catalogue import Kind, add
from registry.batches.progress import silent


def the_city_above(batch):
    return User.objects.filter(
        is_active=True,
        assignments__active=True,
        assignments__role=Role.CITY,
        assignments__office=batch.office.parent_id,
    ).distinct()


def the_silent(reminder):
    return User.objects.filter(
        is_active=True,
        assignments__active=True,
        assignments__role=Role.ENTERPRISE,
        assignments__organisation__in=silent(reminder.notice, office=reminder.office).values("pk"),
    ).distinct()


add(
    Kind("batch-sent", recipients=the_city_above),
    Kind("batch-recalled", recipients=the_city_above),
    Kind("notice-reminder", recipients=the_silent),
)
