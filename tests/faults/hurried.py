"""The product's own Celery in a hurry: what happens once a minute, or a few times a day, happens every second.

celery -A tests.faults.hurried worker|beat          the product
NAIVE=1 celery …                                    the control: sends first, then writes down that it sent
"""

import os

from celery.signals import worker_init

from cqo_portal.celery import app

SECOND = 1.0

app.conf.beat_schedule = {
    "sweep": {"task": "cqo_portal.notifications.tasks.sweep", "schedule": SECOND},
    "remind": {"task": "cqo_portal.reminders.tasks.remind", "schedule": 5 * SECOND},
}
if os.environ.get("NAIVE"):
    app.conf.beat_schedule = {
        "naive": {"task": "tests.faults.hurried.send_then_mark", "schedule": SECOND / 4}
    }


@worker_init.connect
def only_of_terms(**_: object) -> None:
    """So that the numbers do not depend on the day on which the test runs."""
    from cqo_portal.reminders import scan
    from cqo_portal.reminders.catalogue import reminder

    terms = (reminder("term-ends"),)
    scan.all_reminders = lambda: terms


@app.task(name="tests.faults.hurried.send_then_mark")
def send_then_mark() -> None:
    """Nobody claims anything: what waits is sent, and marked afterwards."""
    from cqo_portal.notifications import channels
    from cqo_portal.notifications.models import Message

    email = channels.Email()
    waiting = Message.objects.filter(channel="email", state="waiting").select_related("recipient")
    for message in waiting.order_by("id")[:200]:
        email.send(message)
        Message.objects.filter(pk=message.pk).update(state="sent")
    email.close()
