"""How an act comes to be a row: known by its words, and never past the chain of events."""

from certificates.models import Act
from cqo_portal.audit.record import record
from cqo_portal.digests import sha256


def enter(act: Act) -> Act:
    """An act and its event; the event comes first, or the database refuses the row."""
    act.digest = sha256(words_of_act(act))
    said = {"digest": act.digest, "kind": act.kind, "effective_on": act.effective_on.isoformat()}
    record(
        "enter-act", act.certificate, by=act.by, data=said | ({"ground": act.ground} if act.ground else {})
    )
    act.save()
    return act


def words_of_act(act: Act) -> dict:
    """What the digest of an act is of."""
    return {
        "certificate": act.certificate.number,
        "kind": act.kind,
        "led_to": act.led_to,
        "effective_on": act.effective_on.isoformat(),
        "ground": act.ground,
        "cites": act.cites,
        "reason": act.reason,
        "evidence": act.evidence,
        "successor": act.successor.number if act.successor else "",
        "on": act.on.isoformat(),
    }
