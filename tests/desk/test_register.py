"""The register: found by two characters, pinyin, initials or codes; filters in the address; a fixed price."""

import re
from datetime import date

import pytest
import time_machine

from cqo_portal.desk import views
from cqo_portal.desk.register import Post
from registry.models import Officer
from tests.desk.rows import LONG, NOON, TODAY, filing, officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def filled(people):
    """Three posts in Botou, one next door."""
    county = people.offices["130981"]
    officer(county, 1, by=people.liu, name="欧阳慕青", post="副总经理")
    officer(county, 2, by=people.liu, name="丁鹏举", term_ends=date(2026, 12, 31))
    officer(county, 3, by=people.liu, name="王𬭎", ended_on=TODAY)
    officer(people.offices["130922"], 4, by=people.liu, name="司马晓彤")
    return people


def names(response) -> list[str]:
    return [post.officer.name for post in response.context["posts"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=欧阳", ["欧阳慕青"]),
        ("q=ouyang", ["欧阳慕青"]),
        ("q=oymq", ["欧阳慕青"]),
        ("q=第二生产", ["欧阳慕青"]),
        ("q=0002", ["丁鹏举"]),
        ("q=𬭎", ["王𬭎"]),
        ("q=不存在的", []),
        ("q=w", []),
        ("", ["丁鹏举", "欧阳慕青", "司马晓彤", "王𬭎"]),
        ("office=130922", ["司马晓彤"]),
        ("office=999999", ["丁鹏举", "欧阳慕青", "司马晓彤", "王𬭎"]),
        ("standing=active", ["丁鹏举", "欧阳慕青", "司马晓彤"]),
        ("standing=ending", ["丁鹏举"]),
        ("standing=ended", ["王𬭎"]),
        ("standing=nonsense", ["丁鹏举", "欧阳慕青", "司马晓彤", "王𬭎"]),
        ("q=管件&standing=ended&office=130981", ["王𬭎"]),
    ],
)
def test_the_address_says_what_is_shown_in_pinyin_order(client, filled, query, found):
    client.force_login(filled.meng)
    assert names(client.get(f"/desk/register/?{query}")) == found


def test_a_county_sees_its_own_officers_only(client, filled):
    client.force_login(filled.qing)
    assert names(client.get("/desk/register/")) == ["司马晓彤"]


def test_a_province_narrows_down_to_a_city(client, filled):
    client.force_login(filled.hao)
    assert len(names(client.get("/desk/register/?office=130900"))) == 4


def test_an_enterprise_sees_only_itself(client, filled):
    client.force_login(filled.liu)
    assert names(client.get("/desk/register/")) == []


def test_names_stand_in_full_and_no_personal_number_stands_at_all(client, filled):
    client.force_login(filled.meng)
    text = client.get("/desk/register/").content.decode()
    assert LONG in text
    assert "E12340001" not in text
    assert Officer.objects.filter(name="欧阳慕青").get().person.masked_identity not in text


def test_one_letter_is_answered_with_advice(client, filled):
    client.force_login(filled.meng)
    assert "字母和数字至少要两个" in client.get("/desk/register/?q=w").content.decode()


def test_an_empty_search_gives_advice_and_a_way_back(client, filled):
    client.force_login(filled.meng)
    text = client.get("/desk/register/?q=恒星").content.decode()
    assert "没有与“恒星”相符的" in text
    assert 'href="/desk/register/">看全部' in text


def test_an_empty_register_says_where_the_work_is(client, people):
    client.force_login(people.meng)
    assert "名录还是空的" in client.get("/desk/register/").content.decode()


def test_while_one_types_only_the_results_come(client, filled):
    client.force_login(filled.meng)
    response = client.get("/desk/register/?q=欧阳", headers={"HX-Request": "true"})
    text = response.content.decode()
    assert "<html" not in text
    assert 'id="register-title" hx-swap-oob="true"' in text
    assert "欧阳慕青" in text
    assert "HX-Request" in response.headers["Vary"]


def test_pages_follow_each_other_and_keep_the_filters(client, people, monkeypatch):
    monkeypatch.setattr(views, "PER_PAGE", 2)
    for number in range(1, 6):
        officer(people.offices["130981"], number, by=people.liu, name=f"同名{'甲乙丙丁戊'[number - 1]}")
    client.force_login(people.meng)
    seen, address = [], "/desk/register/?q=同名&standing=active"
    while address:
        response = client.get(address)
        seen += names(response)
        after = response.context["page"].after
        address = f"/desk/register/?q=同名&standing=active&after={after}" if after else ""
        if after:
            assert "standing=active&amp;after=" in response.content.decode()
    assert sorted(seen) == sorted(f"同名{sign}" for sign in "甲乙丙丁戊")
    assert len(seen) == len(set(seen)) == 5
    back = client.get(f"/desk/register/?q=同名&standing=active&before={response.context['page'].before}")
    assert names(back) == seen[2:4]


SURROGATE = "WyJcdWQ4MDAiLCIwMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDAiXQ"


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "eyJhIjoxfQ", "%00", SURROGATE])
def test_a_broken_cursor_shows_the_first_page(client, filled, cursor):
    client.force_login(filled.meng)
    assert len(names(client.get(f"/desk/register/?after={cursor}"))) == 4


def test_one_row_costs_what_three_cost(client, people, django_assert_num_queries):
    client.force_login(people.meng)
    officer(people.offices["130981"], 1, by=people.liu)
    with django_assert_num_queries(7):
        client.get("/desk/register/")
    for number in (2, 3):
        officer(people.offices["130922"], number, by=people.liu)
    with django_assert_num_queries(7):
        client.get("/desk/register/")


@pytest.mark.parametrize(
    ("day", "standing", "said"),
    [
        (date(2026, 9, 1), "active", "还有 91 天"),
        (date(2026, 9, 2), "ending", "还有 90 天"),
        (date(2026, 12, 1), "ending", "今天届满"),
        (date(2026, 12, 2), "late", "已过 1 天"),
    ],
)
def test_the_standing_of_a_post_turns_on_its_last_days(day, standing, said):
    post = Post(Officer(appointed_on=date(2023, 12, 2), term_ends=date(2026, 12, 1)), day)
    assert (post.standing, post.remaining) == (standing, said)


def test_a_post_that_was_given_up_is_ended_whatever_its_term():
    post = Post(
        Officer(appointed_on=date(2023, 1, 1), term_ends=date(2025, 12, 31), ended_on=date(2024, 5, 6)), TODAY
    )
    assert (post.standing, post.remaining, post.days_held) == ("ended", "2024-05-06 离任", 491)


# ── the list of filings ───────────────────────────────────────────────────────────────────────
def test_the_list_of_filings_counts_behind_each_choice(client, people):
    county = people.offices["130981"]
    for number, state in enumerate(("at_county", "at_county", "at_city", "returned", "filed"), start=1):
        filing(county, number, by=people.liu, state=state)
    client.force_login(people.wang)
    text = client.get("/filings/").content.decode()
    assert "<h1>轮到我局的 2 件</h1>" in text
    assert '<a href="?turn=mine" aria-current="true">轮到我局 2</a>' in text
    assert '<a href="?turn=others">等别人 2</a>' in text
    assert '<a href="?turn=all">全部 5</a>' in text


def test_a_choice_keeps_what_was_searched(client, people):
    filing(people.offices["130981"], 1, by=people.liu)
    client.force_login(people.wang)
    text = client.get("/filings/?q=海岳&state=at_county&turn=all").content.decode()
    assert 'href="?q=%E6%B5%B7%E5%B2%B3&amp;state=at_county&amp;turn=others"' in text
    assert '<option value="at_county" selected>' in text
    assert LONG in text


def test_a_province_has_no_choice_of_its_own_turn(client, people):
    filing(people.offices["130981"], 1, by=people.liu)
    client.force_login(people.hao)
    text = client.get("/filings/?turn=all").content.decode()
    choices = re.findall(r'<a href="\?turn=(\w+)"[^>]*>([^<]+)</a>', text)
    assert choices == [("others", "在办 1"), ("all", "全部 1")]


def test_an_empty_turn_says_where_the_work_is(client, people):
    filing(people.offices["130981"], 1, by=people.liu, state="at_city")
    client.force_login(people.wang)
    assert "等别人的有 1 件。" in client.get("/filings/").content.decode()


def test_where_nobody_has_work_the_way_leads_to_all(client, people):
    filing(people.offices["130981"], 1, by=people.liu, state="filed")
    client.force_login(people.wang)
    text = client.get("/filings/").content.decode()
    assert "也没有等别人办的。" in text
    assert 'href="/filings/?turn=all">看全部' in text


def test_a_draft_of_the_enterprise_opens_for_writing(client, people):
    draft = people.filing(until="draft")
    client.force_login(people.liu)
    text = client.get("/filings/").content.decode()
    assert f'href="/filings/{draft.pk}/edit/"' in text
    assert "还没有填姓名" not in text


@pytest.mark.parametrize("turn", ["mine", "all"])
def test_one_filing_costs_what_three_cost(client, people, turn, django_assert_num_queries):
    client.force_login(people.wang)
    filing(people.offices["130981"], 1, by=people.liu)
    with django_assert_num_queries(9):
        client.get(f"/filings/?turn={turn}")
    for number in (2, 3):
        filing(people.offices["130981"], number, by=people.liu)
    with django_assert_num_queries(9):
        client.get(f"/filings/?turn={turn}")
