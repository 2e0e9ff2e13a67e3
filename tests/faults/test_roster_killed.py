"""A long roster in the background: progress is seen, every row gets its verdict, and a worker killed at random leaves
nothing, until one brings it to its end. `make bench` kills twenty workers over the twenty thousand rows.
"""

import random
from datetime import date
from itertools import cycle

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cqo_portal.audit.models import Event
from cqo_portal.imports import services
from cqo_portal.imports.catalogue import kind
from cqo_portal.imports.models import ImportRun, Progress
from cqo_portal.imports.tasks import sweep
from cqo_portal.imports.workflow import APPLY_GOOD
from cqo_portal.workflow.engine import perform
from tests.cast import cast
from tests.faults.workers import Workers
from tests.training import rows
from training.models import RosterLine, Session

DAY = date(2026, 10, 17)
KILLS = 20
GIVEN = cycle("伟芳娜敏静丽强磊军洋")
# Faults by every so many rows; their numbers have no multiple in common below twenty thousand.
WRONG_DIGIT, NO_NUMBER, TOO_MANY, TWICE = 997, 1999, 3001, 4999


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


def sheet(many: int) -> str:
    return "\n".join(["姓名,身份证号,学时,课程类别", *(line(n) for n in range(1, many + 1))])


def line(n: int) -> str:
    number, hours = rows.identity(n - 1 if n % TWICE == 0 else n), "7"
    if n % WRONG_DIGIT == 0:
        number = number[:-1] + ("1" if number[-1] != "1" else "2")
    if n % NO_NUMBER == 0:
        hours = "七"
    if n % TOO_MANY == 0:
        hours = "21.5"
    return f"王{next(GIVEN)}{next(GIVEN)},{number},{hours},一类"


def begun(held: Session, many: int, *, by) -> ImportRun:
    upload = SimpleUploadedFile("签到表.csv", sheet(many).encode())
    return services.begin(upload, of_kind=kind("attendance"), target=held.pk, by=by)


def session(tan) -> Session:
    return rows.session(tan, hours={1: "21"}, times=((rows.at(DAY, 9), rows.at(DAY, 12)),))


def test_twenty_thousand_rows_are_judged_and_entered_by_a_worker_with_progress(tan, workers):
    held = session(tan)
    run = begun(held, 20_000, by=tan)
    workers.seconds_for("read", run)
    run.refresh_from_db()
    assert run.counts == {"new": 19_960, "refused": 40, "remarked": 0, "all": 20_000}
    said = {row.number: row.told["verdicts"][0]["sentence"] for row in run.rows.filter(outcome="refused")}
    assert (
        len(said) == 40
    )  # 20 wrong digits, 10 words for a number, 6 too many, 4 twice; the first line is the header
    assert "校验" in said[WRONG_DIGIT + 1]
    assert "21" in said[TOO_MANY + 1]
    assert said.keys() >= {NO_NUMBER + 1, 10 * NO_NUMBER + 1, TWICE + 1, 4 * TWICE + 1}
    perform(APPLY_GOOD, run, by=tan)
    workers.killed_after(4, "apply", run)
    assert (ImportRun.objects.get(pk=run.pk).state, held.roster.count()) == ("applying", 0)
    told = Progress.objects.get(pk=run.pk)
    assert told.total == 20_000
    workers.seconds_for("apply", run)
    assert (ImportRun.objects.get(pk=run.pk).state, held.roster.count()) == ("done", 19_960)
    assert 0 < Progress.objects.get(pk=run.pk).done <= 20_000


def test_killed_twenty_times_at_random_nothing_is_entered_until_a_worker_comes_to_its_end(tan, workers):
    first = begun(session(tan), 1500, by=tan)
    workers.seconds_for("read", first)
    takes = workers.seconds_for("apply", perform(APPLY_GOOD, first, by=tan))
    held = session(tan)
    run = begun(held, 1500, by=tan)
    workers.seconds_for("read", run)
    perform(APPLY_GOOD, run, by=tan)
    chance, cut = random.Random(4), 0
    for _ in range(KILLS):
        workers.killed_after(takes * chance.uniform(0, 0.9), "apply", run)
        state = ImportRun.objects.get(pk=run.pk).state
        assert (state, held.roster.count()) in {("applying", 0), ("done", 1499)}
        cut += state == "applying"
    assert cut >= 3, f"only {cut} of {KILLS} were cut off within {takes:.2f} s"
    sweep()
    assert (ImportRun.objects.get(pk=run.pk).state, held.roster.count()) == ("done", 1499)
    assert Event.objects.about(run).filter(action="finish").count() == 1
    assert RosterLine.objects.filter(session=held).values("person").distinct().count() == 1499


def test_without_the_transaction_a_kill_leaves_a_part(tan, workers):
    """The control: if this leaves all or nothing, the tests above prove nothing."""
    first = begun(session(tan), 3000, by=tan)
    workers.seconds_for("read", first)
    takes = workers.seconds_for("naive", perform(APPLY_GOOD, first, by=tan))
    parts = []
    for point in range(6):
        held = session(tan)
        run = begun(held, 3001 + point, by=tan)
        workers.seconds_for("read", run)
        workers.killed_after(takes * (point + 2) / 10, "naive", perform(APPLY_GOOD, run, by=tan))
        parts.append(held.roster.count())
    assert any(0 < part < 2990 for part in parts), parts
