"""Data with a signature that needs no PDF: JWS (RFC 7515), and the public keys as JWK (RFC 7517) to check it with.

ES256 for P-256, PS256 for RSA: what WebCrypto calls ECDSA and RSA-PSS, so that a page without a server can check it.
"""

import base64

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from certificates.signing.keys import Pair, PrivateKey, fingerprint
from cqo_portal.digests import canonical

NUMBER = 32  # bytes of a number of P-256
PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size)


def attested(payload: bytes, *, pair: Pair) -> str:
    """header.payload.signature, each in base64url; `kid` is the fingerprint of the certificate."""
    public = public_jwk(pair.certificate)
    head = canonical({"alg": public["alg"], "kid": public["kid"]})
    said = f"{base64url(head)}.{base64url(payload)}"
    return f"{said}.{base64url(_signature(said.encode(), key=pair.key))}"


def _signature(said: bytes, *, key: PrivateKey) -> bytes:
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(said, PSS, hashes.SHA256())
    r, s = decode_dss_signature(key.sign(said, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(NUMBER) + s.to_bytes(NUMBER)  # RFC 7518 3.4: the bare numbers, not DER


def public_jwk(certificate: x509.Certificate) -> dict[str, str]:
    """The public key as a browser imports it."""
    key, numbers = certificate.public_key(), certificate.public_key().public_numbers()
    about = {"use": "sig", "kid": fingerprint(certificate)}
    if isinstance(key, ec.EllipticCurvePublicKey):
        return about | {"kty": "EC", "crv": "P-256", "alg": "ES256", "x": _b64(numbers.x, NUMBER), "y": _b64(numbers.y, NUMBER)}  # fmt: skip
    return about | {"kty": "RSA", "alg": "PS256", "n": _b64(numbers.n), "e": _b64(numbers.e)}


def _b64(number: int, size: int | None = None) -> str:
    return base64url(number.to_bytes(size or (number.bit_length() + 7) // 8))


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
