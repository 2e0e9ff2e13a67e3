"""An experience on its way to the public: written, agreed to, handed in, selected, read on a phone."""

import re

from playwright.sync_api import expect

from registry.talent.models import Case, PoolEntry
from tests.talent.rows import TEXT, post

SHORT = """"'><img src=x onerror=alert(1)>"""


def test_handed_in_selected_and_read_by_anybody(city, page, enter, console, live_server):
    post(city.hengtong)
    enter(page, "liu")
    page.goto(f"{live_server.url}/talent/cases/new/")
    expect(page.get_by_role("heading", level=1)).to_have_text("把一件做成了的事写下来")
    for label, name in (("标题", "name"), ("摘要", "summary"), ("背景与问题", "situation"), ("做法", "done")):
        page.get_by_label(label, exact=True).fill(TEXT[name])
    page.get_by_label("主要方法或行业").select_option(label="统计过程控制")
    page.get_by_label("成效", exact=True).fill("好了很多。")
    page.get_by_label("文中写到王雪松").check()
    page.get_by_label("王雪松本人读过全文").check()
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#mistakes")).to_contain_text("有 2 处需要改正")  # no number, no signature
    expect(page.get_by_label("做法", exact=True)).to_have_value(TEXT["done"])
    page.get_by_label("成效", exact=True).fill(TEXT["result"])
    page.get_by_label(re.compile("本人签写姓名")).fill("王雪松")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("main")).to_contain_text("已同意公布")
    page.get_by_role("button", name="提交县局").click()
    expect(page.locator("main")).to_contain_text("已提交县级市场监督管理局")

    case = Case.objects.get()
    for who, button, said in (
        ("wang", "报送市局", "已报送市级市场监督管理局"),
        ("meng", "选为标杆", "已选为标杆，核对后可以公布"),
    ):
        enter(page, who)
        page.goto(f"{live_server.url}{case.get_absolute_url()}")
        page.get_by_role("button", name=button).click()
        expect(page.locator("main")).to_contain_text(said)
    page.get_by_role("button", name="公布", exact=True).click()
    expect(page.locator("main")).to_contain_text("已公布，不登录也能读到")

    page.context.clear_cookies()
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/talent/public/")
    page.get_by_role("link", name=TEXT["name"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TEXT["name"])
    expect(page.locator("article")).to_contain_text("首席质量官王雪松")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert [said for said in console if "422" not in said] == []


def test_no_word_of_a_case_becomes_markup_for_the_public(city, page, console, live_server):
    from tests.talent.rows import brought, written

    texts = {name: f"{text} {SHORT}" for name, text in TEXT.items() if name != "field"}
    city.hengtong.name = f"恒通{SHORT}"
    city.hengtong.save()
    case = brought(city, until="published", case=written(city, officers=(post(city.hengtong),), **texts))
    for path in ("/talent/public/", f"/talent/public/?q={SHORT}", f"/talent/public/{case.pk}/"):
        page.goto(live_server.url + path)
        assert page.evaluate("document.querySelectorAll('[onerror],img[src=x]').length") == 0, path
    assert SHORT in page.locator("article").inner_text()
    assert console == []
    page.set_content(SHORT)  # the control
    assert page.evaluate("document.querySelectorAll('[onerror],img[src=x]').length") == 1


def test_from_the_register_into_the_pool(city, page, enter, console, live_server):
    officer = post(city.hengtong)
    enter(page, "meng")
    page.goto(f"{live_server.url}/talent/pool/")
    page.get_by_role("link", name="从名册选人入库").first.click()
    page.get_by_role("link", name=officer.name).click()
    expect(page.locator("main")).to_contain_text("110105********002X")
    page.get_by_label("统计过程控制").check()
    page.get_by_label("理由").fill("标杆企业，愿意带人。")
    page.get_by_label("本人同意入库").check()
    page.get_by_label("本人签写姓名").fill("王雪松")
    page.get_by_role("button", name="入库", exact=True).click()
    expect(page.locator("main")).to_contain_text("已入库，并告知本人")
    page.locator("label", has_text="不承担任务").click()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("可否承担：不承担任务")
    assert PoolEntry.objects.get().availability == "away"
    assert console == []
