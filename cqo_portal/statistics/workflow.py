"""The life of an order. A person asks; the worker does the rest.

waiting ──finish──▶ ready ──expire──▶ expired
   └─────fail─────▶ failed
"""

from django.db import transaction

from cqo_portal.statistics.models import Order
from cqo_portal.statistics.permissions import the_system
from cqo_portal.workflow.engine import Transition, guard_states, moved

S = Order.State


def forget_the_file(order, today, by):
    """The rows go once that is on record; the act stays."""
    storage, name = order.file.storage, order.file.name
    transaction.on_commit(lambda: storage.delete(name), robust=True)
    order.file = ""
    return {"file", *moved(order, today, by)}


FINISH = Transition(
    name="finish",
    label="导出完成",
    done="可以下载了。",
    source=frozenset({S.WAITING}),
    target=S.READY,
    allowed=the_system,
    effect=moved,
    announces="order-ready",
)
FAIL = Transition(
    name="fail",
    label="导出失败",
    done="没有做成。",
    source=frozenset({S.WAITING}),
    target=S.FAILED,
    allowed=the_system,
    effect=moved,
    announces="order-failed",
)
EXPIRE = Transition(
    name="expire",
    label="到期删除",
    done="已到期删除。",
    source=frozenset({S.READY}),
    target=S.EXPIRED,
    allowed=the_system,
    effect=forget_the_file,
)

guard_states(Order, (FINISH, FAIL, EXPIRE))
