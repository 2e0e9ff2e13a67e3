"""From the words to a signed paper in force. Every step may be taken again: what a crash left, the next round finishes.

That the key is about to sign is on record before it does; the bytes are kept in the transaction in which the certificate
comes into force. A signature whose bytes were lost in between never left this process, and its record stays.
"""

import hashlib
import logging
from uuid import UUID

from django.db import OperationalError
from django.utils import timezone

from certificates.life.entering import enter
from certificates.models import Act, Certificate, Rendering, Signing
from certificates.setting import TooLong
from certificates.sheet import printed
from certificates.signing.current import signer
from certificates.signing.interface import CannotSign
from certificates.workflow import IN_FORCE, completing, superseding
from cqo_portal.audit.record import record
from cqo_portal.busy import alone
from cqo_portal.printing.assets import NotOurs
from cqo_portal.workflow.engine import Refused, moved, perform

log = logging.getLogger(__name__)
S = Certificate.State


def make(pk: UUID) -> bool:
    """Bring a certificate that has its number into force. False where somebody else is at it, or something is in the way."""
    with alone(pk) as mine:
        made = (
            Certificate.objects.being_made().select_related("imprint").filter(pk=pk).first() if mine else None
        )
        if made is None:
            return False
        try:
            signing, content = _signed(made)
        except (
            NotOurs,
            CannotSign,
            TooLong,
            OSError,
        ) as trouble:  # OSError: no Pango, no fonts on this machine
            log.exception("certificate %s could not be made", made.number)
            _note_trouble(made, trouble)
            return False
        try:
            _keep(made, signing, content)
        except Refused:  # given up while its paper was set: there is nothing to keep
            return False
        except OperationalError as error:  # a colleague holds the one before it: the next round goes on
            if "lock timeout" not in str(error):
                raise
            return False
    return True


def _signed(made: Certificate) -> tuple[Signing, bytes]:
    """The paper out of its words alone, signed by the key that is in use now."""
    paper = printed(made.imprint.words, made_at=made.imprint.at)
    hand = signer()
    signing = Signing.objects.create(
        certificate=made,
        unsigned=hashlib.sha256(paper).hexdigest(),
        fingerprint=hand.fingerprint,
        at=timezone.now(),
    )
    return signing, hand.sign(paper, reason=f"颁发评价证书 {made.number}", at=signing.at)


def _note_trouble(made: Certificate, trouble: Exception) -> None:
    said = (
        str(trouble) if isinstance(trouble, CannotSign) else "证书没有印成，系统管理员可以在日志里看到原因。"
    )
    made.trouble = said[:300]
    made.save(update_fields=["trouble"])


# ── in force ──────────────────────────────────────────────────────────────────────────────────
def _keep(made: Certificate, signing: Signing, content: bytes) -> None:
    """One transaction: the bytes, the one before it superseded, the certificate in force."""
    digest, by = (
        hashlib.sha256(content).hexdigest(),
        made.order.batch.by.acting_as(made.order.batch.assignment),
    )

    def kept(made, today, by):
        _supersede_the_others(made, by=by, today=today)
        record(
            "render",
            made,
            by=by,
            data={"digest": digest, "signing": signing.pk, "unsigned": signing.unsigned},
        )
        Rendering.objects.create(
            certificate=made, signing=signing, content=content, size=len(content), digest=digest
        )
        made.trouble = ""
        return {"trouble", *moved(made, today, by)}

    perform(completing(kept), made, by=by)


def _supersede_the_others(made: Certificate, *, by, today) -> None:
    """Of one person one certificate is in force: with this one the earlier ones end, whichever body issued them (9.5)."""
    others = Certificate.objects.filter(person=made.person_id, state__in=IN_FORCE).exclude(pk=made.pk)
    for other in others.order_by("issued_at"):
        perform(superseding(_by(made)), other, by=by, today=today)


def _by(successor: Certificate):
    def ended(other, today, by):
        act = Act(
            certificate=other,
            kind=Act.Kind.SUPERSEDE,
            led_to=S.SUPERSEDED,
            effective_on=max(successor.first_day, other.first_day),
            successor=successor,
            cites="9.5",
            on=today,
            by=by,
        )
        enter(act)
        return moved(other, today, by)

    return ended
