"""Who is busy with long work in the background. A worker holds a lock of its database session while it is at it: who dies
drops it, so what is unfinished and unlocked lies there untouched, and a page can say so.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import OperationalError, connection

LOCK_NOT_AVAILABLE = "55P03"  # of SQL: the sentence comes in the language of the server
QUERY_CANCELED = "57014"
SWEPT_EVERY = timedelta(minutes=1)
OVERDUE = SWEPT_EVERY * 2  # whatever a worker could have begun it has begun by then


def waited_too_long(error: OperationalError) -> bool:
    """Whether a row was held by somebody else until the lock's timeout; anything else is no matter of waiting."""
    return getattr(error.__cause__, "pgcode", None) == LOCK_NOT_AVAILABLE


def took_too_long(error: OperationalError) -> bool:
    """Whether the question itself was cut off: asked again it takes as long."""
    return getattr(error.__cause__, "pgcode", None) == QUERY_CANCELED


def take_your_time() -> None:
    """For this transaction, which is long on purpose: the limits of a page are not meant for it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '15min'")
        cursor.execute("SET LOCAL statement_timeout = '5min'")


@contextmanager
def alone(pk: UUID) -> Iterator[bool]:
    """Whether nobody else is busy with this work; the lock goes with the session that holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_key(pk)])
        mine = cursor.fetchone()[0]
    try:
        yield mine
    finally:
        if mine and connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_key(pk)])


@contextmanager
def one_of(places: Iterable[UUID]) -> Iterator[bool]:
    """Whether one of these places was free; it is taken meanwhile."""
    with ExitStack() as held:
        yield any(held.enter_context(alone(place)) for place in places)


def worked_on(pks: Iterable[UUID]) -> set[UUID]:
    """Those of these works that some worker is busy with at this moment. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD)
        held = {key for (key,) in cursor.fetchall()}
    return {pk for pk in pks if _key(pk) in held}


@dataclass(frozen=True)
class Waiting:
    """How it stands with work that is not finished: somebody is at it, or it waits since then."""

    since: datetime
    now: datetime
    worked_on: bool
    others: int = 0  # works of the same sort that somebody is busy with

    @property
    def overdue(self) -> bool:
        """It should have been begun by now, and no worker is to be seen at all."""
        return not self.worked_on and not self.others and self.now - self.since > OVERDUE


def waiting(pk: UUID, *, since: datetime, now: datetime, among: Iterable[UUID]) -> Waiting:
    held = worked_on({pk, *among})
    return Waiting(since, now, pk in held, len(held - {pk}))


def _key(pk: UUID) -> int:
    return pk.int % 2**63


_HELD = """
    SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
