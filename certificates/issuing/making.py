"""From the words to a signed paper in force. Every step may be taken again: what a crash left, the next round finishes.

That the key is about to sign is on record before it does; the bytes are kept in the transaction in which the certificate
comes into force. A signature whose bytes were lost in between never left this process, and its record stays.
"""

import hashlib
import logging
from uuid import UUID

from django.db import OperationalError
from django.utils import timezone

from certificates.issuing.standing import reasons_against
from certificates.life.acts import give_up
from certificates.life.entering import enter
from certificates.models import Act, Certificate, Rendering, Signing
from certificates.sheet import printed
from certificates.signing.current import signer
from certificates.signing.interface import CannotSign
from certificates.workflow import IN_FORCE, completing, superseding
from cqo_portal.accounts.models import User
from cqo_portal.audit.record import record
from cqo_portal.busy import alone, waited_too_long
from cqo_portal.workflow.engine import Refused, moved, perform
from evaluation.workflow.holding import locked

log = logging.getLogger(__name__)
S = Certificate.State


class Overtaken(Refused):
    """Something came in between number and paper (an appeal, another run, a loss): there is nothing to print any more."""


def make(pk: UUID) -> bool:
    """Bring a certificate that has its number into force. False where somebody else is at it, or something is in the way."""
    with alone(pk) as mine:
        waiting = Certificate.objects.being_made().select_related("imprint")
        made = waiting.filter(pk=pk).first() if mine else None
        return made is not None and _made(made)


def _made(made: Certificate) -> bool:
    try:
        signing, content = _signed(made)
    except (
        Exception
    ) as trouble:  # whatever it is, the page of the certificate says that it waits, and for what
        log.exception("certificate %s could not be made", made.number)
        _note_trouble(made, trouble)
        return False
    try:
        _keep(made, signing, content)
    except Overtaken as overtaken:
        give_up(made, str(overtaken), by=_who(made), today=timezone.localdate())
        return False
    except Refused:  # given up while its paper was set: there is nothing to keep
        return False
    except OperationalError as error:  # a colleague holds the one before it: the next round goes on
        if not waited_too_long(error):
            raise
        return False
    return True


def _signed(made: Certificate) -> tuple[Signing, bytes]:
    """The paper out of its words alone, signed by the key that is in use now: without one nothing is set."""
    hand = signer()
    paper = printed(made.imprint.words, made_at=made.imprint.at)
    signing = Signing.objects.create(
        certificate=made,
        unsigned=hashlib.sha256(paper).hexdigest(),
        fingerprint=hand.fingerprint,
        at=timezone.now(),
    )
    return signing, hand.sign(paper, reason=f"颁发评价证书 {made.number}", at=signing.at)


def _note_trouble(made: Certificate, trouble: Exception) -> None:
    """For whoever issues: what it waits for. Paths and errors are for whoever runs the platform, in the log."""
    what = "签名密钥现在不能用" if isinstance(trouble, CannotSign) else "证书没有印成"
    made.trouble = f"{what}，系统管理员可以在日志里看到原因。"
    made.save(update_fields=["trouble"])


def _who(made: Certificate) -> User:
    return made.order.batch.by.acting_as(made.order.batch.assignment)


# ── in force ──────────────────────────────────────────────────────────────────────────────────
def _keep(made: Certificate, signing: Signing, content: bytes) -> None:
    """One transaction: the bytes, the one before it superseded, the certificate in force.

    What stands against it is asked once more while the case is held: the number may be older than today.
    """
    digest = hashlib.sha256(content).hexdigest()
    said = {"digest": digest, "signing": signing.pk, "unsigned": signing.unsigned}

    def kept(made, today, by):
        locked(made.decision.evaluation_id)
        _hold_the_others(made)
        if reasons := reasons_against(made.decision, today=today, making=made):
            raise Overtaken(*reasons)
        _supersede_the_others(made, by=by, today=today)
        record("render", made, by=by, data=said)
        Rendering.objects.create(
            certificate=made, signing=signing, content=content, size=len(content), digest=digest
        )
        made.trouble = ""
        return {"trouble", *moved(made, today, by)}

    perform(completing(kept), made, by=_who(made))


def _hold_the_others(made: Certificate) -> None:
    """Whoever suspends one of them comes before, and is seen, or after."""
    others = Certificate.objects.filter(person=made.person_id).exclude(pk=made.pk).order_by("issued_at")
    list(others.select_for_update(no_key=True).values_list("pk"))


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
            effective_on=max(today, other.first_day),
            successor=successor,
            cites=_clause_of(successor, other),
            on=today,
            by=by,
        )
        enter(act)
        return moved(other, today, by)

    return ended


def _clause_of(successor: Certificate, other: Certificate) -> str:
    """A re-evaluation by the same body, or a change of body."""
    rule = other.rule
    return rule.reapply_by.cites if successor.body_id == other.body_id else rule.on_change_of_body.cites
