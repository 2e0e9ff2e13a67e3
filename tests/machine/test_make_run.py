"""`make run` as a person sees it: up, answering, found running, survived, and gone without a trace."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cqo_portal.machine import install
from cqo_portal.machine.embedded import Home, Postgres

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


@dataclass
class Run:
    """A running platform in a place of its own."""

    var: Path
    port: int
    process: subprocess.Popen[str]

    def get(self, path: str) -> tuple[int, str]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request("GET", path)
            answer = link.getresponse()
            return answer.status, answer.read().decode()
        finally:
            link.close()

    def post(self, path: str, body, headers: dict[str, str] | None = None) -> tuple[int, str]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request("POST", path, body, headers or {})
            answer = link.getresponse()
            return answer.status, answer.read().decode()
        finally:
            link.close()

    def processes(self) -> set[int]:
        """Everything that belongs to this run: what carries its folder in its environment or command."""
        mark = os.fsencode(self.var)
        return {int(p.parent.name) for p in Path("/proc").glob("[0-9]*/cmdline") if _mentions(p.parent, mark)}

    def parts(self, name: str) -> list[int]:
        """What the supervisor itself started under that name."""
        return [p for p in self.processes() if _parent(p) == self.process.pid and name in _command(p)]

    def end(self, by: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(by)
        said, _ = self.process.communicate(timeout=60)
        return self.process.returncode, said


def _mentions(process: Path, mark: bytes) -> bool:
    try:
        return mark in (process / "cmdline").read_bytes() or mark in (process / "environ").read_bytes()
    except OSError:
        return False


def start(var: Path, *, port: int) -> Run:
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "CQO_VAR": str(var),
        "PORT": str(port),
        "EMAIL_URL": "dummymail://",
        "SPT_NOENV": "1",  # where setproctitle is installed, titles of processes leave the environment readable
    }
    command = [sys.executable, "-m", "cqo_portal.machine.serve"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return Run(var, port, process)


def read_until_ready(run: Run) -> str:
    said = ""
    for line in run.process.stdout:
        said += line
        if "按 Ctrl-C 结束" in line:
            return said
    raise AssertionError(said)


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("var")
    (folder / "log").mkdir()
    install.write_environment(folder / "env")
    return folder


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def first(var: Path, port: int) -> Iterator[tuple[Run, str]]:
    run = start(var, port=port)
    try:
        yield run, read_until_ready(run)
    finally:
        if run.process.poll() is None:
            run.end(signal.SIGTERM)


def test_it_prints_the_address_and_the_demo_accounts(first, port):
    _, said = first
    assert f"http://localhost:{port}" in said
    assert "密码都是 " in said
    listed = re.findall(r"^  ([a-z-]+[1-4]?) +\S", said.split("演示账号")[1], flags=re.MULTILINE)
    assert (
        listed
        == (
            "enterprise county city province officer enterprise-jx body leader expert1 expert2 expert3 expert4 "
            "province-js provider enterprise-hz admin"
        ).split()
    )


def test_healthz_answers_without_sign_in(first):
    run, _ = first
    assert run.get("/healthz")[0] == 200


def test_a_stylesheet_is_served_under_a_name_that_may_be_cached_for_ever(first):
    run, _ = first
    page = run.get("/accounts/login/")[1]
    sheet = re.search(r'href="(/static/[^"]+\.css)"', page)[1]
    assert re.search(r"\.[0-9a-f]{12}\.css$", sheet)
    assert run.get(sheet)[0] == 200


def test_its_logs_hold_no_code_of_a_certificate_and_no_line_somebody_sent(first, var):
    run, _ = first
    for path in (
        "/c/CQO-JSHZ-2026-0183-1/GEHEIM",
        "/c/CQO-JSHZ-2026-0183-1/GEHEIM/answer.json",
        "/c/x/%0d%0aFAKE",
    ):
        assert run.get(path)[0] == 404
    logs = {name: (var / "log" / f"{name}.log").read_text() for name in ("access", "web")}
    for said in logs.values():
        assert said.count("/c/CQO-JSHZ-2026-0183-1/…") == 2  # the control: they were written
        assert "GEHEIM" not in said
        assert not [line for line in said.splitlines() if line.startswith("FAKE")]


def test_what_comes_without_a_length_or_is_too_long_is_refused_at_once(first):
    run, _ = first
    assert run.post("/verify/file/answer.json", iter([b"x"]))[0] == 411
    status, said = run.post("/verify/file/answer.json", b"", {"Content-Length": "200000000"})
    assert (status, json.loads(said)["state"]) == (413, "too_large")


def test_worker_and_beat_give_signs_of_life(first, var):
    database = Postgres(Home(var))
    alive = "SELECT string_agg(DISTINCT kind, ' ' ORDER BY kind) FROM desk_heartbeat WHERE at > now() - interval '2 min'"
    _until(lambda: database.sql(alive, database="cqo_portal").strip() == "beat worker")


def test_a_second_run_is_told_where_the_first_one_is(first, var, port):
    second = start(var, port=port + 1)
    said, _ = second.process.communicate(timeout=30)
    assert second.process.returncode == 1
    assert f"平台已经在运行（http://localhost:{port}，进程 {first[0].process.pid}）" in said
    assert "Traceback" not in said


def test_the_web_server_comes_back_after_kill_9(first):
    run, _ = first
    (before,) = run.parts("gunicorn")
    os.kill(before, signal.SIGKILL)
    _until(lambda: run.parts("gunicorn") not in ([], [before]))
    _until(lambda: _answers(run))


def test_ctrl_c_ends_everything_and_says_that_the_data_stay(first):
    run, _ = first
    _until(lambda: len(run.processes()) >= 10)  # the control: all of it is there, workers of workers too
    status, said = run.end(signal.SIGINT)
    assert status == 0
    assert "已停止；数据保留在 var/。" in said
    assert run.processes() == set()


def test_a_second_start_keeps_the_data_and_is_up_within_seconds(first, var, port):
    began = time.monotonic()
    run = start(var, port=port)
    said = read_until_ready(run)
    took = time.monotonic() - began
    try:
        assert "演示账号" in said
        assert took < 30  # 6 s on a quiet machine of two cores
    finally:
        run.process.kill()  # not even a chance to clean up …
        run.process.communicate(timeout=10)
    _until(lambda: not run.processes())  # … and still nothing is left: the kernel ends what it started


def _answers(run: Run) -> bool:
    try:
        return run.get("/healthz")[0] == 200
    except OSError:
        return False


def _until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0
