"""A county pins a field and a page, the enterprise corrects one of them, the county sees which; a person decided once."""

import re

import pytest
from playwright.sync_api import expect

from cqo_portal.workflow.engine import perform
from registry import phrases, services
from registry.models import Filing, IdentityDecision, ReturnItem
from registry.workflow import SUBMIT
from tests.cast import PASSWORD, TODAY
from tests.registry.test_returns import sheets
from tests.registry.test_same_person import filed_by


@pytest.fixture
def filing(city) -> Filing:
    phrases.load_phrases()
    made = city.filing()
    services.attach_proof(made, sheets(40, 90), kind="appointment", by=city.liu)
    return perform(SUBMIT, made, by=city.liu, today=TODAY)


def test_fixed_and_not_fixed(city, filing, page, enter, console, live_server):
    address = f"{live_server.url}{filing.get_absolute_url()}"

    # ── the county pins a field, and page 2 of a paper, with a phrase ──
    enter(page, "wang")
    page.goto(address)
    page.get_by_label("在“现任职务”上加补正项").click()
    page.get_by_role("button", name="现任职务与任命书不一致").click()
    expect(page.get_by_label("现任职务：须改正什么")).to_have_value(
        "现任职务与任命书不一致，请改成任命书上的写法。"
    )
    page.get_by_role("button", name="记下这一项").click()
    page.get_by_role("link", name="任命书", exact=True).click()
    page.get_by_label("下一页").click()
    page.get_by_role("link", name="本页须补正").click()
    page.get_by_role("button", name="这一页看不清").click()
    page.get_by_role("button", name="记下这一项").click()
    expect(page.locator("#composer")).to_contain_text("任命书 第 2 页")
    expect(page.locator("#composer .thumb img")).to_have_js_property("complete", True)
    page.get_by_role("button", name=re.compile("退回企业（2 项）")).click()
    expect(page.locator("main")).to_contain_text("已退回企业补正")

    # ── the enterprise sees the page beside the upload, and corrects only the field ──
    enter(page, "liu")
    page.goto(f"{address}edit/")
    expect(page.locator("#paper-appointment .thumb")).to_contain_text("退回时指出的这一页")
    page.get_by_label("现任职务").fill("总工程师")
    page.get_by_role("button", name="检查并提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("退回的 1 项还没有改动")
    expect(page.locator("#untouched")).to_contain_text("任命书 第 2 页")
    page.get_by_label("这几项不改，就这样重新提交").check()
    page.get_by_label("以上内容与材料真实").check()
    page.get_by_role("button", name="提交备案").click()
    expect(page.locator("main")).to_contain_text("已提交")

    # ── the county sees fixed and not fixed, and asks again with one click ──
    enter(page, "wang")
    page.goto(address)
    post = page.locator("#answers li", has_text="现任职务")
    paper = page.locator("#answers li", has_text="任命书 第 2 页")
    expect(post).to_contain_text("有改动")
    expect(post.locator(".diff-old")).to_have_text("副总经理")
    expect(post.locator(".diff-new")).to_have_text("总工程师")
    expect(paper).to_contain_text("没有改动")
    post.get_by_role("button", name="已改正").click()
    expect(page.locator("#answers li", has_text="现任职务")).to_contain_text("wang")
    page.locator("#answers li", has_text="任命书 第 2 页").get_by_role("button", name="仍未改正").click()
    expect(page.locator("#composer")).to_contain_text("第 2 次要求")
    page.get_by_role("button", name=re.compile("退回企业（1 项）")).click()
    expect(page.locator("main")).to_contain_text("已退回企业补正")

    # ── the enterprise reads that it is the second time ──
    enter(page, "liu")
    page.goto(f"{address}edit/")
    expect(page.locator(".returned")).to_contain_text("第 2 次要求")
    assert ReturnItem.objects.get(round=2).repeats.round == 1
    assert console == []


def test_a_phrase_is_chosen_without_javascript(city, filing, chromium, live_server):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    page.locator("input[name=login]").fill("wang")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.goto(f"{live_server.url}{filing.get_absolute_url()}?pin=officer.post")
    page.locator("#reason").fill("先写了一句。")
    page.get_by_role("button", name="现任职务与任命书不一致").click()
    expect(page.locator("#reason")).to_have_value(re.compile("先写了一句。\n现任职务与任命书不一致"))
    page.get_by_role("button", name="记下这一项").click()
    expect(page.locator("#composer")).to_contain_text("先写了一句。")
    context.close()


def test_the_same_person_is_decided_once(city, page, enter, console, live_server):
    filed_by(city.dan, office="130922", until="filed", people=city)
    filing = city.filing(until="at_county")
    address = f"{live_server.url}{filing.get_absolute_url()}"

    enter(page, "wang")
    page.goto(address)
    expect(page.get_by_role("button", name="上报市局")).to_be_disabled()
    expect(page.locator("#same-person")).to_contain_text("青县盛禾包装有限公司")
    page.locator("#same-person").get_by_text("同一人，兼任").click()
    page.get_by_label("理由", exact=True).fill("已与青县局核实，兼任两家。")
    page.get_by_role("button", name="认定", exact=True).click()
    expect(page.locator("#same-person")).to_contain_text("已经认定，不再重问")
    page.get_by_role("button", name="上报市局").click()
    expect(page.locator("main")).to_contain_text("已上报市级市场监督管理局")

    enter(page, "meng")
    page.goto(address)
    expect(page.locator("#same-person")).to_contain_text("已与青县局核实")
    page.get_by_role("button", name="准予备案").click()
    expect(page.locator("main")).to_contain_text("已备案，载入名录")
    assert IdentityDecision.objects.count() == 1
    assert console == []
