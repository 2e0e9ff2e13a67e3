"""Whatever was posted and reversed, in whatever order: a balance is the sum of what stands, and no order changes a total."""

from decimal import Decimal as D

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.training import rows
from training import ledger
from training.models import Entry

PEOPLE, SESSIONS = 3, 3
places = st.tuples(st.integers(0, SESSIONS - 1), st.integers(0, PEOPLE - 1), st.sampled_from((1, 2)))
amounts = st.decimals("0.01", "21", places=2)
attendances = st.tuples(places, amounts)
acts = st.lists(st.tuples(st.sampled_from(("post", "reverse")), attendances), max_size=10)
# Every attendance once, and which of them are taken back.
fates = st.lists(st.tuples(attendances, st.booleans()), max_size=6, unique_by=lambda fate: fate[0][0])
of_the_database = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
pytestmark = pytest.mark.django_db


class World:
    """Sessions and people, and beside the ledger a plain account of what should stand."""

    def __init__(self) -> None:
        self.tan = rows.provider()
        self.people = [rows.person(f"王雪{sign}") for sign in "甲乙丙"[:PEOPLE]]
        self.sessions = [rows.session(self.tan, hours={1: "21", 2: "21"}) for _ in range(SESSIONS)]
        self.stands: dict[tuple, D] = {}

    def post(self, place: tuple, hours: D) -> None:
        """As an organiser does; what stands already would be refused, and is left out."""
        if place not in self.stands:
            session, who, course_class = place
            held = self.sessions[session]
            rows.came(held, self.people[who], str(hours), course_class=course_class)
            rows.posted(held, by=self.tan)
            self.stands[place] = hours

    def reverse(self, place: tuple, hours: D) -> None:
        if place in self.stands:
            session, who, course_class = place
            entries = self.people[who].entries.standing()
            entry = entries.get(session=self.sessions[session], course_class=course_class)
            ledger.reverse(entry, reason="误登", by=self.tan)
            del self.stands[place]

    def play(self, said) -> "World":
        for act, attendance in said:
            getattr(self, act)(*attendance)
        return self

    def expected(self) -> list[D]:
        of = [[hours for (_, who, _), hours in self.stands.items() if who == each] for each in range(PEOPLE)]
        return [sum(hours, D(0)) for hours in of]

    def balances(self) -> list[D]:
        return [each.entries.balance() for each in self.people]

    def standing(self) -> list[D]:
        return [each.entries.standing().balance() for each in self.people]


def played(said) -> World:
    """A world of its own in which this was done; nothing of it is kept."""
    with transaction.atomic():
        world = World().play(said)
        world.totals = world.balances(), world.standing(), world.expected()
        world.lines = Entry.objects.count()
        transaction.set_rollback(True)
    return world


@given(said=acts)
@of_the_database
def test_a_balance_is_the_sum_of_what_stands(people, said):
    balances, standing, expected = played(said).totals
    assert balances == standing == expected


@given(fates=fates, order=st.randoms(use_true_random=False))
@of_the_database
def test_no_order_of_postings_and_reversals_changes_a_total(people, fates, order):
    first, second = played(in_some_order(fates, order)), played(in_some_order(fates, order))
    assert first.totals == second.totals
    assert first.lines == second.lines == len(fates) + sum(taken_back for _, taken_back in fates)


def in_some_order(fates, order) -> list[tuple]:
    """Postings and reversals mixed; only a reversal comes after what it takes back."""
    queues = [
        [("post", attendance), ("reverse", attendance)][: 1 + taken_back] for attendance, taken_back in fates
    ]
    said = []
    while waiting := [queue for queue in queues if queue]:
        said.append(order.choice(waiting).pop(0))
    return said


def test_a_reversal_that_is_dropped_is_seen(people, monkeypatch):
    """The control."""
    attendance = ((0, 0, 1), D("3.50"))
    said = [("post", attendance), ("reverse", attendance)]
    assert played(said).totals == ([D(0)] * 3,) * 3
    monkeypatch.setattr(ledger, "reverse", lambda *args, **kwargs: None)
    balances, standing, expected = played(said).totals
    assert balances == standing == [D("3.50"), D(0), D(0)] != expected
