"""The saved checker in a real browser: opened from a disk, with the network cut off."""

import gzip
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from certificates.models import Certificate, StatusFile
from certificates.verification import daily
from tests.certificates import rows


@pytest.fixture
def kit(city, page, live_server, tmp_path) -> Path:
    """What somebody took along: the checker and the two files of today, and a certificate; all saved by the browser."""
    _, made = rows.issued(city)
    (tmp_path / "原件.pdf").write_bytes(bytes(made.rendering.content))
    (tmp_path / "number").write_text(made.number)
    daily.write(at=timezone.localtime())
    page.goto(f"{live_server.url}/verify/offline/")
    for label, name in (
        ("保存核验网页", "checker.html"),
        ("状态文件（", "list.gz"),
        ("签名清单", "list.json"),
    ):
        with page.expect_download() as download:
            page.get_by_role("link", name=re.compile(f"^{label}")).click()
        download.value.save_as(tmp_path / name)
    return tmp_path


@pytest.fixture
def asked_of_the_network(page) -> list[str]:
    """What the page tried to fetch besides files of the disk: nothing may ever stand here."""
    asked = []
    page.on(
        "request", lambda request: asked.append(request.url) if not request.url.startswith("file:") else None
    )
    return asked


def opened(page: Page, kit: Path) -> Page:
    page.goto("about:blank")
    page.context.set_offline(True)
    page.goto(f"file://{kit}/checker.html")
    return page


def with_files(page: Page, kit: Path) -> Page:
    page.locator("#files").set_input_files([kit / "list.gz", kit / "list.json"])
    return page


def asked(page: Page, number: str):
    page.get_by_label("证书编号").fill(number)
    page.get_by_role("button", name="核验").click()
    return page.locator("#answers li").first


def test_the_right_files_say_of_which_day_they_are_and_answer(page, kit, asked_of_the_network, console):
    number, today = (kit / "number").read_text(), timezone.localdate()
    with_files(opened(page, kit), kit)
    said = page.locator("#file")
    expect(said).to_contain_text(f"这是{today.year}年{today.month}月{today.day}日")
    expect(said).to_contain_text("签名相符，由 http://testserver 签发；共 1 张证书。")
    expect(asked(page, f" {number.lower()} ")).to_contain_text("有效")
    expect(page.locator("#answers li").first).to_contain_text(
        f"{today.year}年{today.month}月{today.day}日这一天有效"
    )
    expect(asked(page, number[:-1] + ("A" if number[-1] != "A" else "B"))).to_contain_text("没有这个编号")
    expect(asked(page, "2026/0183")).to_contain_text("编号没有写对")

    page.locator("#pdfs").set_input_files(kit / "原件.pdf")
    expect(page.locator("#answers li").first).to_contain_text("与登记的电子证书逐字节一致")
    raw = bytearray((kit / "原件.pdf").read_bytes())
    raw[len(raw) // 2] ^= 1
    (kit / "改过.pdf").write_bytes(bytes(raw))
    page.locator("#pdfs").set_input_files(kit / "改过.pdf")
    expect(page.locator("#answers li").first).to_contain_text("不是登记的文件")
    assert [url for url in asked_of_the_network if not url.startswith(("blob:", "about:"))] == []
    assert console == []


def test_a_file_with_one_byte_changed_is_refused(page, kit):
    raw = bytearray((kit / "list.gz").read_bytes())
    raw[-1] ^= 1
    (kit / "list.gz").write_bytes(bytes(raw))
    with_files(opened(page, kit), kit)
    expect(page.locator("#file")).to_contain_text("状态文件与签名清单不符")
    expect(page.locator("#ask")).to_be_hidden()


def test_a_state_rewritten_and_packed_anew_is_refused(page, kit):
    text = gzip.decompress((kit / "list.gz").read_bytes()).replace(b'"state":"valid"', b'"state":"void"')
    (kit / "list.gz").write_bytes(gzip.compress(text))
    with_files(opened(page, kit), kit)
    expect(page.locator("#file")).to_contain_text("状态文件与签名清单不符")


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_manifest_changed_in_any_part_is_refused(page, kit, part):
    said = json.loads((kit / "list.json").read_text())
    parts = said["manifest"].split(".")
    middle = len(parts[part]) // 2
    parts[part] = (
        parts[part][:middle] + ("A" if parts[part][middle] != "A" else "B") + parts[part][middle + 1 :]
    )
    (kit / "list.json").write_text(json.dumps(said | {"manifest": ".".join(parts)}))
    with_files(opened(page, kit), kit)
    expect(page.locator("#file")).to_contain_text(re.compile("签名清单被改过|不是用本网页里的公钥签的"))
    expect(page.locator("#ask")).to_be_hidden()


def test_one_file_alone_is_not_enough(page, kit):
    opened(page, kit).locator("#files").set_input_files([kit / "list.gz"])
    expect(page.locator("#file")).to_contain_text("还缺一个文件")
    page.locator("#files").set_input_files([kit / "list.gz", kit / "原件.pdf"])
    expect(page.locator("#file")).to_contain_text("读不出签名清单")


def test_a_suspended_one_is_said_to_be_suspended_and_the_age_of_the_file_is_told(page, city, kit, tmp_path):
    made = Certificate.objects.get()
    rows.done(
        "suspend", made, on=made.first_day, by=made.order.batch.by.acting_as(made.order.batch.assignment)
    )
    later = daily.write(at=timezone.localtime() + timedelta(days=1))
    assert StatusFile.objects.count() == 2
    (kit / "list.gz").write_bytes(later.file.open().read())
    (kit / "list.json").write_text(json.dumps({"manifest": later.manifest}))
    page.clock.set_fixed_time(timezone.now() + timedelta(days=31))
    with_files(opened(page, kit), kit)
    expect(page.locator("#file")).to_contain_text("已经过去 30 天；这以后的变化文件里没有。")
    expect(asked(page, made.number)).to_contain_text("暂停")
    expect(page.locator("#answers li").first).to_have_class(re.compile("warn"))
