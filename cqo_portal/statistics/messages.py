"""What is said of an order: only to whom it belongs."""

from cqo_portal.accounts.models import User
from cqo_portal.notifications.catalogue import Kind, add


def who_ordered(order):
    return User.objects.filter(pk=order.by_id)


add(
    Kind("order-ready", recipients=who_ordered),
    Kind("order-failed", recipients=who_ordered),
)
