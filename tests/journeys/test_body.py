"""A body goes on record: written, its papers handed in, returned, submitted again, recorded, read by anybody."""

from datetime import date

from playwright.sync_api import expect

from evaluation.bodies.standing import record_of, why_not
from tests.bodies.rows import body
from tests.cast import CODES, PASSWORD, picture

SHORT = """"'><img src=x onerror=alert(1)>"""


def hand_in(page, kind: str, shade: int) -> None:
    paper = picture(shade=shade)
    page.get_by_label("材料的种类").select_option(label=kind)
    page.locator("input[type=file]").set_input_files(
        {"name": paper.name, "mimeType": "image/png", "buffer": paper.read()}
    )
    page.get_by_role("button", name="上传").click()
    expect(page.locator("main")).to_contain_text("材料已收下")


def test_from_draft_to_the_public_list(city, page, enter, console, live_server):
    shen = body()
    assert shen.check_password(PASSWORD)
    enter(page, "shen")
    expect(page.get_by_role("heading", level=1)).to_have_text("贵机构还没有在案，不能受理评价申请")
    page.get_by_role("link", name="在案情况").last.click()
    page.get_by_role("link", name="申请登记").first.click()
    page.get_by_label("登记机关").select_option(label="沧州市市场监督管理局")
    page.get_by_label("统一社会信用代码").fill(CODES[2][:-1] + "0")
    page.get_by_label("评价管理制度").fill(f"评价管理办法{SHORT}")
    page.get_by_label("场所、设备和资源").fill("场所 300 平方米，评价人员 12 名。")
    page.get_by_label("主管部门", exact=True).fill("沧州市民政局")
    page.get_by_label("主管部门的联系方式").fill("0317-2345678")
    page.get_by_role("button", name="保存，去上传材料").click()
    expect(page.locator("#mistakes")).to_contain_text("有 1 处需要改正")
    expect(page.get_by_label("评价管理制度")).to_have_value(f"评价管理办法{SHORT}")
    page.get_by_label("统一社会信用代码").fill(CODES[2])
    page.get_by_role("button", name="保存，去上传材料").click()
    hand_in(page, "评价管理制度", 10)
    expect(page.locator("main")).to_contain_text("还缺材料：登记证书、场所、设备和资源（第6章）。")
    hand_in(page, "登记证书", 30)
    hand_in(page, "场所、设备和资源", 20)
    page.get_by_role("link", name="核对，再提交").click()
    page.get_by_role("button", name="提交登记").click()
    expect(page.locator("main")).to_contain_text("登记机关办理以后会通知您")
    address = page.url

    enter(page, "meng")
    page.get_by_role("link", name="等本局登记的评价机构").click()
    page.get_by_role("link", name="沧州质量评价中心").click()
    page.locator("summary", has_text="退回").click()
    page.get_by_label("退回的理由").fill("请写明专家库的人数。")
    page.get_by_role("button", name="确定退回").click()
    expect(page.locator("main")).to_contain_text("已退回评价机构")

    enter(page, "shen")
    page.goto(address)
    expect(page.locator("main")).to_contain_text("请写明专家库的人数。")
    page.get_by_role("link", name="修改", exact=True).click()
    page.get_by_label("场所、设备和资源").fill("场所 300 平方米，评价人员 12 名，专家库 30 人。")
    page.get_by_role("button", name="保存，去上传材料").click()
    page.get_by_role("link", name="核对，再提交").click()
    page.get_by_role("button", name="提交登记").click()

    enter(page, "meng")
    page.goto(address)
    expect(page.locator("main")).to_contain_text("与上一次不同：场所、设备和资源")
    page.get_by_role("link", name="登记在案").click()
    page.get_by_label("登记文号").fill("沧市监质〔2026〕7号")
    page.get_by_role("button", name="登记在案").click()
    expect(page.locator("main")).to_contain_text("已登记在案，并告知评价机构")

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/bodies/public/")
    expect(page.locator("main")).to_contain_text("沧州质量评价中心")
    expect(page.locator("main")).to_contain_text("沧市监质〔2026〕7号")
    assert record_of(shen.acting.institution, date.today()) and not why_not(
        shen.acting.institution, date.today()
    )
    assert page.evaluate("document.querySelectorAll('[onerror],img[src=x]').length") == 0
    assert [said for said in console if "422" not in said] == []
