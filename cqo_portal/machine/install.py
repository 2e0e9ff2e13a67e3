"""`make install`: everything both commands need, from a bare Python on. Standard library only.

    python3 -m cqo_portal.machine.install          what `make run` needs
    python3 -m cqo_portal.machine.install --dev    what `make test` needs: also tools, Chromium and a CJK font

Runs again in a blink: a stamp remembers which lock files are installed.
"""

import base64
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from cqo_portal.machine.embedded import VAR
from cqo_portal.machine.progress import step
from cqo_portal.machine.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VAR / "log" / "install.log"
STAMP = VENV / "installed.json"

PRINTING = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")  # Debian's names
BROWSER, FONT = "chromium", "fonts-noto-cjk"
BROWSER_COMMANDS = ("chromium", "chromium-browser", "google-chrome")


def main(arguments: list[str]) -> int:
    dev = "--dev" in arguments
    try:
        _prepare_var()
        with (VAR / "install.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            install(dev=dev)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    return 0


def install(*, dev: bool) -> None:
    write_environment(VAR / "env")
    lock = ROOT / ("requirements-dev.lock" if dev else "requirements.lock")
    if not _is_installed(lock):
        if not PYTHON.exists():
            with step("建立虚拟环境 .venv"):
                _create_venv()
        with step(f"安装 {lock.name} 中的依赖（首次约一分钟）"):
            _pip_install(lock)
        _remember(lock)
    _ensure_printing()
    if dev:
        _ensure_browser()


def _prepare_var() -> None:
    os.umask(0o022)  # PostgreSQL's user must be able to read its own programs
    VAR.mkdir(exist_ok=True)
    for private in (LOG.parent, VAR / "files"):
        private.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() != 0:
        foreign = next((p for p in (VAR, VENV, *VAR.glob("*")) if p.exists() and _is_foreign(p)), None)
        if foreign:
            raise Trouble(
                f"{foreign} 属于其他用户：请先执行 sudo chown -R {os.geteuid()} {VAR} {VENV}，再重试。"
            )


def _is_foreign(path: Path) -> bool:
    return path.stat().st_uid != os.geteuid()


# ── Python packages ───────────────────────────────────────────────────────────────────────────


def _create_venv() -> None:
    if not _succeeds([sys.executable, "-c", "import ensurepip, venv"]):
        package = f"python3.{sys.version_info.minor}-venv"
        if not _apt_install(package):
            raise Trouble(f"这个 Python 不能建立虚拟环境：请执行 sudo apt-get install -y {package}，再重试。")
    if not _succeeds([sys.executable, "-m", "venv", str(VENV)]):
        shutil.rmtree(VENV, ignore_errors=True)  # half a venv would look like one
        raise Trouble(f"虚拟环境建立失败，原因见 {LOG}。")


def _pip_install(lock: Path) -> None:
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--prefer-binary", "--no-input"]
    if not _succeeds([*command, "--disable-pip-version-check", "-r", str(lock)]):
        raise Trouble(f"依赖安装失败：{_last_error()}请检查网络与 pip 的软件源设置后重试（详情：{LOG}）。")


def _last_error() -> str:
    lines = LOG.read_text(encoding="utf-8", errors="replace").splitlines()
    error = next((line for line in reversed(lines) if line.startswith("ERROR:")), "")
    return f"{error.removeprefix('ERROR:').strip()[:200]}；" if error else ""


def _is_installed(lock: Path) -> bool:
    """The dev lock holds everything the other holds, at the same versions."""
    found = _stamps()
    return PYTHON.exists() and _digest(lock) in (found.get(lock.name), found.get(f"within {lock.name}"))


def _remember(lock: Path) -> None:
    stamps = _stamps() | {lock.name: _digest(lock)}
    if lock.name == "requirements-dev.lock":
        stamps["within requirements.lock"] = _digest(ROOT / "requirements.lock")
    STAMP.write_text(json.dumps(stamps, indent=1), encoding="utf-8")


def _stamps() -> dict[str, str]:
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# ── What the system must bring ────────────────────────────────────────────────────────────────


def _ensure_printing() -> None:
    """WeasyPrint draws with Pango. We go on without it, and look again at the next start."""
    if _stamps().get("printing"):
        return
    if not _can_print() and not (_apt_install(*PRINTING) and _can_print()):
        print(
            f"  缺少生成 PDF 的系统库（演示数据也要用到）：请管理员执行 sudo apt-get install -y {' '.join(PRINTING)}。"
        )
    else:
        STAMP.write_text(json.dumps(_stamps() | {"printing": "yes"}, indent=1), encoding="utf-8")


def _can_print() -> bool:
    return _succeeds([str(PYTHON), "-c", "import weasyprint"])


def _ensure_browser() -> None:
    missing = [] if any(map(shutil.which, BROWSER_COMMANDS)) else [BROWSER]
    if not _has_chinese_font():
        missing.append(FONT)
    if missing and not _apt_install(*missing):
        print(
            f"  浏览器测试还需要 {'、'.join(missing)}：请管理员执行 sudo apt-get install -y {' '.join(missing)}。"
        )


def _has_chinese_font() -> bool:
    if shutil.which("fc-list"):
        listed = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True)  # noqa: S607 -- Debian's
        return bool(listed.stdout.strip())
    return any(Path("/usr/share/fonts").rglob("*CJK*"))


def _apt_install(*packages: str) -> bool:
    """Install Debian packages where we may: as root, where there is apt-get."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    with step(f"安装系统软件包 {' '.join(packages)}"):
        command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
        return _succeeds(command) or (_succeeds(["apt-get", "update"]) and _succeeds(command))


def _succeeds(command: list[str]) -> bool:
    """Run a command; what it says goes into the log."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        log.flush()
        try:
            return not subprocess.run(command, stdout=log, stderr=log, cwd=ROOT, env=environment).returncode
        except OSError as error:
            log.write(f"{error}\n")
            return False


# ── Secrets ───────────────────────────────────────────────────────────────────────────────────


def write_environment(path: Path) -> None:
    """Secrets of this machine, made once and never overwritten: the data keys open what is sealed."""
    if path.exists():
        return
    text = (
        "# Made by `make install` for this machine; every setting is explained in .env.example.\n"
        "# Keep DATA_KEYS: without them the sealed columns of the database cannot be opened again.\n"
        "DEMO=1\n"
        f"SECRET_KEY={secrets.token_urlsafe(50)}\n"
        f"DATA_KEYS=k1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n"
    )
    fresh = path.with_name("env.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.rename(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
