"""The life of a certificate once it has its number (9.3, 9.5).

prepared ──complete──▶ valid ◀──resume── suspended        what ends by its last day needs no step
   │                     │ └──suspend──────▶ │
   └──abandon──▶ void ◀──┼──── void ─────────┤
                         ├──── discontinue ──┴──▶ discontinued
                         └──── supersede ──▶ superseded (by the next certificate of the same person)
"""

from rules import always_allow

from certificates.models import Certificate
from certificates.permissions import certifies
from cqo_portal.workflow.engine import Transition, by_name, guard_states, moved

S = Certificate.State
IN_FORCE = frozenset({S.VALID, S.SUSPENDED})


def it_has_not_expired(certificate, today):
    if today <= certificate.last_day:
        return None
    return "证书已经到期失效，不能再办理；要收回证书的，可以登记收回。"


def completing(effect) -> Transition:
    """Printed and signed; `effect` keeps the bytes. Not a button: a worker does it."""
    return Transition(
        name="complete",
        label="制证",
        done="已制成。",
        source=frozenset({S.PREPARED}),
        target=S.VALID,
        allowed=always_allow,
        effect=effect,
    )


def superseding(effect) -> Transition:
    """In the same transaction in which the next one comes into force (9.5)."""
    return Transition(
        name="supersede",
        label="换证",
        done="已换证。",
        source=IN_FORCE,
        target=S.SUPERSEDED,
        allowed=always_allow,
        effect=effect,
        announces="certificate-superseded",
    )


def abandoning(effect) -> Transition:
    """A number that will never be a paper; it stays listed with its reason."""
    return Transition(
        name="abandon",
        label="作废编号",
        done="编号已作废，理由保留在案，不再使用。",
        source=frozenset({S.PREPARED}),
        target=S.VOID,
        allowed=certifies,
        effect=effect,
        asks_why=True,
    )


def suspending(effect, *guards) -> Transition:
    return Transition(
        name="suspend",
        label="暂停",
        done="已暂停；公开核验随即改变。",
        source=frozenset({S.VALID}),
        target=S.SUSPENDED,
        allowed=certifies,
        guards=(it_has_not_expired, *guards),
        effect=effect,
        asks_why=True,
        announces="certificate-suspended",
    )


def resuming(effect, *guards) -> Transition:
    return Transition(
        name="resume",
        label="恢复",
        done="已恢复；有效期不延长。",
        source=frozenset({S.SUSPENDED}),
        target=S.VALID,
        allowed=certifies,
        guards=(it_has_not_expired, *guards),
        effect=effect,
        asks_why=True,
        announces="certificate-resumed",
    )


def discontinuing(effect, *guards) -> Transition:
    return Transition(
        name="discontinue",
        label="中止",
        done="已中止；不能再恢复。",
        source=IN_FORCE,
        target=S.DISCONTINUED,
        allowed=certifies,
        guards=(it_has_not_expired, *guards),
        effect=effect,
        asks_why=True,
        announces="certificate-discontinued",
    )


def voiding(effect, *guards) -> Transition:
    """Also of one that has expired or was superseded: that it was void from a day on changes what is said of days before."""
    return Transition(
        name="void",
        label="声明作废",
        done="已声明作废；不能再恢复。",
        source=IN_FORCE | {S.SUPERSEDED},
        target=S.VOID,
        allowed=certifies,
        guards=guards,
        effect=effect,
        asks_why=True,
        announces="certificate-void",
    )


CERTIFICATE = by_name(
    completing(moved),
    superseding(moved),
    abandoning(moved),
    suspending(moved),
    resuming(moved),
    discontinuing(moved),
    voiding(moved),
)
guard_states(Certificate, CERTIFICATE.values())
