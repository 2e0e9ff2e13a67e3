"""Thin: a task takes ids and calls one function."""

import logging
from uuid import UUID

from django.utils import timezone

from cqo_portal.celery import app
from cqo_portal.statistics import orders
from cqo_portal.statistics.models import Order

log = logging.getLogger(__name__)


@app.task
def write(pk: str) -> None:
    orders.write(UUID(pk))


@app.task
def sweep() -> int:
    """Go on with what a killed worker, or a lost wake-up, left lying, and forget files whose days are over."""
    left = list(Order.objects.unfinished().order_by("asked_at").values_list("pk", flat=True))
    for pk in left:
        try:
            orders.write(pk)
        except Exception as error:  # one order that cannot be gone on with must not hold up the others
            log.error("order %s could not be gone on with: %s", pk, type(error).__name__)
    return len(left) + orders.expire(today=timezone.localdate())
