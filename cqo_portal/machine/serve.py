"""`make run`: servers, database, web, worker and beat, watched until Ctrl-C, and then all of them ended.

One supervisor in one thread. A part that dies is started again, after a pause that grows; one that keeps
dying takes everything down with a sentence. If the supervisor itself is killed, the kernel ends the parts.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from cqo_portal.machine import embedded
from cqo_portal.machine.answers import answers
from cqo_portal.machine.embedded import OWNER, VAR, WEB, Home, Postgres, Valkey
from cqo_portal.machine.progress import step
from cqo_portal.machine.trouble import REFUSED, Trouble

LOGS = VAR / "log"
PATIENCE = 60.0  # seconds until the first page must answer
GRACE = 15.0  # seconds a part has to finish what it is doing
STEADY = 60.0  # a part that lived this long is considered well again
MOST_DEATHS = 5  # this many deaths without a steady minute between them, and we give up
TICK = 0.3


class Enough(BaseException):
    """Ctrl-C, or a polite kill."""


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    @property
    def url(self) -> str:
        return (
            f"http://{'localhost' if self.host in ('0.0.0.0', '127.0.0.1', '::') else self.host}:{self.port}"  # noqa: S104 -- compares
        )


@dataclass
class Part:
    """A process of the platform: how to start it, and how often it died of late."""

    name: str
    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = 0.0
    rest_until: float = 0.0

    def start(self) -> None:
        with (LOGS / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment,
                start_new_session=True, preexec_fn=embedded.dies_with_parent(signal.SIGTERM),
            )  # fmt: skip
        self.started = time.monotonic()

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, *, deadline: float) -> None:
        """Wait for a polite end; whatever is left of the process group then is killed."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def ask_to_end(self) -> None:
        if self.is_alive():
            self.process.terminate()


@dataclass
class EmbeddedPart(Part):
    """PostgreSQL or Valkey out of the wheels, where the environment names no server of its own."""

    server: Postgres | Valkey = field(kw_only=True)

    def start(self) -> None:
        self.server.start(tied=True)
        self.process = self.server.process
        self.started = time.monotonic()

    def stop(self, *, deadline: float) -> None:
        self.server.stop()

    def ask_to_end(self) -> None:
        """Only once the others, who use it, are gone."""


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _enough)
    try:
        address = address_from(os.environ)
        with _only_one(address):
            _refuse_a_taken_port(address)
            run(address)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except Enough:
        print("\n已停止；数据保留在 var/。", flush=True)
        return 0
    return 0


def run(address: Address) -> None:
    """Start everything in order and watch it; on the way out, end everything in reverse order."""
    began = time.monotonic()
    environment = environment_from(os.environ, stored=_read(VAR / "env"), home=Home(VAR))
    parts: list[Part] = []
    try:
        _start_embedded(parts, environment=environment)
        _prepare(environment)
        accounts = _load_demo(environment)
        for part in _platform(address, environment=_of_the_web_role(environment)):
            parts.append(part)
            part.start()
            if part.name == "web":  # the page first; worker and beat may take their time
                with step("启动网站"):
                    _wait_until_it_answers(address, web=part, environment=environment)
        print(f"\n首席质量官管理与评价平台已就绪（{time.monotonic() - began:.0f} 秒）：{address.url}\n")
        print(f"{accounts}\n日志在 var/log/，按 Ctrl-C 结束。", flush=True)
        watch(parts)
    finally:
        _end(parts)


# ── What it runs on ───────────────────────────────────────────────────────────────────────────


def address_from(environment: dict[str, str]) -> Address:
    port = environment.get("PORT") or "8000"
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise Trouble(f"PORT={port} 不是端口号：请写 1 到 65535 之间的整数，例如 PORT=8001 make run。")
    return Address(environment.get("HOST") or "127.0.0.1", int(port))


def environment_from(given: dict[str, str], *, stored: dict[str, str], home: Home) -> dict[str, str]:
    """The environment wins over var/env, and both win over the embedded servers."""
    named = stored | given
    found = dict(given)
    found["DATABASE_URL"] = named.get("DATABASE_URL") or home.database_url(WEB)
    embedded_owner = home.database_url(OWNER) if found["DATABASE_URL"] == home.database_url(WEB) else ""
    found["OWNER_DATABASE_URL"] = embedded_owner or named.get("OWNER_DATABASE_URL") or found["DATABASE_URL"]
    found["REDIS_URL"] = named.get("REDIS_URL") or home.redis_url
    found |= {name: named[name] for name in ("DEMO", "ALLOWED_HOSTS") if name in named}
    return found


def _start_embedded(parts: list[Part], *, environment: dict[str, str]) -> None:
    home = Home(VAR)
    wanted: list[tuple[str, type[Postgres] | type[Valkey]]] = []
    if environment["DATABASE_URL"] == home.database_url(WEB):
        wanted.append(("PostgreSQL", Postgres))
    if environment["REDIS_URL"] == home.redis_url:
        wanted.append(("Valkey", Valkey))
    for name, kind in wanted:
        with step(f"启动内置 {name}"):
            server = kind(home)
            server.stop()  # one that a killed run left behind would not go down with us
            part = EmbeddedPart(name=name, command=[], environment={}, server=server)
            parts.append(part)
            part.start()


def _prepare(environment: dict[str, str]) -> None:
    owner = environment | {"DATABASE_URL": environment["OWNER_DATABASE_URL"]}
    child = _python("-m", "cqo_portal.machine.prepare", environment=owner)
    if child.returncode == REFUSED:
        raise Trouble(child.stderr.strip().splitlines()[-1])
    if child.returncode:
        raise Trouble(f"启动前的准备没有完成（详情：{_complaint('prepare.log', child.stderr)}）。")


def _load_demo(environment: dict[str, str]) -> str:
    """Made once, by the product's own services, with the rights of the web role; lists the accounts."""
    if environment.get("DEMO", "0").lower() not in ("1", "true", "on", "yes"):
        return ""
    with step("演示数据"):
        child = _python(
            "-m", "cqo_portal.machine.demonstrate", environment=_of_the_web_role(environment), capture=True
        )
        if child.returncode:
            raise Trouble(f"演示数据没有载入（详情：{_complaint('load_demo.log', child.stderr)}）。")
    return child.stdout


def _of_the_web_role(environment: dict[str, str]) -> dict[str, str]:
    """The web role's processes do not learn the owner's address."""
    return {name: value for name, value in environment.items() if name != "OWNER_DATABASE_URL"}


def _python(
    *arguments: str, environment: dict[str, str], capture: bool = False
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], env=environment, stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE if capture else None, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def _complaint(name: str, text: str) -> str:
    """The last line says what is wrong; the whole of it goes into a log."""
    (LOGS / name).write_text(text, encoding="utf-8")
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return f"{lines[-1].strip() if lines else '没有留下说明'}；全文在 var/log/{name}"


# ── Web, worker, beat ─────────────────────────────────────────────────────────────────────────


def _platform(address: Address, *, environment: dict[str, str]) -> list[Part]:
    celery = [sys.executable, "-m", "celery", "--app", "cqo_portal.celery:app"]
    schedule = VAR / "beat" / "schedule"
    schedule.parent.mkdir(mode=0o700, exist_ok=True)
    return [
        Part("web", gunicorn(address), environment),
        Part(
            "worker",
            [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-mingle"],
            environment,
        ),
        Part(
            "beat",
            [*celery, "beat", "--schedule", str(schedule), "--pidfile=", "--loglevel", "WARNING"],
            environment,
        ),
    ]


def gunicorn(address: Address) -> list[str]:
    host = f"[{address.host}]" if ":" in address.host else address.host
    return [
        sys.executable, "-m", "gunicorn", "cqo_portal.wsgi:application", "--bind", f"{host}:{address.port}",
        "--preload", "--workers", "2", "--threads", "4", "--timeout", "60", "--graceful-timeout", "10",
        "--no-control-socket", "--error-logfile", "-",
        "--access-logfile", str(LOGS / "access.log"), "--access-logformat", "%(t)s %(s)s %(m)s %(U)s %(L)s",
    ]  # fmt: skip


def _wait_until_it_answers(address: Address, *, web: Part, environment: dict[str, str]) -> None:
    local = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(address.host, address.host)  # noqa: S104 -- compares
    deadline = time.monotonic() + PATIENCE
    while not answers(f"{local}:{address.port}", allowed_hosts=environment.get("ALLOWED_HOSTS", "")):
        if not web.is_alive():
            raise Trouble(f"网站启动后随即退出：{_last_line(web)}（日志：var/log/web.log）")
        if time.monotonic() > deadline:
            raise Trouble(f"网站在 {PATIENCE:.0f} 秒内没有应答 /healthz：请查看 var/log/web.log。")
        time.sleep(TICK)


def _last_line(part: Part) -> str:
    with suppress(OSError):
        lines = (LOGS / f"{part.name}.log").read_text(encoding="utf-8", errors="replace").splitlines()
        said = [line for line in lines if "拒绝启动" in line or "Error" in line]
        return said[-1].strip() if said else "没有留下说明"
    return "没有留下说明"


# ── Watching, and ending ──────────────────────────────────────────────────────────────────────


def watch(parts: list[Part], *, clock: Callable[[], float] = time.monotonic) -> None:
    while True:
        for part in parts:
            if not part.is_alive():
                revive(part, now=clock())
        time.sleep(TICK)


def revive(part: Part, *, now: float) -> None:
    """Start a dead part again once its rest is over; the rest doubles with each death."""
    if not part.rest_until:
        part.deaths = part.deaths + 1 if now - part.started < STEADY else 1
        if part.deaths > MOST_DEATHS:
            raise Trouble(f"{part.name} 反复退出，平台已停止：请查看 var/log/{part.name.lower()}.log。")
        part.rest_until = now + 2 ** (part.deaths - 1)
        print(
            f"{part.name} 意外退出，{part.rest_until - now:.0f} 秒后重新启动。", file=sys.stderr, flush=True
        )
    elif now >= part.rest_until:
        part.rest_until = 0.0
        part.start()


def _end(parts: list[Part]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
    if parts:
        print("\n正在停止 …", flush=True)
    for part in parts:
        part.ask_to_end()
    deadline = time.monotonic() + GRACE
    for part in reversed(parts):
        part.stop(deadline=deadline)


def _enough(*_: object) -> None:
    raise Enough


# ── One at a time ─────────────────────────────────────────────────────────────────────────────


@contextmanager
def _only_one(address: Address) -> Iterator[None]:
    with (VAR / "serve.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(
                f"平台已经在运行（{_whoever_holds(lock)}）：请直接打开，或先在那边按 Ctrl-C 结束它。"
            ) from None
        lock.truncate(0)
        lock.write(f"{address.url}，进程 {os.getpid()}")
        lock.flush()
        yield


def _whoever_holds(lock: TextIO) -> str:
    lock.seek(0)
    return lock.read() or "另一个进程"


def _refuse_a_taken_port(address: Address) -> None:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except PermissionError:
            raise Trouble(
                f"没有权限使用端口 {address.port}：请换一个 1024 以上的端口，例如 PORT=8000 make run。"
            ) from None
        except OSError as error:
            if error.errno in (98, 48):  # EADDRINUSE on Linux, on macOS
                raise Trouble(
                    f"端口 {address.port} 已被占用：请换一个端口，例如 PORT={address.port + 1} make run。"
                ) from None
            raise Trouble(f"不能在 {address.host} 上监听（{error.strerror}）：请检查 HOST。") from None


def _read(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (
        line.removeprefix("export ").partition("=")
        for line in lines
        if "=" in line and not line.startswith("#")
    )
    return {name.strip(): value.strip().strip("'\"") for name, _, value in pairs}


if __name__ == "__main__":
    sys.exit(main())
