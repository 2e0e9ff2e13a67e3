"""What must hold of every certificate; asked by `manage.py check_invariants` with the others.

Numbers are accounted for one by one, words and bytes are compared with their digests, every signature is judged again.
"""

import hashlib
from collections.abc import Iterator

from cryptography.hazmat.primitives.serialization import Encoding
from django.db.models import Count, Exists, F, Max, OuterRef, Q

from certificates.life.entering import words_of_act
from certificates.models import Act, Batch, Certificate, Evidence, Imprint, Order, Rendering
from certificates.numbering import NUMBERS
from certificates.signing.current import CannotCheck, trusted
from certificates.signing.judging import Verdict, judged
from certificates.verification.keys import by_code, by_name
from certificates.workflow import IN_FORCE
from cqo_portal.audit.models import Event
from cqo_portal.digests import sha256
from cqo_portal.parties.models import Person
from cqo_portal.workflow.models import Series
from evaluation.invariants import (
    BROKEN,
    Breach,
    Check,
    breaches,
    count,
    moved_without_a_record,
    without_a_record,
)

S = Certificate.State
AT_ONCE = 200
FILES_AT_ONCE = 20  # each is its PDF
SERIES = "certificate:"


# ── numbers ───────────────────────────────────────────────────────────────────────────────────
def _numbers() -> Iterator[Breach]:
    """Serials of a body and a year run from 1 to the last that was given, and nobody gave one that is no row."""
    rows = Certificate.objects.order_by("pk")
    before = Certificate.objects.filter(
        body_code=OuterRef("body_code"), year=OuterRef("year"), serial=OuterRef("serial") - 1
    )
    yield from breaches(rows.filter(~Exists(before), serial__gt=1), "前一个流水号不在了")
    for row in rows.iterator(chunk_size=AT_ONCE):
        if row.number != str(NUMBERS.numbered(body=row.body_code, year=row.year, serial=row.serial)):
            yield Breach(row, "编号与机构代号、年份、流水号不符")


def _series() -> Iterator[Breach]:
    """As far as the series counted, so far there are certificates."""
    last = {
        f"{SERIES}{code}:{year}": serial
        for code, year, serial in Certificate.objects.order_by()
        .values_list("body_code", "year")
        .annotate(Max("serial"))
    }
    kept = {row.pk: row for row in Series.objects.filter(key__startswith=SERIES)}
    for key in sorted(kept.keys() | last.keys()):
        row = kept.get(key, Series(key=key))
        if row.last != last.get(key, 0):
            yield Breach(row, f"流水号发到 {row.last}，证书到 {last.get(key, 0)}")


def _twice() -> Iterator[Breach]:
    twice = (
        Certificate.objects.order_by()
        .values("body_code", "year", "serial")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
    )
    for each in twice.values("body_code", "year", "serial"):
        yield from breaches(Certificate.objects.filter(**each).order_by("pk"), "一个编号发了两次")


def _orders() -> Iterator[Breach]:
    """Every certificate was asked for, and what was asked for is what was made."""
    yield from breaches(Certificate.objects.filter(order=None).order_by("pk"), "没有人发起过这张证书")
    settled = Order.objects.filter(certificate__isnull=False).order_by("pk")
    yield from breaches(settled.exclude(decision=F("certificate__decision")), "证书是另一个决定的")
    for batch in Batch.objects.prefetch_related("orders").order_by("pk").iterator(chunk_size=AT_ONCE):
        said = (
            Event.objects.about(batch)
            .filter(action="order")
            .values_list("data__decisions", flat=True)
            .first()
        )
        if {str(each.decision_id): each.seen for each in batch.orders.all()} != (said or {}):
            yield Breach(batch, "要发的证书与审计链里记的不同")


# ── words and bytes ───────────────────────────────────────────────────────────────────────────
def _imprints() -> Iterator[Breach]:
    yield from breaches(Certificate.objects.filter(imprint=None).order_by("pk"), "没有证书文字")
    for row in Imprint.objects.select_related("certificate").order_by("pk").iterator(chunk_size=AT_ONCE):
        if sha256(row.words) != row.digest:
            yield Breach(row, "证书文字与摘要不符")
        try:
            same = _found_by(row.words) == (row.certificate.by_code, row.certificate.by_name)
        except BROKEN:
            same = False
        if not same:
            yield Breach(row, "凭证书上的文字找不到这张证书")


def _found_by(words: dict) -> tuple[str, str]:
    """What whoever reads the paper would ask with: the code in the QR, the name in letters."""
    secret = words["address"].rsplit("/", 1)[1]
    return by_code(words["number"], secret), by_name(words["number"], words["holder"])


def _renderings() -> Iterator[Breach]:
    printed = Certificate.objects.exclude(state__in=[S.PREPARED, S.VOID])
    yield from breaches(printed.filter(rendering=None).order_by("pk"), "有效过的证书没有电子证书")
    rows = Rendering.objects.select_related("signing").order_by("pk")
    yield from breaches(rows.exclude(signing__certificate=F("certificate")), "签名记录是另一张证书的")
    for row in rows.iterator(chunk_size=FILES_AT_ONCE):
        content = bytes(row.content)
        if (hashlib.sha256(content).hexdigest(), len(content)) != (row.digest, row.size):
            yield Breach(row, "电子证书与摘要不符")
        if why := _against_the_signature(content, row.signing.fingerprint):
            yield Breach(row, why)


def _against_the_signature(content: bytes, fingerprint: str) -> str:
    """The file is ours, so it needs no fence: judged in this process."""
    try:
        ours = [each.public_bytes(Encoding.DER).hex() for each in trusted()]
    except CannotCheck as none:
        return str(none)
    _, said = judged(content, *ours)
    if said["verdict"] != Verdict.INTACT:
        return "电子证书的签名不成立"
    return "" if said["fingerprint"] == fingerprint else "电子证书不是签名记录所说的密钥签的"


# ── its life ──────────────────────────────────────────────────────────────────────────────────
def _acts() -> Iterator[Breach]:
    rows = Act.objects.select_related("certificate", "successor").order_by("pk")
    for row in rows.iterator(chunk_size=AT_ONCE):
        if sha256(words_of_act(row)) != row.digest:
            yield Breach(row, "办理记录与摘要不符")


def _states() -> Iterator[Breach]:
    """As the act says that was recorded last; one nothing was done with is in force once it is printed."""
    rows = Certificate.objects.select_related("rendering").defer("rendering__content").with_acts()
    for row in rows.order_by("pk").iterator(chunk_size=AT_ONCE):
        if row.state != _state_of(row):
            yield Breach(row, f"状态是{row.get_state_display()}，按办理记录应是{S(_state_of(row)).label}")


def _state_of(row: Certificate) -> str:
    if not row.changes and not hasattr(row, "rendering"):
        return S.PREPARED
    return S(row.changes[-1].state.value) if row.changes else S.VALID


def _voids() -> Iterator[Breach]:
    reason = Act.objects.filter(certificate=OuterRef("pk"), kind=Act.Kind.VOID, reason__regex=r"\S")
    void = Certificate.objects.filter(~Exists(reason), state=S.VOID)
    yield from breaches(void.order_by("pk"), "作废而没有理由")


def _one_in_force() -> Iterator[Breach]:
    held = Count("certificates", filter=Q(certificates__state__in=IN_FORCE))
    people = Person.objects.annotate(held=held).filter(held__gt=1).order_by("pk")
    yield from breaches(people, "同一人有不止一张有效的证书")


def _successors() -> Iterator[Breach]:
    """One that was superseded names the next one of the same person, and that one was printed."""
    act = Act.objects.filter(
        certificate=OuterRef("pk"), kind=Act.Kind.SUPERSEDE, successor__person=OuterRef("person")
    ).filter(successor__rendering__isnull=False)
    superseded = Certificate.objects.filter(~Exists(act), state=S.SUPERSEDED)
    yield from breaches(superseded.order_by("pk"), "已换证，却没有换发的证书")


def _moves() -> Iterator[Breach]:
    return moved_without_a_record(Certificate)


ON_RECORD = ((Imprint, "certificate"), (Rendering, "certificate"), (Act, "certificate"), (Evidence, "act"))


def _events() -> Iterator[Breach]:
    return without_a_record(*ON_RECORD)


OF_ROWS = (
    Check("证书编号连续，编号由流水号算出", count(Certificate), _numbers),
    Check("证书流水号发到几号，证书就到几号", Series.objects.filter(key__startswith=SERIES).count, _series),
    Check("证书编号不重", count(Certificate), _twice),
    Check("证书都有人发起", count(Order), _orders),
    Check("作废的证书编号有理由", Certificate.objects.filter(state=S.VOID).count, _voids),
    Check("证书文字的摘要", count(Imprint), _imprints),
    Check("证书办理记录的摘要", count(Act), _acts),
    Check("证书的状态就是办理的结果", count(Certificate), _states),
    Check("一人至多一张有效的证书", count(Certificate), _one_in_force),
    Check("换下的证书有换发的证书", Certificate.objects.filter(state=S.SUPERSEDED).count, _successors),
    Check("证书的每一步在审计链里", count(Certificate), _moves),
    Check("证书文字、电子证书、办理和文书在审计链里", count(*(model for model, _ in ON_RECORD)), _events),
)
OF_FILES = (Check("电子证书的摘要与签名", count(Rendering), _renderings),)
CHECKS = OF_ROWS + OF_FILES
