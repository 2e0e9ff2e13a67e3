"""In which role one acts: one's own, active ones only, and a taken one is gone at once."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.accounts.permissions import is_city, is_county, is_enterprise
from tests.cast import browser

pytestmark = pytest.mark.django_db


def act(client, assignment):
    return client.post(reverse("accounts:act", args=[assignment.pk]))


@pytest.fixture
def second(people) -> Assignment:
    """wang also serves the city."""
    return Assignment.objects.create(user=people.wang, role=Role.CITY, office=people.offices["130900"])


def acting(client) -> str:
    return client.get("/").wsgi_request.user.acting.role


def test_one_switches_among_ones_own_roles_and_the_session_gets_a_new_key(people, second):
    client = browser(people.wang)
    before = client.cookies["sid"].value
    assert acting(client) == "county"
    assert act(client, second).status_code == 302
    assert acting(client) == "city"
    assert client.cookies["sid"].value != before
    thief = browser()
    thief.cookies["sid"] = before
    assert thief.get("/").status_code == 302


def test_a_role_of_somebody_else_looks_like_none(people, second):
    for other in (people.meng.acting, people.liu.acting):
        assert act(browser(people.wang), other).status_code == 404
    assert browser(people.wang).post("/roles/act/999999/").status_code == 404
    assert browser(people.wang).post(f"/roles/act/{'9' * 30}/").status_code == 404
    assert browser(people.wang).get(f"/roles/act/{second.pk}/").status_code == 405


def test_a_role_taken_away_is_gone_at_the_next_request(people, second):
    filing = people.filing(until="at_city")
    client = browser(people.wang)
    act(client, second)
    assert client.get(filing.get_absolute_url()).context["deciding"]
    Assignment.objects.filter(pk=second.pk).update(active=False)
    assert acting(client) == "county"
    assert not client.get(filing.get_absolute_url()).context["deciding"]
    assert act(client, second).status_code == 404
    Assignment.objects.filter(user=people.wang).update(active=False)
    assert client.get(filing.get_absolute_url()).status_code == 404
    assert client.get("/").status_code == 200


def test_a_forged_role_in_the_session_is_ignored(people):
    client = browser(people.liu)
    session = client.session
    session["acting"] = people.meng.acting.pk
    session.save()
    assert acting(client) == "enterprise"


def test_a_person_without_a_role_has_no_rights(people):
    nobody = people.liu.acting_as(None)
    assert not any(p.test(nobody) for p in (is_enterprise, is_county, is_city))
    assert not any(p.test(None) for p in (is_enterprise, is_county, is_city))


def test_a_superuser_has_no_right_the_role_does_not_give(people):
    filing = people.filing(until="at_county")
    people.dan.is_superuser = people.dan.is_staff = True
    people.dan.save()
    assert browser(people.dan).get(filing.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    "scope",
    [
        {"role": Role.COUNTY},
        {"role": Role.ENTERPRISE},
        {"role": Role.EXPERT, "office": "130981"},
        {"role": Role.ENTERPRISE, "office": "130981"},
    ],
    ids=range(4),
)
def test_the_database_refuses_a_role_without_its_place(people, scope):
    scope = scope | ({"office": people.offices[scope["office"]]} if "office" in scope else {})
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(user=people.hao, **scope)


def test_the_same_role_is_held_once(people):
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(user=people.wang, role=Role.COUNTY, office=people.offices["130981"])
