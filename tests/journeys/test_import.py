"""A county's list of officers: uploaded, one cell put right on the page, imported, and there it is in the register."""

import re

from playwright.sync_api import expect

from registry.models import Officer
from tests.cast import CODES
from tests.imports.files import workbook

HEADER = ("企业名称", "信用代码", "姓名", "身份证号", "学历", "职称", "现任职务", "聘任日期", "任期（年）")


def test_upload_put_a_cell_right_import_and_see_it_in_the_register(city, page, enter, live_server, console):
    wrong = (
        "泊头恒通管件有限公司",
        CODES[0],
        "苏超",
        "130984197102227934",
        "小学",
        "工程师",
        "副总经理",
        "2026年3月5日",
        3,
    )
    sent = workbook(("泊头市首席质量官汇总表",), HEADER, wrong, ("填报人：王雪梅",), name="汇总表.xlsx")
    enter(page, "wang")
    page.get_by_role("link", name="名单", exact=True).click()
    page.get_by_role("link", name="导入表格").click()
    page.get_by_label("导入什么").select_option(label="首席质量官及聘任")
    page.get_by_label("文件", exact=True).set_input_files(
        {"name": sent.name, "mimeType": "application/octet-stream", "buffer": sent.read()}
    )
    page.get_by_role("button", name="上传并读取").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("看过后果，再确认导入")
    row = page.locator("#row-3")
    expect(row).to_contain_text("第 18 位校验位应为 3，您填的是 4")
    expect(row).to_contain_text("130984********7934")  # masked: to be compared on paper
    expect(page.locator("#decide")).to_contain_text("没有可以写入的行")
    row.get_by_label(re.compile("身份证号")).fill("１３０９８４１９７１０２２２７９３３")
    row.get_by_label(re.compile("学历")).fill("中专")
    row.get_by_role("button", name="改正这一行").click()

    expect(row).to_contain_text("新增")
    expect(page.locator("#decide")).to_contain_text("没有错误，写入 1 行")
    page.get_by_role("button", name="全部导入").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已导入")
    page.get_by_role("link", name="去看结果").click()
    expect(page.locator("#results")).to_contain_text("苏超")
    assert Officer.objects.get().term_ends.isoformat() == "2029-03-04"
    assert console == []


def test_without_javascript_the_same_can_be_done(city, chromium, live_server):
    from tests.cast import PASSWORD

    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    page.locator("input[name=login]").fill("wang")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.goto(f"{live_server.url}/imports/?kind=officers")
    line = (
        "泊头恒通管件有限公司",
        CODES[0],
        "苏超",
        "130984197102227933",
        "小学",
        "工程师",
        "副总经理",
        "2026.03.05",
        3,
    )
    sent = workbook(HEADER, line)
    page.locator("input[type=file]").set_input_files(
        {"name": sent.name, "mimeType": "application/octet-stream", "buffer": sent.read()}
    )
    page.get_by_role("button", name="上传并读取").click()
    page.locator("#row-2").get_by_label(re.compile("学历")).fill("中专")
    page.get_by_role("button", name="改正这一行").click()
    expect(page.locator("#messages")).to_contain_text("第 2 行已改正：新增")
    page.get_by_role("button", name="全部导入").click()
    expect(page.locator("main")).to_contain_text("已交后台导入，可以离开这一页")
    context.close()
    assert Officer.objects.get().education == "secondary"
