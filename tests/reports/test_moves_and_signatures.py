"""An enterprise moves while a year is being signed: it is counted once, by one county."""

import pytest
import time_machine

from cqo_portal.offices import moves
from cqo_portal.parties.models import Organisation
from cqo_portal.workflow.engine import Refused
from registry.reports import rollup, services
from registry.reports.models import SignOff
from tests.reports.world import AFTER, CUT_OFF, YEAR

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def after():
    with time_machine.travel("2027-01-08T12:00:00+08:00", tick=False):
        yield


def signed(office, by, **absences) -> SignOff:
    services.sign(office, YEAR, statement="核对", absences=absences, by=by, today=AFTER)
    return SignOff.objects.get(roll_up__office=office)


def move_jia(world):
    firm = Organisation.objects.get(pk=world.firms["jia"].pk)
    move = moves.propose(
        firm, to=world.west, effective_on=AFTER, document="函 1 号", reason="迁址", by=world.chen
    )
    return moves.accept(move, by=world.xu, today=AFTER)


@pytest.mark.parametrize(("first", "then"), [("east", "west"), ("west", "east")])
def test_between_two_signatures_it_does_not_move(world, first, then):
    world.report("jia")
    services.open_year(world.city, YEAR, by=world.gao, today=CUT_OFF)
    clerks = {"east": world.chen, "west": world.xu}
    signed(getattr(world, first), clerks[first])
    with pytest.raises(Refused, match=f"{getattr(world, then).name}还没有；请等"):
        move_jia(world)
    signed(getattr(world, then), clerks[then])
    assert signed(world.city, world.gao).figures["received"] == 1


def test_before_the_first_and_after_both_it_does(world):
    """The control."""
    world.report("jia")
    services.open_year(world.city, YEAR, by=world.gao, today=CUT_OFF)
    signed(world.east, world.chen)
    signed(world.west, world.xu)
    assert move_jia(world).state == "done"
    assert signed(world.city, world.gao).figures["received"] == 1


def test_what_the_guard_is_for(world):
    """Where it moves all the same, both counties would count it."""
    world.report("jia")
    signed(world.east, world.chen)
    Organisation.objects.filter(pk=world.firms["jia"].pk).update(office=world.west)
    rows = rollup.enterprise_rows(world.west, year=YEAR, cut_off=CUT_OFF)
    assert "甲机械有限公司" in [row["name"] for row in rows]


def test_a_city_that_signed_with_a_reason_has_settled_the_year(world):
    world.report("jia")
    services.open_year(world.city, YEAR, by=world.gao, today=CUT_OFF)
    signed(world.east, world.chen)
    signed(world.city, world.gao, **{"410102": "逾期未签"})
    assert move_jia(world).state == "done"
