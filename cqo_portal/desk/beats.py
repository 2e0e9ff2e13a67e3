"""Signs of life of the worker and of beat: a row each, written as long as they live, and read by the doctor's page."""

import logging
import os
import socket
import time

from celery.beat import PersistentScheduler
from celery.signals import heartbeat_sent
from django.db import DatabaseError, connection
from django.utils import timezone

from cqo_portal.desk.models import Heartbeat

logger = logging.getLogger(__name__)
EVERY = 30  # seconds
_last: dict[str, float] = {}


def lives(kind: str) -> None:
    """Note that this process lives, at most every half minute. That the database is away is no reason to die."""
    now = time.monotonic()
    if now - _last.get(kind, -EVERY) < EVERY:
        return
    _last[kind] = now
    name = f"{kind}@{socket.gethostname()}:{os.getpid()}"[:100]
    try:
        Heartbeat.objects.update_or_create(name=name, defaults={"kind": kind, "at": timezone.now()})
    except DatabaseError as error:
        logger.warning("no sign of life could be written: %s", error)
    finally:
        connection.close()  # the worker's children are copies of this process, and a connection is nobody's to share


@heartbeat_sent.connect
def _worker(**_: object) -> None:
    lives(Heartbeat.Kind.WORKER)


class Scheduler(PersistentScheduler):
    """Celery's own, which also says that it lives."""

    def tick(self, *args, **kwargs):
        lives(Heartbeat.Kind.BEAT)
        return min(super().tick(*args, **kwargs), EVERY)
