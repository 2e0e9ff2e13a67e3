"""From a cause to a delivered message: queue in the cause's transaction, claim, deliver.

Redis may be lost at any time: `sweep` finds every row that still waits.
"""

from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone

from cqo_portal.notifications.catalogue import kind as kind_of
from cqo_portal.notifications.models import Message

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8


def queue(kind: str, subject: models.Model, *, cause: str, context: dict | None = None) -> list[Message]:
    """Write the messages of `kind` about `subject`, in the caller's transaction."""
    messages = drafted(kind, subject, cause=cause, context=context)
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    transaction.on_commit(_wake_the_worker, robust=True)
    return messages


def drafted(
    kind: str, subject: models.Model, *, cause: str = "", context: dict | None = None
) -> list[Message]:
    """The same messages word for word, not written: what somebody looks at before they go out."""
    words = {"subject": subject, "public_url": settings.PUBLIC_URL} | (context or {})
    title = " ".join(render_to_string(f"mail/{kind}/subject.txt", words).split())
    body = render_to_string(f"mail/{kind}/body.txt", words).strip()
    return [
        Message(
            kind=kind,
            cause=cause,
            subject_type=subject._meta.label_lower,
            subject_id=str(subject.pk),
            recipient=user,
            channel=channel,
            title=title[:200],
            body=body,
            url=subject.get_absolute_url(),
        )
        for user in kind_of(kind).recipients(subject)
        for channel in _channels_of(user)
    ]


def _channels_of(user) -> list[str]:
    return [Message.Channel.INBOX, *([Message.Channel.EMAIL] if user.email else [])]


def _wake_the_worker() -> None:
    from cqo_portal.notifications.tasks import sweep  # a task imports this module

    sweep.delay()


def claim(pk: int) -> Message | None:
    """Take one waiting message for ourselves, or None if somebody else has it."""
    taken = (
        Message.objects.claimable()
        .filter(pk=pk)
        .update(state=Message.State.CLAIMED, lease_until=timezone.now() + LEASE, attempts=F("attempts") + 1)
    )
    return Message.objects.select_related("recipient").get(pk=pk) if taken else None


def deliver(message: Message) -> None:
    """Send a claimed message; on failure wait longer each time, and give up visibly."""
    try:
        EmailMessage(
            subject=message.title,
            body=message.body,
            to=[message.recipient.email],
            headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
        ).send()
    except (OSError, SMTPException, ValueError) as error:  # ValueError: an address no mail can be written to
        _try_again_later(message, error=error)
    else:
        Message.objects.filter(pk=message.pk).update(
            state=Message.State.SENT, sent_at=timezone.now(), error=""
        )


def _try_again_later(message: Message, *, error: Exception) -> None:
    given_up = message.attempts >= MOST_ATTEMPTS
    Message.objects.filter(pk=message.pk).update(
        state=Message.State.DEAD if given_up else Message.State.WAITING,
        not_before=timezone.now() + timedelta(minutes=2**message.attempts),
        error=f"{type(error).__name__}: {error}"[:300],
    )
