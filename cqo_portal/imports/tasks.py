"""Thin: a task takes ids, loads, calls one function."""

from uuid import UUID

from cqo_portal.celery import app
from cqo_portal.imports import worker
from cqo_portal.imports.models import ImportRun


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
        (worker.read if state == ImportRun.State.READING else worker.apply)(pk)
    return len(left)
