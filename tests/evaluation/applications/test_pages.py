"""The pages of an application as browsers of those concerned see them."""

import pytest
from django.urls import reverse

from evaluation.models import Application
from tests.cast import browser

pytestmark = pytest.mark.django_db


def at(name: str, made: Application, **more) -> str:
    return reverse(f"evaluation:{name}", kwargs={"pk": made.pk} | more)


def page(user, address: str, *, status: int = 200) -> str:
    answer = browser(user).get(address)
    assert answer.status_code == status, answer.content[:3000].decode()
    return answer.content.decode()


@pytest.mark.parametrize(
    "state", ["draft", "signed", "submitted", "returned", "accepted", "refused", "withdrawn"]
)
def test_every_page_is_shown_in_every_state(world, state):
    from cqo_portal.workflow.engine import perform
    from evaluation.applications.steps import WITHDRAW, refuse_on

    made = world.written()
    world.paper(made)
    if state == "signed":
        world.signed(made)
    elif state == "returned":
        world.returned(made=world.submitted(made))
    elif state == "accepted":
        world.accepted(world.submitted(made))
    elif state == "submitted":
        world.submitted(made)
    elif state == "refused":
        perform(refuse_on(ground="js-8-2-a", finding="有处分决定。"), world.submitted(made), by=world.shen)
    elif state == "withdrawn":
        perform(WITHDRAW, world.submitted(made), by=world.wangxs, note="不申请了")
    for who in (world.liu, world.wangxs, *([world.shen] if state not in ("draft", "signed") else [])):
        page(who, at("application", made))
        page(who, reverse("evaluation:applications") + "?tab=all")
    if state in ("draft", "signed", "returned"):
        page(world.liu, at("application-edit", made))
        page(world.wangxs, at("application-check", made))
