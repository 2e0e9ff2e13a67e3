"""An audit draw on its way: frozen today, seeded tomorrow, looked at, taken back, closed; and what the provider sees."""

from datetime import timedelta

import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from tests.training import rows
from training.models import Draw, Drawn, Entry


def test_frozen_seeded_and_looked_at(city, page, enter, console, live_server):
    tan = rows.provider()
    rows.commission(tan.acting.institution, city.offices["130900"], by=city.meng)
    held = rows.session(tan, day=timezone.localdate() - timedelta(days=1))
    for name in ("王雪松", "李四", "赵五"):
        rows.came(held, rows.person(name))
    rows.posted(held, by=tan, today=timezone.localdate())

    enter(page, "meng")
    page.get_by_role("link", name="待核查学时").click()
    page.get_by_role("link", name="抽查", exact=True).click()
    page.get_by_role("link", name="开始一次抽查").first.click()
    expect(page.locator("main")).to_contain_text("先封存名单，后有种子")
    page.get_by_label("入账日期起").fill("2026-01-01")
    page.get_by_label("入账日期止").fill(timezone.localdate().isoformat())
    page.get_by_label("抽取笔数").fill("两笔")
    page.get_by_label("种子取自").fill("封存次日以后第一期双色球开奖号码")
    page.get_by_role("button", name="封存名单").click()
    expect(page.locator("#mistakes")).to_contain_text("有 1 处需要改正")
    page.get_by_label("抽取笔数").fill("2")
    page.get_by_role("button", name="封存名单").click()
    expect(page.locator("main")).to_contain_text("最早明天录入种子")
    expect(page.get_by_role("link", name="录入种子")).to_have_count(0)
    draw = Draw.objects.get()

    with time_machine.travel(timezone.now() + timedelta(days=1), tick=True):
        enter(page, "meng")
        page.goto(f"{live_server.url}{draw.get_absolute_url()}")
        page.get_by_role("link", name="录入种子").click()
        page.get_by_label("种子", exact=True).fill("03 08 17 21 25 31＋07")
        page.get_by_label("出处").fill("双色球第 2026138 期开奖号码")
        page.get_by_label("公布日期").fill(timezone.localdate().isoformat())
        page.get_by_label("在哪里可以查到").fill("https://www.cwl.gov.cn/")
        page.get_by_role("button", name="录入种子并抽取").click()
        expect(page.locator("#drawn")).to_contain_text("抽中的 2 笔")
        expect(page.locator("main")).to_contain_text("38172125317")
        first, second = Drawn.objects.all()
        expect(page.locator("#drawn")).to_contain_text(first.place)

        page.get_by_role("link", name=str(first.record)).click()
        page.get_by_label("不实").check(force=True)
        page.get_by_label("看了什么、看到什么").fill("当天无人到场。")
        page.get_by_role("button", name="记下结果").click()
        expect(page.locator("#outcomes")).to_contain_text("当天无人到场。")
        page.get_by_role("button", name=f"冲正 {first.record}").click()
        expect(page.locator("main")).to_contain_text("已冲正")
        assert (
            Entry.objects.get(reverses=first.entry).reason == f"抽查 {draw.number} 核查不实：当天无人到场。"
        )

        page.goto(f"{live_server.url}{second.get_absolute_url()}")
        page.get_by_label("属实", exact=True).check(force=True)
        page.get_by_label("看了什么、看到什么").fill("签到表原件。")
        page.get_by_role("button", name="记下结果").click()
        page.goto(f"{live_server.url}{draw.get_absolute_url()}")
        page.get_by_role("link", name="办结抽查").click()
        page.get_by_label("结论").fill("两笔中一笔不实。")
        page.get_by_role("button", name="办结抽查").click()
        expect(page.locator("#figures")).to_contain_text("50.0")

        enter(page, "tan")
        page.goto(f"{live_server.url}/inbox/")
        page.get_by_role("button", name="有学时记录被抽中核查").first.click()
        expect(page.locator("#drawn")).to_contain_text("不实")
        expect(page.get_by_role("button", name="冲正")).to_have_count(0)
        page.context.clear_cookies()
        page.goto(f"{live_server.url}/training/draws/public/{draw.number}/")
        expect(page.locator("main")).to_contain_text("属实 1 笔，不实 1 笔")
        expect(page.locator("main")).not_to_contain_text("王雪松")
    assert [said for said in console if "422" not in said] == []
