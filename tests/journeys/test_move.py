"""An enterprise moves county with a filing under way: proposed, looked at, accepted; the new county goes on."""

from playwright.sync_api import expect

from registry.models import Filing


def test_an_enterprise_moves_with_an_open_filing(city, page, enter, console, live_server):
    filing = city.filing(until="at_county")
    address = f"{live_server.url}{filing.get_absolute_url()}"

    # ── the old county proposes ──
    enter(page, "wang")
    page.goto(f"{live_server.url}/offices/")
    page.get_by_role("link", name="提出管辖迁移").click()
    page.get_by_label("企业名称或统一社会信用代码").fill("恒通")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name="泊头恒通管件有限公司").click()
    page.get_by_label("迁到", exact=True).select_option("130922")
    page.get_by_label("生效日").fill("2026-02-30")
    page.get_by_label("依据文件").fill("沧市监函〔2026〕12号")
    page.get_by_label("理由").fill("住所迁到青县。")
    page.get_by_role("button", name="先看影响").click()
    expect(page.locator("#mistakes")).to_contain_text("没有 2026年2月30日")
    expect(page.get_by_label("理由")).to_have_value("住所迁到青县。")
    page.get_by_label("生效日").fill("2026-09-01")
    page.get_by_role("button", name="先看影响").click()
    expect(page.locator("#preview")).to_contain_text(filing.receipt_number)
    expect(page.locator("#preview")).to_contain_text("青县市场监督管理局")
    page.get_by_role("button", name="提出迁移").click()
    expect(page.locator("main")).to_contain_text("已提出，等对方答复")

    # ── the new county accepts ──
    enter(page, "qing")
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("王雪松")
    page.goto(f"{live_server.url}/")
    page.get_by_role("link", name="没有办完的管辖迁移").click()
    page.get_by_role("link", name="泊头恒通管件有限公司").click()
    expect(page.locator("main")).to_contain_text("轮到您答复")
    page.get_by_role("button", name="同意迁移").click()
    expect(page.locator("main")).to_contain_text("已迁移，在办的件一并转交")
    expect(page.locator("main")).to_contain_text("一并转交了的")

    # ── and goes on with the filing ──
    page.goto(address)
    expect(page.locator("main")).to_contain_text("随企业迁移转交")
    page.get_by_role("button", name="上报市局").click()
    expect(page.locator("main")).to_contain_text("已上报市级市场监督管理局")
    assert Filing.objects.get().office_id == "130922"

    # ── the old county reads the move, not the case ──
    enter(page, "wang")
    page.goto(f"{live_server.url}/offices/moves/")
    page.get_by_role("link", name="泊头恒通管件有限公司").click()
    expect(page.locator("main")).to_contain_text("现在由青县市场监督管理局管辖")
    assert [said for said in console if "404" not in said and "422" not in said] == []
