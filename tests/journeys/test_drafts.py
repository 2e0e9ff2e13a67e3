"""What people do besides the straight way: two windows, no JavaScript, a second click, somebody else's address."""

import pytest
from playwright.sync_api import expect

from registry import services
from registry.models import Filing
from tests.cast import PASSWORD, TODAY, typed


@pytest.fixture
def draft_of_liu(city):
    return services.open_filing(city.hengtong, by=city.liu, today=TODAY)


def test_two_windows_conflict_visibly_and_lose_nothing(city, draft_of_liu, page, enter, live_server):
    enter(page, "liu")
    address = f"{live_server.url}/filings/{draft_of_liu.pk}/edit/"
    other = page.context.new_page()
    page.goto(address)
    other.goto(address)

    page.get_by_label("现任职务").fill("副总经理")
    page.get_by_label("姓名", exact=True).focus()
    expect(page.locator("#s-officer [data-saved]")).to_contain_text("已保存")
    page.wait_for_timeout(1200)

    other.get_by_label("现任职务").fill("总工程师")
    other.get_by_label("姓名", exact=True).focus()
    expect(other.locator("#conflict")).to_contain_text("liu 在另一个窗口")
    expect(other.get_by_label("现任职务")).to_have_value("总工程师")
    assert Filing.objects.get().draft["officer-post"] == ["副总经理"]

    other.get_by_role("button", name="先存草稿").click()  # knowingly: mine is the one that counts
    expect(other.locator("main")).to_contain_text("草稿已保存")
    assert Filing.objects.get().draft["officer-post"] == ["总工程师"]


def test_without_javascript_the_form_can_be_filled_corrected_and_submitted(city, chromium, live_server):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    page.locator("input[name=login]").fill("liu")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.goto(f"{live_server.url}/filings/new/")
    page.get_by_role("button", name="开始填写").click()

    said = {name: values[0] for name, values in typed(officer__trained="no").items()}
    for name, value in said.items():
        field = page.locator(f'[name="{name}"]')
        if field.count() and field.first.is_visible() and field.first.get_attribute("type") != "hidden":
            kind = field.first.evaluate("e => e.tagName + (e.type || '')")
            if kind.startswith("SELECT"):
                field.select_option(value)
            elif "checkbox" in kind:
                field.check()
            elif "radio" not in kind:
                field.fill(value)
    page.locator("label", has_text="已毕业").click()
    page.locator("fieldset", has_text="任职培训").locator("label", has_text="否").click()
    page.locator('[name="officer-phone"]').fill("123")

    page.get_by_role("button", name="检查并提交").click()
    expect(page.locator("#mistakes")).to_contain_text("有 1 处需要改正")
    expect(page.locator('[name="officer-post"]')).to_have_value("副总经理")
    page.locator('[name="officer-phone"]').fill("0317-2345678")
    page.get_by_role("button", name="加一段").click()
    expect(page.locator('[name="experience-1-begins"]')).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="检查并提交").click()
    page.get_by_label("仍要申报的理由").fill("已报名下期培训。")
    page.get_by_label("以上内容与材料真实").check()
    page.get_by_role("button", name="提交备案").click()
    expect(page.locator("main")).to_contain_text("已提交")
    context.close()
    assert Filing.objects.get().state == "at_county"


def test_a_kept_identity_number_is_shown_masked_and_stays_what_it_is(city, page, enter, live_server):
    filing = city.filing()
    enter(page, "liu")
    page.goto(f"{live_server.url}/filings/{filing.pk}/edit/")
    number = page.get_by_label("证件号码", exact=True)
    expect(number).to_have_value("110105********002X")
    page.get_by_label("现任职务").fill("总经理助理")
    page.get_by_role("button", name="先存草稿").click()
    expect(page.locator("main")).to_contain_text("草稿已保存")
    assert Filing.objects.get().draft["officer-identity_number"] == ["11010519491231002X"]


def test_a_strangers_filing_does_not_exist_for_him(city, page, enter, live_server):
    filing = city.filing(until="at_county")
    enter(page, "dan")
    for address in ("", "edit/", "check/"):
        answer = page.goto(f"{live_server.url}/filings/{filing.pk}/{address}")
        assert answer.status == 404
    expect(page.locator("main")).to_contain_text("没有这一页")
