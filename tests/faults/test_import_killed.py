"""A worker is killed at twenty points of an import: all rows are there, or none, and the sweep brings it to its end."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from cqo_portal.audit.models import Event
from cqo_portal.imports.models import ImportRun
from cqo_portal.imports.tasks import sweep
from cqo_portal.imports.workflow import APPLY_ALL
from cqo_portal.parties.models import Organisation
from cqo_portal.workflow.engine import perform
from registry.models import Entry
from tests.cast import cast
from tests.imports.files import code, run_of

ROWS = 150
POINTS = 20
HEADER = ("企业名称", "统一社会信用代码", "所属县（市、区）", "行业代码", "从业人员", "营业收入（万元）")


@pytest.fixture
def meng(transactional_db, settings):
    """The city; nothing is done behind the tests' back."""
    from cqo_portal.reference.load import load_industries

    settings.CELERY_TASK_ALWAYS_EAGER = False
    load_industries()
    return cast().meng


def decided(number: int, *, by) -> ImportRun:
    """An import of its own enterprises, confirmed by a person; no worker has begun."""
    lines = [
        (f"第{number}批{n}号管件厂", code(number * 1000 + n), "泊头市", "33", 300 + n, 8000)
        for n in range(ROWS)
    ]
    text = "\n".join(",".join(map(str, line)) for line in (HEADER, *lines))
    run = run_of(
        SimpleUploadedFile("名单.csv", text.encode()), by=by
    )  # read in no time: what is killed is the applying
    assert run.counts == {"new": ROWS, "remarked": 0, "all": ROWS}
    return perform(APPLY_ALL, run, by=by)


class Workers:
    """Children of one process that has loaded everything; each is a worker with a session of its own."""

    def __init__(self) -> None:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.served",
            "CQO_TEST_DATABASE": connection.settings_dict["NAME"],
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.import_process"],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def begin(self, how: str, run: ImportRun) -> int:
        self.process.stdin.write(f"{how} {run.pk}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def seconds_for(self, how: str, run: ImportRun) -> float:
        self.begin(how, run)
        began = time.monotonic()
        assert self.process.stdout.readline() == "over\n"
        return time.monotonic() - began

    def killed_after(self, seconds: float, how: str, run: ImportRun) -> None:
        child = self.begin(how, run)
        time.sleep(seconds)
        with suppress(ProcessLookupError):  # it had come to its end by itself
            os.kill(child, signal.SIGKILL)
        assert self.process.stdout.readline() == "over\n"
        _wait_for_the_backend_to_notice()

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=20)


@pytest.fixture
def workers(meng):
    started = Workers()
    yield started
    started.end()


def _wait_for_the_backend_to_notice() -> None:
    """PostgreSQL ends the session of a dead client when it next looks at the line."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(others)
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("the session of the killed worker is still there")


def there(number: int) -> int:
    return Organisation.objects.filter(name__startswith=f"第{number}批").count()


def test_killed_at_any_point_an_import_is_whole_or_absent_and_then_finished(meng, workers):
    takes = min(workers.seconds_for("apply", decided(number, by=meng)) for number in (98, 99))
    assert there(98) == there(99) == ROWS
    cut = 0
    for point in range(POINTS):
        run = decided(point, by=meng)
        workers.killed_after(takes * (point + 0.5) / POINTS, "apply", run)
        state = ImportRun.objects.get(pk=run.pk).state
        assert (state, there(point)) in {("applying", 0), ("done", ROWS)}
        cut += state == "applying"
        sweep()
        assert (ImportRun.objects.get(pk=run.pk).state, there(point)) == ("done", ROWS)
        assert Event.objects.about(run).filter(action="finish").count() == 1
    assert cut >= 3, (
        f"only {cut} were cut off within {takes:.2f} s"
    )  # the machine may be busy, or idle of late
    assert Entry.objects.filter(name="credit_code").count() == ROWS * (POINTS + 2)


def test_without_the_transaction_a_kill_leaves_a_part(meng, workers):
    """The control: if this leaves all or nothing, the test above proves nothing."""
    takes = workers.seconds_for("naive", decided(99, by=meng))
    parts = []
    for point in range(5):
        workers.killed_after(takes * (point + 3) / 10, "naive", decided(point, by=meng))
        parts.append(there(point))
    assert any(0 < part < ROWS for part in parts)
