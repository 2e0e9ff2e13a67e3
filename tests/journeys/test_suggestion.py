"""A suggestion on its way: drafted, delivered, read, answered, closed; and its letter on one sheet."""

import io

import pikepdf
from playwright.sync_api import expect

from registry.supervision.models import Suggestion
from tests.talent.rows import post

SHORT = """"'><img src=x onerror=alert(1)>"""


def test_delivered_answered_and_closed(city, page, enter, console, live_server):
    post(city.hengtong)
    enter(page, "wang")
    page.goto(f"{live_server.url}/supervision/")
    page.get_by_role("link", name="起草建议书").first.click()
    page.get_by_role("link", name="王雪松").click()
    page.get_by_label("未有效履职").check()
    page.get_by_label("事实").fill(f"两次监督抽查不合格。{SHORT}")
    page.get_by_label("请企业在哪一天以前答复").fill("昨天")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#mistakes")).to_contain_text("有 1 处需要改正")
    expect(page.get_by_label("事实")).to_have_value(f"两次监督抽查不合格。{SHORT}")
    page.get_by_label("请企业在哪一天以前答复").fill("2099-12-05")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("main")).to_contain_text("还没有送达")
    page.get_by_role("button", name="送达企业").click()
    expect(page.locator("main")).to_contain_text("已送达")
    expect(page.locator("main")).to_contain_text("企业还没有打开")

    suggestion = Suggestion.objects.get()
    enter(page, "liu")
    page.goto(f"{live_server.url}/inbox/")
    page.get_by_role("button", name="建议更换首席质量官").first.click()
    expect(page.locator("main")).to_contain_text("是建议，不是免职")
    page.get_by_role("link", name="答复", exact=True).click()
    page.get_by_label("不同意更换").check()
    page.get_by_label("说明").fill("整改已经在做。")
    page.get_by_role("button", name="答复").click()
    expect(page.locator("main")).to_contain_text("已答复，并告知市场监督管理局")

    enter(page, "wang")
    page.goto(f"{live_server.url}{suggestion.get_absolute_url()}")
    expect(page.locator("main")).to_contain_text("企业首次打开：")
    page.get_by_label("跟踪记录").fill("现场看过整改。")
    page.get_by_role("button", name="记一条").click()
    expect(page.locator("#notes")).to_contain_text("现场看过整改。")
    page.get_by_role("link", name="办结").click()
    page.get_by_label("企业未更换").check()
    page.get_by_label("办结说明").fill("整改通过。")
    page.get_by_role("button", name="办结").click()
    expect(page.locator("main")).to_contain_text("已办结，并告知企业和本人")
    expect(page.locator("#outcome")).to_contain_text("企业未更换")

    page.get_by_role("link", name="建议书", exact=True).click()
    expect(page.locator(".letter-sheet")).to_contain_text(suggestion.number or "CH-130981-")
    sheet = pikepdf.open(io.BytesIO(page.pdf(format="A4")))
    assert len(sheet.pages) == 1
    assert page.evaluate("document.querySelectorAll('[onerror],img[src=x]').length") == 0
    assert [said for said in console if "422" not in said] == []
