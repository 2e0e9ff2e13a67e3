"""A new edition, before it applies: who changes, by which clause; the list taken along; worked by from then on."""

import re

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from cqo_portal.parties.models import Office
from registry.editions import edition_for
from registry.models import Adoption
from registry.rehearsal.tasks import go_on
from tests.cast import TODAY


@pytest.fixture
def between_two(city):
    """Offices of Hubei that still work by the draft; one officer with seven years and an intermediate title."""
    Office.objects.update(jurisdiction="hubei")
    city.hengtong.refresh_from_db()
    city.filing(until="filed", appointment__no_faults="on")
    Adoption.objects.create(office_id="130900", edition="hubei-2021-draft")
    return city


def test_rehearsed_exported_and_adopted(between_two, page, enter, console, live_server, tmp_path):
    enter(page, "meng")
    page.goto(f"{live_server.url}/rehearsals/")
    expect(page.locator("main")).to_contain_text("须先预演")
    page.get_by_label("按哪一天判断").fill("昨天")
    page.get_by_role("button", name="开始预演").click()
    expect(page.locator("#mistakes")).to_contain_text("请选择要预演的版本。")
    expect(page.get_by_label("按哪一天判断")).to_have_value("昨天")
    page.get_by_role("link", name="填好这一版").click()
    expect(page.get_by_label("按哪个版本预演")).to_have_value("hubei-2022")
    page.get_by_role("button", name="开始预演").click()
    expect(page).to_have_url(re.compile(r"/rehearsals/[0-9a-f-]{36}/"))
    go_on()  # what the worker does; the page watches by itself
    expect(page.get_by_role("heading", level=1)).to_have_text("没有人会从符合变为不符合")

    row = page.locator("[data-row]")
    expect(row).to_contain_text("王雪松")
    expect(row).to_contain_text("中级质量专业资格或高级职称（二（二））")
    page.get_by_label("导出用途").fill("局务会讨论新办法")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出 Excel").click()
    waiting.value.save_as(tmp_path / "list.xlsx")
    [_, said] = load_workbook(tmp_path / "list.xlsx").worksheets[0].values
    assert (said[0], said[3]) == ("泊头恒通管件有限公司", "王雪松")

    page.get_by_role("button", name="启用这一版").click()
    expect(page.locator("main")).to_contain_text("已启用")
    assert edition_for(Office.objects.get(pk="130981"), TODAY).edition == "hubei-2022"
    assert [said for said in console if "422" not in said] == []
