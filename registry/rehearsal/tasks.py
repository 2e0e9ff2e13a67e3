"""Thin: go on with whatever rehearsal is under way. A killed worker costs one handful of officers, judged again."""

import logging

from cqo_portal.busy import alone
from cqo_portal.celery import app
from registry.rehearsal.models import Rehearsal
from registry.rehearsal.services import step

log = logging.getLogger(__name__)


@app.task
def go_on() -> int:
    """Finish every run under way; safe to run twice, or by two workers. Returns how many steps were taken."""
    steps = 0
    for pk in list(Rehearsal.objects.running().order_by("asked_at").values_list("pk", flat=True)):
        try:
            with alone(pk) as mine:  # so that its page can say that somebody is at it
                steps += 1
                while mine and step(pk):
                    steps += 1
        except Exception:  # one run that cannot be gone on with must not hold up the others
            log.exception("rehearsal %s could not be gone on with", pk)
    return steps
