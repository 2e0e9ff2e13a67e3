"""A long roster in the background: progress is seen, every row gets its verdict, and a worker killed at random leaves
nothing, until one brings it to its end. `make bench` kills twenty workers over the twenty thousand rows.
"""

import random

import pytest

from cqo_portal.audit.models import Event
from cqo_portal.imports.models import ImportRun
from cqo_portal.imports.tasks import sweep
from cqo_portal.imports.workflow import APPLY_GOOD
from cqo_portal.workflow.engine import perform
from tests.cast import cast
from tests.faults.rosters import (
    COUNTS_OF_20_000,
    NO_NUMBER,
    TOO_MANY,
    TWICE,
    WRONG_DIGIT,
    begun,
    cut_off,
    progress,
    refused,
    session,
)
from tests.faults.workers import Workers
from tests.training import rows
from training.models import RosterLine

KILLS = 20


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


def test_twenty_thousand_rows_are_judged_and_entered_by_a_worker_with_progress(tan, workers):
    held = session(tan)
    run = begun(held, 20_000, by=tan)
    workers.seconds_for("read", run)
    run.refresh_from_db()
    assert run.counts == COUNTS_OF_20_000
    said = refused(run)
    assert len(said) == 40  # 20 wrong digits, 10 words for a number, 6 too many, 4 twice
    assert "校验" in said[WRONG_DIGIT + 1]
    assert "21" in said[TOO_MANY + 1]
    assert said.keys() >= {NO_NUMBER + 1, 10 * NO_NUMBER + 1, TWICE + 1, 4 * TWICE + 1}
    perform(APPLY_GOOD, run, by=tan)
    workers.killed_after(4, "apply", run)
    assert (ImportRun.objects.get(pk=run.pk).state, held.roster.count()) == ("applying", 0)
    assert progress(run)[1] == 20_000
    workers.seconds_for("apply", run)
    assert (ImportRun.objects.get(pk=run.pk).state, held.roster.count()) == ("done", 19_960)
    assert 0 < progress(run)[0] <= 20_000


def test_killed_twenty_times_at_random_nothing_is_entered_until_a_worker_comes_to_its_end(tan, workers):
    first = begun(session(tan), 1500, by=tan)
    workers.seconds_for("read", first)
    takes = workers.seconds_for("apply", perform(APPLY_GOOD, first, by=tan))
    held = session(tan)
    run = begun(held, 1500, by=tan)
    workers.seconds_for("read", run)
    perform(APPLY_GOOD, run, by=tan)
    chance = random.Random(4)
    cut = sum(
        cut_off(workers, run, held, after=takes * chance.uniform(0, 0.9), whole=1499) for _ in range(KILLS)
    )
    assert cut >= 3, f"only {cut} of {KILLS} were cut off within {takes:.2f} s"
    sweep()
    assert (ImportRun.objects.get(pk=run.pk).state, held.roster.count()) == ("done", 1499)
    assert Event.objects.about(run).filter(action="finish").count() == 1
    assert RosterLine.objects.filter(session=held).values("person").distinct().count() == 1499


def test_without_the_transaction_a_kill_leaves_a_part(tan, workers):
    """The control: if this leaves all or nothing, the tests above prove nothing."""
    held = session(tan)
    run = begun(held, 3000, by=tan)
    workers.seconds_for("read", run)
    workers.killed_when(lambda: held.roster.exists(), "naive", perform(APPLY_GOOD, run, by=tan))
    assert 0 < held.roster.count() < 2990
