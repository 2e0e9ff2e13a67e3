"""`make install` from the outside in: the right Python, secrets once, nothing twice."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cqo_portal.machine import install

ROOT = Path(__file__).resolve().parents[2]


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, capture_output=True, text=True, env=clean | environment, timeout=60
    )


def test_make_run_installs_first_and_then_serves():
    planned = make("-n", "run").stdout
    assert planned.index("cqo_portal.machine.install") < planned.index("cqo_portal.machine.serve")
    assert "--dev" not in planned


def test_make_test_installs_the_tools_and_then_runs_pytest():
    planned = make("-n", "test").stdout
    assert planned.index("cqo_portal.machine.install --dev") < planned.index("-m pytest")


def test_ci_runs_make_test_and_skips_nothing():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.splitlines()[-1] == "make test"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_a_python_that_is_too_old_is_one_sentence_in_two_languages(tmp_path):
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")  # what `sys.exit(sys.version_info < (3, 11))` says under 3.9
    old.chmod(0o755)
    result = make("install", f"PYTHON={old}")
    assert result.returncode != 0
    assert result.stderr.splitlines()[0] == (
        "需要 Python 3.11 或更新的版本，可用 make PYTHON=/路径/python3 指定。"
        "Python 3.11 or newer is needed; name it with make PYTHON=/path/to/python3."
    )


def test_the_installer_runs_under_a_python_without_any_package():
    script = "import sys; from cqo_portal.machine import install; print(sorted(sys.modules))"
    result = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {script}"],
                            capture_output=True, text=True)  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "django" not in result.stdout


def test_secrets_are_private_random_and_made_once(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    for path in (first, second):
        install.write_environment(path)
    said = dict(line.split("=", 1) for line in first.read_text().splitlines() if not line.startswith("#"))
    assert first.stat().st_mode & 0o777 == 0o600
    assert said["DEMO"] == "1"
    assert len(said["SECRET_KEY"]) >= 50
    assert len(base64.b64decode(said["DATA_KEYS"].removeprefix("k1:"))) == 32
    assert first.read_text() != second.read_text()
    before = first.read_text()
    install.write_environment(first)
    assert first.read_text() == before


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> Path:
    """An installed place of its own, with a counter of what pip was asked for."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).write_text(f"# {name}\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").write_text(
        f'#!/bin/sh\ncase "$*" in *"pip install"*) echo "$*" >> "{tmp_path}/asked";; esac\n'
    )
    (tmp_path / ".venv" / "bin" / "python").chmod(0o755)
    for name, path in {
        "ROOT": tmp_path,
        "VENV": tmp_path / ".venv",
        "VAR": tmp_path / "var",
        "PYTHON": tmp_path / ".venv" / "bin" / "python",
        "LOG": tmp_path / "var" / "log" / "install.log",
        "STAMP": tmp_path / ".venv" / "installed.json",
    }.items():
        monkeypatch.setattr(install, name, path)
    return tmp_path


def asked(checkout: Path) -> int:
    return len((checkout / "asked").read_text().splitlines())


def test_nothing_is_installed_twice(checkout):
    assert install.main([]) == 0
    assert install.main([]) == 0
    assert asked(checkout) == 1


def test_a_changed_lock_is_installed_again(checkout):
    install.main([])
    (checkout / "requirements.lock").write_text("# changed\n")
    install.main([])
    assert asked(checkout) == 2


def test_the_tools_lock_covers_the_other_one_but_not_the_reverse(checkout):
    install.main(["--dev"])
    install.main([])
    assert asked(checkout) == 1
    (checkout / ".venv" / "installed.json").write_text(json.dumps({}))
    install.main([])
    install.main(["--dev"])
    assert asked(checkout) == 3


def test_every_package_is_pinned_with_its_hash_and_no_registry_is_named():
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        packages = [line for line in lines if line[:1].isalnum()]
        assert all("==" in line and line.endswith("\\") for line in packages)
        assert not [line for line in lines if "://" in line or "index" in line.split("#")[0]]
        assert sum("--hash=sha256:" in line for line in lines) >= len(packages)


def test_a_failing_pip_is_one_sentence_with_the_reason_and_the_log(checkout, capsys):
    (checkout / ".venv" / "bin" / "python").write_text(
        "#!/bin/sh\necho 'ERROR: no such package' >&2\nexit 1\n"
    )
    assert install.main([]) == 1
    said = capsys.readouterr().err.strip()
    assert said == (
        f"依赖安装失败：no such package；请检查网络与 pip 的软件源设置后重试（详情：{checkout}/var/log/install.log）。"
    )


@pytest.fixture
def without_pango(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine where we may install nothing: its PATH has no apt-get, no browser and no font tool."""
    python = checkout / ".venv" / "bin" / "python"
    python.write_text(python.read_text() + 'case "$*" in *weasyprint*) exit 1;; esac\n')
    monkeypatch.setenv("PATH", str(checkout))
    return checkout


def test_missing_system_libraries_are_one_exact_sentence_and_no_end(without_pango, capsys):
    assert install.main([]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "  缺少生成 PDF 的系统库（演示数据也要用到）：请管理员执行 "
        "sudo apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0。"
    )


def test_they_are_looked_for_again_until_they_are_there(without_pango, capsys):
    install.main([])
    (without_pango / ".venv" / "bin" / "python").write_text("#!/bin/sh\n")
    capsys.readouterr()
    install.main([])
    assert capsys.readouterr().out == ""
    assert json.loads((without_pango / ".venv" / "installed.json").read_text())["printing"] == "yes"


def test_a_missing_browser_is_one_exact_sentence(without_pango, capsys):
    install.main(["--dev"])
    sentence = capsys.readouterr().out.splitlines()[-1]
    assert sentence.startswith("  浏览器测试还需要 chromium")
    assert "sudo apt-get install -y chromium" in sentence
