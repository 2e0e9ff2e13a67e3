"""Many who issue at the same moment: no number twice, none left out, each certificate made once."""

from collections import Counter

import pytest
from django.db import IntegrityError
from django.db.models import Max
from django.utils import timezone

from certificates import tasks
from certificates.issuing import numbering, ordering
from certificates.models import Certificate, Order, Rendering
from cqo_portal.audit.models import Event
from cqo_portal.workflow.engine import Refused
from tests.cast import cast
from tests.certificates import many
from tests.faults.issuers import broken
from tests.faults.threads import together

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS, WORKERS = 50, 8
MADE_BY_TWO = 6  # each takes its second of typesetting


@pytest.fixture
def nobody_works(monkeypatch, servers):
    monkeypatch.setattr("certificates.tasks.go_on.delay", lambda: None)


@pytest.fixture
def waiting(db, nobody_works):
    def asked_for(count: int) -> list[int]:
        staff, decisions = many.decided(cast(), count)
        return list(ordering.order(decisions, by=staff).orders.order_by("id").values_list("pk", flat=True))

    return asked_for


def taken(pks: list[int]) -> list[object]:
    """By eight workers, each of whom sees all orders and goes through them in an order of his own."""

    def worker(place: int):
        return lambda: [_said(pk) for pk in [*pks[place * 6 :], *pks[: place * 6]]]

    return [each for found in together(*(worker(place) for place in range(WORKERS))) for each in found]


def _said(pk: int):
    try:
        return numbering.take(pk)
    except IntegrityError as error:
        return error


def test_eight_workers_number_fifty_orders_without_a_double_and_without_a_gap(waiting):
    given = [each for each in taken(waiting(ORDERS)) if each]
    tasks_left = Order.objects.waiting().count()
    assert [type(each) for each in given] == [Certificate] * ORDERS
    assert sorted(each.serial for each in given) == list(range(1, ORDERS + 1))
    assert len({each.number for each in given}) == Certificate.objects.count() == ORDERS
    assert (tasks_left, Order.objects.filter(refused="").count()) == (0, ORDERS)
    assert broken() == []


def test_the_highest_number_and_one_more_collides(waiting, monkeypatch):
    """The control: what everybody writes first. The table refuses it, so the orders are left lying."""

    def naive(code: str, year: int) -> int:
        return (
            Certificate.objects.filter(body_code=code, year=year).aggregate(n=Max("serial"))["n"] or 0
        ) + 1

    monkeypatch.setattr(numbering, "_next_serial", naive)
    said = taken(waiting(ORDERS))
    collided = [str(each) for each in said if isinstance(each, IntegrityError)]
    assert len(collided) > 5
    assert all("already exists" in each and "certificate" in each for each in collided)
    given = sum(isinstance(each, Certificate) for each in said)
    year = timezone.localdate().year
    assert broken() == [f"registry_series certificate:JSZP:{year}：流水号发到 0，证书到 {given}"]


def test_two_workers_make_each_certificate_once(waiting):
    waiting(MADE_BY_TWO)
    done = together(tasks.go_on, tasks.go_on)
    assert sum(done) == MADE_BY_TWO
    assert {*Certificate.objects.values_list("state", flat=True)} == {"valid"}
    assert Rendering.objects.count() == MADE_BY_TWO
    events = Counter(Event.objects.filter(action__in=["render", "complete"]).values_list("action", flat=True))
    assert events == {"render": MADE_BY_TWO, "complete": MADE_BY_TWO}
    assert broken(files=True) == []


def test_a_decision_ordered_by_two_at_the_same_moment_has_one_certificate(people, nobody_works):
    staff, decisions = many.decided(people, 10)
    for each in decisions:
        said = together(*[lambda each=each: ordering.order([each], by=staff)] * 2)
        refused = [str(one) for one in said if isinstance(one, Exception)]
        assert refused in (
            ["其中有的决定刚刚有同事在发证，请再看一遍名单。"],
            [],
        )
        assert all(not isinstance(one, Exception) or isinstance(one, Refused) for one in said)
    for pk in Order.objects.waiting().values_list("pk", flat=True):
        together(*[lambda pk=pk: numbering.take(pk)] * 2)
    assert Counter(Certificate.objects.values_list("decision", flat=True)) == {
        each.pk: 1 for each in decisions
    }
    assert sorted(Certificate.objects.values_list("serial", flat=True)) == list(range(1, 11))
    assert broken() == []
