"""集中备案 as four people do it: announced, answered, sent up as a batch, one taken back, the rest filed."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from registry.batches.models import Batch
from registry.models import Filing
from registry.notices.models import Notice
from tests.batches.rows import waiting


def test_from_the_notice_to_the_receipt_and_back(city, page, enter, console, live_server):
    waiting(city, 1), waiting(city, 2)
    city.filing()
    today = timezone.localdate()

    # ── the city announces a window ──
    enter(page, "meng")
    page.goto(f"{live_server.url}/notices/")
    page.get_by_role("link", name="拟一份通告").first.click()
    expect(page.get_by_label("正文")).to_have_value(re.compile("第十三条"))
    page.get_by_label("开始日期").fill((today - timedelta(days=1)).isoformat())
    page.get_by_role("button", name="存草稿并预览").click()
    expect(page.locator("#mistakes")).to_contain_text("截止日期")
    page.get_by_label("截止日期").fill((today + timedelta(days=9)).isoformat())
    page.get_by_role("button", name="存草稿并预览").click()
    expect(page.locator("main")).to_contain_text("面向 4 家企业")
    page.get_by_role("button", name="发布通告").click()
    expect(page.locator("main")).to_contain_text("通告已发布")
    notice = Notice.objects.get()

    # ── anybody reads it ──
    page.context.clear_cookies()
    page.goto(f"{live_server.url}{notice.get_absolute_url()}")
    expect(page.locator("main")).to_contain_text("正在进行，还有 9 天")

    # ── the enterprise finds what it owes, and files ──
    enter(page, "liu")
    page.goto(f"{live_server.url}/notices/")
    expect(page.get_by_role("heading", level=1)).to_have_text("轮到您答复 1 份通告")
    page.get_by_role("link", name="去备案").click()
    page.get_by_role("button", name="继续办理已有的这一件").click()
    page.get_by_role("button", name="检查并提交").click()
    page.get_by_label("以上内容与材料真实").check()
    page.get_by_role("button", name="提交备案").click()
    expect(page.locator("main")).to_contain_text("已提交")
    expect(page.locator(".page-head .tag-accent")).to_have_text("集中")
    page.goto(f"{live_server.url}/notices/")
    expect(page.get_by_role("heading", level=1)).to_have_text("通告要求的，您都已答复")

    # ── the county sends up two of three; the third stays, with its reason ──
    enter(page, "wang")
    page.goto(f"{live_server.url}/batches/new/")
    expect(page.get_by_role("heading", level=1)).to_have_text("3 件可以上报")
    page.get_by_label("上报 第002管件厂").uncheck()
    page.get_by_role("button", name="预览后上报").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("将上报 2 件，留下 1 件")
    page.get_by_role("button", name="上报 2 件").click()
    expect(page.locator("#mistakes")).to_contain_text("请写明这一件为什么不上报")
    page.get_by_label("第002管件厂：不上报的理由").fill("等企业补交任命书原件。")
    page.get_by_role("button", name="上报 2 件").click()
    number = Batch.objects.get().number
    expect(page.locator("main")).to_contain_text(number)
    expect(page.locator("main")).to_contain_text("等企业补交任命书原件。")

    # ── on paper there is a place to sign, and nothing to press ──
    page.emulate_media(media="print")
    expect(page.locator(".signs")).to_be_visible()
    expect(page.locator(".recall")).to_be_hidden()
    expect(page.get_by_role("button", name="打印回执")).to_be_hidden()
    page.emulate_media(media="screen")

    # ── one is taken back ──
    page.get_by_label("撤回 第001管件厂").check()
    page.get_by_label("撤回的理由").fill("企业来电更正任职日期。")
    page.get_by_role("button", name="撤回所选的件").click()
    expect(page.locator("main")).to_contain_text("已从市局撤回 1 件")
    expect(page.locator("main")).to_contain_text("实报 1 件")

    # ── the city finds one batch in its inbox, and files the rest ──
    enter(page, "meng")
    page.goto(f"{live_server.url}/inbox/")
    expect(page.locator("main")).to_contain_text(f"成批上报 2 件（{number}）")
    expect(page.locator("main")).to_contain_text("撤回 1 件")
    page.goto(f"{live_server.url}/batches/")
    page.get_by_role("link", name=number).click()
    page.get_by_role("link", name="泊头恒通管件有限公司").click()
    page.get_by_role("button", name="准予备案").click()
    expect(page.locator("main")).to_contain_text("已备案，载入名录")
    states = Filing.objects.values_list("organisation__name", "state")
    assert dict(states) == {
        "泊头恒通管件有限公司": "filed",
        "第001管件厂": "at_county",
        "第002管件厂": "at_county",
    }
    page.goto(f"{live_server.url}/batches/notices/{notice.pk}/")
    # One answered the notice; two had handed in before the window, and lie where the lists have them.
    expect(page.get_by_role("heading", level=1)).to_have_text("面向 4 家，3 家已报送或者答复")
    assert [said for said in console if "422" not in said] == []  # the two forms that were sent back
