"""What other parts of the product know already and may propose for a report; the enterprise confirms.

They add themselves here when the product starts; this app does not know them by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from registry.models import Officer


@dataclass(frozen=True)
class Appraised:
    """What an enterprise decided of a post in a year: points by group, the outcome in the words of its rules."""

    groups: Mapping[str, Decimal]
    outcome: str
    result: str  # which decision, of which day, and the part of the points the text itself gives
    address: str


HoursSource = Callable[[Officer, int], Mapping[str, Decimal]]  # (post, year) → {key of a duty: hours}
AppraisalSource = Callable[[Officer, int], Appraised | None]

_hours: list[HoursSource] = []
_appraisals: list[AppraisalSource] = []


def add_hours(source: HoursSource) -> None:
    _hours.append(source)


def hours_of(post: Officer, year: int) -> dict[str, Decimal]:
    """The hours on record for this post and year, by duty; later sources take precedence."""
    found: dict[str, Decimal] = {}
    for source in _hours:
        found |= source(post, year)
    return found


def add_appraisals(source: AppraisalSource) -> None:
    _appraisals.append(source)


def appraisal_of(post: Officer, year: int) -> Appraised | None:
    """What was decided of this post and year; later sources take precedence."""
    found = (source(post, year) for source in reversed(_appraisals))
    return next((each for each in found if each is not None), None)
