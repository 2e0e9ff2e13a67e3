"""Statistics as people use them: a number opened to its records, a table locked and asked why, a roster ordered and fetched."""

import re
from datetime import date

import pytest
import time_machine
from playwright.sync_api import Page, expect

from cqo_portal.statistics import orders
from cqo_portal.statistics.models import Order, Published, Yearbook
from registry import entries
from registry.models import Entry
from tests.statistics.small import moment, small

TODAY = date(2027, 2, 10)
DAYS = "on=2026-12-31&known=2027-01-31"


@pytest.fixture
def told(transactional_db, live_server):
    with time_machine.travel(moment(TODAY)):
        yield small()


def test_a_number_opens_exactly_its_records(told, page: Page, enter, console, live_server):
    enter(page, "gao")
    page.get_by_role("navigation", name="主导航").first.get_by_role("link", name="统计").click()
    page.get_by_role("link", name="首席质量官覆盖率").click()
    page.get_by_label("截至哪一天的事实").fill("2026年12月31日")
    page.get_by_label("按哪一天所知").first.fill("2027-01-31")
    page.get_by_role("button", name="重算").click()
    expect(page.locator("main")).to_contain_text("行、列、分项核对相符")
    row = page.locator("tr", has_text="东湖区").last
    row.get_by_role("link", name="3", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("东湖区：全部企业·已设 3")
    expect(page.locator("tbody tr")).to_have_count(3)
    names = page.locator("tbody tr a.name").all_text_contents()
    assert sorted(names) == ["丙软件有限公司", "乙食品有限公司", "甲机械有限公司"]
    page.get_by_role("link", name="甲机械有限公司").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("甲机械有限公司")
    page.go_back()
    page.go_back()
    page.locator("tfoot").get_by_role("link", name="66.7").first.click()
    page.get_by_role("link", name="看分母").click()
    expect(page.locator("tbody tr")).to_have_count(6)
    assert console == []


def test_every_kind_of_table_and_picture_stands_at_both_widths(told, page: Page, enter, console, live_server):
    enter(page, "gao")
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for code in (
            "coverage",
            "filings",
            "structure",
            "hours",
            "providers",
            "evaluations",
            "certificates",
            "reports",
            "trend",
        ):
            page.goto(f"{live_server.url}/statistics/{code}/?{DAYS}")
            expect(page.locator("#table table")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (code, width)
    page.goto(f"{live_server.url}/statistics/structure/?{DAYS}")
    expect(page.get_by_role("img", name=re.compile("学历：.*本科 2"))).to_be_visible()
    assert console == []


def test_a_day_nobody_can_read_is_said_beside_the_field_and_what_was_typed_stays(
    told, page: Page, enter, live_server
):
    enter(page, "gao")
    page.goto(f"{live_server.url}/statistics/coverage/?on=%E5%8E%BB%E5%B9%B4&known=2099-01-01")
    expect(page.locator("#mistakes")).to_contain_text("请填日期，例如 2026-09-21。")
    expect(page.locator("#mistakes")).to_contain_text("不能晚于今天（2027-02-10）。")
    expect(page.get_by_label("截至哪一天的事实")).to_have_value("去年")


def test_locked_then_corrected_then_asked_why(told, page: Page, enter, console, live_server):
    enter(page, "gao")
    page.goto(f"{live_server.url}/statistics/coverage/?{DAYS}")
    page.get_by_role("link", name="公布并锁定").click()
    page.get_by_label("说明").fill("不含在建企业。")
    page.get_by_role("button", name="公布并锁定").click()
    expect(page.locator("main")).to_contain_text("已公布并锁定")
    held = Published.objects.get()
    page.get_by_role("link", name="按同样的日期重新算一遍").click()
    expect(page.locator("main")).to_contain_text("每个数字、每一条记录都与锁定的一样")

    entry = Entry.objects.get(post=told.posts["zhao"], name="in_office")
    entries.correct(entry, value="no", effective_on=date(2026, 11, 1), by=told.chen, reason="十月底已离任")
    page.goto(f"{live_server.url}{held.get_absolute_url()}")
    page.get_by_role("link", name="和现在比，为什么变了").click()
    page.get_by_label("后：按哪一天所知").fill("2027-02-10")
    page.get_by_role("button", name="比较").click()
    expect(page.locator("#why")).to_contain_text("甲机械有限公司")
    expect(page.locator("#why")).to_contain_text("更正 赵一：在任 = 否（十月底已离任）")
    expect(page.locator("#why")).to_contain_text("chen")
    assert console == []


def test_a_year_goes_up_and_its_report_is_a_paper(told, page: Page, enter, console, live_server):
    for who, county in (("chen", "420101"), ("xu", "420102"), ("gao", "420100")):
        enter(page, who)
        page.goto(f"{live_server.url}/statistics/years/2026/{county}/")
        page.get_by_role("link", name="锁定年度统计").first.click()
        expect(page.get_by_label("按哪一天所知")).to_have_value("2027-01-31")
        page.get_by_label("说明").fill("全年新设首席质量官两名。")
        page.get_by_role("button", name="锁定").click()
        expect(page.locator("main")).to_contain_text("2026 年度统计第 1 版已锁定")
        page.get_by_role("link", name="逐张核对一遍").click()
        expect(page.locator("main")).to_contain_text("每张表都与锁定时一致")
    assert Yearbook.objects.count() == 3
    with page.expect_download() as file:
        page.get_by_role("link", name="年度报告（PDF）").click()
    assert file.value.suggested_filename == "江城市首席质量官2026年度统计报告.pdf"
    enter(page, "lin")
    page.goto(f"{live_server.url}/statistics/years/2026/420100/")
    expect(page.get_by_role("heading", level=1)).to_have_text("江城市 2026 年度统计")
    assert console == []


def test_a_roster_is_ordered_written_and_fetched(told, page: Page, enter, console, live_server):
    enter(page, "gao")
    page.goto(f"{live_server.url}/statistics/roster/?{DAYS}")
    expect(page.locator("main")).to_contain_text("赵一")
    page.get_by_role("button", name="导出名册").click()
    expect(page.locator("#mistakes")).to_contain_text("请写明导出的用途。")
    page.get_by_label("用途").fill("报省局年度统计")
    page.get_by_role("button", name="导出名册").click()
    expect(page.locator("main")).to_contain_text("共 4 行，保留至 2027年2月17日")
    with page.expect_download() as file:
        page.get_by_role("button", name="下载").click()
    assert file.value.suggested_filename == "江城市首席质量官名册-20261231.xlsx"
    page.get_by_role("link", name=re.compile("^收件")).first.click()
    expect(page.locator("main")).to_contain_text("可以下载了")
    assert [said for said in console if "422" not in said] == []  # the purpose that was not written


def test_a_page_that_waits_for_its_roster_asks_by_itself(told, page: Page, enter, console, live_server):
    order = Order.objects.create(
        office=told.city, by=told.gao, acting=told.gao.acting, on=date(2026, 12, 31), known=date(2027, 1, 31),
        columns=["name"], format="csv", purpose="报省局年度统计",
    )  # fmt: skip
    enter(page, "gao")
    page.goto(f"{live_server.url}{order.get_absolute_url()}")
    expect(page.locator("#progress")).to_contain_text("排队等候")
    orders.write(order.pk)
    expect(page.get_by_role("button", name="下载")).to_be_visible(timeout=10_000)
    assert console == []
