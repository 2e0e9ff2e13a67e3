"""每天汇总: what somebody wants in one mail a day. The parts keep their own rows; one row a day and person carries them.

The words of the mail are put together when it goes out, of what is still needed then.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.template.loader import render_to_string
from django.utils import timezone

from cqo_portal.notifications import catalogue
from cqo_portal.notifications.catalogue import Mode, mode_of
from cqo_portal.notifications.models import DIGEST, Message, Preference

NO_ACCOUNT = "收件人的账号已停用。"
REFUSED = "收件人不收这一类邮件。"
NOTHING_LEFT = "汇总里没有现在要发的消息。"
# Struck out at its first try: it never left, so what comes up later the same day may still go with it.
_EMPTY = Q(state=Message.State.STRUCK, attempts=1)


@transaction.atomic
def gather(day: date) -> int:
    """Give everybody's waiting parts to today's mail, unless that one has left already. How many parts were given."""
    waiting = Message.objects.filter(in_digest=True, carried_by=None, state=Message.State.WAITING).not_held()
    people = list(waiting.order_by().values_list("recipient", flat=True).distinct())
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
    unsent = todays.filter(Q(state=Message.State.WAITING) | _EMPTY, recipient__in=people).order_by()
    unsent = list(unsent.select_for_update(skip_locked=True, no_key=True).values_list("recipient", flat=True))
    again = {"state": Message.State.WAITING, "attempts": 0, "not_before": timezone.now(), "error": ""}
    todays.filter(_EMPTY, recipient__in=unsent).update(**again)
    carrier = todays.filter(recipient=OuterRef("recipient")).order_by().values("pk")[:1]
    return waiting.filter(recipient__in=unsent).update(carried_by=Subquery(carrier))


def parts_still_needed(digest: Message) -> list[Message]:
    """The parts that go out; what is not needed is struck out here, each with its reason, and what is held waits."""
    needed = []
    for part in digest.parts.filter(state=Message.State.WAITING).not_held().order_by("due_on", "id"):
        part.recipient = digest.recipient
        if why := why_not(part):
            Message.objects.filter(pk=part.pk).update(state=Message.State.STRUCK, error=why)
        else:
            needed.append(part)
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
    return kind.obsolete(message)


def worded(digest: Message, parts: list[Message]) -> tuple[str, str]:
    """Title and text of the one mail."""
    words = {"parts": parts, "user": digest.recipient, "public_url": settings.PUBLIC_URL}
    title = " ".join(render_to_string("mail/digest/subject.txt", words).split())
    return title[:200], render_to_string("mail/digest/body.txt", words).strip()


def settle(digest: Message, parts: Iterable[Message], *, state: str, now: datetime) -> None:
    """What the mail carried has been said with it. What was given to it too late, or not said with it, waits for the next."""
    said = [part.pk for part in parts] if state == Message.State.SENT else []
    digest.parts.filter(pk__in=said).update(state=Message.State.SENT, sent_at=now)
    if state != Message.State.DEAD:  # one that is given up keeps its parts: somebody may let it try again
        digest.parts.filter(state=Message.State.WAITING).update(carried_by=None)
