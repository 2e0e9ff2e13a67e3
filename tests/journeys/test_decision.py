"""From the report to the grade, and from an appeal to another panel, each by whoever's move it is."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cqo_portal.accounts.models import Role
from evaluation.decisions import working
from evaluation.models import Appeal, Evaluation
from tests.cast import user
from tests.evaluation import rows
from tests.evaluation.decisions import story
from tests.experts.rows import engaged


@pytest.fixture
def panel(city):
    made = story.concluded(city)
    story.officer(made)
    newcomer = user("expert-3", Role.EXPERT, person=rows.person("专家丁", rows.NUMBERS[3]))
    newcomer.email = "ding@example.com"
    newcomer.save(update_fields=["email"])
    for who in (*(each.person for each in made.panellists), newcomer.acting.person):
        engaged(made.staff, who)
    return made


def sure(page: Page, label: str) -> None:
    page.locator("summary", has_text=re.compile(f"^{label}$")).click()


def test_from_the_report_to_the_grade_and_on_to_another_panel(panel, page, enter, live_server, console):
    case = f"{live_server.url}/evaluations/{panel.evaluation.pk}/"
    page.set_default_timeout(30_000)
    page.set_viewport_size({"width": 1440, "height": 900})

    # The leader finds the report drafted, writes on, and asks the members.
    enter(page, "expert-0")
    page.goto(case)
    page.get_by_role("link", name="编制评价报告").click()
    expect(page.get_by_label("总体评价")).to_have_value("总分 718 分，等级 AAAA。")
    page.get_by_label("改进建议").fill("把做法写成案例，供同行学习。")
    expect(page.locator("[data-saved]").first).to_contain_text("已保存")
    page.get_by_role("button", name="请成员会签").click()
    expect(page.locator("main")).to_contain_text("第 1 版报告已请成员会签")

    # Each member signs off, one of them with a reservation; the leader hands in.
    for number, name in enumerate(("专家甲", "专家乙", "专家丙")):
        enter(page, f"expert-{number}")
        page.goto(f"{case}report/")
        if number == 1:
            page.get_by_label("保留意见").fill("学习能力一项可以再高。")
        page.get_by_label("签写本人姓名").fill(name)
        page.get_by_role("button", name="会签", exact=True).click()
        expect(page.locator("main")).to_contain_text("已会签第 1 版报告")
    enter(page, "expert-0")
    page.goto(f"{case}report/")
    sure(page, "提交评价报告")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("main")).to_contain_text("等待决定")

    # The body reads the reservation, decides, looks at the messages and publishes.
    enter(page, "shen")
    page.goto(case)
    page.get_by_role("link", name="审议评价报告").click()
    expect(page.locator("main")).to_contain_text("学习能力一项可以再高。")
    page.get_by_label("参加审议的人员").fill("沈岩，技术委员会主任")
    page.get_by_label("审议意见").fill("同意评价组的报告。")
    page.get_by_role("button", name="决定：AAAA").click()
    expect(page.locator("main")).to_contain_text("的评价结果：AAAA，总分 718.0 分。")
    page.get_by_role("button", name="公布，并发出通知").click()
    expect(page.locator("main")).to_contain_text("已公布，并通知本人和所在组织")

    # The officer sees the grade, its reasons, nobody's name, and appeals.
    enter(page, "officer")
    page.goto(case)
    expect(page.locator("main")).to_contain_text("AAAA")
    expect(page.locator("main")).to_contain_text("把做法写成案例，供同行学习。")
    expect(page.locator("main")).not_to_contain_text("专家甲")
    page.get_by_role("link", name="提出申诉").click()
    page.get_by_label("理由").fill("知识一项的评语与材料不符。")
    page.get_by_role("button", name="提出申诉").click()
    expect(page.locator("main")).to_contain_text(f"SS-{timezone.localdate():%Y}-0001")

    # The body grants it: another panel, without the old members.
    enter(page, "shen")
    page.goto(f"{live_server.url}{Appeal.objects.get().get_absolute_url()}")
    sure(page, "另组评价组复评")
    page.locator("form", has_text="原成员不能参加").get_by_label("理由").fill("评语与材料有出入，应当再看。")
    page.get_by_role("button", name="同意，另组评价组").click()
    expect(page.locator("main")).to_contain_text("因申诉另组评价组")
    again = Evaluation.objects.get(run=2)
    page.goto(f"{live_server.url}/evaluations/{again.pk}/panel/")
    expect(page.locator("#offers")).to_contain_text("专家丁")
    for old in ("专家甲", "专家乙", "专家丙"):
        expect(page.locator("#offers")).not_to_contain_text(old)
        expect(page.locator("#closed")).to_contain_text(old)
    assert console == []


def test_another_window_of_the_leader_overwrites_nothing_unseen(panel, page, enter, live_server):
    address = f"{live_server.url}/evaluations/{panel.evaluation.pk}/report/"
    page.set_default_timeout(30_000)
    enter(page, "expert-0")
    page.goto(address)
    other = page.context.new_page()
    other.goto(address)
    page.get_by_label("改进建议").fill("第一扇窗。")
    expect(page.locator("[data-saved]").first).to_contain_text("已保存")
    other.get_by_label("改进建议").fill("第二扇窗。")
    expect(other.locator("#conflict")).to_contain_text("报告在另一个窗口改过")
    expect(other.get_by_label("改进建议")).to_have_value("第二扇窗。")
    assert working.shown(panel.evaluation).sections["texts"]["advice"] == "第一扇窗。"
