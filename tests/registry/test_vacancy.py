"""A vacancy: somebody held the post, nobody does, since a day; who never had an officer is not vacant."""

from datetime import date

import pytest
import time_machine

from cqo_portal.parties.models import Organisation
from registry import services
from registry.models import Officer
from registry.vacancy import vacant, vacant_since
from tests.cast import TODAY
from tests.desk.rows import NOON
from tests.registry.changes import change

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def found() -> list[tuple[str, date]]:
    return [(o.name, o.left_on) for o in vacant(Organisation.objects.all())]


def test_a_departure_without_a_successor_leaves_the_post_vacant_from_the_next_day(people):
    assert found() == []  # nobody ever had an officer
    assert vacant_since(people.hengtong) is None
    people.filing(until="filed")
    assert found() == []
    change(people, "departure")
    assert found() == [("泊头恒通管件有限公司", date(2026, 10, 31))]
    assert vacant_since(people.hengtong) == date(2026, 11, 1)


def test_a_replacement_leaves_nothing_vacant(people):
    people.filing(until="filed")
    change(people, "replacement")
    assert found() == []
    assert vacant_since(people.hengtong) is None


def test_the_last_of_several_departures_counts(people):
    person = people.filing(until="filed").officer.person
    for n, (begins, ends) in enumerate([(2020, 2022), (2018, 2019)]):
        Officer.objects.create(
            name=f"前任{n}",
            person=person,
            organisation=people.hengtong,
            office=people.hengtong.office,
            appointed_on=date(begins, 1, 1),
            term_ends=date(ends, 12, 31),
            ended_on=date(ends, 12, 31),
        )
    change(people, "departure")
    assert vacant_since(people.hengtong) == date(2026, 11, 1)


def test_the_desk_says_so_and_offers_the_next_step(client, people):
    people.filing(until="filed")
    change(people, "departure")
    client.force_login(people.liu)
    text = client.get("/").content.decode()
    assert "<h1>首席质量官岗位空缺，自 2026年11月1日起</h1>" in text
    assert 'href="/filings/new/"' in text
    assert "发起变更" not in text.split("<main")[1]
    assert "岗位自 2026年11月1日起空缺" in client.get("/filings/new/").content.decode()
    assert "没有可以变更的" in client.get("/filings/changes/new/").content.decode()


def test_many_are_found_with_one_query(people, django_assert_num_queries):
    people.filing(until="filed")
    change(people, "departure")
    with django_assert_num_queries(1):
        assert len(found()) == 1
    assert services.open_filing(people.hengtong, by=people.liu, today=TODAY).kind == "appointment"
