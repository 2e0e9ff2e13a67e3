"""每天汇总: what somebody wants in one mail a day. The parts keep their own rows; one row a day and person carries them.

The words of the mail are put together when it goes out, of what is still needed then.
"""

import logging
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import OuterRef, Q, Subquery
from django.template.loader import render_to_string
from django.utils import timezone

from cqo_portal.notifications import catalogue
from cqo_portal.notifications.catalogue import Mode, mode_of
from cqo_portal.notifications.models import DIGEST, Message, Preference

logger = logging.getLogger(__name__)
NO_ACCOUNT = "收件人的账号已停用。"
REFUSED = "收件人不收这一类邮件。"
NOTHING_LEFT = "汇总里没有现在要发的消息。"
OVERTAKEN = "里面的消息随后一天的汇总发。"
NO_NUMBER = "收件人不收短信。"
_UNTRIED = Q(state=Message.State.WAITING, attempts=0)
# Struck out at its first try: it never left, so what comes up later the same day may still go with it.
_EMPTY = Q(state=Message.State.STRUCK, attempts=1)


@transaction.atomic
def gather(day: date) -> int:
    """Give everybody's waiting parts to today's mail, unless it was tried already. How many parts were given.

    A second try bears the name of the first, and whoever has that one drops it: so it may say less, and never more.
    """
    _overtake_those_before(day)
    waiting = Message.objects.filter(in_digest=True, carried_by=None, state=Message.State.WAITING).not_held()
    people = list(waiting.order_by("recipient").values_list("recipient", flat=True).distinct())
    Message.objects.bulk_create(
        [
            Message(
                kind=DIGEST,
                cause=day.isoformat(),
                subject_type="accounts.user",
                subject_id=str(user),
                recipient_id=user,
                channel=Message.Channel.EMAIL,
                title="汇总",
                url="/inbox/",
            )
            for user in people
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    # Locked, so that none is sent between being looked at and being given its parts.
    todays = Message.objects.filter(kind=DIGEST, cause=day.isoformat())
    unsent = todays.filter(_UNTRIED | _EMPTY, recipient__in=people).order_by("id")
    unsent = list(unsent.select_for_update(skip_locked=True, no_key=True).values_list("recipient", flat=True))
    again = {"state": Message.State.WAITING, "attempts": 0, "not_before": timezone.now(), "error": ""}
    todays.filter(_EMPTY, recipient__in=unsent).update(**again)
    carrier = todays.filter(recipient=OuterRef("recipient")).order_by().values("pk")[:1]
    return waiting.filter(recipient__in=unsent).update(carried_by=Subquery(carrier))


def _overtake_those_before(day: date) -> None:
    """What was held since another day goes with today's: one mail a day, not two."""
    before = Message.objects.filter(_UNTRIED, kind=DIGEST).exclude(cause=day.isoformat()).order_by("id")
    found = list(before.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True))
    Message.objects.filter(carried_by__in=found, state=Message.State.WAITING).update(carried_by=None)
    Message.objects.filter(pk__in=found).update(state=Message.State.STRUCK, error=OVERTAKEN)


def parts_still_needed(digest: Message) -> list[Message]:
    """The parts that go out; what is not needed is struck out here, each with its reason; what is held, or cannot be asked,
    waits for another mail."""
    here, needed = digest.parts.filter(state=Message.State.WAITING), []
    for part in here.not_held().order_by("due_on", "id"):
        part.recipient = digest.recipient
        try:
            why = why_not(part)
        except DatabaseError:
            raise
        except Exception:
            logger.exception("message %s", part.pk)
            continue
        if why:
            here.filter(pk=part.pk).update(state=Message.State.STRUCK, error=why)
        else:
            needed.append(part)
    here.exclude(pk__in=[part.pk for part in needed]).update(carried_by=None)
    return needed


def why_not(message: Message, parts: Iterable[Message] = ()) -> str:
    """Why this need not go out any more, "" where it must. Asked right before it would."""
    if not message.recipient.is_active:
        return NO_ACCOUNT
    if message.kind == DIGEST:
        return "" if parts else NOTHING_LEFT
    kind = catalogue.kind(message.kind)
    if message.channel == Message.Channel.EMAIL:
        chosen = Preference.objects.filter(user=message.recipient_id, group=kind.group).first()
        if mode_of(kind, chosen and chosen.mode) is Mode.OFF:
            return REFUSED
    if message.channel == Message.Channel.TEXT and not hasattr(message.recipient, "text_number"):
        return NO_NUMBER
    return kind.obsolete(message)


def worded(digest: Message, parts: list[Message]) -> tuple[str, str]:
    """Title and text of the one mail."""
    words = {"parts": parts, "user": digest.recipient, "public_url": settings.PUBLIC_URL}
    title = " ".join(render_to_string("mail/digest/subject.txt", words).split())
    return title[:200], render_to_string("mail/digest/body.txt", words).strip()


def settle(digest: Message, parts: Iterable[Message], *, state: str, now: datetime) -> None:
    """What the mail carried has been said with it. What was given to it too late, or not said with it, waits for the next."""
    said = [part.pk for part in parts] if state == Message.State.SENT else []
    digest.parts.filter(pk__in=said, state=Message.State.WAITING).update(
        state=Message.State.SENT, sent_at=now
    )
    if state != Message.State.DEAD:  # one that is given up keeps its parts: somebody may let it try again
        digest.parts.filter(state=Message.State.WAITING).update(carried_by=None)
