"""What could not be sent: why, and the two things a person can do about it."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.record import record
from cqo_portal.notifications.models import Message
from cqo_portal.notifications.outbox import wake_the_workers
from cqo_portal.workflow.engine import Refused

HANDLED_OTHERWISE = "另行告知："


def undelivered() -> QuerySet[Message]:
    """`to_expert`: of whose panel it speaks is not the operator's to read."""
    dead = Message.objects.filter(state=Message.State.DEAD).select_related("recipient")
    seats = Assignment.objects.filter(user=OuterRef("recipient"), role=Role.EXPERT)
    return dead.annotate(to_expert=Exists(seats))


@transaction.atomic
def try_again(message: Message, *, by) -> None:
    """Anew, and not as the first try: a channel that can be asked is, and a digest takes up nothing more. Raises `Refused`
    where it is not dead (any more)."""
    locked = _dead(message)
    locked.state, locked.attempts, locked.not_before = Message.State.WAITING, 1, timezone.now()
    locked.save(update_fields=["state", "attempts", "not_before"])
    record("send-again", locked, by=by)
    wake_the_workers()


@transaction.atomic
def put_aside(message: Message, *, how: str, by) -> None:
    """Somebody was told otherwise: the row says how, and nobody tries any more."""
    locked = _dead(message)
    locked.state, locked.error = Message.State.STRUCK, f"{HANDLED_OTHERWISE}{how}"[:300]
    locked.save(update_fields=["state", "error"])
    locked.parts.filter(state=Message.State.WAITING).update(state=locked.state, error=locked.error)
    record("put-aside", locked, by=by, note=how)


def _dead(message: Message) -> Message:
    locked = Message.objects.select_for_update(no_key=True).get(pk=message.pk)
    if locked.state != Message.State.DEAD:
        raise Refused("这封邮件已经有人处理了。")
    return locked
