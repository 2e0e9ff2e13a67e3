"""A process whose children issue certificates and die at a named point, as a machine does that loses its power.

python -m tests.faults.issuing_process FOLDER     reads lines "POINT ORDER", says how the child ended: 9 is its death

A child wraps a function of the product from outside; the product knows nothing of it. In FOLDER lie the papers that were
printed, by their words: a paper that was printed once need not take its second of typesetting again. And there lies what
a second session of the database saw at each moment in which the key was asked for a signature.
"""

import hashlib
import os
import sys
from pathlib import Path

import django

POINTS = ("allocated", "numbered", "rendered", "recorded", "signed", "stored")
DEATH = 9


def die(*arguments, **options):
    os._exit(DEATH)


# ── the points ────────────────────────────────────────────────────────────────────────────────
def allocated() -> None:
    """The number was taken, every row of the certificate is written, and the transaction is about to be committed."""
    from django.db import connection

    connection.commit = die


def numbered() -> None:
    """The number is committed; nothing is rendered."""
    from certificates.issuing import making

    making.printed = die


def rendered() -> None:
    """The paper is there; that it is about to be signed is not on record."""
    from certificates.models import Signing

    Signing.objects.create = die


def recorded() -> None:
    """That it is about to be signed is on record; the key was not used."""
    from certificates.signing.current import LocalSigner

    LocalSigner.sign = die


def signed() -> None:
    """The key was used; the bytes are kept nowhere."""
    from certificates.issuing import making

    making._keep = die


def stored() -> None:
    """The bytes are a row, and the transaction is about to be committed."""
    from django.db import connection

    from certificates.models import Rendering

    create = Rendering.objects.create

    def created(**row):
        made = create(**row)
        connection.commit = die
        return made

    Rendering.objects.create = created


def apart() -> None:
    """The control: the number is committed for itself, and the process dies before its certificate is."""
    from django.db import connection

    from certificates.issuing import numbering
    from cqo_portal.workflow import series

    def taken(code: str, year: int) -> int:
        second = connection.copy()
        with second.cursor() as cursor:
            cursor.execute(series._NEXT, [f"certificate:{code}:{year}"])
            serial = cursor.fetchone()[0]
        connection.commit = die
        return serial

    numbering._next_serial = taken


def unrecorded() -> None:
    """The control: the key is used, and its record would have come with the bytes."""
    from certificates.models import Signing

    Signing.objects.create = Signing
    signed()


# ── what a child does ─────────────────────────────────────────────────────────────────────────
def go_on_with(order: int) -> None:
    """As the task does with each."""
    from certificates.issuing.making import make
    from certificates.issuing.numbering import take
    from certificates.models import Order

    made = take(order) or Order.objects.get(pk=order).certificate
    if made:
        make(made.pk)


def go_on_with_all() -> None:
    from certificates.tasks import go_on

    go_on()


def print_once(folder: Path) -> None:
    """A paper of the same words and the same moment is the same bytes: asserted in `test_issuing_killed`."""
    from certificates.issuing import making
    from cqo_portal.digests import sha256

    setting = making.printed

    def printed(words, *, made_at):
        kept = folder / f"{sha256([words, made_at.isoformat()])}.pdf"
        if not kept.exists():
            kept.write_bytes(setting(words, made_at=made_at))
        return kept.read_bytes()

    making.printed = printed


def witness(folder: Path) -> None:
    """Write down whether another session already sees the record of what the key is asked to sign."""
    from django.db import connection

    from certificates.signing.current import LocalSigner

    sign = LocalSigner.sign

    def asked(self, pdf: bytes, **how) -> bytes:
        digest, second = hashlib.sha256(pdf).hexdigest(), connection.copy()
        with second.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM certificates_signing WHERE unsigned = %s", [digest])
            seen = cursor.fetchone()[0]
        second.close()
        with (folder / "asked").open("a") as ledger:
            ledger.write(f"{digest} {seen}\n")
        return sign(self, pdf, **how)

    LocalSigner.sign = asked


# ── the parent ────────────────────────────────────────────────────────────────────────────────
def warm() -> None:
    """Fonts and typesetter are loaded once, here and not in every child; no session of the database is begun."""
    from datetime import date

    from django.utils import timezone

    from certificates.sheet import printed
    from certificates.signing.current import signer
    from certificates.words import words_of
    from cqo_portal.parties.search import pinyin_key

    day = date(2026, 11, 20)
    words = words_of(
        number="CQO-JSZP-2026-0001-8", holder="王雪松", organisation="泊头恒通管件有限公司", grade="AAAA", body="江苏质量评价中心",
        evaluated_on=day, first_day=day, last_day=date(2029, 11, 19), basis="规范", address="http://x/c/1/2", host="x",
    )  # fmt: skip
    signer().sign(printed(words, made_at=timezone.now()), reason="预热", at=timezone.now())
    pinyin_key("泊头")


def child(point: str, order: str, folder: Path) -> None:
    witness(folder)
    if order != "all-anew":
        print_once(folder)
    if point != "nowhere":
        globals()[point]()
    go_on_with_all() if order.startswith("all") else go_on_with(int(order))


if __name__ == "__main__":
    django.setup()
    warm()
    print("ready", flush=True)
    for line in sys.stdin:
        point, order = line.split()
        pid = os.fork()
        if pid == 0:
            child(point, order, Path(sys.argv[1]))
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
