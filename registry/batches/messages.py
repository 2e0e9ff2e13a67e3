"""Who hears of a batch: the city, once for all its filings; and whom a county reminds."""

from cqo_portal.accounts.holders import holders
from cqo_portal.accounts.models import Role
from cqo_portal.notifications.catalogue import Kind, add
from registry.batches.progress import silent


def the_city_above(batch):
    return holders(role=Role.CITY, office=batch.office.parent_id)


def the_silent(reminder):
    return holders(
        role=Role.ENTERPRISE, organisation__in=silent(reminder.notice, office=reminder.office).values("pk")
    )


add(
    Kind("batch-sent", recipients=the_city_above),
    Kind("batch-recalled", recipients=the_city_above),
    Kind("notice-reminder", recipients=the_silent),
)
