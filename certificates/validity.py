"""How long a certificate lives, what holds of it on any day, and when to apply again. Dates in, dates out.

Suspension does not extend a certificate: one that ends while suspended has expired. An act speaks from the day it takes
effect on; of several that speak of one day the one recorded last counts, because it was made knowing the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.jurisdictions.scheme import CertificateRule
from cqo_portal.jurisdictions.vocabulary import CertificateState

S = CertificateState
ENDS_BY_ITSELF = frozenset({S.VALID, S.SUSPENDED})
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Validity:
    """Both ends count: valid on the first day and still on the last."""

    first_day: date
    last_day: date
    reapply_opens: date
    reapply_by: date


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


# ── what holds on a day ───────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Change:
    """What an act made of a certificate, and from which day on; `recorded`: when it was said, if not on that day."""

    state: CertificateState
    on: date
    recorded: date | None = None


@dataclass(frozen=True)
class Standing:
    """`state`: None before the first day. `since`: the first day of the unbroken time in which it has held."""

    state: CertificateState | None
    since: date | None

    @property
    def is_valid(self) -> bool:
        return self.state is S.VALID


@dataclass(frozen=True)
class Stretch:
    """Unbroken days of one state; `last` is None where nothing ends it."""

    state: CertificateState
    first: date
    last: date | None


def standing(validity: Validity, changes: Sequence[Change], *, day: date) -> Standing:
    """What holds on that day, as known by the `changes`, which stand in the order they were recorded."""
    for stretch in stretches(validity, changes):
        if stretch.first <= day and (stretch.last is None or day <= stretch.last):
            return Standing(stretch.state, stretch.first)
    return Standing(None, None)


def stretches(validity: Validity, changes: Sequence[Change]) -> list[Stretch]:
    """The whole life, from the first day on, neighbours of one state joined."""
    over = validity.last_day + ONE_DAY
    turns = {validity.first_day, over} | {max(each.on, validity.first_day) for each in changes}
    found: list[Stretch] = []
    for day in sorted(turn for turn in turns if turn <= over):
        state = _on(day, validity, changes)
        if not found or found[-1].state is not state:
            found = [*_closed(found, day - ONE_DAY), Stretch(state, day, None)]
    return found


def _closed(found: list[Stretch], last: date) -> list[Stretch]:
    return [*found[:-1], Stretch(found[-1].state, found[-1].first, last)] if found else []


def _on(day: date, validity: Validity, changes: Sequence[Change]) -> CertificateState:
    """An act that takes effect once a certificate has expired changes nothing of it."""
    until = min(day, validity.last_day)
    state = next((each.state for each in reversed(changes) if each.on <= until), S.VALID)
    return S.EXPIRED if day > validity.last_day and state in ENDS_BY_ITSELF else state


# ── certificate years (9.2) ───────────────────────────────────────────────────────────────────
def years_of(validity: Validity) -> list[tuple[date, date]]:
    """First and last day of every certificate year; the last one ends with the certificate."""
    found, first = [], validity.first_day
    while first <= validity.last_day:
        ends = min(Years(len(found) + 1).last_day_from(validity.first_day), validity.last_day)
        found.append((first, ends))
        first = ends + ONE_DAY
    return found


# ── applying again (9.4, 9.6) ─────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Wait:
    """`ends`: the first day on which one may apply again; counted from `begins`."""

    begins: date
    ends: date


def wait_after(
    validity: Validity, changes: Sequence[Change], rule: CertificateRule, *, day: date
) -> Wait | None:
    """What is to be waited for after the loss that holds on `day`; None where there is none.

    Whoever ended suspended did not simply expire: the year runs from the suspension. It runs from the day the loss was
    recorded where that was later than it took effect: whoever is declared void from the beginning has not waited yet.
    """
    life = (each for each in stretches(validity, changes) if each.state is not S.EXPIRED)
    begun = [each for each in life if each.first <= day]
    if not begun or begun[-1].state not in rule.wait_applies_to:
        return None
    lost = begun[-1]
    said = next(
        (each.recorded for each in reversed(changes) if each.state is lost.state and each.recorded), None
    )
    begins = max(lost.first, said or lost.first)
    return Wait(begins, rule.wait_after_loss.after(begins))
