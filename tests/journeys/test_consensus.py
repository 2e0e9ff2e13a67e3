"""A panel at one table: two browsers, the leader's and a member's, and a third window of the leader."""

import re

import pytest
from playwright.sync_api import Page, expect

from evaluation.models import Agreed, Deliberation, Outcome
from tests.cast import PASSWORD
from tests.evaluation import rows
from tests.evaluation.rows import said


@pytest.fixture
def panel(city):
    made = rows.deliberating(city, said(_7_5_1="0.5"), said(_7_5_1="0.85"), said(_7_5_1="0.7"))
    rows.met(made)
    return made


@pytest.fixture
def member(chromium, panel, enter) -> Page:
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    page = context.new_page()
    enter(page, "expert-1")
    yield page
    context.close()


def row(page: Page, code: str):
    return page.locator(f'[data-board-row="{code}"]')


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]").first).to_contain_text("已保存")


def told(page: Page, code: str) -> None:
    """The server knows where the leader is."""
    for _ in range(75):
        if Deliberation.objects.get().cursor == code:
            return
        page.wait_for_timeout(200)
    raise AssertionError(Deliberation.objects.get().cursor)


def test_a_panel_talks_the_leader_writes_and_everybody_follows(
    panel, page, member, enter, live_server, console
):
    page.set_viewport_size({"width": 1440, "height": 900})
    address = f"{live_server.url}/evaluations/{panel.evaluation.pk}/consensus/"
    enter(page, "expert-0")
    page.goto(address)
    member.goto(address)
    expect(row(member, "7.5.1").locator(".value")).to_contain_text("–")

    # The leader fixes a row; the member sees value and reason, and is taken there, without reloading.
    row(page, "7.5.1").get_by_label("合议值").select_option("0.7")
    row(page, "7.5.1").get_by_label(re.compile("理由")).fill("面试核对项目立项书。")
    saved(page)
    expect(row(page, "7.5.1").locator(".status")).to_contain_text("已定")
    expect(row(member, "7.5.1").locator(".value")).to_contain_text("0.7", timeout=15_000)
    expect(row(member, "7.5.1")).to_contain_text("面试核对项目立项书。", timeout=15_000)
    expect(row(member, "7.5.1")).to_have_class(re.compile("is-here"), timeout=15_000)

    # Something else than proposed asks for its reason at once.
    row(page, "7.3").get_by_label("合议值").select_option("0.65")
    expect(row(page, "7.3").get_by_label(re.compile("理由"))).to_be_visible()
    expect(row(page, "7.3")).to_contain_text("0.65 不同于建议值 0.7，须写明理由。")
    row(page, "7.3").get_by_label(re.compile("理由")).fill("计量知识不足。")
    expect(row(page, "7.3")).to_have_class(re.compile("is-here"))
    told(page, "7.3")
    expect(member.locator("[data-at]")).to_contain_text("7.3", timeout=15_000)

    # The member holds still: what is saved is seen, the page stays where it is, and what was unfolded stays so.
    member.get_by_text("跟随组长").click()
    row(member, "7.4.1").locator("summary").click()
    member.evaluate("scrollTo(0, 0)")
    row(page, "7.5.5").get_by_label("合议值").select_option("0.7")
    expect(row(member, "7.5.5").locator(".value")).to_contain_text("0.7", timeout=15_000)
    expect(row(member, "7.5.5")).to_have_class(re.compile("is-here"), timeout=15_000)
    assert member.evaluate("scrollY") == 0
    expect(row(member, "7.4.1").locator("details")).to_have_attribute("open", "")

    # Another window of the leader does not overwrite unseen.
    other = page.context.new_page()
    other.goto(address)
    row(page, "7.4.1").get_by_label("合议值").select_option("0.65")
    saved(page)
    page.wait_for_timeout(1200)
    row(other, "7.4.1").get_by_label("合议值").select_option("0.85")
    expect(other.locator("#conflict")).to_contain_text("在另一个窗口改过")
    assert str(Agreed.objects.get(indicator="7.4.1").coefficient) == "0.65"
    other.close()
    row(page, "7.4.1").get_by_label("合议值").select_option("0.7")

    # The rest by proposal, integrity with its evidence, and the conclusion; the member's page follows that too.
    page.get_by_role("button", name=re.compile("都按建议值定下")).click()
    expect(page.locator("main")).to_contain_text("项按建议值定下")
    page.locator("#div_id_met label", has_text=re.compile("^符合")).click()
    page.get_by_label("认定的依据").fill("查阅信用公示，未见失信。")
    expect(page.locator("#missing")).to_contain_text("都齐了")
    page.locator("#conclude summary").click()
    page.get_by_role("button", name="形成结论").click()
    expect(page.locator("main")).to_contain_text("合议结论已形成")
    expect(member.locator("main")).to_contain_text("合议结果", timeout=15_000)
    assert Outcome.objects.get().grade == "AAAA"
    assert console == []


def test_without_javascript_the_leader_saves_and_members_reload(chromium, panel, live_server):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    page.locator("input[name=login]").fill("expert-0")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.goto(f"{live_server.url}/evaluations/{panel.evaluation.pk}/consensus/")
    row(page, "7.3").get_by_role("button", name="议这一项").click()
    expect(row(page, "7.3")).to_have_class(re.compile("is-here"))
    row(page, "7.3").get_by_label("合议值").select_option("0.65")
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.locator("main")).to_contain_text("已保存。")
    expect(row(page, "7.3").get_by_label("合议值")).to_have_value("0.65")
    context.close()


def test_an_answer_that_breaks_off_on_its_way_is_asked_for_again(panel, member, live_server):
    asked = []

    def broken_at_first(route):
        asked.append(route.request.url)
        if len(asked) > 1:
            return route.continue_()
        return route.fulfill(status=200, content_type="application/json", body='{"table": ')

    member.route("**/consensus/now/", broken_at_first)
    with member.expect_response(lambda answer: answer.url.endswith("/now/")):
        member.goto(f"{live_server.url}/evaluations/{panel.evaluation.pk}/consensus/")
    with member.expect_response(lambda answer: answer.url.endswith("/now/")):
        pass
    assert len(asked) == 2
