"""Somebody leaves, the post is vacant, somebody takes it, and is replaced: each step as three people take it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from registry.models import Filing, Officer
from tests.cast import IDENTITY
from tests.journeys.test_filing import choose, fill, upload
from tests.registry.changes import SUCCESSOR

THIRD = "110105195001010012"


@pytest.fixture
def walk(page: Page, enter, live_server):
    """The county sends the case up, the city files it."""

    def bring_to_the_register() -> None:
        path = Filing.objects.under_way().get().get_absolute_url()
        enter(page, "wang")
        page.goto(f"{live_server.url}{path}")
        page.get_by_role("button", name="上报市局").click()
        expect(page.locator("main")).to_contain_text("已上报市级市场监督管理局")
        expect(page.locator("main")).to_contain_text("县级已登记")
        enter(page, "meng")
        page.goto(f"{live_server.url}{path}")
        page.get_by_role("button", name="准予备案").click()
        expect(page.locator("main")).to_contain_text("已备案，载入名录")
        enter(page, "liu")

    return bring_to_the_register


def submit(page: Page) -> None:
    page.get_by_role("button", name="检查并提交").click()
    page.get_by_label("以上内容与材料真实").check()
    page.get_by_role("button", name="提交备案").click()
    expect(page.locator("main")).to_contain_text("已提交")


def appoint(page: Page, *, name: str, number: str, on: str) -> None:
    fill(page, {"姓名": name, "证件号码": number, "联系电话": "13900139000", "现任职务": "总工程师"})
    choose(page, {"最高学历": "本科", "职称": "中级"})
    page.locator("label", has_text="已毕业").click()
    page.locator("fieldset", has_text="任职培训").locator("label", has_text="是").first.click()
    fill(page, {"起": "2016-03", "单位": "泊头恒通管件有限公司", "岗位": "质量部经理"})
    choose(page, {"性质": "质量管理", "由谁任命": "最高管理者"})
    fill(page, {"任命人姓名": "高建勋", "任职日期": on})
    upload(page, "任职培训证书", shade=len(name) * 40)


def test_from_a_departure_over_a_vacancy_to_a_successor_and_on(city, page, enter, console, walk, live_server):
    city.filing(until="filed", appointment__appointed_on="2024-03-01")
    today = timezone.localdate()

    # ── he leaves ──
    enter(page, "liu")
    page.get_by_role("link", name="发起变更").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("有什么变化？")
    page.get_by_label("哪一天起变的").fill("2024-08-31")
    page.get_by_role("button", name="算报送期限").click()
    expect(page.locator("#clock")).to_contain_text("生效日 2024-08-31 不计，一个月至 2024-09-30（周一）")
    expect(page.locator("#clock")).to_contain_text("第十四条第二款")
    page.get_by_text("离任", exact=True).click()
    page.get_by_role("button", name="开始填写").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("首席质量官变更备案（离任）")
    last_day = page.get_by_label("最后任职日", exact=True)
    expect(last_day).to_have_value("2024-08-31")
    last_day.fill((today + timedelta(days=1)).isoformat())
    page.get_by_label("补充说明").focus()
    expect(page.locator("#s-departure")).to_contain_text("最后任职日在今天之后")
    last_day.fill("2024-09-30")
    page.get_by_label("补充说明").focus()
    expect(page.locator("#s-departure")).not_to_contain_text("在今天之后")
    expect(page.locator("#clock")).to_contain_text("已逾期")
    choose(page, {"离任原因": "辞职"})
    page.locator("label", has_text="还没有").click()
    submit(page)
    expect(page.locator("main")).to_contain_text(re.compile("逾期 [0-9]+ 天"))

    walk()

    # ── the post is vacant: a state, with a next step ──
    page.goto(live_server.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("首席质量官岗位空缺，自 2024年10月1日起")
    page.get_by_role("link", name="发起任职备案").click()
    expect(page.locator("main")).to_contain_text("岗位自 2024年10月1日起空缺")
    page.get_by_role("button", name="开始填写").click()
    appoint(page, name="赵丽", number=SUCCESSOR, on="2024-09-30")
    page.get_by_label("任命文件号").focus()
    expect(page.locator("#s-appointment")).to_contain_text("前任任职到 2024-09-30")
    fill(page, {"任职日期": "2024-10-08"})
    submit(page)
    walk()

    # ── and is taken over from: one filing for the two of them ──
    page.goto(f"{live_server.url}/filings/new/")
    page.get_by_role("link", name="去报变更备案").click()
    page.get_by_text("换了人", exact=True).click()
    page.get_by_role("button", name="开始填写").click()
    expect(page.locator("#s-predecessor")).to_contain_text("赵丽")
    fill(page, {"原任最后任职日": "2024-11-10"})
    appoint(page, name="孙立新", number=THIRD, on="2024-11-11")
    submit(page)
    expect(page.locator("#changes")).to_contain_text("孙立新")
    walk()

    posts = Officer.objects.order_by("appointed_on").values_list("name", "appointed_on", "ended_on")
    assert [(name, str(begins), str(ends)) for name, begins, ends in posts] == [
        ("王雪松", "2024-03-01", "2024-09-30"),
        ("赵丽", "2024-10-08", "2024-11-10"),
        ("孙立新", "2024-11-11", "None"),
    ]
    assert IDENTITY not in page.content()
    assert console == []


def test_data_are_changed_where_they_changed_and_shown_side_by_side(
    city, page, enter, console, walk, live_server
):
    city.filing(until="filed", appointment__appointed_on="2024-03-01")
    enter(page, "liu")
    page.goto(f"{live_server.url}/filings/changes/new/")
    page.get_by_role("button", name="开始填写").click()
    expect(page).to_have_url(re.compile("changes/new"))  # nothing chosen: the browser itself asks
    page.get_by_text("信息有变化", exact=True).click()
    page.get_by_role("button", name="开始填写").click()

    expect(page.get_by_label("现任职务", exact=True)).to_have_value("副总经理")
    expect(page.get_by_label("联系电话")).to_have_value("138****8000")
    page.get_by_role("button", name="检查并提交").click()
    expect(page.locator("#mistakes")).to_contain_text("请填写变更生效日")
    expect(page.locator("#mistakes")).to_contain_text("没有一项与名录不同")
    fill(page, {"变更生效日": "2024-11-02", "现任职务": "常务副总经理"})
    page.get_by_label("变更说明").focus()
    expect(page.locator("#s-officer")).to_contain_text("已改动；名录现为：副总经理")
    expect(page.locator("#changes")).to_contain_text("变更 1 项")
    fill(page, {"企业名称": "泊头恒通管业有限公司"})
    page.get_by_label("变更说明").focus()
    expect(page.locator("#paper-licence")).to_contain_text("变更后的营业执照")
    submit(page)

    row = page.locator("#changes tbody tr").first
    expect(row).to_contain_text("泊头恒通管件有限公司")
    expect(row).to_contain_text("泊头恒通管业有限公司")
    walk()
    now = Officer.objects.select_related("organisation", "person").get()
    assert (now.post, now.organisation.name) == ("常务副总经理", "泊头恒通管业有限公司")
    assert now.person.phone == "13800138000"
    assert [said for said in console if "422" not in said] == []  # the page of mistakes answers with 422
