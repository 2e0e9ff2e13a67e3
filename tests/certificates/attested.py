"""Reads a JWS as a stranger would: with a library of cryptography and the published keys, and nothing of our code."""

import base64
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from certificates.signing.current import public_keys


def payload_of(jws: str) -> dict:
    """What was signed; `AssertionError` where the signature does not hold."""
    head, payload, signature = jws.split(".")
    key = next(one for one in public_keys() if one["kid"] == json.loads(_bytes(head))["kid"])
    numbers = [int.from_bytes(_bytes(key[name])) for name in ("x", "y")]
    raw = _bytes(signature)
    found = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicNumbers(*numbers, ec.SECP256R1()).public_key()
    try:
        public.verify(found, f"{head}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as wrong:
        raise AssertionError("the signature does not hold") from wrong
    return json.loads(_bytes(payload))


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
