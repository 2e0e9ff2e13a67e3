"""暂停、恢复、中止、作废、收回: by the body that issued it, on a ground of the text, from a day on. Raises `Refused`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from rules import always_allow

from certificates import workflow
from certificates.grounds import MISPRINT, OVERTURNED, WITHOUT_A_WAIT, Ground, grounds_for
from certificates.grounds import ground as ground_of
from certificates.life.entering import enter
from certificates.models import Act, Certificate, Evidence
from certificates.permissions import certifies
from cqo_portal.audit.record import record
from cqo_portal.papers.accepting import Remade
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Refused, Transition, moved, perform
from evaluation.models import Decision

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

    def the_ground_is_given(certificate, today):
        return against_the_ground(said.ground, certificate, today) if said.ground else None

    def entered(certificate, today, by):
        act = _act(kind, certificate, said, by=by, today=today)
        for made, name in said.papers:
            record("attach-evidence", act, by=by, data={"digest": made.digest})
            Evidence(act=act).keep(made, sent_as=name)
        return moved(certificate, today, by)

    return STEPS[kind](entered, the_day_is_possible, the_ground_is_given)


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
    """Nothing is said of days to come. What was void may have been so from the first day; the other acts follow one
    another, and a resumption speaks from today on: that it was suspended until then was said to whoever asked."""
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
    if kind == Act.Kind.RESUME:
        return today, today
    before = [change.on for change in certificate.changes]
    first = certificate.first_day if kind == Act.Kind.VOID or not before else max(before)
    return first, min(today, certificate.last_day)


# ── on which ground ───────────────────────────────────────────────────────────────────────────
def grounds_given(kind: str, certificate: Certificate, today: date) -> list[Ground]:
    """Those that may be named for this act on this certificate now."""
    return [each for each in grounds_for(kind) if against_the_ground(each.key, certificate, today) is None]


def against_the_ground(key: str, certificate: Certificate, today: date) -> str | None:
    """What takes the year of 9.6 away must be so; what brings it comes to the ears of whom it concerns."""
    if key == MISPRINT and not certificate.standing_on(today).is_valid:
        return "证书现在不是有效的，不能按“证书内容有误”作废另发；请按实际的情形办理。"
    if key == OVERTURNED and not _has_another_result(certificate):
        return "这个案件没有另外公布的复评结果，不能按“复评结果取代了原结果”办理。"
    if key not in WITHOUT_A_WAIT and certificate.sent_at is None:
        return "证书还没有发送，本人不知道有它；先发送给本人，再办理。"
    return None


def _has_another_result(certificate: Certificate) -> bool:
    run = certificate.decision.evaluation
    later = Decision.objects.filter(evaluation__application=run.application_id, evaluation__run__gt=run.run)
    return later.filter(publication__isnull=False).exists()


def why_closed(kind: str, certificate: Certificate, today: date) -> str | None:
    """Why this act cannot be done on it now, whatever would be said of it; None where it can."""
    if against := against_what_is_no_paper(certificate):
        return against
    if kind == Act.Kind.RECOVER:
        return against_recovering(certificate, today, today)
    step = STEPS[kind](moved)
    if certificate.state not in step.source:
        standing = certificate.standing_on(today).state
        return f"现在的状态是“{standing.label}”，不能办理{step.label}。"
    if reasons := step.reasons_against(certificate, today):
        return "".join(reasons)
    against = [against_the_ground(each.key, certificate, today) for each in grounds_for(kind)]
    return against[0] if against and all(against) else None


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
    return _act(Act.Kind.RECOVER, held, said, by=by, today=today)


def against_what_is_no_paper(certificate: Certificate) -> str | None:
    """A number that waits for its paper, or was given up before: nothing is done with either."""
    return None if hasattr(certificate, "rendering") else "这个编号没有制成证书，没有可以办理的。"


def against_recovering(certificate: Certificate, day: date, today: date) -> str | None:
    if against := against_what_is_no_paper(certificate):
        return against
    if certificate.state == S.VALID and today <= certificate.last_day:
        return "证书有效，不收回；先办理暂停、中止或者作废（9.3）。"
    came_and_went = [
        act.kind for act in certificate.acts.all() if act.kind in (Act.Kind.RECOVER, Act.Kind.RESUME)
    ]
    if came_and_went[-1:] == [Act.Kind.RECOVER]:  # resumed, it went back to the holder
        return "已经登记过收回。"
    if not certificate.first_day <= day <= today:
        return f"收回的日期应在{day_full(certificate.first_day)}至今天之间。"
    return None
