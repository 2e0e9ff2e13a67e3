"""Runs behind the fence (`cqo_portal.fenced`): whose signature a PDF carries, and whether anything changed since.

Trust is a list of certificates, not a chain: the very certificate must be on it. Our signature covers the whole file but the
hole it lies in, so whatever was added, laid over or taken back makes the file end elsewhere than what was signed.
"""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from enum import StrEnum

from asn1crypto import cms, x509
from pyhanko.pdf_utils.generic import parse_pdf_date
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature, KeyUsageConstraints, validate_pdf_signature
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

HEADER_WITHIN = 1024  # bytes: where readers look for %PDF-
HOLE = re.compile(rb"<([0-9A-F]+)>")  # hexadecimal as we write it: in capitals, without blanks
MAY_SIGN = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)


class Encrypted(Exception):
    pass


class Verdict(StrEnum):
    INTACT = "intact"  # our signature, over the whole file, nothing changed since
    ALTERED = "altered"  # it carries a signature by a certificate of ours that does not hold for this file
    FOREIGN = "foreign"  # signed, but not by a key of ours
    BROKEN = "broken"  # signed, but nobody can say by whom
    UNSIGNED = "unsigned"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"  # no PDF, or one that cannot be read
    TOO_COMPLEX = "too complex"  # not judged: it took more time or memory than any file of ours


def judged(raw: bytes, *certificates: str) -> tuple[bytes, dict]:
    """The job: `certificates` are those trusted, DER in hex. Whatever the file does, there is a verdict."""
    ours = {
        each.sha256.hex(): each for each in (x509.Certificate.load(bytes.fromhex(c)) for c in certificates)
    }
    with ThreadPoolExecutor(1) as apart:  # pyhanko starts an event loop; the caller's thread may have one
        return b"", apart.submit(_about, raw, ours).result()


def _about(raw: bytes, ours: dict[str, x509.Certificate]) -> dict:
    start = raw.find(b"%PDF-", 0, HEADER_WITHIN)
    if start < 0:
        return _said(Verdict.UNREADABLE)
    said = _of_a_pdf(raw, ours)
    if not start or said["verdict"] != Verdict.UNREADABLE:
        return said
    said = _of_a_pdf(raw[start:], ours)  # places count from the head: what was put before it moved them all
    return said | {"verdict": Verdict.ALTERED.value} if said["verdict"] == Verdict.INTACT else said


def _of_a_pdf(raw: bytes, ours: dict[str, x509.Certificate]) -> dict:
    try:
        found = _signatures(raw)
    except MemoryError:
        raise  # the fence has a word for it
    except Encrypted:
        return _said(Verdict.ENCRYPTED)
    except Exception:  # a hostile file breaks a reader in ways nobody can list
        return _said(Verdict.UNREADABLE)
    if not found:
        return _said(Verdict.UNSIGNED)
    signed_by = [_signed_by(each) for each in found]
    place = next((n for n, each in enumerate(signed_by) if each in ours), None)
    if place is None:
        claimed = next(filter(None, signed_by), None)
        return _said(Verdict.FOREIGN if claimed else Verdict.BROKEN, fingerprint=claimed)
    certificate = ours[signed_by[place]]
    if len(found) == 1 and (signed_at := _holds(found[0], raw=raw, certificate=certificate)):
        return _said(Verdict.INTACT, fingerprint=signed_by[0], signed_at=signed_at)
    signed_at = _original_of(found[place], raw=raw, certificate=certificate)
    return _said(Verdict.ALTERED, fingerprint=signed_by[place], signed_at=signed_at)


def _said(verdict: Verdict, *, fingerprint: str | None = None, signed_at: datetime | None = None) -> dict:
    told = signed_at.isoformat() if signed_at else None
    return {"verdict": verdict.value, "fingerprint": fingerprint, "signed_at": told}


def _signatures(raw: bytes) -> list[EmbeddedPdfSignature | None]:
    """Every signature field that is filled; None for what is in it but no signature one can read."""
    reader = PdfFileReader(io.BytesIO(raw))
    if "/Encrypt" in reader.trailer:
        raise Encrypted
    return [
        _embedded(reader, field, name) for name, _, field in enumerate_sig_fields(reader, filled_status=True)
    ]


def _embedded(reader: PdfFileReader, field, name: str) -> EmbeddedPdfSignature | None:
    try:
        return EmbeddedPdfSignature(reader, field, name)
    except Exception:
        return None


def _signed_by(signature: EmbeddedPdfSignature | None) -> str | None:
    """Whose certificate is named, if its key signed what stands in the signature; of the file that says nothing yet."""
    try:
        content = signature.signed_data["encap_content_info"]["content_type"].native
        _, signed = validate_sig_integrity(
            signature.signer_info, signature.signer_cert, expected_content_type=content, actual_digest=b""
        )
        return signature.signer_cert.sha256.hex() if signed else None
    except MemoryError:
        raise
    except Exception:
        return None


def _holds(signature: EmbeddedPdfSignature, *, raw: bytes, certificate: x509.Certificate) -> datetime | None:
    """When it was signed, if all of this file is what was signed then; else None.

    The certificate must have been valid at that time: one that expired since takes nothing back.
    """
    try:
        signed_at = parse_pdf_date(signature.sig_object["/M"])
        trust = ValidationContext(trust_roots=[certificate], allow_fetching=False, moment=signed_at)
        status = validate_pdf_signature(signature, trust, key_usage_settings=MAY_SIGN)
        whole = status.bottom_line and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        locked = signature.docmdp_level == MDPPerm.NO_CHANGES
        return signed_at if whole and locked and _fills_its_hole(signature, raw=raw) else None
    except MemoryError:
        raise
    except Exception:
        return None


def _original_of(
    signature: EmbeddedPdfSignature, *, raw: bytes, certificate: x509.Certificate
) -> datetime | None:
    """Where something was only appended, the beginning of the file is what we signed: when that was."""
    try:
        end = int(signature.byte_range[2]) + int(signature.byte_range[3])
        if not 0 < end < len(raw):
            return None
        (first,) = _signatures(raw[:end])
        return _holds(first, raw=raw[:end], certificate=certificate)
    except MemoryError:
        raise
    except Exception:
        return None


def _fills_its_hole(signature: EmbeddedPdfSignature, *, raw: bytes) -> bool:
    """The hole is the one thing a signature cannot cover: there lies the signature as we write it, zeros, nothing else."""
    start, before, after, rest = signature.byte_range
    hole = HOLE.fullmatch(raw[before:after])
    if hole is None or (start, after + rest) != (0, len(raw)):
        return False
    content, bare = bytes.fromhex(hole[1].decode()), _as_we_write_it(signature)
    return content == signature.pkcs7_content and content.startswith(bare) and not any(content[len(bare) :])


def _as_we_write_it(signature: EmbeddedPdfSignature) -> bytes:
    """The envelope around what is signed, made anew: versions and names of methods are in nobody's signature."""
    signed, certificate, digest = signature.signer_info, signature.signer_cert, {"algorithm": "sha256"}
    issuer = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": issuer}),
        "digest_algorithm": digest,
        "signed_attrs": signed["signed_attrs"],
        "signature_algorithm": {"algorithm": signed["signature_algorithm"]["algorithm"].native},
        "signature": signed["signature"],
    }
    envelope = {
        "version": "v1",
        "digest_algorithms": [digest],
        "encap_content_info": {"content_type": "data"},
        "certificates": [certificate],
        "signer_infos": [signer],
    }
    return cms.ContentInfo({"content_type": "signed_data", "content": envelope}).dump()
