"""What a PDF somebody brings is worth as far as its signature says. The ledger of digests is asked before, by the caller."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding

from certificates.signing.current import trusted
from certificates.signing.judging import Verdict
from cqo_portal import fenced

MB = 1024 * 1024
NEEDED = 96 * MB  # by the largest file that may be brought, where it is a plain one
FENCE = fenced.Fence(  # an honest file takes less than a second, most of it to begin
    memory=NEEDED + 256 * MB, seconds=3, patience=20, nice=10, most_said=64 * 1024
)


class Unfinished(Exception):
    """The machine was too busy to come to a verdict: the same file may get one later."""


@dataclass(frozen=True)
class Finding:
    """`fingerprint`: of the certificate whose key signed. `signed_at`: only where that signature holds."""

    verdict: Verdict
    fingerprint: str | None = None
    signed_at: datetime | None = None


def examine(pdf: bytes) -> Finding:
    """A verdict whatever the file does, in a child of its own.

    Raises `CannotCheck` where we have no certificate, and `Unfinished`.
    """
    certificates = [each.public_bytes(Encoding.DER).hex() for each in trusted()]
    try:
        _, said = fenced.run("certificates.signing.judging:judged", *certificates, raw=pdf, fence=FENCE)
    except fenced.TimedOut as busy:
        raise Unfinished from busy
    except (fenced.OutOfTime, fenced.TooMuch):
        return Finding(Verdict.TOO_COMPLEX)
    except fenced.Failed:
        return Finding(Verdict.UNREADABLE)
    signed_at = said["signed_at"] and datetime.fromisoformat(said["signed_at"])
    return Finding(Verdict(said["verdict"]), said["fingerprint"], signed_at)
