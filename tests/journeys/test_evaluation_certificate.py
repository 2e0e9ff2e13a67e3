"""From the decision to the certificate, to a purchaser's phone, to a suspension, and to the phone again."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from certificates.models import Certificate
from tests.cast import picture
from tests.certificates.rows import with_code
from tests.evaluation.decisions import story


@pytest.fixture
def panel(city):
    made = with_code(story.handed_in(city))
    story.officer(made)
    return made


@pytest.fixture
def phone(chromium, live_server):
    """A purchaser: nobody is signed in."""
    context = chromium.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 390, "height": 844}
    )
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def told(page: Page, word: str) -> None:
    expect(page.locator(".answer .word")).to_have_text(word)


def test_from_the_decision_to_the_phone_and_back(panel, page, phone, enter, console, live_server, tmp_path):
    page.set_default_timeout(30_000)
    page.set_viewport_size({"width": 1440, "height": 900})
    decided(panel, page, enter, live_server)
    certificate = issued(page, live_server)
    scanned(phone, certificate, live_server)
    sent(page, certificate, live_server)
    paper = taken_away(page, enter, certificate, live_server, tmp_path)
    suspended(page, enter, certificate, live_server)
    asked_by_name(phone, certificate, live_server)
    asked_by_file(phone, paper, live_server)
    assert [said for said in console if "422" not in said] == []  # the browser tells of the refused form


def decided(panel, page: Page, enter, live_server) -> None:
    enter(page, "shen")
    page.goto(f"{live_server.url}/evaluations/{panel.evaluation.pk}/")
    page.get_by_role("link", name="审议评价报告").click()
    page.get_by_label("参加审议的人员").fill("沈岩，技术委员会主任")
    page.get_by_label("审议意见").fill("同意评价组的报告。")
    page.get_by_role("button", name="决定：AAAA").click()
    page.get_by_role("button", name="公布，并发出通知").click()
    expect(page.locator("main")).to_contain_text("已公布，并通知本人和所在组织")


def issued(page: Page, live_server) -> Certificate:
    """From the desk to the list, and with one act to a certificate."""
    page.goto(live_server.url)
    page.get_by_role("link", name="签发证书").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("待发证的评价决定 1 个")
    page.get_by_label("选王雪松").check()  # one may still appeal: so it is not ticked yet
    page.get_by_role("button", name="签发勾选的证书").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("签发完成：1 张", timeout=60_000)
    return Certificate.objects.get()


def scanned(phone: Page, certificate: Certificate, live_server) -> None:
    """What the code on the paper opens; nobody had to send anything for it."""
    address = urlsplit(certificate.imprint.words["address"]).path
    phone.goto(f"{live_server.url}{address}")
    told(phone, "有效")
    expect(phone.locator("main")).to_contain_text("王雪松")
    expect(phone.locator("main")).to_contain_text("泊头恒通管件有限公司")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def sent(page: Page, certificate: Certificate, live_server) -> None:
    page.get_by_role("link", name="发送这 1 张").click()
    expect(page.locator("main")).to_contain_text(f"评价证书已颁发：{certificate.number}")
    page.get_by_role("button", name="发送这 1 张").click()
    expect(page.locator("main")).to_contain_text("已发送 1 张")


def taken_away(page: Page, enter, certificate: Certificate, live_server, tmp_path: Path) -> Path:
    """The holder reads the message, opens the certificate and takes the PDF."""
    enter(page, "officer")
    page.get_by_role("link", name="评价证书", exact=True).first.click()
    page.get_by_role("link", name="王雪松").click()
    expect(page.locator("#learning")).to_contain_text("还差 1 次")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 PDF").click()
    assert download.value.suggested_filename == f"评价证书 {certificate.number}.pdf"
    kept = tmp_path / "certificate.pdf"
    download.value.save_as(kept)
    assert kept.read_bytes() == bytes(certificate.rendering.content)
    return kept


def suspended(page: Page, enter, certificate: Certificate, live_server) -> None:
    """On its ground, with its document; what is missing is said beside the field, and nothing typed is lost."""
    enter(page, "shen")
    page.goto(f"{live_server.url}{certificate.get_absolute_url()}")
    page.locator("summary", has_text="办理").click()
    page.get_by_role("link", name="暂停").click()
    page.get_by_label("获证人员失信").check()
    page.get_by_label("事由").fill("投标文件中引用的检测报告不属实。")
    page.get_by_role("button", name="暂停", exact=True).click()
    expect(page.locator("main")).to_contain_text("请写明依据的文书，或者上传扫描件。")
    expect(page.get_by_label("事由")).to_have_value("投标文件中引用的检测报告不属实。")
    expect(page.get_by_label("获证人员失信")).to_be_checked()
    scan = picture()
    page.get_by_label("文书的扫描件").set_input_files(
        {"name": "决定书.png", "mimeType": "image/png", "buffer": scan.read()}
    )
    page.get_by_role("button", name="暂停", exact=True).click()
    expect(page.locator("main")).to_contain_text("已暂停；公开核验随即改变")
    expect(page.locator("#history")).to_contain_text("决定书.png")


def asked_by_name(phone: Page, certificate: Certificate, live_server) -> None:
    phone.goto(f"{live_server.url}/verify/")
    phone.get_by_label("证书编号").fill(certificate.number.lower())
    phone.get_by_label("持证人姓名").fill("王雪菘")
    phone.get_by_role("button", name="核验", exact=True).click()
    told(phone, "查无此证")
    expect(phone.get_by_label("证书编号")).to_have_value(certificate.number.lower())
    phone.get_by_label("持证人姓名").fill("王雪松")
    phone.get_by_role("button", name="核验", exact=True).click()
    told(phone, "暂停")
    expect(phone.locator("main")).to_contain_text("依据：评价规范 9.3；事由不公开。")
    expect(phone.locator("main")).not_to_contain_text("检测报告")
    phone.locator("#day summary").click()
    yesterday = timezone.localdate() - timedelta(days=1)
    phone.locator("#on").fill(yesterday.isoformat())
    phone.get_by_role("button", name="查这一天").click()
    expect(phone.locator("#day")).to_contain_text("这张证书还没有颁发")


def asked_by_file(phone: Page, paper: Path, live_server) -> None:
    phone.goto(f"{live_server.url}/verify/")
    phone.get_by_label("电子证书（PDF）").set_input_files(paper)
    phone.get_by_role("button", name="核验这份文件").click()
    told(phone, "暂停")
    expect(phone.locator("main")).to_contain_text("这份文件与签发时逐字节一致")
    forged = bytearray(paper.read_bytes())
    forged[len(forged) // 2] ^= 1
    paper.write_bytes(forged)
    phone.goto(f"{live_server.url}/verify/")
    phone.get_by_label("电子证书（PDF）").set_input_files(paper)
    phone.get_by_role("button", name="核验这份文件").click()
    told(phone, "被改动过")
