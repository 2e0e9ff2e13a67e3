"""A fact on record: the verdict of a case changes, those concerned see it, a stranger does not."""

import pytest
from playwright.sync_api import expect

from cqo_portal.accounts.models import Role
from cqo_portal.parties.models import Office, Person
from registry.incidents.models import Incident
from tests.cast import IDENTITY, user


@pytest.fixture
def before_the_county(city):
    """A case in Hubei, where accidents weigh, and the account of the person it is about."""
    Office.objects.update(jurisdiction="hubei")
    city.hengtong.refresh_from_db()
    himself = Person.objects.create(name="王雪松", identity_kind="resident", identity_number=IDENTITY)
    user("officer", Role.OFFICER, person=himself)
    return city.filing(until="at_county", appointment__no_faults="on")


def test_recorded_weighed_and_seen_by_those_concerned(before_the_county, page, enter, console, live_server):
    case = f"{live_server.url}{before_the_county.get_absolute_url()}"
    enter(page, "wang")
    page.goto(case)
    expect(page.locator("#clauses")).to_contain_text("质量安全事故")
    expect(page.locator("#clauses")).not_to_contain_text("已登记的事实")

    page.goto(f"{live_server.url}/incidents/new/")
    page.locator("label", has_text="个人").first.click()
    page.locator("main").get_by_label("姓名").fill("王雪松")
    page.get_by_label("证件号码").fill(IDENTITY)
    page.get_by_label("情形").select_option(label="本人涉及的质量安全事故")
    page.get_by_label("事故等级").select_option(label="特别重大")
    page.locator("fieldset", has_text="认定负有责任").locator("label", has_text="是").first.click()
    page.get_by_label("认定文书号").fill("沧应急认〔2026〕7号")
    page.get_by_label("认定机关").fill("沧州市应急管理局")
    page.get_by_label("认定日期").fill("2026-05-06")
    page.get_by_label("认定内容").fill("压力容器爆裂，认定本人负直接管理责任。")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("main")).to_contain_text("已登记")

    page.goto(case)
    expect(page.locator("#clauses")).to_contain_text("已登记的事实：本人涉及的质量安全事故，特别重大事故")
    expect(page.get_by_role("button", name="上报市局")).to_be_disabled()

    fact = f"{live_server.url}{Incident.objects.get().get_absolute_url()}"
    enter(page, "officer")
    page.goto(f"{live_server.url}/inbox/")
    expect(page.locator("main")).to_contain_text("王雪松的不利事实已登记")
    page.goto(fact)
    expect(page.locator("main")).to_contain_text("沧应急认〔2026〕7号")

    enter(page, "qing")  # the county next door, where he never was
    assert page.goto(fact).status == 404
    expect(page.locator("body")).not_to_contain_text("沧应急认")
    page.goto(f"{live_server.url}/incidents/")
    expect(page.locator("main")).to_contain_text("没有登记过不利事实")
    assert [said for said in console if "404" not in said] == []
