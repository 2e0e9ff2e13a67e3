"""Switching an office off: what blocks it, what follows, who may. And on: which edition it begins with."""

from datetime import date

import pytest

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.offices import switching
from cqo_portal.parties.models import Office
from cqo_portal.workflow.engine import Refused
from registry import editions
from registry.editions import edition_for
from tests.cast import TODAY, browser, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(people):
    return user("keeper", Role.ADMIN)


def test_open_cases_block_it_and_each_is_named(people, keeper):
    people.filing(until="at_county")
    with pytest.raises(Refused) as refused:
        switching.switch(people.offices["130981"], on=False, reason="撤并", by=keeper, today=TODAY)
    assert refused.value.reasons == ("还有 1 件备案在办，请先办结，或者把企业迁到别的机构。",)
    assert Office.objects.get(pk="130981").active
    page = browser(keeper).get("/offices/list/130981/").content.decode()
    assert "现在不能停用" in page and "还有 1 件备案在办" in page


def test_a_county_without_open_cases_is_switched_off_and_no_longer_offered(people, keeper):
    """The control of the test above."""
    answer = browser(keeper).post("/offices/list/130981/", {"on": "0", "reason": "撤并"}, follow=True)
    assert "泊头市市场监督管理局已停用。" in answer.content.decode()
    assert [office.pk for office in Office.objects.filing()] == ["130922"]
    event = Event.objects.get(action="switch-off")
    assert (event.subject_id, event.note, event.actor) == ("130981", "撤并", keeper)
    assert browser(keeper).post("/offices/list/130981/", {"on": "1", "reason": "恢复"}).status_code == 302
    assert Office.objects.get(pk="130981").active


def test_a_city_waits_for_its_counties_and_a_county_for_its_city(people, keeper):
    city = people.offices["130900"]
    with pytest.raises(Refused, match="还有 2 个启用的下级机构"):
        switching.switch(city, on=False, reason="撤并", by=keeper, today=TODAY)
    for code in ("130981", "130922"):
        switching.switch(people.offices[code], on=False, reason="撤并", by=keeper, today=TODAY)
    switching.switch(city, on=False, reason="撤并", by=keeper, today=TODAY)
    with pytest.raises(Refused, match="请先启用上级"):
        switching.switch(people.offices["130981"], on=True, reason="恢复", by=keeper, today=TODAY)


def test_what_follows_is_counted(people):
    said = switching.consequences(people.offices["130981"]).follows
    assert said[:2] == [
        "1 家企业仍登记在这里，停用期间发起不了备案，须迁到别的机构。",
        "1 个有岗位的账号仍能登录、查看，不会收到新的件。",
    ]


def test_a_second_click_and_a_missing_reason_are_said(people, keeper):
    window = browser(keeper)
    assert window.post("/offices/list/130981/", {"on": "0"}).status_code == 422
    window.post("/offices/list/130981/", {"on": "0", "reason": "撤并"})
    again = window.post("/offices/list/130981/", {"on": "0", "reason": "撤并"}, follow=True)
    assert "现在已经是停用的" in again.content.decode()
    assert Event.objects.filter(action="switch-off").count() == 1


def test_the_list_is_a_tree_and_costs_the_same_for_any_number(people, keeper, django_assert_num_queries):
    window = browser(keeper)
    window.get("/offices/list/")
    with django_assert_num_queries(4):
        answer = window.get("/offices/list/")
    assert [(o.pk, o.enterprises, o.accounts) for o in answer.context["offices"]] == [
        ("130000", 0, 1),
        ("130900", 0, 1),
        ("130922", 1, 1),
        ("130981", 1, 1),
    ]
    Office.objects.create(
        code="130921", name="沧县局", area="沧县", level="county", jurisdiction="cangzhou", parent_id="130900"
    )
    with django_assert_num_queries(4):
        window.get("/offices/list/")


class TestTheEditionACityBeginsWith:
    """Recorded with the act: whatever is younger waits for its rehearsal."""

    @pytest.fixture
    def city(self, people):
        """A city of Hubei that was not in use so far, with a county."""
        said = {"level": "city", "jurisdiction": "hubei", "active": False}
        return Office.objects.create(code="420100", name="武汉市市场监督管理局", area="武汉市", **said)

    def test_switched_on_it_works_by_that_of_the_day(self, city, keeper):
        switching.switch(city, on=True, reason="启用", by=keeper, today=date(2022, 10, 23))
        assert edition_for(city, TODAY).edition == "hubei-2021-draft"
        assert Event.objects.get(action="switch-on").rule_edition == "hubei-2021-draft"
        assert editions.begin(today=TODAY) == 1  # Cangzhou's; the city has one
        assert edition_for(city, TODAY).edition == "hubei-2021-draft"

    def test_without_it_the_calendar_would_decide(self, city):
        """The control of the test above."""
        assert edition_for(city, TODAY).edition == "hubei-2022"

    def test_off_and_on_again_it_goes_on_with_its_own(self, city, keeper):
        switching.switch(city, on=True, reason="启用", by=keeper, today=date(2022, 10, 23))
        switching.switch(city, on=False, reason="撤并", by=keeper, today=date(2022, 10, 24))
        switching.switch(city, on=True, reason="恢复", by=keeper, today=TODAY)
        assert list(city.adoptions.values_list("edition", flat=True)) == ["hubei-2021-draft"]

    def test_a_county_has_none_of_its_own(self, people, keeper):
        county = people.offices["130922"]
        switching.switch(county, on=False, reason="撤并", by=keeper, today=TODAY)
        switching.switch(county, on=True, reason="恢复", by=keeper, today=TODAY)
        assert not county.adoptions.exists()

    def test_refused_it_begins_with_nothing(self, people, city, keeper):
        city.parent = Office.objects.create(
            code="420000",
            name="湖北省局",
            area="湖北省",
            level="province",
            jurisdiction="hubei",
            active=False,
        )
        city.save()
        with pytest.raises(Refused, match="请先启用上级"):
            switching.switch(city, on=True, reason="启用", by=keeper, today=TODAY)
        assert not city.adoptions.exists()
