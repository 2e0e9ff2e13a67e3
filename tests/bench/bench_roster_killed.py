"""`make bench`: twenty thousand rows of attendance in the background, twenty workers killed at random over them.

Each of them leaves nothing, in the end everything is there, with the exact verdicts. Then the roster is posted to the
ledger, against a bare INSERT of the same rows. Every roster is of people who are not on record yet, as the one timed.
"""

import random
import time
from itertools import count

import pytest
from django.db import connection

from cqo_portal.audit.models import Event
from cqo_portal.imports.models import ImportRun
from cqo_portal.imports.tasks import sweep
from cqo_portal.imports.workflow import APPLY_GOOD
from cqo_portal.workflow.engine import perform
from tests.bench.bench_register import report
from tests.cast import TODAY, cast
from tests.faults.rosters import COUNTS_OF_20_000, begun, cut_off, refused, session
from tests.faults.workers import Workers
from tests.training import rows
from training.models import Entry, Posting, Presence, Session
from training.workflow import POST

MANY, WHOLE, KILLS = 20_000, 19_960, 20


@pytest.fixture
def tan(transactional_db, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    cast()
    return rows.provider()


@pytest.fixture
def workers(tan):
    started = Workers()
    yield started
    started.end()


def test_bench(tan, workers):
    run, held, read = ready(tan, workers, strangers=1_000_000)
    applied = workers.seconds_for("apply", run)
    print(f"{MANY} rows: read and judged {read:.1f} s, entered {applied:.1f} s")
    chance, cut, crowds = random.Random(4), 0, count(2_000_000, 1_000_000)
    while cut < KILLS:
        if run.state != "applying":
            run, held, _ = ready(tan, workers, strangers=next(crowds))
        cut += cut_off(workers, run, held, after=chance.uniform(0, applied), whole=WHOLE)
        run.refresh_from_db()
    print(f"{KILLS} workers killed at random within {applied:.1f} s: nothing was entered")
    sweep()
    run.refresh_from_db()
    assert (run.state, run.counts, held.roster.count()) == ("done", COUNTS_OF_20_000, WHOLE)
    assert len(refused(run)) == 40
    assert held.roster.values("person").distinct().count() == WHOLE
    assert Event.objects.about(run).filter(action="finish").count() == 1
    spent = timed(lambda: perform(POST, held, by=tan, today=TODAY))
    assert Posting.objects.get().lines == Entry.objects.count() == Presence.objects.count() == WHOLE
    report(
        f"post {WHOLE} lines, judged and on record", spent, against="a bare INSERT of the rows", theirs=bare()
    )


def ready(tan, workers, *, strangers: int) -> tuple[ImportRun, Session, float]:
    """A roster that waits to be entered, and how many seconds it was read. The next crowd are other people."""
    held = session(tan)
    run = begun(held, MANY, by=tan, strangers=strangers)
    read = workers.seconds_for("read", run)
    return perform(APPLY_GOOD, run, by=tan), held, read


def timed(act) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def bare() -> float:
    """Seconds for the same rows into tables of the same columns and indexes, without a trigger or a foreign key."""
    tables = ("training_entry", "training_presence")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"CREATE TEMP TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        return sum(
            timed(lambda table=table: cursor.execute(f"INSERT INTO bare_{table} SELECT * FROM {table}"))
            for table in tables
        )
