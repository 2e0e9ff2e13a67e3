"""What the clock does for the register."""

from django.utils import timezone

from cqo_portal.celery import app
from registry.entries import take_effect


@app.task
def facts_take_effect() -> int:
    """What was entered ahead comes into the register's tables on its day."""
    return take_effect(today=timezone.localdate())
