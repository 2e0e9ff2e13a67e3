"""How long a certificate lives, and when to apply again. Dates in, dates out: the day is an argument.

Suspension does not extend a certificate: one that ends while suspended has expired.
"""

from dataclasses import dataclass
from datetime import date

from cqo_portal.jurisdictions.scheme import CertificateRule
from cqo_portal.jurisdictions.vocabulary import CertificateState

ENDS_BY_ITSELF = frozenset({CertificateState.VALID, CertificateState.SUSPENDED})


@dataclass(frozen=True)
class Validity:
    """Both ends count: valid on the first day and still on the last."""

    first_day: date
    last_day: date
    reapply_opens: date
    reapply_by: date

    def covers(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


def validity_of(issued_on: date, rule: CertificateRule) -> Validity:
    """All dates of a certificate, from its day of issue."""
    last = last_day(issued_on, rule)
    return Validity(
        first_day=issued_on,
        last_day=last,
        reapply_opens=rule.window_opens.before(last),
        reapply_by=rule.reapply_by.before(last),
    )


def last_day(issued_on: date, rule: CertificateRule) -> date:
    """The day before the anniversary; issued on 29 February: the last day of February."""
    return rule.valid_for.last_day_from(issued_on)


def standing(recorded: CertificateState, validity: Validity, *, day: date) -> CertificateState:
    """What is true on that day of a certificate whose last recorded act left it `recorded`."""
    if day < validity.first_day:
        raise ValueError(f"证书自 {validity.first_day:%Y-%m-%d} 起有效，{day:%Y-%m-%d} 尚未签发。")
    if recorded in ENDS_BY_ITSELF and day > validity.last_day:
        return CertificateState.EXPIRED
    return recorded
