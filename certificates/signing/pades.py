"""Signs a PDF as PAdES B-B, certified: the signature says that nothing at all may change after it.

Tamper evidence by a key of the deployment's own; not an official electronic seal (GB/T 38540).
"""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates.signing.interface import CannotSign
from certificates.signing.keys import NO_PASSWORD, Pair, refuse_if_not_valid

FIELD = "Certification"  # the one signature field; without a box, so nothing is drawn


class At(signers.PdfSigner):
    """Signs at a time that is told, not read from a clock."""

    at: datetime

    def init_signing_session(self, *arguments, **options):
        session = super().init_signing_session(*arguments, **options)
        session.system_time = self.at
        return session


def certified(pdf: bytes, *, pair: Pair, reason: str, at: datetime) -> bytes:
    """The PDF with our signature as its last revision. Raises `CannotSign`, also for a PDF that is already certified."""
    refuse_if_not_valid(pair.certificate, at=at)
    scribe = At(_what_to_say(reason), signer=_signer(pair), new_field_spec=SigFieldSpec(FIELD))
    scribe.at = at
    try:
        with ThreadPoolExecutor(1) as apart:  # pyhanko starts an event loop; the caller's thread may have one
            return apart.submit(_written, scribe, pdf).result()
    except (PdfError, SigningError) as error:
        raise CannotSign(f"这个 PDF 不能签名（{error}）。") from error


def _written(scribe: At, pdf: bytes) -> bytes:
    return scribe.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf))).getvalue()


def _what_to_say(reason: str) -> signers.PdfSignatureMetadata:
    return signers.PdfSignatureMetadata(
        field_name=FIELD,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        reason=reason,
    )


def _signer(pair: Pair) -> signers.SimpleSigner:
    secret = pair.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NO_PASSWORD)
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(pair.certificate.public_bytes(Encoding.DER)),
        signing_key=asn1_keys.PrivateKeyInfo.load(secret),
        cert_registry=SimpleCertificateStore(),
    )
