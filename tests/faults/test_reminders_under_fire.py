"""Ten thousand reminders while everything is killed that can be: nobody is told twice, nobody is forgotten.

Real workers (Celery, prefork), two beats, a PostgreSQL that keeps its promises, a Valkey, and a mail server; all of this
test's own, so that they may be killed. Of a mail whose worker died between sending and writing it down there is a second
copy, with the name of the first: SMTP cannot be asked. Of nothing else is there ever a second.
"""

import base64
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from cqo_portal.machine.embedded import OWNER, Home, Postgres, Valkey

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, ENTERPRISES, KILLS = 10_000, 100, 100
LEASE = 8  # seconds; five minutes in production
PATIENCE = 240
MESSAGE_ID = re.compile(rb"^Message-ID: *(?:\r\n )?(<[^>]+>)", re.IGNORECASE | re.MULTILINE)


class Sink:
    """A mail server that counts the names of what it got."""

    def __init__(self) -> None:
        self.names: Counter[str] = Counter()
        self.recipients: set[tuple[str, ...]] = set()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 -- aiosmtpd's name
        self.names[MESSAGE_ID.search(envelope.content).group(1).decode()] += 1
        self.recipients.add(tuple(envelope.rcpt_tos))
        return "250 OK"


class Ground:
    """Servers, workers and beats that may be killed."""

    def __init__(self, root: Path, port: int) -> None:
        self.home = Home(root)  # durable: what was committed is there after a crash
        self.postgres, self.valkey = Postgres(self.home), Valkey(self.home)
        self.postgres.start(tied=True)
        self.valkey.start(tied=True)
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "cqo_portal.settings",
            "SECRET_KEY": "for tests only, and only for tests: nothing is signed with it elsewhere",
            "DATA_KEYS": f"test:{base64.b64encode(bytes(range(32))).decode()}",
            "DATABASE_URL": self.home.database_url(OWNER),
            "REDIS_URL": self.home.redis_url,
            "DATA_DIR": str(root / "files"),
            "DEMO": "1",
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "OUTBOX_LEASE": str(LEASE),
            "PUBLIC_URL": "http://testserver",
        }
        self.running: dict[str, subprocess.Popen] = {}
        self.kills = 0

    def run(self, *command: str) -> None:
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-2000:]

    def begin(self, name: str, *command: str) -> None:
        with (self.home.root / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "celery", "--app", "tests.faults.hurried:app", *command],
                cwd=ROOT, env=self.environment, start_new_session=True, stdout=log, stderr=log,
            )  # fmt: skip

    def worker(self, name: str) -> None:
        self.begin(name, "worker", "--concurrency", "2", "--hostname", f"{name}@%h", "--without-mingle")

    def beat(self, name: str) -> None:
        self.begin(name, "beat", "--schedule", str(self.home.root / name), "--pidfile=")

    def children(self, name: str) -> list[int]:
        with suppress(OSError):
            pid = self.running[name].pid
            return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return []

    def kill_a_child(self, name: str, dice: random.Random) -> bool:
        """One of the two that do the work; the worker begins another in its place."""
        if not (children := self.children(name)):
            return False
        with suppress(ProcessLookupError):
            os.kill(dice.choice(children), signal.SIGKILL)
            self.kills += 1
            return True
        return False

    def kill_whole(self, name: str) -> None:
        """The worker and its children at once; somebody starts it again."""
        os.killpg(self.running[name].pid, signal.SIGKILL)
        self.running[name].wait()
        self.kills += 1
        self.worker(name)

    def revive(self) -> None:
        """What the container's `restart: unless-stopped` does: Celery gives up whose children are killed as they begin."""
        for name in ("one", "two"):
            if name in self.running and self.running[name].poll() is not None:
                self.worker(name)

    def crash_postgres(self) -> None:
        """`pg_ctl -m immediate restart`: no checkpoint, recovery from the log."""
        pid = self.postgres.pid()
        os.kill(pid, signal.SIGQUIT)
        self.postgres.process.wait(timeout=60)
        self.postgres.start(tied=True)

    def crash_redis(self) -> None:
        self.valkey.process.kill()
        self.valkey.process.wait(timeout=20)
        self.valkey.start(tied=True)
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.home.redis_socket))
            line.sendall(b"FLUSHALL\r\n")
            assert line.recv(64).startswith(b"+OK")

    def number(self, question: str) -> int:
        return int(self.postgres.sql(question, database="cqo_portal"))

    def left(self) -> int:
        """E-mails that have not gone out yet."""
        self.revive()
        return self.number("SELECT count(*) FROM notifications_message WHERE state IN ('waiting', 'claimed')")

    def silence(self) -> None:
        """Every worker and every beat at once."""
        for process in self.running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=20)
        self.running.clear()

    def end(self) -> None:
        self.silence()
        self.valkey.stop()
        self.postgres.stop()


@pytest.fixture(scope="module")
def sink():
    kept = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    kept.port = port
    yield kept
    server.stop()


@pytest.fixture(scope="module")
def ground(sink, tmp_path_factory):
    made = Ground(tmp_path_factory.mktemp("ground"), sink.port)
    made.run("manage.py", "migrate", "--verbosity", "0")
    made.run("manage.py", "createcachetable")
    made.run("manage.py", "load_reference")
    made.run("-m", "tests.faults.reminding", str(PEOPLE), str(ENTERPRISES))
    yield made
    made.end()


def until(condition, *, seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.5)
    return False


def fire(ground: Ground, dice: random.Random, *, kills: int, at: dict) -> None:
    """So many kills, in the middle of the work; `at`: what else happens at which of them."""
    while ground.kills < kills:
        ground.revive()
        before, name = ground.kills, dice.choice(["one", "two"])
        if ground.kills % 20 == 19:
            ground.kill_whole(name)
        else:
            ground.kill_a_child(name, dice)
        if ground.kills > before and (also := at.get(ground.kills)):
            also()
        time.sleep(dice.uniform(0.05, 0.35))


def test_ten_thousand_reminders_a_hundred_kills_none_lost_none_twice(ground, sink):
    for name in ("one", "two"):
        ground.worker(name)
        ground.beat(f"beat-{name}")
    assert until(lambda: sum(sink.names.values()) > 100)  # in the middle of it
    left = []
    fire(ground, random.Random(17), kills=KILLS, at={
        30: ground.crash_redis,
        60: ground.crash_postgres,
        90: lambda: left.append(ground.left()),
    })  # fmt: skip
    assert left[0] > 0  # the control of the whole: there was work to interrupt to the end
    assert until(lambda: ground.left() == 0)

    told = "SELECT count(*) FROM notifications_message WHERE kind = 'term-ends' AND channel = 'inbox'"
    assert ground.number(told) == PEOPLE
    assert ground.number(told.replace("count(*)", "count(DISTINCT recipient_id)")) == PEOPLE
    assert ground.number(f"{told} AND late") == PEOPLE // 2  # those whose day passed while nobody looked
    mails = "SELECT count(*) FROM notifications_message WHERE channel = 'email'"
    assert ground.number(f"{mails} AND kind = 'term-ends' AND state = 'sent'") == PEOPLE
    assert ground.number(f"{mails} AND kind = 'digest' AND state = 'sent'") == PEOPLE // 2
    assert ground.number(f"{mails} AND state <> 'sent'") == 0

    assert (
        len(sink.names) == PEOPLE
    )  # none lost: a mail for each who wants it at once, a digest for each who does not
    assert len(sink.recipients) == PEOPLE and all(len(to) == 1 for to in sink.recipients)
    again = sum(sink.names.values()) - len(sink.names)
    assert again <= KILLS, f"{again} second copies"
    assert ground.kills == KILLS


def test_the_control_sends_before_it_claims_and_says_the_same_more_often_than_it_was_killed(ground, sink):
    ground.silence()
    ground.crash_redis()  # no wake-up of the product's own is left
    ground.postgres.sql(
        "UPDATE notifications_message SET state = 'waiting', in_digest = false, carried_by_id = NULL WHERE id IN "
        "(SELECT id FROM notifications_message WHERE kind = 'term-ends' AND channel = 'email' ORDER BY id LIMIT 600)",
        database="cqo_portal",
    )
    sink.names.clear()
    ground.kills = 0
    ground.environment["NAIVE"] = "1"
    for name in ("one", "two"):
        ground.worker(name)
        ground.beat(f"beat-{name}")
    assert until(lambda: sum(sink.names.values()) > 20)
    fire(ground, random.Random(17), kills=5, at={})
    assert until(lambda: ground.left() == 0)
    assert len(sink.names) == 600
    assert sum(sink.names.values()) - len(sink.names) > ground.kills
