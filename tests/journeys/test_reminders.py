"""Reminders on their way: foreseen, held, read in the inbox, let go, gathered into one mail; and how everybody chooses."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from cqo_portal.accounts.models import User
from cqo_portal.notifications.models import Message, Preference
from cqo_portal.reminders import catalogue
from cqo_portal.reminders.tasks import remind
from cqo_portal.wording import day_full
from registry.models import Officer
from tests.cast import user
from tests.talent.rows import post


@pytest.fixture
def ending(city, monkeypatch):
    """Of all kinds the ends of terms alone, so that nothing depends on the day on which this runs: a term that is over in thirty days, and another enterprise's in thirty-five; the clerk has a mailbox."""
    monkeypatch.setattr(catalogue, "_reminders", {"term-ends": catalogue.reminder("term-ends")})
    user("guan", "admin")
    User.objects.filter(pk=city.liu.pk).update(email="liu@example.com")
    today = timezone.localdate()
    now = post(city.hengtong, term_ends=today + timedelta(days=30))
    elsewhere = city.dan.acting.organisation
    post(elsewhere, name="李四", number="11010119900307100X", term_ends=today + timedelta(days=35))
    return now


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_foreseen_held_read_let_go_and_sent_in_one_mail(ending, page, enter, console, live_server):
    enter(page, "guan")
    page.get_by_role("link", name="提醒", exact=True).first.click()
    expect(page.locator("h1")).to_contain_text("30 天内要提醒")
    row = page.locator("tr[data-row]", has_text="还有 30 天").first
    expect(row).to_contain_text("任期届满")
    row.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("李四（")
    expect(page.locator("main")).to_contain_text("《沧州市企业首席质量官管理办法》第五条")
    expect(page.locator(".letter-sheet, .letter-sample")).to_contain_text("李四 的首席质量官任期")

    page.get_by_role("link", name="提醒", exact=True).first.click()
    page.get_by_role("link", name=re.compile("暂缓.*任期届满")).click()
    page.get_by_role("button", name="暂缓").click()
    expect(page.locator("#mistakes")).to_contain_text("请填写暂缓的原因。")
    page.get_by_label("暂缓的原因").fill("先和科里核对名单")
    page.get_by_role("button", name="暂缓").click()
    expect(page.locator("main")).to_contain_text("任期届满已暂缓，放行以前不发")

    remind()
    assert mail.outbox == []

    enter(page, "liu")
    expect(page.get_by_role("link", name=re.compile("1 条未读|收件")).first).to_be_visible()
    page.goto(f"{live_server.url}/inbox/")
    expect(page.locator("h1")).to_contain_text("1 条没有看过")
    page.get_by_role("button", name=re.compile("王雪松 的首席质量官任期")).click()
    expect(page.locator("h1")).to_contain_text("王雪松")
    page.get_by_role("link", name="告知记录").click()
    expect(page.locator("main")).to_contain_text("看过")
    expect(page.locator("main")).to_contain_text(day_full(ending.term_ends))

    enter(page, "guan")
    page.goto(f"{live_server.url}/reminders/")
    expect(page.locator("main")).to_contain_text("先和科里核对名单")
    page.get_by_role("button", name=re.compile("放行.*任期届满")).click()
    expect(page.locator("main")).to_contain_text("已放行，等着的 1 封开始发送")
    [letter] = mail.outbox
    assert letter.to == ["liu@example.com"] and letter.subject.startswith("今天有 1 件事和您有关")
    remind()
    assert len(mail.outbox) == 1
    assert [said for said in console if "422" not in said] == []


def test_one_chooses_how_mail_comes_and_takes_the_days_along(ending, page, enter, console, live_server):
    enter(page, "liu")
    page.goto(f"{live_server.url}/inbox/")
    page.get_by_role("link", name="怎样收消息").click()
    terms = page.get_by_role("group", name="任期与变更备案期限")
    expect(terms.get_by_label("每天汇总一封")).to_be_checked()
    terms.get_by_text("不发邮件").click()
    expect(page.get_by_role("group", name="办件消息").get_by_label("不发邮件")).to_have_count(0)
    page.get_by_label("接收短信的手机号").fill("12")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#mistakes")).to_be_visible()
    expect(page.get_by_role("group", name="任期与变更备案期限").get_by_label("不发邮件")).to_be_checked()
    page.get_by_label("接收短信的手机号").fill("138 0013 8000")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("已保存")
    assert Preference.objects.get(group="terms").mode == "off"

    remind()
    assert (
        mail.outbox == [] and Message.objects.filter(channel="inbox", recipient__username="liu").count() == 1
    )

    page.get_by_role("button", name="生成订阅地址").click()
    address = live_server.url + urlsplit(page.locator("#calendar-address").inner_text()).path
    calendar = page.request.get(address)
    assert calendar.status == 200
    assert f"DTSTART;VALUE=DATE:{ending.term_ends:%Y%m%d}" in calendar.text()
    page.goto(f"{live_server.url}/reminders/settings/")
    expect(page.locator("#calendar-address")).to_have_count(0)
    page.get_by_role("button", name="停用").click()
    assert page.request.get(address).status == 404
    assert [said for said in console if "422" not in said and "404" not in said] == []


def test_what_is_settled_is_struck_out_before_the_eyes_of_its_reader(ending, page, enter, live_server):
    remind()
    Officer.objects.filter(pk=ending.pk).update(term_ends=timezone.localdate() + timedelta(days=700))
    remind()
    enter(page, "liu")
    page.goto(f"{live_server.url}/inbox/")
    expect(page.locator("h1")).to_contain_text("消息都看过了")
    expect(page.locator("li.is-struck")).to_contain_text("已经办了，或者不再需要。")


@pytest.mark.parametrize("width", [390, 1440])
def test_every_page_of_reminders_fits_its_screen(ending, page, enter, live_server, width):
    remind()
    dead = Message.objects.filter(channel="inbox").first()
    dead.pk, dead.channel, dead.state, dead.error = (
        None,
        "email",
        "dead",
        "SMTPRecipientsRefused: " + "x" * 200,
    )
    dead.cause = "y"
    dead.save()
    page.set_viewport_size({"width": width, "height": 900})
    enter(page, "guan")
    ends = timezone.localdate() + timedelta(days=35)
    for path in (
        "",
        f"term-ends/-30/{ends}/",
        "hold/",
        "hold/term-ends/",
        "undelivered/",
        f"undelivered/{dead.pk}/aside/",
        "settings/",
        f"told/registry.officer/{ending.pk}/",
    ):
        if path.startswith("told"):
            enter(page, "meng")
        page.goto(f"{live_server.url}/reminders/{path}")
        assert fits(page), path
    for path in ("/doctor/", "/desk/calendar/", "/desk/calendar/enter/"):
        if path == "/doctor/":
            enter(page, "guan")
        page.goto(f"{live_server.url}{path}")
        assert fits(page), path
