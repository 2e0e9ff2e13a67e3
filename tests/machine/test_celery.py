"""The timetable names tasks that exist; the worker takes a wake-up from a real broker."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from celery.schedules import crontab
from django.db import connection

from cqo_portal.celery import app

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("line", sorted(app.conf.beat_schedule))
def test_every_line_of_the_timetable_names_a_task_that_exists(line):
    app.loader.import_default_modules()
    assert app.conf.beat_schedule[line]["task"] in app.tasks


def test_a_tick_expires_before_the_next_one_comes():
    for line in app.conf.beat_schedule.values():
        assert line["options"]["expires"] < shortest_wait(line["schedule"])


def shortest_wait(schedule: float | crontab) -> float:
    """Seconds from one tick to the next."""
    if isinstance(schedule, crontab):
        hours = sorted(schedule.hour)
        return min(later - earlier for earlier, later in itertools.pairwise(hours)) * 3600
    return schedule


@pytest.mark.django_db(transaction=True)
def test_a_worker_takes_a_wake_up_from_valkey_and_answers(servers, settings):
    """The one test with a real worker process: over the socket, as in `make run`."""
    broker = redis.from_url(settings.REDIS_URL)
    broker.delete("celery")  # wake-ups that other tests left in the shared broker
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "cqo_portal.settings",
        "DATABASE_URL": servers.database_url("cqo_owner", database=connection.settings_dict["NAME"]),
    }
    command = [sys.executable, "-m", "celery", "--app", "cqo_portal.celery:app"]
    worker = subprocess.Popen(
        [*command, "worker", "--pool", "solo", "--loglevel", "INFO"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        subprocess.run([*command, "call", "cqo_portal.notifications.tasks.sweep"], cwd=ROOT, env=environment, check=True,
                       capture_output=True, timeout=30)  # fmt: skip
        assert any("sweep" in line and "succeeded" in line for line in worker.stdout)
    finally:
        worker.terminate()
        worker.communicate(timeout=20)
    assert broker.llen("celery") == 0
