"""An enterprise nobody knows yet: it registers, the county looks at the licence, and it files."""

import re

from playwright.sync_api import Page, expect

from cqo_portal.accounts.models import Role, User
from cqo_portal.offices.models import HandOver, Registration
from registry.models import Filing
from tests.cast import CODES, PASSWORD, picture, user


def fill(page: Page, said: dict[str, str]) -> None:
    for label, value in said.items():
        page.get_by_label(label, exact=True).fill(value)


def test_from_the_door_to_the_first_filing(city, page, enter, console, live_server):
    # ── a visitor registers ──
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_role("link", name="企业注册").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("企业注册")
    fill(page, {"统一社会信用代码": CODES[2], "企业名称": "青县新厂包装有限公司"})
    page.get_by_label("所属县（市、区）").select_option(label="沧州市 青县")
    page.get_by_label(re.compile("行业")).select_option("33")
    page.get_by_label(re.compile("从业人员")).fill("350")
    page.get_by_label(re.compile("营业收入")).fill("8000")
    page.get_by_label("经办人姓名").focus()
    expect(page.locator("#derived-size")).to_contain_text("规模：中型")
    expect(page.locator("#derived-size")).to_contain_text("300 ≤ 350 < 1000")
    fill(page, {"经办人姓名": "齐心", "联系电话": "13900139000", "电子邮箱": "qixin@example.com"})
    fill(page, {"用户名": "qixin", "密码": "too short", "再输一次密码": "too short"})
    page.get_by_role("button", name="下一步：上传营业执照").click()
    expect(page.locator("#mistakes")).to_contain_text("密码")
    expect(page.get_by_label("企业名称")).to_have_value("青县新厂包装有限公司")
    fill(page, {"密码": PASSWORD, "再输一次密码": PASSWORD})
    page.get_by_role("button", name="下一步：上传营业执照").click()

    # ── signed in, one step to go ──
    expect(page.get_by_role("heading", level=1)).to_contain_text("还差一步：上传营业执照")
    expect(page.get_by_role("button", name="提交注册")).to_be_disabled()
    sheet = {"name": "执照.png", "mimeType": "image/png", "buffer": picture().read()}
    page.get_by_label("营业执照", exact=True).set_input_files(sheet)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("看清楚了就提交")
    page.get_by_role("button", name="提交注册").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("等市场监督管理局核对")
    page.goto(f"{live_server.url}/")
    expect(page.locator("main")).to_contain_text("等青县市场监督管理部门核对")

    # ── the county looks ──
    enter(page, "qing")
    page.get_by_role("link", name="待核对的企业注册").click()
    page.get_by_role("link", name="青县新厂包装有限公司").click()
    expect(page.locator(".page-image")).to_be_visible()
    expect(page.locator(".page-image")).to_have_js_property("naturalWidth", 60)
    page.get_by_role("button", name="确认注册").click()
    expect(page.locator("main")).to_contain_text("已确认，并已通知申请人")
    assert Registration.objects.get().organisation.office_id == "130922"

    # ── and it files ──
    enter(page, "qixin")
    page.goto(f"{live_server.url}/filings/new/")
    page.get_by_role("button", name="开始填写").click()
    expect(page.get_by_label("企业名称")).to_have_value("青县新厂包装有限公司")
    assert Filing.objects.get().office_id == "130922"
    assert [said for said in console if "422" not in said] == []


def test_an_account_is_closed_while_its_window_is_open(city, chromium, page, enter, live_server):
    """The administrator sees what is in hand, closes the account; the open window reaches nothing, the colleague goes on."""
    user("keeper", Role.ADMIN)
    user("wang2", Role.COUNTY, office=city.offices["130981"])
    filing = city.filing(until="at_county")
    address = f"{live_server.url}{filing.get_absolute_url()}"
    other = chromium.new_context(locale="zh-CN")
    window = other.new_page()
    enter(window, "wang")
    window.goto(address)
    window.get_by_label("在“现任职务”上加补正项").click()
    window.get_by_label("现任职务：须改正什么").fill("请写全称。")
    window.get_by_role("button", name="记下这一项").click()
    expect(window.locator("main")).to_contain_text("请写全称。")

    enter(page, "keeper")
    page.goto(f"{live_server.url}/offices/")
    page.get_by_role("link", name=re.compile("^账号 ")).click()
    page.get_by_placeholder("用户名、姓名、企业").fill("wang")
    page.get_by_role("button", name="筛选").click()
    page.get_by_role("link", name="wang", exact=True).click()
    page.get_by_role("link", name="停用账号").click()
    expect(page.locator("main")).to_contain_text("写好还没有发出的补正项")
    expect(page.locator("main")).to_contain_text("接着办的同事：wang2")
    page.get_by_label("理由").fill("调离")
    page.get_by_role("button", name="写下清单并停用账号").click()
    expect(page.locator("main")).to_contain_text("已在各处退出登录")
    page.get_by_role("link", name="县级预审岗", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("wang的交接清单")

    window.get_by_role("button", name=re.compile("退回企业")).click()
    expect(window).to_have_url(re.compile("/accounts/login/"))
    assert Filing.objects.get().state == "at_county"
    assert not User.objects.get(username="wang").is_active

    enter(window, "wang2")
    window.goto(f"{live_server.url}{HandOver.objects.get().get_absolute_url()}")
    window.get_by_role("link", name=re.compile("请写全称")).click()
    expect(window.locator("main")).to_contain_text("请写全称。")
    window.get_by_role("button", name=re.compile("退回企业（1 项）")).click()
    expect(window.locator("main")).to_contain_text("已退回企业补正")
    other.close()
