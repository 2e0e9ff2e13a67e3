"""Thin: a task takes ids, loads, calls one function."""

import logging
from uuid import UUID

from cqo_portal.celery import app
from cqo_portal.imports import worker
from cqo_portal.imports.models import ImportRun

log = logging.getLogger(__name__)


@app.task
def read(run_id: str) -> None:
    worker.read(UUID(run_id))


@app.task
def apply(run_id: str) -> None:
    worker.apply(UUID(run_id))


@app.task
def sweep() -> int:
    """Go on with every run a killed worker, or a lost wake-up, left lying; busy ones are locked and passed over."""
    left = list(ImportRun.objects.unfinished().order_by("moved_at").values_list("pk", "state"))
    for pk, state in left:
        try:
            (worker.read if state == ImportRun.State.READING else worker.apply)(pk)
        except Exception as error:  # one run that cannot be gone on with must not hold up the others
            log.error("import %s could not be gone on with: %s", pk, type(error).__name__)
    return len(left)
