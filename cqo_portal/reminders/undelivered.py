"""What could not be sent: why, and the two things a person can do about it."""

from django.db import transaction
from django.utils import timezone

from cqo_portal.audit.record import record
from cqo_portal.notifications.models import Message
from cqo_portal.notifications.outbox import wake_the_workers
from cqo_portal.workflow.engine import Refused

HANDLED_OTHERWISE = "另行告知："


def undelivered():
    return Message.objects.filter(state=Message.State.DEAD).select_related("recipient")


@transaction.atomic
def try_again(message: Message, *, by) -> None:
    """From the beginning, with all its attempts. Raises `Refused` where it is not dead (any more)."""
    locked = _dead(message)
    locked.state, locked.attempts, locked.not_before = Message.State.WAITING, 0, timezone.now()
    locked.save(update_fields=["state", "attempts", "not_before"])
    record("send-again", locked, by=by)
    wake_the_workers()


@transaction.atomic
def put_aside(message: Message, *, how: str, by) -> None:
    """Somebody was told otherwise: the row says how, and nobody tries any more."""
    locked = _dead(message)
    locked.state, locked.error = Message.State.STRUCK, f"{HANDLED_OTHERWISE}{how}"[:300]
    locked.save(update_fields=["state", "error"])
    record("put-aside", locked, by=by, note=how)


def _dead(message: Message) -> Message:
    locked = Message.objects.select_for_update(no_key=True).get(pk=message.pk)
    if locked.state != Message.State.DEAD:
        raise Refused("这封邮件已经有人处理了。")
    return locked
