"""暂停、恢复、中止、作废、收回: by the body that issued it, on a ground of the text, from a day on. Raises `Refused`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from rules import always_allow

from certificates import workflow
from certificates.grounds import ground as ground_of
from certificates.life.entering import enter
from certificates.models import Act, Certificate, Evidence
from certificates.permissions import certifies
from cqo_portal.papers.accepting import Remade
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Refused, Transition, moved, perform

S = Certificate.State
LED_TO = {
    Act.Kind.SUSPEND: S.SUSPENDED,
    Act.Kind.RESUME: S.VALID,
    Act.Kind.DISCONTINUE: S.DISCONTINUED,
    Act.Kind.VOID: S.VOID,
}
STEPS = {
    Act.Kind.SUSPEND: workflow.suspending,
    Act.Kind.RESUME: workflow.resuming,
    Act.Kind.DISCONTINUE: workflow.discontinuing,
    Act.Kind.VOID: workflow.voiding,
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the body says of an act. `papers`: (made anew, the sender's name for it)."""

    effective_on: date
    reason: str
    ground: str = ""
    evidence: str = ""
    papers: Sequence[tuple[Remade, str]] = ()


def do(kind: str, certificate: Certificate, said: Said, *, by, today: date) -> Certificate:
    """One of the four acts that change how a certificate stands."""
    return perform(step_of(kind, said), certificate, by=by, note=said.reason, today=today)


def step_of(kind: str, said: Said) -> Transition:
    def the_day_is_possible(certificate, today):
        return against_the_day(kind, certificate, said.effective_on, today)

    def entered(certificate, today, by):
        act = _act(kind, certificate, said, by=by, today=today)
        for made, name in said.papers:
            Evidence(act=act).keep(made, sent_as=name)
        return moved(certificate, today, by)

    return STEPS[kind](entered, the_day_is_possible)


def _act(kind: str, certificate: Certificate, said: Said, *, by, today: date) -> Act:
    known = ground_of(said.ground) if said.ground else None
    return enter(
        Act(
            certificate=certificate,
            kind=kind,
            led_to=LED_TO.get(kind, ""),
            effective_on=said.effective_on,
            ground=said.ground,
            cites=known.cites if known else "",
            reason=said.reason.strip(),
            evidence=said.evidence.strip(),
            on=today,
            by=by,
        )
    )


def against_the_day(kind: str, certificate: Certificate, day: date, today: date) -> str | None:
    """Nothing is said of days to come. What was void may have been so from the first day; the other acts follow one another."""
    first, last = days_for(kind, certificate, today)
    if first <= day <= last:
        return None
    if day > today:
        return "生效日期不能晚于今天；到了那一天再办理。"
    if day > last:
        return f"证书到{day_full(last)}为止，生效日期不能更晚。"
    return f"生效日期不能早于{day_full(first)}。"


def days_for(kind: str, certificate: Certificate, today: date) -> tuple[date, date]:
    """From when until when an act may take effect; a paper comes back at any time after it was issued."""
    if kind == Act.Kind.RECOVER:
        return certificate.first_day, today
    before = [change.on for change in certificate.changes]
    first = certificate.first_day if kind == Act.Kind.VOID or not before else max(before)
    return first, min(today, certificate.last_day)


# ── a number that never came to be a paper; a paper that came back ────────────────────────────
ABANDON = workflow.abandoning(moved)  # for its button; with what it enters, below


def abandon(certificate: Certificate, reason: str, *, by, today: date) -> Certificate:
    """Void the number of a certificate that is not made yet; its decision can be certified anew."""
    return perform(_abandoning(reason), certificate, by=by, note=reason, today=today)


def give_up(certificate: Certificate, reason: str, *, by, today: date) -> Certificate:
    """The same by the worker, for a reason that came between number and paper; `by` asked for the certificate."""
    step = replace(_abandoning(reason), allowed=always_allow)
    return perform(step, certificate, by=by, note=reason, today=today)


def _abandoning(reason: str) -> Transition:
    def entered(certificate, today, by):
        said = Said(effective_on=certificate.first_day, reason=reason)
        _act(Act.Kind.VOID, certificate, said, by=by, today=today)
        return moved(certificate, today, by)

    return workflow.abandoning(entered)


@transaction.atomic
def recover(certificate: Certificate, said: Said, *, by, today: date) -> Act:
    """收回: the paper is back with the body. An act, not a state: what holds of the certificate does not change."""
    held = Certificate.objects.select_for_update(no_key=True).get(pk=certificate.pk)
    if not certifies.test(by, held):
        raise PermissionDenied
    if against := against_recovering(held, said.effective_on, today):
        raise Refused(against)
    try:
        with transaction.atomic():
            return _act(Act.Kind.RECOVER, held, said, by=by, today=today)
    except IntegrityError as error:
        if "act_recovered_once" not in str(error):
            raise
        raise Refused("已经登记过收回。") from error


def against_recovering(certificate: Certificate, day: date, today: date) -> str | None:
    if certificate.state == S.PREPARED or (certificate.state == S.VALID and today <= certificate.last_day):
        return "证书有效，不收回；先办理暂停、中止或者作废（9.3）。"
    if certificate.acts.filter(kind=Act.Kind.RECOVER).exists():
        return "已经登记过收回。"
    if not certificate.first_day <= day <= today:
        return f"收回的日期应在{day_full(certificate.first_day)}至今天之间。"
    return None
