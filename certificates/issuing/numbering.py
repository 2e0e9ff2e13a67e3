"""One transaction: what stands against it is asked, the number allocated, and every word to be printed written down.

Numbers count up within body and year without a gap: the series is given back with the transaction. The decision's case
is held meanwhile, so that an appeal comes before, or after.
"""

import secrets
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from certificates.issuing.standing import names_on, reasons_against, seen_of, spoilt_of
from certificates.models import Certificate, Imprint, Order
from certificates.numbering import NUMBERS
from certificates.validity import Validity, validity_of
from certificates.verification.keys import by_code, by_name
from certificates.words import words_of
from cqo_portal.accounts.models import User
from cqo_portal.audit.record import record
from cqo_portal.busy import waited_too_long
from cqo_portal.digests import sha256
from cqo_portal.jurisdictions import pack
from cqo_portal.jurisdictions.scheme import CertificateRule
from cqo_portal.workflow.series import next_in
from evaluation.bodies.standing import clocks_of
from evaluation.bodies.texts import least_activities
from evaluation.models import Decision
from evaluation.permissions import runs_it
from evaluation.workflow.holding import locked

C = Certificate.State
SEEN_OTHERWISE = "发起以后，登记的姓名、单位或者机构名称改过；请看过以后再发。"
ONE_A_TIME = {
    "certificate_one_of_a_decision": "这个决定刚刚发了证书。",
    "certificate_one_being_made": "同一人的另一张证书正在制作，做好以后再发。",
    "certificate_replaced_once": "同一人的另一张证书刚刚换发。",
}


def take(pk: int) -> Certificate | None:
    """Give a waiting order its number, or its refusal. None where there is nothing to print."""
    try:
        with transaction.atomic():
            order = _held(pk)
            if order is None:
                return None
            reasons = _against(order)
            return _settled(order, refused=reasons) if reasons else _numbered(order)
    except IntegrityError as error:
        said = next((words for name, words in ONE_A_TIME.items() if name in str(error)), None)
        if said is None:
            raise
        return _refuse(pk, said)
    except (
        OperationalError
    ) as error:  # somebody holds the case, or the numbers: the next round finds it again
        if not waited_too_long(error):
            raise
        return None


def _held(pk: int) -> Order | None:
    """The order, if it still waits and nobody else is at it."""
    waiting = Order.objects.waiting().select_for_update(no_key=True, of=("self",), skip_locked=True)
    return waiting.select_related("batch__by", "batch__assignment").filter(pk=pk).first()


def _against(order: Order) -> list[str]:
    """Asked while the case is held."""
    locked(order.decision.evaluation_id)
    if against := _against_who_asked(order):
        return [against]
    if order.seen != seen_of(order.decision):
        return [SEEN_OTHERWISE]
    return reasons_against(order.decision, today=timezone.localdate())


def who_asked(order: Order) -> User:
    return order.batch.by.acting_as(order.batch.assignment)


def _against_who_asked(order: Order) -> str:
    """Rights are asked when they are used: whoever lost them since then issues nothing."""
    user, assignment = who_asked(order), order.batch.assignment
    if not user.is_active or not assignment.active:
        return f"{user}已经不在岗，请由同事办理。"
    return "" if runs_it.test(user, order.decision.evaluation) else f"{user}不能办理这一件，请由同事办理。"


def _refuse(pk: int, said: str) -> None:
    with transaction.atomic():
        if order := _held(pk):
            _settled(order, refused=[said])


def _settled(order: Order, *, refused: list[str] = (), certificate: Certificate | None = None):
    order.refused, order.certificate = "".join(refused), certificate
    order.settled_at = timezone.now()
    order.save(update_fields=["refused", "certificate", "settled_at"])
    return certificate


# ── the number and the words ──────────────────────────────────────────────────────────────────
def _numbered(order: Order) -> Certificate:
    today = timezone.localdate()
    made, words = _certificate(order.decision, today=today)
    digest = sha256(words)
    said = {"digest": digest, "decision": order.decision.digest, "person": str(made.person_id)}
    # Before the rows: neither certificate nor words come past the chain of events.
    record("issue", made, by=who_asked(order), after=made.state, rule_edition=made.rule_edition, data=said)
    made.save(force_insert=True)
    Imprint.objects.create(certificate=made, words=words, digest=digest, at=timezone.now())
    return _settled(order, certificate=made)


def _certificate(decision: Decision, *, today: date) -> tuple[Certificate, dict]:
    run, application = decision.evaluation, decision.evaluation.application
    rules = pack(run.rule_edition)
    names, life = names_on(decision), _life(decision, rules.certificate, today)
    code = run.body.code
    number = NUMBERS.numbered(body=code, year=today.year, serial=_next_serial(code, today.year))
    secret = secrets.token_urlsafe(16)  # 128 bits: nobody guesses it
    words = words_of(
        number=str(number),
        **names,
        grade=decision.grade,
        evaluated_on=decision.on,
        first_day=life.first_day,
        last_day=life.last_day,
        basis=rules.title,
        address=f"{settings.PUBLIC_URL}/c/{number}/{secret}",
        host=urlsplit(settings.PUBLIC_URL).netloc,
    )
    made = Certificate(
        number=str(number),
        body_code=code,
        year=number.year,
        serial=number.serial,
        name=names["holder"],
        decision=decision,
        body=run.body,
        person_id=application.person_id,
        organisation=application.organisation,
        grade=decision.grade,
        rule_edition=run.rule_edition,
        evaluated_on=decision.on,
        activities=max(clocks_of(run.body).activities, least_activities(rules)),
        replaces=_predecessor(application.person_id),
        by_code=by_code(str(number), secret),
        by_name=by_name(str(number), names["holder"]),
        **vars(life),
    )
    return made, words


def _life(decision: Decision, rule: CertificateRule, today: date) -> Validity:
    """From today on; one that takes the place of a misprint ends when that one would have."""
    life, spoilt = validity_of(today, rule), spoilt_of(decision)
    return replace(spoilt.validity, first_day=today) if spoilt else life


def _next_serial(code: str, year: int) -> int:
    return next_in(f"certificate:{code}:{year}")


def _predecessor(person_id) -> Certificate | None:
    """The person's last certificate before this one, whichever body issued it, and however it ended."""
    earlier = Certificate.objects.printed().filter(person=person_id).exclude(state=C.VOID)
    return earlier.order_by("-first_day", "-issued_at").first()
