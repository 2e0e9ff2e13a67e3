"""What `make run` decides before and while things run; the whole of it is seen in test_make_run.py."""

import os
import socket
import sys
import time
from pathlib import Path

import pytest

from cqo_portal.machine import serve
from cqo_portal.machine.embedded import OWNER, WEB, Home
from cqo_portal.machine.serve import Address, Part, address_from, environment_from
from cqo_portal.machine.trouble import Trouble

HOME = Home(Path("/srv/cqo/var"))


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, Address("127.0.0.1", 8000)),
        ({"PORT": "8123"}, Address("127.0.0.1", 8123)),
        ({"HOST": "0.0.0.0", "PORT": "1"}, Address("0.0.0.0", 1)),
        ({"HOST": "", "PORT": ""}, Address("127.0.0.1", 8000)),
    ],
)
def test_host_and_port_are_respected(given, address):
    assert address_from(given) == address


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "８０００", "80 "])
def test_a_port_that_is_none_is_refused_with_a_sentence(port):
    with pytest.raises(Trouble, match="不是端口号"):
        address_from({"PORT": port})


def test_without_any_server_named_the_embedded_ones_serve():
    found = environment_from({}, stored={"DEMO": "1"}, home=HOME)
    assert found["DATABASE_URL"] == HOME.database_url(WEB)
    assert found["OWNER_DATABASE_URL"] == HOME.database_url(OWNER)
    assert found["REDIS_URL"] == "unix:///srv/cqo/var/run/valkey.sock"


def test_the_environment_wins_over_the_file_and_the_file_over_the_embedded():
    stored = {"DATABASE_URL": "postgres://file/db", "REDIS_URL": "redis://file"}
    found = environment_from({"REDIS_URL": "redis://given"}, stored=stored, home=HOME)
    assert found["DATABASE_URL"] == "postgres://file/db"
    assert found["REDIS_URL"] == "redis://given"


def test_another_database_is_migrated_by_its_owner_where_one_is_named():
    one = {"DATABASE_URL": "postgres://web@db/x"}
    assert environment_from(one, stored={}, home=HOME)["OWNER_DATABASE_URL"] == "postgres://web@db/x"
    two = one | {"OWNER_DATABASE_URL": "postgres://owner@db/x"}
    assert environment_from(two, stored={}, home=HOME)["OWNER_DATABASE_URL"] == "postgres://owner@db/x"


def test_an_owner_named_for_another_database_is_not_used_on_the_embedded_one():
    found = environment_from({"OWNER_DATABASE_URL": "postgres://owner@db/x"}, stored={}, home=HOME)
    assert found["OWNER_DATABASE_URL"] == HOME.database_url(OWNER)


def test_the_web_process_never_learns_the_owners_address():
    found = environment_from({}, stored={}, home=HOME)
    assert not [value for value in serve._of_the_web_role(found).values() if OWNER in value]


def test_the_file_of_settings_is_read_as_it_is_written(tmp_path):
    path = tmp_path / "env"
    path.write_text("# a comment=1\nDEMO=1\nexport A = 'b=c'\n\nnonsense\n", encoding="utf-8")
    assert serve._read(path) == {"DEMO": "1", "A": "b=c"}
    assert serve._read(tmp_path / "absent") == {}


def test_a_taken_port_is_refused_with_a_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            Trouble, match=f"端口 {port} 已被占用：请换一个端口，例如 PORT={port + 1} make run"
        ):
            serve._refuse_a_taken_port(Address("127.0.0.1", port))
    serve._refuse_a_taken_port(Address("127.0.0.1", port))  # the control: free again


def test_only_one_platform_runs_in_one_place(tmp_path, monkeypatch):
    monkeypatch.setattr(serve, "VAR", tmp_path)
    running = f"平台已经在运行（http://localhost:8123，进程 {os.getpid()}）"
    with serve._only_one(Address("127.0.0.1", 8123)):  # noqa: SIM117 -- the first holds, the second raises
        with pytest.raises(Trouble, match=running), serve._only_one(Address("127.0.0.1", 9)):
            pass
    with serve._only_one(Address("127.0.0.1", 9)):
        pass  # the control


def part(*, lives: bool) -> Part:
    return Part(
        "worker", [sys.executable, "-c", f"import time; time.sleep({60 if lives else 0})"], dict(os.environ)
    )


@pytest.fixture(autouse=True)
def _logs(tmp_path, monkeypatch):
    monkeypatch.setattr(serve, "LOGS", tmp_path)


def test_a_dead_part_rests_a_second_and_is_started_again(capsys):
    worker = part(lives=True)
    worker.start()
    worker.process.kill()
    worker.process.wait()
    now = worker.started + 1
    serve.revive(worker, now=now)
    assert worker.rest_until == now + 1
    serve.revive(worker, now=now + 0.9)
    assert not worker.is_alive()
    serve.revive(worker, now=now + 1)
    assert worker.is_alive()
    assert capsys.readouterr().err == "worker 意外退出，1 秒后重新启动。\n"
    worker.ask_to_end()
    worker.stop(deadline=time.monotonic() + 5)
    assert not worker.is_alive()


def test_the_rest_doubles_and_the_sixth_death_ends_the_platform():
    worker, now, rests = part(lives=False), 0.0, []
    for _ in range(5):
        worker.started = now
        serve.revive(worker, now=now)
        rests.append(worker.rest_until - now)
        now, worker.rest_until = worker.rest_until, 0.0
    assert rests == [1, 2, 4, 8, 16]
    with pytest.raises(Trouble, match="worker 反复退出，平台已停止"):
        serve.revive(worker, now=now)


def test_a_part_that_lived_a_minute_starts_counting_anew():
    worker = part(lives=False)
    worker.deaths, worker.started = 5, 100.0
    serve.revive(worker, now=160.0)
    assert worker.deaths == 1


def test_a_stubborn_part_and_its_children_are_killed_at_the_deadline():
    deaf = "import signal, subprocess, sys, time; signal.signal(15, signal.SIG_IGN); " \
           "child = subprocess.Popen(['sleep', '60']); print(child.pid, flush=True); time.sleep(60)"  # fmt: skip
    worker = Part("deaf", [sys.executable, "-c", deaf], dict(os.environ))
    worker.start()
    log = serve.LOGS / "deaf.log"
    while not log.read_text().strip():
        time.sleep(0.02)
    child = int(log.read_text())
    worker.ask_to_end()
    worker.stop(deadline=time.monotonic() + 0.5)
    worker.process.wait(timeout=5)
    until = time.monotonic() + 5  # killed in the same instant, but on a busy machine it dies a moment later
    while runs(child) and time.monotonic() < until:
        time.sleep(0.02)
    assert not runs(child)


def runs(pid: int) -> bool:
    """A dead child that nobody has buried yet has an empty command line."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except (FileNotFoundError, ProcessLookupError):
        return False
