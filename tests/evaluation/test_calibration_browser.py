"""The comparison in a real Chromium: practised, signed, read beside the reference; on a desk and on a telephone."""

import pytest
from playwright.sync_api import expect

from evaluation.models import Sheet
from evaluation.sheets.marks import missing
from tests.evaluation import rows
from tests.evaluation.panels import rows as panels
from tests.evaluation.practising import shipped


@pytest.mark.parametrize("width", [1440, 390])
def test_an_expert_scores_the_case_signs_it_and_compares(city, page, enter, live_server, console, width):
    shipped()
    panels.account(rows.person("专家甲", rows.NUMBERS[0]), "expert-0")
    page.set_viewport_size({"width": width, "height": 900})
    enter(page, "expert-0")
    page.goto(f"{live_server.url}/evaluations/calibration/")
    page.get_by_role("button", name="开始评分").click()
    expect(page.locator("h1")).to_have_text("校准案例一：程望舒（虚构）")
    sheet = rows.filled(Sheet.objects.get())
    assert not missing(sheet)
    page.reload()
    page.locator("#sign-name").fill("专家甲")
    page.get_by_role("button", name="签署评分表").click()
    page.get_by_role("link", name="与参考评分比较").click()
    expect(page.locator("h1")).to_have_text("您给了 700.0 分，参考评分 561.0 分")
    expect(page.locator("#group-results")).to_contain_text("差得最多的是 7.5.3 创新成果，高 40 分。")
    expect(page.locator("#group-ability [data-row]").nth(5)).to_contain_text("归入较低的一档")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not [line for line in console if "Content Security Policy" in line]
