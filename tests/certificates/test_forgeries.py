"""Forged certificates, each way by its name, and 2,000 flipped bits: none of them passes for intact."""

import io
import logging
import random
import resource
import time
from dataclasses import replace
from datetime import datetime

import pikepdf
import pytest
import time_machine
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.signing.examining import FENCE, MB, NEEDED, Finding, examine
from certificates.signing.judging import Verdict, judged
from certificates.signing.keys import fingerprint
from cqo_portal.fenced import TooMuch, run
from tests.certificates.apart import apart
from tests.certificates.forging import FORGERIES, SIGNED_AT, World, hole_of, written
from tests.certificates.hostile import (
    a_long_chain,
    a_number_of_two_million_digits,
    a_ring,
    a_table_of_many_objects,
    bomb,
    kids_that_are_twice_the_same,
    nested,
)

MUTATIONS = 2_000


@pytest.fixture(autouse=True)
def silence():
    """pyhanko logs each signature that does not hold: thousands, here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def ours(w, deployed):
    deployed(w.ours)


def test_the_untouched_original_is_intact(w):
    """The control of all below."""
    assert examine(w.signed) == Finding(
        Verdict.INTACT, fingerprint=fingerprint(w.ours.certificate), signed_at=SIGNED_AT
    )


def test_there_are_two_dozen_ways():
    assert len(FORGERIES) == 24


@pytest.mark.parametrize(("forge", "verdict"), FORGERIES.items(), ids=[each.__name__ for each in FORGERIES])
def test_no_forgery_passes_for_intact(w, forge, verdict):
    forged = forge(w)
    assert forged != w.signed
    assert examine(forged).verdict == verdict


def test_where_something_was_only_appended_the_time_of_our_signature_is_known(w):
    appended = examine(w.signed + b"\n% one more line\n")
    assert (appended.verdict, appended.signed_at) == (Verdict.ALTERED, SIGNED_AT)
    changed = examine(w.signed.replace(b"/ByteRange [0 ", b"/ByteRange [1 "))
    assert (changed.verdict, changed.signed_at) == (Verdict.ALTERED, None)


def test_who_signed_a_foreign_file_is_said_as_it_claims(w):
    finding = examine(w.by_forger(w.plain))
    assert finding == Finding(Verdict.FOREIGN, fingerprint=fingerprint(w.forger.certificate))


def test_of_a_signature_with_one_digit_changed_nobody_can_say_whose_it_is(w):
    """In the certificate that lies in it, and in what its key signed. The control: whole, it is ours, or the forger's."""
    for pdf, whole in ((w.signed, Verdict.INTACT), (w.by_forger(w.plain), Verdict.FOREIGN)):
        assert examine(pdf).verdict == whole
        start, end = hole_of(pdf)
        used = len(pdf[start + 1 : end - 1].rstrip(b"0"))
        for place in (start + 1 + used // 4, start + used - 20):
            digit = b"1" if pdf[place : place + 1] != b"1" else b"2"
            assert examine(pdf[:place] + digit + pdf[place + 1 :]) == Finding(Verdict.BROKEN)


def test_what_was_put_before_the_head_is_taken_away_to_be_judged(w):
    before = b"0123456789"
    assert examine(before + w.signed) == Finding(
        Verdict.ALTERED, fingerprint=fingerprint(w.ours.certificate), signed_at=SIGNED_AT
    )
    assert examine(before + w.by_forger(w.plain)).verdict == Verdict.FOREIGN
    assert examine(before + w.plain).verdict == Verdict.UNSIGNED
    assert examine(bytes(1024) + w.signed).verdict == Verdict.UNREADABLE  # further than readers look


# ── Single bits ───────────────────────────────────────────────────────────────────────────────
def der(w: World) -> str:
    return w.ours.certificate.public_bytes(Encoding.DER).hex()


def places(w: World) -> dict[str, range]:
    """Every class of bytes a PDF has, after the signature as well as before it."""
    start, end = hole_of(w.signed)
    last = w.signed.rindex(b"startxref")
    table = int(w.signed[last:].split()[1])
    return {
        "header": range(15),
        "the printed page": range(15, len(w.plain)),
        "the signature's own objects": range(len(w.plain), start),
        "the hole": range(start, end),
        "xref, which is the trailer too": range(table, last),
        "the last lines": range(last, len(w.signed)),
    }


def flipped(pdf: bytes, bit: int) -> bytes:
    changed = bytearray(pdf)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def bits(w: World) -> list[int]:
    """2,000 anywhere, and 100 of each class."""
    chance = random.Random(20261130)
    anywhere = chance.sample(range(len(w.signed) * 8), MUTATIONS)
    classes = [range(place.start * 8, place.stop * 8) for place in places(w).values()]
    return anywhere + [bit for each in classes for bit in chance.sample(each, 100)]


def accepted_by_pyhanko_alone(pdf: bytes, *, certificate: str) -> bool:
    """What a reader that trusts our certificate would say: valid, and over the whole file."""
    try:
        (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        root = x509.Certificate.load(bytes.fromhex(certificate))
        trust = ValidationContext(trust_roots=[root], allow_fetching=False, moment=SIGNED_AT)
        status = apart(validate_pdf_signature, signature, trust)
        return status.bottom_line and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    except Exception:
        return False


def test_our_judgement_alone_notices_every_flipped_bit_too(w):
    assert judged(w.signed, der(w))[1]["verdict"] == "intact"
    verdicts = {bit: judged(flipped(w.signed, bit), der(w))[1]["verdict"] for bit in bits(w)}
    assert not [bit for bit, verdict in verdicts.items() if verdict == "intact"]


def test_a_signature_as_readers_check_it_misses_some_and_all_of_them_in_its_hole(w):
    """Why the digest comes first: what a reader shows as valid need not be the file we issued. (13 of 2,000, when measured.)"""
    assert accepted_by_pyhanko_alone(w.signed, certificate=der(w))
    missed = [bit for bit in bits(w) if accepted_by_pyhanko_alone(flipped(w.signed, bit), certificate=der(w))]
    assert missed
    assert {bit // 8 in range(*hole_of(w.signed)) for bit in missed} == {True}


def test_in_the_envelope_of_the_signature_our_judgement_notices_what_readers_miss(w):
    """Versions and names of methods at the head of the hole, bit by bit: in nobody's signature."""
    start, _ = hole_of(w.signed)
    head = range((start + 1) * 8, (start + 90) * 8)
    missed = [bit for bit in head if accepted_by_pyhanko_alone(flipped(w.signed, bit), certificate=der(w))]
    assert len(missed) > 50
    assert not [bit for bit in missed if judged(flipped(w.signed, bit), der(w))[1]["verdict"] == "intact"]


# ── What is no certificate at all ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "raw",
    [b"", b"\x89PNG\r\n\x1a\n", b"%PDF-", b"%PDF-1.7\n%%EOF\n", bytes(1000), nested(), a_ring()],
    ids=["nothing", "picture", "head", "hollow", "zeros", "nested", "ring"],
)
def test_what_cannot_be_read_is_said_to_be_unreadable(raw):
    assert examine(raw) == Finding(Verdict.UNREADABLE)


def test_a_bomb_is_unreadable():
    packed = bomb()
    assert len(packed) < 5_000_000
    assert examine(packed) == Finding(Verdict.UNREADABLE)


@pytest.mark.parametrize(
    "hostile", [a_long_chain, a_number_of_two_million_digits, kids_that_are_twice_the_same]
)
def test_what_takes_too_long_ends_at_the_fence_and_is_said_to_be_not_judged(hostile):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    assert examine(hostile()) == Finding(Verdict.TOO_COMPLEX)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 4
    assert time.monotonic() - began < 20


def test_what_takes_too_much_memory_ends_there_too_and_what_is_honest_needs_a_quarter_of_it(w):
    """The time is left open, so that it is the memory that ends."""
    patient = replace(FENCE, seconds=60, patience=60)
    with pytest.raises(TooMuch):
        run("certificates.signing.judging:judged", der(w), raw=a_table_of_many_objects(250), fence=patient)
    assert FENCE.memory - NEEDED == 256 * MB
    narrow = replace(patient, memory=NEEDED)  # the control
    said = run("certificates.signing.judging:judged", der(w), raw=w.signed, fence=narrow)[1]
    assert said["verdict"] == "intact"


def test_a_cut_file_is_never_intact(w):
    for length in range(0, len(w.signed), len(w.signed) // 60):
        assert judged(w.signed[:length], der(w))[1]["verdict"] != "intact"


def test_a_pdf_nobody_signed_is_unsigned(w):
    blank = pikepdf.new()
    blank.add_blank_page()
    assert examine(w.plain) == examine(written(blank)) == Finding(Verdict.UNSIGNED)


# ── Whom we trust ─────────────────────────────────────────────────────────────────────────────
def test_the_private_key_is_not_needed_to_examine(w, settings):
    settings.SIGNING_KEY.unlink()
    assert examine(w.signed).verdict == Verdict.INTACT


def test_a_certificate_stays_intact_after_the_key_was_changed(w, settings, tmp_path):
    """The earlier certificate lies in a list, or in one file behind the current one."""
    earlier, current = w.ours.certificate.public_bytes(Encoding.PEM), w.forger.certificate
    settings.SIGNING_CERTIFICATE.write_bytes(current.public_bytes(Encoding.PEM))
    assert examine(w.signed).verdict == Verdict.FOREIGN
    (tmp_path / "earlier.crt").write_bytes(earlier)
    settings.SIGNING_CERTIFICATES = [str(tmp_path / "earlier.crt")]
    assert examine(w.signed).verdict == Verdict.INTACT
    settings.SIGNING_CERTIFICATES = []
    settings.SIGNING_CERTIFICATE.write_bytes(current.public_bytes(Encoding.PEM) + earlier)
    assert examine(w.signed).verdict == Verdict.INTACT


def test_a_certificate_that_expired_since_takes_nothing_back(w):
    """Judged at the time it was signed; ours ends in 2036."""
    with time_machine.travel(datetime(2040, 1, 1)):
        assert judged(w.signed, der(w))[1]["verdict"] == "intact"
