"""The yearly report, as four people do it: written, returned, corrected, received, signed by county, city, province."""

import re

import pytest
import time_machine
from playwright.sync_api import Page, expect

from registry.reports import services
from registry.reports.models import AnnualReport, SignOff
from tests.reports.world import AFTER, YEAR, world


@pytest.fixture
def told(transactional_db, live_server):
    return world()


def fill(page: Page, said: dict[str, str]) -> None:
    for label, value in said.items():
        page.get_by_label(label, exact=True).fill(value)


def choose(page: Page, question: str, answer: str) -> None:
    page.locator("fieldset", has_text=question).locator("label", has_text=answer).first.click()


def test_from_the_enterprise_to_the_province(told, page, enter, console, live_server):
    index = f"{live_server.url}/reports/"
    with time_machine.travel("2026-12-10T09:00:00+08:00"):
        # ── the enterprise writes it ──
        enter(page, "clerk-jia")
        page.goto(index)
        page.locator("tr", has_text="2026 年度报告").get_by_role("button", name="开始填写").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("2026 年度报告")
        expect(page.locator("#s-officers")).to_contain_text("赵一")
        choose(page, "以上与实际任职情况是否一致", "是")
        fill(page, {"质量目标": "合格率 99%", "行使质量否决": "0", "组织质量培训": "四", "受训人次": "120"})
        page.get_by_label("质量改进项目", exact=True).fill("２")
        expect(page.locator("#s-duty")).to_contain_text("请填整数，例如 386。")
        fill(page, {"组织质量培训": "4"})
        choose(page, "目标完成情况", "全部完成")
        expect(page.locator("#s-duty [data-saved]")).to_contain_text("已保存")

        page.get_by_role("button", name="检查并报送").click()
        expect(page.locator("#mistakes")).to_contain_text("有 4 处需要改正")
        fill(page, {"继续教育（第一类内容）": "14", "继续教育（第二类内容）": "30.5"})
        page.get_by_label("考核后的决定").select_option(label="续聘")
        choose(page, "本年度是否发生质量安全事故", "否")
        page.get_by_role("button", name="检查并报送").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("填好了，核对后报送")
        page.get_by_label("以上内容属实").check()
        page.get_by_role("button", name="报送县局").click()
        expect(page.locator("main")).to_contain_text("已报送")

        # ── the county pins a section and returns it ──
        enter(page, "chen")
        page.goto(index)
        expect(page.get_by_role("heading", level=1)).to_contain_text("1 份等我局接收")
        page.get_by_role("link", name="甲机械有限公司").first.click()
        page.get_by_role("link", name="在“履行职责”上加补正项").click()
        page.get_by_label("须改正什么").fill("改进项目没有写成效")
        page.get_by_role("button", name="记下这一项").click()
        expect(page.get_by_role("button", name=re.compile("^接收"))).to_be_disabled()
        page.get_by_role("button", name="退回企业").click()
        expect(page.locator("main")).to_contain_text("已退回企业补正")

        # ── the enterprise corrects just that section ──
        enter(page, "clerk-jia")
        page.goto(index)
        page.get_by_role("link", name="去补正").click()
        expect(page.get_by_label("继续教育（第一类内容）")).to_be_disabled()
        page.get_by_label("改进项目与成效").fill("不良率由 3% 降到 1%")
        page.get_by_role("button", name="检查并报送").click()
        expect(page.locator(".diff-new")).to_have_text("不良率由 3% 降到 1%")
        page.get_by_label("以上内容属实").check()
        page.get_by_role("button", name="报送县局").click()

        # ── the county sees what changed, and receives it with another one in a bulk ──
        told.report("yi", until="at_county")
        enter(page, "chen")
        page.goto(index)
        for box in page.locator("input[name=report]").all():
            box.check()
        page.get_by_role("button", name="接收选中的").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("将接收 2 份")
        page.get_by_role("button", name="接收勾选的").click()
        expect(page.locator("main")).to_contain_text("已接收 2 份")
        page.get_by_role("button", name="提醒没报的 1 家").click()
        expect(page.locator("main")).to_contain_text("已提醒 1 家")
    assert AnnualReport.objects.get(organisation__name="甲机械有限公司").round == 2

    with time_machine.travel("2027-01-08T09:00:00+08:00"):
        # ── after the cut-off: county, city, province sign; one county did not ──
        enter(page, "chen")
        page.goto(f"{index}?year=2026")
        page.get_by_role("link", name="核对并签报").click()
        page.get_by_role("button", name="签报锁定").click()
        expect(page.locator("main")).to_contain_text("按各行重新计算，与签报时一字不差")
        expect(page.locator(".roster")).to_contain_text("赵一")

        enter(page, "gao")
        page.goto(f"{index}?year=2026")
        expect(page.locator("tr", has_text="东湖区").first).to_contain_text("已签报")
        expect(page.locator(".alert")).to_contain_text("1 处下级局还没有签报：西山区")
        expect(page.get_by_role("link", name="核对并签报")).to_have_count(0)
        page.get_by_role("link", name="不等了，写明原因后签报").click()
        page.get_by_role("button", name="签报锁定").click()
        expect(page.locator("#mistakes, .error-summary")).to_contain_text("西山区没有签报")
        page.get_by_label("西山区没有签报，原因").fill("机构搬迁")
        page.get_by_role("button", name="签报锁定").click()
        expect(page.locator("main")).to_contain_text("西山区市场监督管理局没有签报：机构搬迁")

        # ── what comes late stands beside ──
        told.report("bing", on=AFTER)
        enter(page, "lin")
        page.goto(f"{index}?year=2026")
        expect(page.locator("tr", has_text="江城市").first).to_contain_text("已签报")
        page.locator("#lists").get_by_role("link", name="逾期").click()
        expect(page.locator("#lists")).to_contain_text("丙电器有限公司")
        page.get_by_role("link", name="核对并签报").click()
        page.get_by_role("button", name="签报锁定").click()
        expect(page.locator("main")).to_contain_text("补充：截止后收到的 1 份")
    assert SignOff.objects.count() == 3
    assert [said for said in console if "422" not in said] == []  # Chromium notes every form that comes back


def test_two_windows_conflict_visibly_and_lose_nothing(told, page, enter, live_server):
    with time_machine.travel("2026-12-10T09:00:00+08:00"):
        report = services.open_report(told.firms["jia"], YEAR, by=told.clerks["jia"], today=AFTER)
        enter(page, "clerk-jia")
        address = f"{live_server.url}/reports/{report.pk}/edit/"
        other = page.context.new_page()
        page.goto(address)
        other.goto(address)
        page.get_by_label("组织质量培训").fill("4")
        page.get_by_label("受训人次").focus()
        expect(page.locator("#s-duty [data-saved]")).to_contain_text("已保存")
        page.wait_for_timeout(1200)

        other.get_by_label("组织质量培训").fill("5")
        other.get_by_label("受训人次").focus()
        expect(other.locator("#conflict")).to_contain_text("clerk-jia 在另一个窗口")
        expect(other.get_by_label("组织质量培训")).to_have_value("5")
        assert AnnualReport.objects.get().draft["duty-trainings"] == ["4"]

        other.get_by_role("button", name="先存草稿").click()  # knowingly: mine is the one that counts
        expect(other.locator("main")).to_contain_text("草稿已保存")
        assert AnnualReport.objects.get().draft["duty-trainings"] == ["5"]
