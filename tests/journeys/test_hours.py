"""Hours learned elsewhere: the officer reports them, the county confirms, the ledger shows them on a phone."""

from datetime import date

from playwright.sync_api import expect

from tests.duties import rows
from tests.training.rows import person
from training.models import SelfReport


def test_reported_confirmed_and_in_the_ledger(transactional_db, page, enter, console, live_server, tmp_path):
    county = rows.county("hubei")
    post = rows.post(county, who=person("欧阳慕青"), appointed_on=date(2025, 5, 1))
    rows.clerk_of(county, "chen")
    rows.himself(post.person, "ouyang")
    paper = tmp_path / "读书报告.png"
    paper.write_bytes(rows.picture().read())
    year = date.today().year

    enter(page, "ouyang")
    page.get_by_role("link", name="学时", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("有 3 项还没有满")
    page.get_by_role("link", name="自报学时").first.click()
    page.get_by_label("内容", exact=True).fill("质量经济性：自学与读书报告")
    page.get_by_label("主办单位或刊物").fill("省质量协会")
    page.get_by_label("从哪一天").fill(f"{year}-01-05")
    page.get_by_label("到哪一天").fill(f"{year}-01-05")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#mistakes")).to_contain_text("请填写学时")
    page.get_by_label("学时", exact=False).first.fill("3.25")
    page.get_by_label("属于哪一类").select_option(label="第一类")
    page.get_by_label("证明材料").set_input_files(paper)
    page.get_by_role("button", name="提交").click()
    expect(page.locator("main")).to_contain_text("已提交，等东湖区市场监督管理局确认")

    enter(page, "chen")
    page.get_by_role("link", name="自报学时待确认").click()
    page.get_by_role("link", name="质量经济性：自学与读书报告").click()
    expect(page.locator("img.page-image")).to_be_visible()
    page.get_by_role("button", name="确认学时").click()
    expect(page.locator("main")).to_contain_text("已确认，学时已记入本人的学时账")
    assert SelfReport.objects.get().state == "confirmed"

    page.set_viewport_size({"width": 390, "height": 800})
    enter(page, "ouyang")
    page.goto(f"{live_server.url}/hours/")
    expect(page.locator("table.ledger-lines")).to_contain_text("3.25")
    expect(page.locator("table.ledger-lines")).to_contain_text("计入")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert [said for said in console if "422" not in said] == []
