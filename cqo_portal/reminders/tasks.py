"""Thin: a task asks for the day and calls one function."""

from django.utils import timezone

from cqo_portal.celery import app
from cqo_portal.notifications import gathering
from cqo_portal.notifications.tasks import sweep
from cqo_portal.reminders.scan import scan


@app.task
def remind() -> int:
    """Write down what is due today, and gather what goes into one mail a day. Twice is as good as once."""
    today = timezone.localdate()
    told = scan(today)
    gathering.gather(today)
    sweep.delay()
    return told
