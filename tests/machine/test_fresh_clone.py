"""A stranger's first two minutes: an empty directory, one command, and an appointment goes through three hands."""

import os
import re
import shutil
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def stranger(tmp_path_factory) -> Iterator[str]:
    """`make run` in a copy of what git knows, with nothing of this machine's environment; its address."""
    home = tmp_path_factory.mktemp("stranger") / "portal"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, home / name)
    port = _free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    pip = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_"))}
    started = subprocess.Popen(
        ["make", "run"],
        cwd=home,
        env=kept | pip | {"PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said = []
    for line in started.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    assert started.poll() is None, "".join(said)
    yield f"http://127.0.0.1:{port}"
    os.killpg(started.pid, signal.SIGINT)
    said = started.stdout.read()  # until the last process that could write has ended
    started.wait(timeout=60)
    assert "已停止；数据保留在 var/。" in said
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=2).close()


def come_in_as(page: Page, address: str, username: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{address}/accounts/login/")
    page.locator(f"form:has(input[value='{username}']) button[type=submit]").click()
    expect(page).not_to_have_url(re.compile("login"))


def test_from_make_run_to_a_filed_appointment(stranger, page):
    assert urllib.request.urlopen(f"{stranger}/healthz").status == 200

    come_in_as(page, stranger, "enterprise")
    page.get_by_role("link", name="发起任职备案").first.click()
    page.get_by_role("button", name="开始填写").click()
    for label, value in {
        "姓名": "王𬭎",
        "证件号码": "11010519491231002X",
        "联系电话": "13800138000",
        "现任职务": "副总经理",
        "起": "2018-03",
        "单位": "河北泊头恒通管件制造有限公司",
        "岗位": "质量部经理",
        "任命人姓名": "高建勋",
        "任职日期": "2026-09-21",
    }.items():
        page.get_by_label(label, exact=True).fill(value)
    for label, value in {
        "最高学历": "本科",
        "职称": "中级",
        "性质": "质量管理",
        "由谁任命": "最高管理者",
    }.items():
        page.get_by_label(label, exact=True).select_option(label=value)
    page.locator("label", has_text="已毕业").click()
    page.locator("fieldset", has_text="任职培训").locator("label", has_text="是").first.click()
    page.get_by_label("材料种类").select_option(label="任职培训证书")
    page.get_by_label("文件", exact=True).set_input_files(ROOT / "docs" / "img" / "filing-form.png")
    expect(page.locator("#s-papers")).to_contain_text("filing-form.png")
    page.get_by_role("button", name="检查并提交").click()
    page.get_by_label("以上内容与材料真实").check()
    page.get_by_role("button", name="提交备案").click()
    expect(page.locator("main")).to_contain_text("已提交")

    come_in_as(page, stranger, "county")
    page.get_by_role("link", name="河北泊头恒通管件制造有限公司").first.click()
    page.get_by_role("button", name="上报市局").click()
    expect(page.locator("main")).to_contain_text("已上报")

    come_in_as(page, stranger, "city")
    page.get_by_role("link", name="河北泊头恒通管件制造有限公司").first.click()
    page.get_by_role("button", name="准予备案").click()
    expect(page.locator("main")).to_contain_text("已备案，载入名录")
