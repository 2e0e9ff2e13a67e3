"""发送: the holder and the enterprise are told, and see the certificate from then on. Another act than issuing it."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from certificates.models import Certificate
from certificates.permissions import certifies
from cqo_portal.audit.record import record
from cqo_portal.notifications.models import Message
from cqo_portal.notifications.outbox import drafted, queue

KIND = "certificate-issued"
S = Certificate.State
SENT_WHILE = (S.VALID, S.SUSPENDED)


def to_send(user):
    """Of the own body: in force, and not sent yet."""
    return Certificate.objects.visible_to(user).filter(state__in=SENT_WHILE, sent_at=None)


def letters(certificate: Certificate) -> list[Message]:
    """Word for word what would go out, and to whom; each once, by whatever ways it goes."""
    certificate.sent_at = certificate.sent_at or timezone.now()  # not saved: who hears of it depends on it
    return list({each.recipient_id: each for each in drafted(KIND, certificate)}.values())


def send(certificates: Iterable[Certificate], *, by) -> int:
    """Send each that was not sent; returns how many were. One that cannot be sent any more is passed over."""
    return sum(_send(each.pk, by=by) for each in certificates)


@transaction.atomic
def _send(pk, *, by) -> bool:
    held = Certificate.objects.select_for_update(no_key=True).get(pk=pk)
    if held.sent_at or held.state not in SENT_WHILE or not certifies.test(by, held):
        return False
    held.sent_at = timezone.now()
    event = record("send", held, by=by, data={"person": str(held.person_id)})
    held.save(update_fields=["sent_at"])
    queue(KIND, held, cause=f"event:{event.pk}")
    return True
