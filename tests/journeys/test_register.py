"""A clerk works through the register: a queue kept under a name, the next row by key, a fact corrected."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from registry.entries import enter
from registry.models import Entry, Officer
from tests.desk.rows import officer


@pytest.fixture
def three(city):
    """Three in office in Botou, with their entries."""
    for number, name in enumerate(("丁鹏举", "欧阳慕青", "司马晓彤"), start=2):
        post = officer(
            city.offices["130981"],
            number,
            by=city.liu,
            name=name,
            appointed_on=date(2026, 3, 1),
            term_ends=date(2029, 2, 28),
        )
        facts = {"in_office": "yes", "name": name, "education": "bachelor"}
        enter(post.organisation, facts, effective_on=post.appointed_on, post=post, by=city.meng)
    return city


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_a_saved_queue_is_opened_from_the_desk_and_walked_through_by_keys(
    three, page, enter, console, live_server
):
    enter(page, "wang")
    page.goto(f"{live_server.url}/desk/register/")
    page.get_by_label("任职情况").select_option(label="在任")
    expect(page).to_have_url(re.compile("standing=active"))
    page.get_by_role("link", name="存为常用查询").click()
    page.get_by_label("名称").fill("在任的")
    page.get_by_role("button", name="存下").click()
    expect(page.locator("#messages")).to_contain_text("已存为“在任的”")

    page.goto(live_server.url)
    aside = page.locator("section", has=page.get_by_role("heading", name="常用查询"))
    expect(aside).to_contain_text("在任的3")
    aside.get_by_role("link", name="在任的").click()
    page.get_by_role("link", name="丁鹏举").click()
    heading(page, "丁鹏举")
    page.keyboard.press("n")
    heading(page, "欧阳慕青")
    page.keyboard.press("]")
    heading(page, "司马晓彤")
    expect(page.get_by_text("后面没有了")).to_be_visible()
    page.keyboard.press("p")
    heading(page, "欧阳慕青")
    page.keyboard.press("[")
    heading(page, "丁鹏举")
    page.get_by_role("link", name=re.compile("回到清单")).click()
    expect(page).to_have_url(re.compile("standing=active"))
    assert console == []


def test_without_a_script_the_links_lead_the_same_way(three, chromium, live_server, enter):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    enter(page, "wang")
    page.goto(f"{live_server.url}/desk/register/?standing=active")
    page.get_by_role("link", name="丁鹏举").click()
    page.get_by_role("link", name=re.compile("下一件")).click()
    heading(page, "欧阳慕青")
    page.get_by_role("link", name=re.compile("上一件")).click()
    heading(page, "丁鹏举")
    context.close()


def test_a_fact_is_corrected_after_a_look_at_what_changes(three, page, enter, console, live_server):
    post = Officer.objects.get(name="丁鹏举")
    enter(page, "meng")
    page.goto(f"{live_server.url}/desk/enterprises/{post.organisation_id}/")
    expect(page.locator("#answer")).to_contain_text("丁鹏举")
    page.get_by_role("link", name=re.compile(r"更正\s*最高学历")).click()
    page.get_by_label("更正后的最高学历").select_option(label="硕士")
    page.get_by_label("依据文号").fill("沧市监质〔2026〕12号")
    page.get_by_label("更正理由").fill("学位证书为硕士。")
    page.get_by_role("button", name="看更正后的变化").click()
    expect(page.locator(".changes")).to_contain_text("最高学历本科硕士")
    assert not Entry.objects.exclude(corrects=None).exists()
    page.get_by_role("button", name="确定更正").click()
    expect(page.locator("#messages")).to_contain_text("已更正“最高学历”")
    expect(page.locator("#entries")).to_contain_text("学位证书为硕士。（沧市监质〔2026〕12号）")
    assert Officer.objects.get(pk=post.pk).education == "master"
    page.get_by_label("哪一天的情况").fill("2026-02-28")
    page.get_by_role("button", name="查这一天").click()
    expect(page.locator("#answer")).to_contain_text("还没有登记")
    assert console == []
