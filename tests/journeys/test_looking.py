"""What lies masked is shown after a reason, in the browser; and the frame around it fits every screen of an office."""

import re

import pytest
from playwright.sync_api import expect

from tests.cast import IDENTITY


def test_a_number_is_shown_after_a_reason(city, page, enter, live_server):
    filing = city.filing(until="at_county")
    enter(page, "wang")
    page.goto(f"{live_server.url}{filing.get_absolute_url()}")
    page.get_by_role("link", name=re.compile("^显示")).first.click()
    page.get_by_label("理由").fill("与材料原件核对")
    page.get_by_role("button", name="记下理由并显示").click()
    expect(page.locator("main")).to_contain_text(IDENTITY)


@pytest.mark.parametrize("width", [390, 1024, 1199, 1200, 1366, 1439, 1440])
def test_the_longest_navigation_fits(city, page, enter, live_server, width):
    page.set_viewport_size({"width": width, "height": 768})
    enter(page, "meng")
    assert page.evaluate("document.documentElement.scrollWidth") == width
