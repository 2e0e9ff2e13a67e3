"""The main job, as three people do it: filed, returned, corrected, sent up, accepted, found again."""

import re

from django.utils import timezone
from playwright.sync_api import Page, expect

from registry.models import Filing, Officer
from tests.cast import IDENTITY, picture


def fill(page: Page, said: dict[str, str]) -> None:
    for label, value in said.items():
        page.get_by_label(label, exact=True).fill(value)


def choose(page: Page, said: dict[str, str]) -> None:
    for label, value in said.items():
        page.get_by_label(label, exact=True).select_option(label=value)


def upload(page: Page, kind: str, *, shade: int) -> None:
    sheet = picture(shade=shade)
    page.get_by_label("材料种类").select_option(label=kind)
    page.get_by_label("文件", exact=True).set_input_files(
        {"name": f"{kind}.png", "mimeType": "image/png", "buffer": sheet.read()}
    )
    expect(page.locator("#s-papers").get_by_role("link", name=f"{kind}.png")).to_be_visible()


def saved(page: Page) -> None:
    """The draft is kept: the page says so, with the time."""
    page.wait_for_timeout(900)
    expect(page.locator("#s-officer [data-saved]")).to_contain_text("已保存")


def test_from_the_first_word_to_the_register(city, page, enter, console, live_server):
    # ── the enterprise files ──
    enter(page, "liu")
    page.goto(f"{live_server.url}/filings/new/")
    page.get_by_role("button", name="开始填写").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("首席质量官任职备案")

    code = page.get_by_label("统一社会信用代码")
    code.fill("91130981MAYG58BR3Q")
    page.get_by_label("企业名称").focus()
    expect(page.locator("#s-enterprise")).to_contain_text("第 18 位校验位应为 P，您填的是 Q")
    code.fill("91130981MAYG58BR3P")
    page.get_by_label("企业名称").focus()
    expect(page.locator("#s-enterprise")).not_to_contain_text("第 18 位")

    fill(page, {"姓名": "王𬭎", "证件号码": IDENTITY, "联系电话": "13800138000", "现任职务": "副总经理"})
    choose(page, {"最高学历": "大专", "职称": "中级"})
    page.locator("label", has_text="已毕业").click()
    page.locator("fieldset", has_text="任职培训").locator("label", has_text="是").first.click()
    fill(page, {"起": "2025-01", "单位": "泊头恒通管件有限公司", "岗位": "质量部经理"})
    choose(page, {"性质": "质量管理"})
    choose(page, {"由谁任命": "最高管理者"})
    fill(page, {"任命人姓名": "高建勋", "任职日期": "2026-09-21"})
    page.get_by_label("任命文件号").focus()
    expect(page.locator("#elig")).to_contain_text("1 条不符合")
    expect(page.locator("#elig")).to_contain_text("2028-01-01 起符合")
    expect(page.locator("#derived-term")).to_contain_text("2029-09-20")
    expect(page.locator("#derived-size")).to_contain_text("规模：中型")

    upload(page, "任命书", shade=10)
    upload(page, "任职培训证书", shade=20)
    saved(page)
    page.reload()  # nothing typed is lost
    expect(page.get_by_label("姓名", exact=True)).to_have_value("王𬭎")

    page.get_by_role("button", name="检查并提交").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 条不符合")
    page.get_by_label("以上内容与材料真实").check()
    page.get_by_role("button", name="提交备案").click()
    page.get_by_label("仍要申报的理由").fill("公司新设质量部，王𬭎此前在同业负责质量十年。")
    page.get_by_role("button", name="提交备案").click()
    expect(page.locator("main")).to_contain_text("已提交")

    # ── the county returns two things ──
    enter(page, "wang")
    page.goto(f"{live_server.url}{Filing.objects.get().get_absolute_url()}")
    expect(page.get_by_role("button", name="上报市局")).to_be_disabled()
    expect(page.locator("#blocked")).to_contain_text("质量管理经历")
    page.get_by_label("在“质量工作经历”上加补正项").click()
    page.get_by_label("质量工作经历：须改正什么").fill("请写上此前在同业的经历。")
    page.get_by_role("button", name="记下这一项").click()
    page.get_by_role("link", name="这类材料须补正").click()
    page.get_by_label("任命书：须改正什么").fill("任命书没有盖章，请换一份。")
    page.get_by_role("button", name="记下这一项").click()
    page.get_by_role("button", name=re.compile("退回企业（2 项）")).click()
    expect(page.locator("main")).to_contain_text("已退回企业补正")

    # ── the enterprise corrects just these ──
    enter(page, "liu")
    page.goto(f"{live_server.url}{Filing.objects.get().get_absolute_url()}")
    page.get_by_role("link", name="去补正").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("请补正 2 项后重报")
    expect(page.get_by_label("姓名", exact=True)).to_be_disabled()
    fill(page, {"起": "2016-03"})
    upload(page, "任命书", shade=30)
    page.get_by_role("button", name="检查并提交").click()
    page.get_by_label("以上内容与材料真实").check()
    page.get_by_role("button", name="提交备案").click()
    expect(page.locator("main")).to_contain_text("已提交")

    # ── the county sees what changed, and sends up ──
    enter(page, "wang")
    page.goto(f"{live_server.url}{Filing.objects.get().get_absolute_url()}")
    expect(page.locator("main")).to_contain_text("第 2 轮")
    expect(page.locator(".read-section .diff-old")).to_have_text(re.compile("2025-01-01"))
    expect(page.locator(".read-section .diff-new")).to_have_text(re.compile("2016-03-01"))
    page.get_by_role("button", name="上报市局").click()
    expect(page.locator("main")).to_contain_text("已上报市级市场监督管理局")

    # ── the city files ──
    enter(page, "meng")
    page.goto(f"{live_server.url}{Filing.objects.get().get_absolute_url()}")
    page.get_by_role("button", name="准予备案").click()
    expect(page.locator("main")).to_contain_text("已备案，载入名录")

    # ── and finds it again, by initials ──
    page.goto(f"{live_server.url}/desk/register/?q=bthtgj")
    page.get_by_role("link", name="王𬭎").first.click()
    expect(page.locator("main")).to_contain_text(f"BA-130900-{timezone.localdate():%Y}-00001")
    expect(page.locator("main")).to_contain_text("110105********002X")
    assert Officer.objects.get().name == "王𬭎"
    assert console == []
