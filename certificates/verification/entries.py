"""One line of a day's status file. Values in, values out: no database. Numbers and digests only, never a name.

`code` maps our words onto the status codes of national electronic licences (GB/T 36901 and its like). It is a mapping for
whoever keeps such codes; the platform does not claim to conform to those standards.
"""

from collections.abc import Sequence
from datetime import date

from certificates.validity import Change, Validity, standing
from cqo_portal.digests import canonical
from cqo_portal.jurisdictions.vocabulary import CertificateState as S

CODES = {
    S.VALID: "01",  # 有效
    S.SUSPENDED: "02",  # 暂扣
    S.VOID: "03",  # 撤销
    S.DISCONTINUED: "04",  # 注销
    S.EXPIRED: "05",  # 失效
    S.SUPERSEDED: "05",
}


def line_of(number: str, validity: Validity, changes: Sequence[Change], *, pdf: str, day: date) -> bytes:
    """How it stood on `day`, since when, until when it was printed to last, and the SHA-256 of its PDF."""
    found = standing(validity, changes, day=day)
    said = {
        "number": number,
        "state": found.state.value,
        "code": CODES[found.state],
        "since": found.since.isoformat(),
        "last_day": validity.last_day.isoformat(),
        "pdf": pdf,
    }
    return canonical(said) + b"\n"
