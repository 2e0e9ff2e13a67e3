"""Thin: a task calls one function. Loading this module also makes the worker say that it lives."""

from datetime import timedelta

from django.utils import timezone

from cqo_portal.celery import app
from cqo_portal.desk import beats  # noqa: F401 -- connects the signal
from cqo_portal.desk.models import Heartbeat

FORGOTTEN = timedelta(days=7)


@app.task
def forget_the_dead() -> int:
    """Processes that have been silent for a week are of no interest to anybody."""
    return Heartbeat.objects.filter(at__lt=timezone.now() - FORGOTTEN).delete()[0]
