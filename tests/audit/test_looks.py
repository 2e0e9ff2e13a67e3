"""A look is on record once for each who looks, from where, at what, why and on which day; again, it costs one question."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cqo_portal.audit.models import Event
from cqo_portal.audit.record import look_once

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False) as clock:
        yield clock


def looked(people, *, by=None, action=Event.PAPER, what="到场证明", today: date | None = DAY, **said) -> int:
    """How many looks are on record afterwards."""
    look_once(action, people.hengtong, by=by or people.wang, what=what, today=today, **said)
    return Event.objects.count()


def test_the_same_look_is_noted_once_and_any_other_again(people, noon):
    assert [looked(people, proof="1") for _ in range(2)] == [1, 1]
    assert Event.objects.get().data == {"what": "到场证明", "at": "130981", "proof": "1"}
    assert looked(people, proof="2") == 2
    assert looked(people, proof="1", by=people.meng) == 3
    assert looked(people, proof="1", what="学时账") == 4
    assert looked(people, proof="1", action=Event.LOOK) == 5
    assert looked(people, proof="1", why="日常管理") == 6
    noon.move_to("2026-11-21T12:00:00+08:00")
    assert looked(people, proof="1", today=date(2026, 11, 21)) == 7


def test_without_a_day_it_is_noted_once_for_ever(people, noon):
    assert looked(people, today=None) == 1
    noon.move_to("2027-11-21T12:00:00+08:00")
    assert looked(people, today=None) == 1
    assert looked(people, today=date(2027, 11, 21)) == 2  # the control


def test_looking_again_asks_once(people):
    looked(people)
    with CaptureQueriesContext(connection) as questions:
        looked(people)
    assert len(questions) == 2  # one of them counts, for the test
