"""Nobody works in the background: the page says so, nothing is lost, and all of it goes on once a worker comes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import redis
import time_machine
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils import timezone

from cqo_portal.busy import alone
from cqo_portal.imports.models import ImportRun
from cqo_portal.imports.tasks import sweep
from registry.rehearsal.models import Rehearsal
from tests.cast import browser, cast
from tests.imports.files import code, workbook

HEADER = ("企业名称", "统一社会信用代码", "所属县（市、区）", "行业代码", "从业人员", "营业收入（万元）")
LINE = ("泊头新元管件厂", code(1), "泊头市", "33", 350, 8000)
BEGUN = "排队等候，自"
LEFT = "还没有开始：自"
TOLD = "请告诉系统管理员：后台任务可能没有运行。文件已经存好，不用重传"
REFRESH = '<noscript><meta http-equiv="refresh"'


@pytest.fixture
def people(transactional_db, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    redis.from_url(settings.REDIS_URL).delete("celery")
    return cast()


@pytest.fixture
def start_worker():
    """A worker as in `make run`, on this test's database; it is ended again."""
    started = []

    def start() -> None:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.served",
            "CQO_TEST_DATABASE": connection.settings_dict["NAME"],
        }
        command = [sys.executable, "-m", "celery", "--app", "cqo_portal.celery:app"]
        command += [
            "worker",
            "--pool",
            "solo",
            "--loglevel",
            "WARNING",
            "--without-mingle",
            "--without-gossip",
        ]
        started.append(subprocess.Popen(command, env=environment))

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=20)


def sent(people) -> ImportRun:
    said = {"kind": "enterprises", "year": "2026", "file": workbook(HEADER, LINE)}
    browser(people.meng).post("/imports/", said)
    return ImportRun.objects.get()


def page_of(people, thing) -> str:
    return browser(people.meng).get(thing.get_absolute_url()).content.decode()


def later() -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(minutes=3), tick=True)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "the worker came, and nothing went on"
        time.sleep(0.2)


class Elsewhere:
    """Another session of the database that is busy with a work, as a worker's is."""

    def __init__(self, thing) -> None:
        self.link = connections.create_connection(DEFAULT_DB_ALIAS)
        self.key = thing.pk.int % 2**63

    def __enter__(self) -> None:
        with self.link.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [self.key])

    def __exit__(self, *failed) -> None:
        self.link.close()


def test_an_import_nobody_works_on_says_so_without_scripts_and_goes_on_with_a_worker(people, start_worker):
    run = sent(people)
    assert run.state == "reading"
    page = page_of(people, run)
    assert BEGUN in page and LEFT not in page and REFRESH in page and "正在读取" not in page.split("<h1>")[1]
    with later():
        page = page_of(people, run)
        assert LEFT in page and TOLD in page and REFRESH in page
    start_worker()
    until(lambda: ImportRun.objects.get(pk=run.pk).state == "to_decide")
    page = page_of(people, run)
    assert "看过后果，再确认导入" in page and REFRESH not in page


def test_while_somebody_is_at_it_the_page_says_that_and_nothing_of_waiting(people):
    run = sent(people)
    with Elsewhere(run), later():
        page = page_of(people, run)
        assert "正在读取" in page and BEGUN not in page and LEFT not in page
        with alone(run.pk) as mine:  # and a second worker keeps its hands off
            assert not mine
    with later():  # he who was busy died with his session
        assert LEFT in page_of(people, run)


def test_while_another_import_is_worked_on_this_one_waits_for_its_turn(people):
    run = sent(people)
    other = ImportRun.objects.get()
    other.pk, other.digest = None, "0" * 64
    other._state.adding = True
    other.save()
    with Elsewhere(other), later():
        page = page_of(people, run)
        assert BEGUN in page and "后台正在处理另外 1 件，轮到就开始" in page and LEFT not in page


def test_a_wake_up_that_was_lost_is_made_up_for_by_the_sweep(people, settings):
    run = sent(people)
    redis.from_url(settings.REDIS_URL).delete("celery")
    assert sweep() == 1
    assert ImportRun.objects.get(pk=run.pk).state == "to_decide"


def test_a_rehearsal_nobody_works_on_says_so_and_goes_on_with_a_worker(people, start_worker):
    said = {"edition": "hubei-2021-draft", "on": "2026-11-20"}
    answer = browser(people.meng).post("/rehearsals/", said)
    assert answer.status_code == 302
    run = Rehearsal.objects.get()
    assert BEGUN in page_of(people, run)
    with later():
        page = page_of(people, run)
        assert LEFT in page and "请告诉系统管理员：后台任务可能没有运行。" in page and REFRESH in page
    with Elsewhere(run), later():
        page = page_of(people, run)
        assert "正在预演" in page and LEFT not in page and BEGUN not in page
    start_worker()
    until(lambda: Rehearsal.objects.get(pk=run.pk).done_at is not None)
    assert REFRESH not in page_of(people, run)
