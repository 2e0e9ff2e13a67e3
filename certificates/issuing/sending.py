"""发送: the holder and the enterprise are told, and see the certificate from then on. Another act than issuing it."""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils import timezone

from certificates.models import Certificate
from certificates.permissions import certifies
from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.record import record
from cqo_portal.notifications.models import Message
from cqo_portal.notifications.outbox import drafted, queue
from cqo_portal.wording import grouped
from registry.models import Officer

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


def unheard(certificates: Collection[Certificate]) -> set:
    """The keys of those of which nobody would hear: neither the holder nor the enterprise has somebody who signs in."""
    people = {each.person_id for each in certificates}
    own = _holding(Role.OFFICER, "person", people)
    firms = _holding(Role.ENTERPRISE, "organisation", {each.organisation_id for each in certificates})
    serving = Officer.objects.in_office().filter(person__in=people, organisation__in=firms)
    here = set(serving.values_list("person", "organisation"))
    return {
        each.pk
        for each in certificates
        if each.person_id not in own and (each.person_id, each.organisation_id) not in here
    }


def said(certificates: Collection[Certificate]) -> str:
    """Of those that were sent: how many, and of how many nobody heard."""
    alone = len(unheard(certificates))
    told = "" if alone == len(certificates) else "收到通知的可以下载电子证书。"
    if alone:
        told += f"其中 {grouped(alone)} 张没有人收到通知，请另外交给本人。"
    return f"已发送 {grouped(len(certificates))} 张。{told}"


def _holding(role: str, field: str, among: set) -> set:
    """Those of them for whom somebody acts who may sign in."""
    held = Assignment.objects.filter(role=role, active=True, user__is_active=True, **{f"{field}__in": among})
    return set(held.values_list(field, flat=True))


def send(certificates: Iterable[Certificate], *, by) -> list[Certificate]:
    """Send each that was not sent; returns those that were. One that cannot be sent any more is passed over."""
    return [each for each in certificates if _send(each.pk, by=by)]


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
