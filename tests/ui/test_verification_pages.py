"""Verification in a real browser: on a phone, without scripts, signed in, and on paper."""

import pytest
from playwright.sync_api import expect

from tests.certificates import rows

LONG = "泊头市恒通高端智能装备管件与特种阀门精密铸造研究开发集团股份有限责任公司第二分公司"


@pytest.fixture
def made(city):
    city.hengtong.name = LONG
    city.hengtong.save()
    _, made = rows.issued(city)
    return made


def ask(page, live_server, made):
    page.goto(f"{live_server.url}/verify/")
    page.get_by_label("证书编号").fill(f" {made.number.lower()} ")
    page.get_by_label("持证人姓名").fill("王雪松")
    page.get_by_role("button", name="核验", exact=True).click()
    return page.locator(".answer")


def test_asked_by_name_on_a_phone_and_then_about_a_day(page, live_server, made, console):
    page.set_viewport_size({"width": 390, "height": 844})
    expect(ask(page, live_server, made)).to_contain_text("有效")
    expect(page.locator("main")).to_contain_text(LONG)
    page.get_by_text("某一天是否有效？").click()
    page.get_by_label("日期").fill("2026-02-30")
    page.get_by_role("button", name="查这一天").click()
    expect(page.locator(".answer")).to_contain_text("有效")
    expect(page.get_by_label("日期")).to_have_value("2026-02-30")
    page.get_by_label("日期").fill("2020-02-29")
    page.get_by_role("button", name="查这一天").click()
    expect(page.locator("#day")).to_contain_text("2020年2月29日当天，这张证书还没有颁发")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert [line for line in console if "status of 422" not in line] == []  # the day that does not exist


def test_works_without_scripts(chromium, live_server, made):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    expect(ask(page, live_server, made)).to_contain_text("有效")
    page.goto(f"{live_server.url}/verify/offline/")
    expect(page.get_by_role("link", name="保存核验网页")).to_be_visible()
    page.goto(f"{live_server.url}/verify/status/")
    expect(page.locator("main")).to_contain_text("还没有状态文件")
    context.close()


def test_works_for_whoever_is_signed_in(page, enter, live_server, made):
    enter(page, "liu")
    expect(ask(page, live_server, made)).to_contain_text("有效")
    page.goto(f"{live_server.url}/c/{made.number}/{rows.code_of(made)}")
    expect(page.locator(".answer")).to_contain_text("编号与二维码相符")


def test_on_paper_stands_the_answer_with_its_facts_and_nothing_to_press(page, live_server, made):
    ask(page, live_server, made)
    page.emulate_media(media="print")
    for kept in (".answer", ".facts-lg", ".timeline"):
        expect(page.locator(kept).first).to_be_visible()
    for gone in (".topbar", ".foot", ".qa", ".actions"):
        expect(page.locator(gone).first).to_be_hidden()
    page.emulate_media(media="screen")
    expect(page.locator(".actions").first).to_be_visible()  # the control


@pytest.mark.parametrize("width", [390, 1024, 1199, 1200, 1366, 1440])
def test_the_public_navigation_fits(page, live_server, width):
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(f"{live_server.url}/verify/")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    if width >= 1200:  # below it stands in the menu
        expect(page.get_by_role("navigation").get_by_role("link", name="证书核验")).to_be_visible()
        assert page.locator(".topbar").bounding_box()["height"] < 60
