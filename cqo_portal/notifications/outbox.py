"""From a cause to a delivered message: queue in the cause's transaction, claim, deliver.

Redis may be lost at any time: `sweep` finds every row that still waits.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from cqo_portal.notifications import catalogue, gathering
from cqo_portal.notifications.catalogue import Kind, Mode, mode_of
from cqo_portal.notifications.channels import Channel, Undeliverable
from cqo_portal.notifications.models import DIGEST, Message, Preference

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=settings.OUTBOX_LEASE)
MOST_ATTEMPTS = 8
DIED = "发送它的进程每次都没有做完就停了。"


# ── writing ───────────────────────────────────────────────────────────────────────────────────
def queue(kind: str, subject: models.Model, *, cause: str, context: dict | None = None) -> list[Message]:
    """Write the messages of `kind` about `subject`, in the caller's transaction."""
    messages = drafted(kind, subject, cause=cause, context=context)
    return put(messages)


def put(messages: list[Message]) -> list[Message]:
    """All in one order, or two scans at once would wait for one another."""
    in_one_order = sorted(messages, key=lambda m: (m.subject_id, m.cause, m.recipient_id))
    Message.objects.bulk_create(in_one_order, ignore_conflicts=True)
    wake_the_workers()
    return messages


def drafted(
    kind: str, subject: models.Model, *, cause: str = "", context: dict | None = None
) -> list[Message]:
    """The same messages word for word, not written: what somebody looks at before they go out."""
    people = list(catalogue.kind(kind).recipients(subject))
    about = {
        "cause": cause,
        "subject_type": subject._meta.label_lower,
        "subject_id": str(subject.pk),
        "url": subject.get_absolute_url(),
        **worded(kind, {"subject": subject} | (context or {})),
    }
    return addressed(catalogue.kind(kind), people, modes=modes_of(kind, people), **about)


def worded(kind: str, context: dict) -> dict[str, str]:
    """`title` and `body` of a message."""
    words = {"public_url": settings.PUBLIC_URL} | context
    title = " ".join(render_to_string(f"mail/{kind}/subject.txt", words).split())
    return {"title": title[:200], "body": render_to_string(f"mail/{kind}/body.txt", words).strip()}


def modes_of(kind: str, people: Iterable) -> dict[int, str]:
    """What they chose for the group of a kind, with one question."""
    group = catalogue.kind(kind).group
    chosen = Preference.objects.filter(user__in=[user.pk for user in people], group=group)
    return dict(chosen.values_list("user", "mode"))


def addressed(
    kind: Kind, people: Iterable, *, modes: Mapping[int, str], text: bool = False, **said
) -> list[Message]:
    """One message for each person and each way to reach him. What lies in the inbox has arrived."""
    found = []
    for user in people:
        same = {"kind": kind.code, "recipient": user, **said}
        now = timezone.now()
        found.append(Message(channel=Message.Channel.INBOX, state=Message.State.SENT, sent_at=now, **same))
        mode = mode_of(kind, modes.get(user.pk))
        if user.email and mode is not Mode.OFF:
            found.append(Message(channel=Message.Channel.EMAIL, in_digest=mode is Mode.DIGEST, **same))
        if text and getattr(user, "text_number", None):
            found.append(Message(channel=Message.Channel.TEXT, **same))
    return found


def wake_the_workers() -> None:
    """Once the transaction is committed. Whom it does not reach, the next tick does."""
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    from cqo_portal.notifications.tasks import sweep  # a task imports this module

    sweep.delay()


# ── delivering ────────────────────────────────────────────────────────────────────────────────
def claim(pk: int | None = None) -> Message | None:
    """Take the next waiting message (or this one) for ourselves; None where there is none that nobody else holds.

    Until the lease is over nobody else takes it; if we die, the next one does.
    """
    with transaction.atomic():
        waiting = Message.objects.claimable().order_by("not_before", "id")
        if pk is not None:
            waiting = waiting.filter(pk=pk)
        message = waiting.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
        if message is None:
            return None
        message.state = Message.State.CLAIMED
        message.attempts += 1
        message.not_before = timezone.now() + LEASE
        message.save(update_fields={"state", "attempts", "not_before"})
    return message


def deliver(message: Message, channels: Mapping[str, Channel]) -> None:
    """Send a claimed message, if it is still needed; on failure wait longer each time, and give up visibly.

    Whatever goes wrong with one message keeps no other from being sent. Only the database is everybody's trouble.
    """
    try:
        _deliver(message, channels[message.channel])
    except Undeliverable as error:
        _try_again_later(message, error=str(error))
    except DatabaseError:
        raise
    except Exception as error:
        logger.exception("message %s", message.pk)
        _try_again_later(message, error=f"{type(error).__name__}: {error}")


def _deliver(message: Message, channel: Channel) -> None:
    if message.attempts > 1 and channel.was_sent(message):
        _closed(message, Message.State.SENT)
    elif message.attempts > MOST_ATTEMPTS:
        _closed(message, Message.State.DEAD, error=DIED)  # or its last worker had written down a failure
    else:
        _send(message, channel)


def _send(message: Message, channel: Channel) -> None:
    parts = gathering.parts_still_needed(message) if message.kind == DIGEST else []
    if why := gathering.why_not(message, parts):
        _closed(message, Message.State.STRUCK, error=why)
        return
    if parts:
        message.title, message.body = gathering.worded(message, parts)
    channel.send(message)
    _closed(message, Message.State.SENT, parts=parts)


def _closed(message: Message, state: str, *, error: str = "", parts: Iterable[Message] = ()) -> None:
    """Only what we still hold: whoever took it over after our lease writes down what became of it."""
    now = timezone.now()
    left = {"state": state, "error": error[:300]}
    if state == Message.State.SENT:  # of a digest the words came to be just now
        left |= {"sent_at": now, "title": message.title, "body": message.body}
    with transaction.atomic():
        if _held(message).update(**left) and message.kind == DIGEST:
            gathering.settle(message, parts, state=state, now=now)


def _try_again_later(message: Message, *, error: str) -> None:
    given_up = message.attempts >= MOST_ATTEMPTS
    _held(message).update(
        state=Message.State.DEAD if given_up else Message.State.WAITING,
        not_before=timezone.now() + timedelta(minutes=2**message.attempts),
        error=error[:300],
    )


def _held(message: Message):
    return Message.objects.filter(pk=message.pk, state=Message.State.CLAIMED, attempts=message.attempts)
