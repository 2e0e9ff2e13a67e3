"""An evaluation is applied for: written by two, signed by both, returned, answered, signed anew, accepted."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from evaluation.models import Application, Evaluation
from tests.cast import picture
from tests.evaluation.applications.world import world
from tests.evaluation.rows import SCHEME


@pytest.fixture
def story(city):
    return world(city)


def kept(page: Page) -> None:
    """The draft is kept: the page says so, with the time."""
    page.wait_for_timeout(900)
    expect(page.locator("[data-saved]", has_text="已保存").first).to_be_visible()


def assess(page: Page, code: str, *, band: str, coefficient: str, words: str) -> None:
    """The band first: only then are its coefficients there to choose."""
    row = page.locator(f'[id="paper-{code}"]')
    row.get_by_text(band, exact=True).click()
    row.locator(".segmented:visible label", has_text=re.compile(f"^{re.escape(coefficient)}$")).click()
    row.get_by_label("做法与结果").fill(words)


def drop(page: Page, code: str, *, name: str, shade: int) -> None:
    """Straight onto the indicator, as from a folder."""
    content = list(picture(shade=shade).read())
    transfer = page.evaluate_handle(
        """([content, name]) => {
            const files = new DataTransfer();
            files.items.add(new File([new Uint8Array(content)], name, {type: "image/png"}));
            return files;
        }""",
        [content, name],
    )
    row = page.locator(f'[id="paper-{code}"]')
    row.dispatch_event("drop", {"dataTransfer": transfer})
    expect(row.get_by_role("link", name=name)).to_be_visible()


def sign(page: Page, name: str) -> None:
    page.get_by_label("签写姓名").fill(name)
    page.get_by_label("以上内容和材料真实").check()
    page.get_by_role("button", name="签写", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("已签写")


def test_from_the_recommendation_to_a_panel(story, page, enter, console, live_server):
    # ── the enterprise begins ──
    enter(page, "liu")
    page.goto(f"{live_server.url}/evaluations/applications/")
    page.get_by_role("link", name="申请评价").first.click()
    page.get_by_role("button", name="为王雪松申请").click()
    page.get_by_label("向哪家机构申请").select_option(label="江苏质量评价中心")
    page.get_by_role("textbox", name="推荐意见").fill("该同志履职以来质量损失率下降三成，同意推荐。")
    page.get_by_label("没有以上任何情形").check()
    kept(page)
    expect(page.locator("#elig")).to_contain_text("无法判定")
    address = page.url

    # ── the officer writes the report and assesses himself; points follow ──
    enter(page, "wangxs")
    page.goto(address)
    expect(page.get_by_role("textbox", name="推荐意见")).to_have_value(re.compile("同意推荐"))
    page.get_by_role("textbox", name="申请报告").fill(
        "任职以来主持质量管理体系建设，三年完成改进项目 12 项。"
    )
    assess(page, "7.2", band="满足 90%–100%", coefficient="1.0", words="没有利益冲突。")
    expect(page.locator("#pts-i7_2")).to_contain_text("60.0 / 60 分")
    expect(page.locator("#totals")).to_contain_text("60.0 / 1 000 分")
    for row in SCHEME.indicators:
        if row.code != "7.2":
            band = "4 档" if row.group == "results" else "满足 70%–85%"  # table B.2 has no percentages
            assess(page, row.code, band=band, coefficient="0.7", words=f"{row.label}的做法。")
    drop(page, "7.4.4", name="培训记录.png", shade=10)
    drop(page, "7.5.1", name="质量月报.png", shade=20)
    drop(page, "7.5.3", name="质量月报.png", shade=20)  # the same paper supports both
    expect(page.locator("#totals")).to_contain_text("3 项有材料")
    expect(page.locator("#s-papers .uploads > li")).to_have_count(2)
    kept(page)
    page.reload()  # nothing typed is lost
    expect(page.locator("#totals")).to_contain_text("718.0 / 1 000 分")

    # ── both sign just this ──
    page.get_by_role("button", name="检查，去签写").click()
    sign(page, "王雪松")
    enter(page, "liu")
    page.goto(address.replace("/edit/", "/check/"))
    expect(page.get_by_role("button", name="提交申请")).to_be_disabled()
    sign(page, "liu")
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("main")).to_contain_text("正在形式审查")

    # ── the body returns one thing, at a page and at a field ──
    enter(page, "shen")
    page.goto(f"{live_server.url}/evaluations/applications/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("待形式审查 1 件")
    page.get_by_role("link", name="王雪松").click()
    expect(page.get_by_role("button", name="受理")).to_be_disabled()
    page.get_by_label("在“7.4.4 学习能力”上加补充项").click()
    page.get_by_label("须补充什么").fill("请写明培训的时间和人数。")
    page.get_by_role("button", name="记下这一处").click()
    page.get_by_role("link", name="本页须补充").click()
    page.get_by_label("须补充什么").fill("这一页看不清，请重新扫描。")
    page.get_by_role("button", name="记下这一处").click()
    page.get_by_role("button", name="退回补充（2 处）").click()
    expect(page.locator("main")).to_contain_text("等申请人补充")

    # ── the officer answers; only what was pinned is open, and both signatures are asked for again ──
    enter(page, "wangxs")
    page.goto(address)
    expect(page.get_by_role("textbox", name="申请报告")).to_be_disabled()
    row = page.locator('[id="paper-7.4.4"]')
    row.get_by_label("做法与结果").fill("2026 年组织培训 6 场，312 人次。")
    kept(page)
    expect(page.locator("#totals")).to_contain_text("须重新签写")
    page.get_by_role("button", name="检查，去签写").click()
    expect(page.locator(".diff-new").first).to_contain_text("312 人次")
    sign(page, "王雪松")
    enter(page, "liu")
    page.goto(address.replace("/edit/", "/check/"))
    sign(page, "liu")
    page.get_by_role("button", name="提交申请").click()

    # ── a colleague takes over, decides what was left open, and accepts ──
    enter(page, "fan")
    made = Application.objects.get()
    page.goto(f"{live_server.url}{made.get_absolute_url()}")
    expect(page.locator("#answers")).to_contain_text("有改动")
    expect(page.locator("#answers")).to_contain_text("没有改动")
    left = page.locator("details.decide")
    while waiting := left.count():
        left.first.locator("summary").click()
        left.first.locator("textarea").fill("看过原件，视为符合。")
        left.first.get_by_role("button", name="认定").click()
        expect(left).to_have_count(waiting - 1)
    page.get_by_role("button", name="受理").click()
    expect(page.locator("main")).to_contain_text("组建评价组")
    run = Evaluation.objects.get()
    assert (run.number, run.state, run.submission.round) == (
        f"PJ-{timezone.localdate():%Y}-0001",
        "convening",
        2,
    )
    assert console == []
