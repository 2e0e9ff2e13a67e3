"""Writes the status file of a day: once, in one pass, in memory that does not grow with the certificates.

What is signed is a manifest with the SHA-256 of the file: a signature over the whole would need the whole in memory, in the
worker and in every browser that checks it. A day on which no worker ran stays without a file. Made up for later it would
say under that day's date what became known afterwards.
"""

import gzip
import hashlib
import logging
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.files import File

from certificates.models import Act, Certificate, StatusFile
from certificates.signing.current import signer
from certificates.signing.interface import CannotSign
from certificates.validity import Change, Validity
from certificates.verification.entries import line_of
from cqo_portal.busy import alone
from cqo_portal.digests import canonical
from cqo_portal.jurisdictions.vocabulary import CertificateState

log = logging.getLogger(__name__)
AT_ONCE = 2000  # certificates in memory
LOCK = UUID("5f0f1f9c-6f0e-4b7e-9b55-3a3f1e0c5d21")  # two workers would write the same file twice


@dataclass(frozen=True, kw_only=True)
class Written:
    digest: str
    size: int
    count: int


def write(*, at: datetime) -> StatusFile | None:
    """The file of the day of `at`. None where it is there already, somebody else writes it, or nothing can be signed now."""
    with alone(LOCK) as mine:
        if not mine or StatusFile.objects.filter(day=at.date()).exists():
            return None
        try:
            return _signed(at)
        except CannotSign:
            log.exception("the status file of %s could not be signed", at.date())
            return None


def _signed(at: datetime) -> StatusFile:
    day, hand = at.date(), signer()
    with tempfile.TemporaryFile() as raw:
        written = compressed(lines(day), into=raw)
        made = StatusFile(day=day, at=at, **vars(written), manifest=hand.attest(manifest(written, at=at)))
        made.file.save(name_of(day), File(raw), save=False)
        made.save(force_insert=True)
    return made


def name_of(day: date) -> str:
    return f"{day.isoformat()}.jsonl.gz"


def manifest(written: Written, *, at: datetime) -> bytes:
    """What the signature stands under. `kind` tells it from whatever else the key may attest; `url` is where the file is fetched, `issuer` whose word it is."""
    day = at.date()
    return canonical(
        {
            "kind": "certificate-status",
            "issuer": settings.PUBLIC_URL,
            "day": day.isoformat(),
            "made_at": at.isoformat(timespec="seconds"),
            "count": written.count,
            "size": written.size,
            "algorithm": "SHA-256",
            "digest": written.digest,
            "format": "JSON lines, gzip",
            "url": f"{settings.PUBLIC_URL}/verify/status/{name_of(day)}",
        }
    )


def compressed(lines: Iterator[bytes], *, into: IO[bytes]) -> Written:
    """The same lines give the same bytes: no time and no name is written into the file."""
    count = 0
    with gzip.GzipFile(filename="", mode="wb", fileobj=into, mtime=0) as packed:
        for line in lines:
            packed.write(line)
            count += 1
    size = into.tell()
    into.seek(0)
    digest = hashlib.file_digest(into, "sha256").hexdigest()
    into.seek(0)
    return Written(digest=digest, size=size, count=count)


# ── every printed certificate, by its number ──────────────────────────────────────────────────
def lines(day: date) -> Iterator[bytes]:
    """By steps of the index and not by one long cursor: no query outlives its timeout, whatever the number.

    Plain rows, no models: what a step leaves behind goes at once, and not when the collector comes round.
    """
    last = ""
    while found := _after(last, day):
        changes = _changes(pk for pk, *_ in found)
        for pk, number, pdf, *days in found:
            yield line_of(number, Validity(*days), changes[pk], pdf=pdf, day=day)
        last = found[-1][1]


def _after(number: str, day: date) -> list[tuple]:
    rows = Certificate.objects.printed().filter(number__gt=number, first_day__lte=day).order_by("number")
    days = ("first_day", "last_day", "reapply_opens", "reapply_by")
    return list(rows.values_list("pk", "number", "rendering__digest", *days)[:AT_ONCE])


def _changes(certificates: Iterable[UUID]) -> dict[UUID, list[Change]]:
    """What acts made of each, in the order they were recorded."""
    found = defaultdict(list)
    acts = Act.objects.filter(certificate__in=list(certificates)).exclude(led_to="").order_by("id")
    for pk, state, on in acts.values_list("certificate", "led_to", "effective_on"):
        found[pk].append(Change(CertificateState(state), on))
    return found
