"""A worker is killed at twenty points of an import: all rows are there, or none, and the sweep brings it to its end."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cqo_portal.audit.models import Event
from cqo_portal.imports.models import ImportRun
from cqo_portal.imports.tasks import sweep
from cqo_portal.imports.workflow import APPLY_ALL
from cqo_portal.parties.models import Organisation
from cqo_portal.workflow.engine import perform
from registry.models import Entry
from tests.cast import cast
from tests.faults.workers import Workers
from tests.imports.files import code, run_of

ROWS = 150
POINTS = 20
HEADER = ("企业名称", "统一社会信用代码", "所属县（市、区）", "行业代码", "从业人员", "营业收入（万元）")


@pytest.fixture
def meng(transactional_db, settings):
    """The city; nothing is done behind the tests' back."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
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


@pytest.fixture
def workers(meng):
    started = Workers()
    yield started
    started.end()


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
    workers.killed_when(lambda: there(0) > 0, "naive", decided(0, by=meng))
    assert 0 < there(0) < ROWS
