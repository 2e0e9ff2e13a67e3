"""Thin: a task takes ids, loads, calls one function."""

from cqo_portal.celery import app
from cqo_portal.notifications.models import Message
from cqo_portal.notifications.outbox import claim, deliver


@app.task
def sweep() -> int:
    """Deliver every e-mail that waits. Safe to run twice, by two workers, or after a pause."""
    waiting = Message.objects.claimable().order_by("id").values_list("pk", flat=True)[:500]
    sent = 0
    for pk in list(waiting):
        if message := claim(pk):  # claimed one by one: a killed worker holds back one mail, not all
            deliver(message)
            sent += 1
    return sent
