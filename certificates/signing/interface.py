"""What whoever seals certificates must be able to do, so that another seal can take the place of ours.

The signer that comes with the platform gives tamper evidence by a key of the deployment's own. It is no official electronic
seal (GB/T 38540, SM2, OFD): a seal service is a class of its own behind the same three names, chosen by
`settings.CERTIFICATE_SIGNER`.
"""

from datetime import datetime
from typing import Protocol


class CannotSign(Exception):
    """Nothing was signed; the message is a full sentence in Chinese for whoever runs the platform."""


class Signer(Protocol):
    """Signs with one key. All of it raises `CannotSign`."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the X.509 certificate (DER), in hex: by it a file says which key signed it."""
        ...

    def sign(self, pdf: bytes, *, reason: str, at: datetime) -> bytes:
        """The PDF certified, allowing no change at all; `at` (aware) is the time it says it was signed."""
        ...

    def attest(self, payload: bytes) -> str:
        """The payload as JWS (RFC 7515, compact): any library and every browser can check it with our public key."""
        ...
