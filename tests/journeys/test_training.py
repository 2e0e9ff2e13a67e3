"""A provider teaches: it plans a session, enters two people by number, posts, and takes one entry back."""

import re

import pytest
from playwright.sync_api import expect

from tests.training import rows
from training.models import Entry, Session


@pytest.mark.parametrize("width", [1440, 390])
def test_planned_entered_posted_and_one_taken_back(city, page, enter, console, live_server, width):
    tan = rows.provider()
    rows.commission(tan.acting.institution, city.offices["130900"], by=city.meng)
    known, number = rows.person(), rows.identity(910)
    page.set_viewport_size({"width": width, "height": 900})
    enter(page, "tan")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有待入账的场次")
    page.get_by_role("link", name="新建场次").click()
    page.get_by_label("课程名称").fill("首席质量官任职培训")  # no course yet: that comes first
    page.locator("label", has_text="任职培训").last.click()
    page.get_by_role("button", name="保存课程").click()
    page.get_by_role("link", name="新建场次").click()
    page.get_by_label("课程").select_option(label="首席质量官任职培训")
    page.locator("label", has_text="线下").click()
    page.get_by_label("地点或网址").fill("沧州市质量大厦三楼")
    page.get_by_label("授课人").fill("周明远")
    page.get_by_label("第一天").fill("2026-10-17")
    page.get_by_label("最后一天").fill("2026-10-17")
    page.get_by_label("学时", exact=True).fill("6")
    page.get_by_role("button", name="加一节").click()
    for row, (begins, ends) in enumerate((("09:00", "12:00"), ("14:00", "17:00"))):
        for name, value in (("day", "2026-10-17"), ("begins", begins), ("ends", ends)):
            page.locator(f"[name=meetings-{row}-{name}]").fill(value)
    page.get_by_role("button", name="保存场次").click()
    expect(page.locator("#messages")).to_contain_text("场次已建好，编号 PX-")

    page.get_by_label("证件号码").fill(known.identity_number)
    page.get_by_role("button", name="核对").click()
    expect(page.locator("#enter")).to_contain_text("王*松 是这个号码在平台登记的人")
    page.get_by_role("button", name="加入名单").click()
    expect(page.locator("#roster")).to_contain_text("王雪松")
    page.get_by_label("证件号码").fill(number)
    page.get_by_role("button", name="核对").click()
    expect(page.locator("#enter")).to_contain_text("平台还没有这个证件号码")
    page.get_by_label("姓名").fill("李建国")
    page.get_by_label("2026-10-17 14:00–17:00").uncheck()
    page.get_by_label("学时", exact=True).fill("3")
    page.get_by_role("button", name="加入名单").click()
    expect(page.locator("#roster")).to_contain_text("2026-10-17 09:00–12:00")

    page.get_by_role("link", name="核对后入账 2 人").click()
    expect(page.locator("main")).to_contain_text("9.0")
    page.get_by_role("button", name="入账 2 人").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("入账 2 笔，有效 2 笔")
    page.get_by_role("link", name=re.compile("李建国的 E-")).click()
    page.get_by_label("冲正的理由").fill("上午也没有到场")
    page.get_by_role("button", name=re.compile("^冲正 E-")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("入账 2 笔，有效 1 笔")
    expect(page.locator("main")).to_contain_text("上午也没有到场")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert console == []
    assert Session.objects.get().state == "posted"
    assert Entry.objects.standing().get().person == known
