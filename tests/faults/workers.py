"""Workers that are killed from outside, wherever they happen to be."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from django.db import connection

from cqo_portal.imports.models import ImportRun


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
        began = time.monotonic()
        self.killed_when(lambda: time.monotonic() - began >= seconds, how, run)

    def killed_when(self, happens: Callable[[], bool], how: str, run: ImportRun) -> None:
        child = self.begin(how, run)
        deadline = time.monotonic() + 60
        while not happens() and time.monotonic() < deadline:
            time.sleep(0.001)
        with suppress(ProcessLookupError):  # it had come to its end by itself
            os.kill(child, signal.SIGKILL)
        assert self.process.stdout.readline() == "over\n"
        wait_for_the_backend_to_notice()

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=20)


def wait_for_the_backend_to_notice() -> None:
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
