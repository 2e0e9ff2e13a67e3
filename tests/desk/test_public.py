"""The public extract: which enterprises have a filed officer, and no more than that."""

from datetime import date

import pytest
import time_machine

from registry.models import Officer
from tests.cast import IDENTITY
from tests.desk.rows import NOON, TODAY, officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def rows(client, query: str = "") -> list:
    return client.get(f"/desk/public/{query}").context["posts"]


def test_the_least_is_shown_without_signing_in(client, people):
    people.filing(until="filed")
    post = Officer.objects.get()
    Officer.objects.filter(pk=post.pk).update(post="副总经理")
    response = client.get("/desk/public/?q=恒通")
    text = response.content.decode()
    for shown in ("泊头恒通管件有限公司", "泊头市", "王**", post.filing_number, "2026-11-20", "2029-09-20"):
        assert shown in text
    for hidden in (
        "王雪松",
        "雪松",
        "副总经理",
        "138",
        IDENTITY,
        post.organisation.credit_code,
        str(post.pk),
        "本科",
    ):
        assert hidden not in text


def test_search_engines_are_asked_to_keep_away(client, people):
    response = client.get("/desk/public/")
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in response.content.decode()


def test_who_left_and_who_was_never_filed_is_not_there(client, people):
    county = people.offices["130981"]
    officer(county, 1, by=people.liu)
    officer(county, 2, by=people.liu, ended_on=TODAY)
    imported = officer(county, 3, by=people.liu)
    Officer.objects.filter(pk=imported.pk).update(filing_number=None, filed_on=None, filing=None)
    assert len(rows(client)) == 1


@pytest.mark.parametrize("words", ["欧阳慕青", "ouyang", "oymq", "慕青"])
def test_a_name_cannot_be_searched(client, people, words):
    officer(people.offices["130981"], 2, by=people.liu, name="欧阳慕青")
    assert rows(client, f"?q={words}") == []
    assert len(rows(client, "?q=管件")) == 1


@pytest.mark.parametrize(
    ("query", "confirmed"),
    [
        ("?q=泊头第2管件&name=欧阳慕青", True),
        ("?q=泊头第2管件&name=王雪松", False),
        ("?q=泊头第2管件", None),
        ("?q=管件&name=欧阳慕青", None),  # not for a whole list
        ("?name=欧阳慕青", None),
    ],
)
def test_a_name_is_confirmed_for_one_enterprise_only(client, people, query, confirmed):
    officer(people.offices["130981"], 2, by=people.liu, name="欧阳慕青")
    post = rows(client, query)[0]
    assert (post.family_name, post.confirmed) == ("欧阳**", confirmed)


def test_a_term_that_is_over_is_said(client, people):
    officer(
        people.offices["130981"],
        1,
        by=people.liu,
        appointed_on=date(2023, 1, 1),
        term_ends=date(2026, 11, 19),
    )
    assert "任期已满" in client.get("/desk/public/").content.decode()


def test_an_empty_extract_and_an_empty_search_say_what_to_do(client, people):
    assert "名录还是空的" in client.get("/desk/public/").content.decode()
    assert "没有找到" in client.get("/desk/public/?q=恒星").content.decode()


@pytest.mark.parametrize("query", ["?after=nonsense", "?q=%00", "?name=%00&q=管件有限", "?q=" + "长" * 5000])
def test_odd_addresses_are_answered(client, people, query):
    assert client.get(f"/desk/public/{query}").status_code == 200


def test_one_row_costs_what_three_cost(client, people, django_assert_num_queries):
    for number in (1, 2, 3):
        officer(people.offices["130981"], number, by=people.liu)
        if number in (1, 3):
            with django_assert_num_queries(3):
                client.get("/desk/public/")
