"""A panel from the first name to the first sheet: built by the body, three experts sign with the code of their letter."""

import re

from django.core import mail
from playwright.sync_api import expect

from evaluation.models import Sheet
from tests.evaluation.panels import rows

ASKED = (("安一鸣", "engaged-0"), ("白若兰", "engaged-1"), ("陈守仁", "engaged-2"))


def test_built_asked_declared_and_begun(city, page, enter, console, live_server):
    made = rows.case(city)
    enter(page, "shen")
    page.get_by_role("link", name="组建评价组").first.click()
    page.get_by_role("link", name="王雪松的评价").click()
    page.get_by_role("link", name="组建评价组").click()
    expect(page.locator("#seats")).to_contain_text("还没有人。")
    page.get_by_role("button", name=re.compile("请为组长.*安一鸣")).click()
    page.get_by_role("button", name=re.compile("请为成员.*白若兰")).click()
    expect(page.locator("#seats")).to_contain_text("评价组连组长至少 3 人（8.3，推定），现在 2 人。")
    page.get_by_role("button", name=re.compile("请为成员.*陈守仁")).click()
    page.get_by_label("平均").check()
    page.get_by_role("button", name="选定").click()
    page.get_by_role("button", name="向 3 位发出邀请").click()
    expect(page.locator("main")).to_contain_text("已邀请安一鸣、白若兰、陈守仁")

    for number, (name, username) in enumerate(ASKED):
        enter(page, username)
        page.goto(f"{live_server.url}/evaluations/")
        page.get_by_role("link", name=re.compile("江苏质量评价中心邀请您")).click()
        expect(page.locator("#whom")).to_contain_text("王雪松")
        if number == 0:
            page.goto(f"{live_server.url}{made.evaluation.get_absolute_url()}")
            expect(page).to_have_url(f"{live_server.url}{made.seat(0).get_absolute_url()}")  # no file yet
        sign(page, name)
        expect(page.locator("main")).to_contain_text("声明已签署，案卷已向您打开。")

    enter(page, "shen")
    page.goto(f"{live_server.url}/evaluations/{made.evaluation.pk}/panel/")
    page.locator("summary", has_text="开始独立评分").click()
    page.get_by_role("button", name="开始独立评分").click()
    expect(page.locator("main")).to_contain_text("独立评分已经开始")
    expect(page.locator("#progress")).to_contain_text("0 / 3 已签署")
    assert Sheet.objects.filter(panellist__evaluation=made.evaluation, state="open").count() == 3

    enter(page, "engaged-1")
    page.goto(f"{live_server.url}{made.seat(1).get_absolute_url()}")
    page.locator("summary", has_text="申报回避").click()
    page.get_by_label("亲属关系").check()
    page.get_by_label("写明事实").fill("是我的表弟，今天才知道。")
    page.get_by_role("button", name="申报，退出评价组").click()
    expect(page.locator("main")).to_contain_text("您不再参加这次评价")
    page.goto(f"{live_server.url}{made.evaluation.get_absolute_url()}")
    expect(page.locator("main")).to_contain_text("您已回避")

    enter(page, "shen")
    page.goto(f"{live_server.url}{made.evaluation.get_absolute_url()}")
    expect(page.locator("#members")).to_contain_text(
        "评价组连组长至少 3 人（8.3，推定），现在 2 人。请补充成员"
    )
    page.locator("summary", has_text="补充成员").click()
    page.get_by_role("button", name="回到组建评价组").click()
    expect(page.locator("main")).to_contain_text("请补充成员")
    assert [said for said in console if "422" not in said] == []


def sign(page, name: str) -> None:
    """First with a wrong code, then with that of the letter."""
    page.get_by_role("button", name="发送验证码").click()
    expect(page.locator("main")).to_contain_text("验证码已发到 e***@example.com")
    code = rows.code_in(mail.outbox[-1].body)
    page.get_by_label("签写本人姓名").fill(name)
    page.get_by_label("邮件里的验证码").fill(f"{(int(code) + 1) % 1_000_000:06}")
    page.get_by_role("button", name="签署声明，参加评价组").click()
    expect(page.locator("#mistakes")).to_contain_text("验证码不对")
    expect(page.get_by_label("签写本人姓名")).to_have_value(name)
    page.get_by_label("邮件里的验证码").fill(code)
    page.get_by_role("button", name="签署声明，参加评价组").click()
