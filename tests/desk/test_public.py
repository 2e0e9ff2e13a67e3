"""The public extract: which enterprises have a filed officer, and no more than that."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client

from registry.models import Officer
from tests.cast import IDENTITY, bare, cast
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


class TestConfirming:
    """Whoever was told a full name may have it confirmed for one enterprise; nobody finds names by trying."""

    ENTERPRISE = "泊头第2管件"

    @pytest.fixture(autouse=True)
    def posts(self, people):
        county = people.offices["130981"]
        officer(county, 2, by=people.liu, name="欧阳慕青")
        officer(county, 3, by=people.liu, name="丁鹏举")
        officer(county, 4, by=people.liu, name="王雪松", ended_on=TODAY)

    def ask(self, client, name: str, *, q: str = ENTERPRISE, **more):
        return client.get("/desk/public/", {"q": q, "name": name}, **more)

    def confirmed(self, answer) -> list:
        return [post.confirmed for post in answer.context["posts"]]

    @pytest.mark.parametrize("name", ["欧阳慕青", " 欧阳慕青 ", "欧阳　慕青"])
    def test_the_whole_name_is_confirmed(self, client, name):
        answer = self.ask(client, name)
        assert self.confirmed(answer) == [True]
        assert "与备案的姓名一致" in answer.content.decode()

    @pytest.mark.parametrize(
        "name", ["欧阳", "慕青", "欧阳慕", "ouyangmuqing", "oymq", "欧阳慕青青", "欧阳**", "%"]
    )
    def test_a_piece_or_a_spelling_of_it_is_not(self, client, name):
        assert self.confirmed(self.ask(client, name)) == [False]

    @pytest.mark.parametrize("q", ["管件有限公司", "第2管", "", "泊头第9管件", "91130981"])
    def test_nor_is_it_for_more_or_less_than_one_enterprise(self, client, q):
        answer = self.ask(client, "欧阳慕青", q=q)
        assert True not in self.confirmed(answer) and False not in self.confirmed(answer)

    def test_a_name_nobody_has_and_one_that_somebody_else_has_get_the_same_answer(
        self, client, django_assert_num_queries
    ):
        self.ask(client, "欧阳")
        pages = []
        for name in ("丁鹏举", "王雪松", "甘无此人"):  # in office elsewhere, left, unknown
            with django_assert_num_queries(16):
                answer = self.ask(client, name)
            pages.append((answer.status_code, bare(answer).decode().replace(name, "…")))
        assert len(set(pages)) == 1
        assert "与备案的姓名不一致" in pages[0][1]

    def test_twenty_an_hour_from_one_address_whatever_they_are_about(self, client):
        wrong = [("欧阳", self.ENTERPRISE), ("欧阳", "泊头第9管件"), ("丁鹏举", "管件"), ("欧阳", "")] * 5
        assert {self.ask(client, name, q=q).status_code for name, q in wrong} == {200}
        right, other = self.ask(client, "欧阳慕青"), self.ask(client, "欧阳慕")
        assert (right.status_code, other.status_code) == (429, 429)
        assert bare(right).decode() == bare(other).decode().replace("欧阳慕", "欧阳慕青")
        text = right.content.decode()
        assert "暂时不能核对姓名" in text and "请一小时后再试" in text and "与备案的姓名" not in text
        assert "欧阳**" in text  # the list goes on
        assert client.get("/desk/public/?q=泊头第2管件").status_code == 200
        assert self.confirmed(self.ask(client, "欧阳慕青", REMOTE_ADDR="203.0.113.7")) == [True]

    def test_the_twentieth_is_still_answered_and_an_hour_later_all_is_well(self, client):
        """The control of the one above."""
        for _ in range(19):
            self.ask(client, "欧阳")
        assert self.confirmed(self.ask(client, "欧阳慕青")) == [True]
        assert self.ask(client, "欧阳慕青").status_code == 429
        with time_machine.travel(f"{TODAY.isoformat()}T13:00:01+08:00", tick=False):
            assert self.confirmed(self.ask(client, "欧阳慕青")) == [True]

    @pytest.mark.parametrize(
        "way_round", [{"HTTP_X_FORWARDED_FOR": "9.9.9.9"}, {"HTTP_X_REAL_IP": "9.9.9.9"}]
    )
    def test_a_forged_header_and_another_browser_are_no_way_round(self, client, way_round):
        for _ in range(20):
            self.ask(client, "欧阳")
        assert self.ask(Client(), "欧阳慕青", **way_round).status_code == 429

    def test_asking_for_the_head_alone_counts_too(self, client):
        for _ in range(20):
            client.head("/desk/public/", {"q": self.ENTERPRISE, "name": "欧阳"})
        assert self.ask(client, "欧阳慕青").status_code == 429


@pytest.mark.django_db(transaction=True)
def test_the_limit_holds_for_many_at_once():
    people = cast()
    officer(people.offices["130981"], 2, by=people.liu, name="欧阳慕青")

    def ask(_) -> bool:
        try:
            answer = Client().get("/desk/public/", {"q": "泊头第2管件", "name": "欧阳慕青"})
            return "与备案的姓名一致" in answer.content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as crowd:
        at_once = sum(crowd.map(ask, range(40)))
    assert 0 < at_once <= 20
    assert at_once + sum(ask(one) for one in range(20)) == 20


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
