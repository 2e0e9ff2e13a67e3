"""Two clerks of a county press at the same moment: a filing is held by exactly one batch."""

import threading
from collections import Counter

import pytest
from django.db import connection
from django.db.models import QuerySet

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.workflow.engine import Refused
from registry import services as filing_services
from registry.batches.models import Batch, BatchItem
from registry.batches.services import NotSent, send_up
from registry.models import Filing
from tests.batches.rows import waiting
from tests.cast import TODAY, cast, user

PAIRS = 20


@pytest.fixture
def contested(transactional_db):
    """Twenty filings, and two clerks of the county who both want to send them."""
    people = cast()
    second = user("wang2", Role.COUNTY, office=people.offices["130981"])
    return [_ready(people, number) for number in range(PAIRS)], (people.wang.pk, second.pk)


def _ready(people, number: int) -> Filing:
    filing = waiting(people, number, trained=False)
    filing_services.determine(filing, clause="training", reason="已核实报名。", by=people.wang)
    return filing


def press_together(filings, clerks) -> tuple[str, ...]:
    """Both clerks send all of these at the same instant, each in the other's order; how it ended for each."""
    gate, outcome = threading.Barrier(2), []

    def press(clerk: int, order) -> None:
        by = _acting(clerk)
        gate.wait()
        try:
            send_up({filing.pk: filing.round for filing in order}, left={}, by=by, today=TODAY)
            outcome.append("sent")
        except (NotSent, Refused) as refused:
            outcome.append("refused" if "已由" in str(refused) else str(refused))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=press, args=(clerks[0], filings)),
        threading.Thread(target=press, args=(clerks[1], filings[::-1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tuple(sorted(outcome))


def _acting(clerk: int):
    held = Assignment.objects.select_related("user", "office__parent").get(user=clerk)
    return held.user.acting_as(held)


def held_by() -> Counter:
    """How many batches hold a filing → of how many filings that is so."""
    items = BatchItem.objects.filter(sent__isnull=False).values_list("filing", flat=True)
    return Counter(Counter(items).values())


def test_exactly_one_batch_holds_a_filing(contested):
    filings, clerks = contested
    outcomes = Counter(press_together([filing], clerks) for filing in filings)
    assert outcomes == {("refused", "sent"): PAIRS}
    assert held_by() == {1: PAIRS}
    assert Event.objects.filter(action="send-up").count() == PAIRS
    numbers = sorted(Batch.objects.values_list("number", flat=True))
    assert numbers == [f"PC-130981-2026-{n:04d}" for n in range(1, PAIRS + 1)]


def test_two_batches_in_opposite_order_do_not_lock_each_other_out(contested):
    filings, clerks = contested
    fours = [filings[n : n + 4] for n in range(0, PAIRS, 4)]
    outcomes = Counter(press_together(four, clerks) for four in fours)
    assert outcomes == {("refused", "sent"): len(fours)}
    assert held_by() == {1: PAIRS}


def test_without_the_lock_a_filing_is_in_two_batches(contested, monkeypatch):
    """The control: the same act, read without a lock. If this stays single, the tests above prove nothing."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self)
    filings, clerks = contested
    for filing in filings:
        press_together([filing], clerks)
    assert held_by()[2] >= PAIRS // 2
