"""An enterprise of Hangzhou appraises its officer, and the officer says something to it."""

import re

import pytest
import time_machine
from playwright.sync_api import Page, expect

from evaluation.appraisal.models import Decision, Remark
from tests.appraisal.rows import world


@pytest.fixture
def told(transactional_db, live_server):
    return world()


def choose(page: Page, question: str, answer: str) -> None:
    page.locator("fieldset", has_text=question).locator("label", has_text=answer).first.click()


def test_from_the_desk_to_the_officers_remark(told, page, enter, console, live_server):
    with time_machine.travel("2026-11-20T09:00:00+08:00"):
        # ── the enterprise finds it on its desk, and gives points ──
        enter(page, "fang")
        page.get_by_role("link", name="2026 年度评价 · 王雪松").click()
        page.get_by_role("row", name=re.compile("^2026")).get_by_role("button", name="开始评价").click()
        expect(page.get_by_label("1.1 另行给分")).to_be_hidden()
        choose(page, "1.1 质量管理经历满 3 年", "不认可，另行给分")
        page.get_by_label("1.1 另行给分").fill("2.5")
        expect(page.locator("#s-g1 [data-saved]")).to_contain_text("已保存")
        page.get_by_label("1.1 不认可的理由").fill("有半年是兼职。")
        choose(page, "1.2 本科及以上学历", "认可，3 分")
        choose(page, "1.5 中级以上专业技术或管理职业资格", "认可，5 分")
        for field in page.locator("form#appraisal-form input.w-num:visible").all():
            if not field.input_value():
                field.fill("2")
        expect(page.locator("#sums")).to_contain_text("已知部分 38.5 / 75")
        expect(page.locator("#sums")).not_to_contain_text("没有打分")
        choose(page, "评价以后的决定", "续聘")

        # ── what is missing is named, and nothing is lost ──
        page.get_by_role("button", name="核对后作决定").click()
        expect(page.locator("#mistakes")).to_contain_text("有 1 处需要改正")
        page.get_by_label("决定的理由").fill("目标完成。")
        page.get_by_role("button", name="核对后作决定").click()
        expect(page.locator("main")).to_contain_text("按记录 3 分，不认可：有半年是兼职。")
        page.get_by_label("以上评价与决定已经核对").check()
        page.get_by_role("button", name="作出决定").click()
        expect(page.locator("main")).to_contain_text("已作出决定，并通知本人。")

        # ── the officer reads it, and says something ──
        enter(page, "wei")
        page.locator("#appraisals").get_by_role("link", name="2026 年度评价").click()
        page.get_by_label("本人意见").fill("同意。")
        page.get_by_role("button", name="提交意见").click()
        expect(page.locator("#remarks")).to_contain_text("同意。")
    decided = Decision.objects.get().content
    assert (decided["total"], decided["known"]) == ("50.5", "38.5")
    assert Remark.objects.get().text == "同意。"
    assert [said for said in console if "422" not in said] == []  # Chromium notes every form that comes back
