"""Certificates by the product's own steps: a published decision, an order, the worker; and what is done with them later."""

from datetime import date

from certificates import tasks
from certificates.grounds import WITHOUT_A_WAIT
from certificates.issuing import sending
from certificates.issuing.ordering import order
from certificates.life import acts
from certificates.models import Act, Batch, Certificate
from cqo_portal.accounts.models import User
from evaluation.models import Decision
from tests.bodies.rows import on_record
from tests.evaluation import rows
from tests.evaluation.decisions import story

CODE = "JSZP"


def with_code(panel: rows.Panel, code: str = CODE) -> rows.Panel:
    """A body that is on record and has its code."""
    house = panel.evaluation.body
    house.code = code
    house.save()
    on_record(house, by=panel.staff)
    panel.staff.acting.institution.refresh_from_db()
    return panel


def decided(people, **more) -> tuple[rows.Panel, Decision]:
    """A published decision of a body that has its code."""
    panel = with_code(story.published(people, **more))
    return panel, panel.evaluation.decision


def issued(people, **more) -> tuple[rows.Panel, Certificate]:
    """In force, and not sent yet."""
    panel, decision = decided(people, **more)
    return panel, of(decision, by=panel.staff)


def of(decision: Decision, *, by: User) -> Certificate:
    batch = ordered(decision, by=by)
    return batch.orders.get().certificate


def ordered(*decisions: Decision, by: User) -> Batch:
    """Asked for, and carried out as far as the worker can."""
    batch = order(decisions, by=by)
    tasks.go_on()
    return batch


def sent(certificate: Certificate, *, by: User) -> Certificate:
    sending.send([certificate], by=by)
    certificate.refresh_from_db()
    return certificate


def done(
    kind: str, certificate: Certificate, *, on: date, by: User, today: date | None = None, **said
) -> Certificate:
    """Sent before, where it was not: nothing is held against somebody who knows of no certificate."""
    words = {"reason": "市场监督管理局查明的事实。", "evidence": "苏市监罚〔2026〕18号"} | said
    if kind != Act.Kind.RESUME:
        words.setdefault("ground", "misconduct")
    if words.get("ground") not in (None, *WITHOUT_A_WAIT) and not certificate.sent_at:
        certificate = sent(certificate, by=by)
    acts.do(kind, certificate, acts.Said(effective_on=on, **words), by=by, today=today or on)
    return Certificate.objects.get(pk=certificate.pk)


def code_of(certificate: Certificate) -> str:
    """What the QR says besides the number."""
    return certificate.imprint.words["address"].rsplit("/", 1)[1]
