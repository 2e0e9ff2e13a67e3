"""What other parts of the product know already and may propose for a report; the enterprise confirms.

Training hours have no ledger yet: it will add itself here, and this app will not know it by name.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from registry.models import Officer

HoursSource = Callable[[Officer, int], Mapping[str, Decimal]]  # (post, year) → {key of a duty: hours}

_hours: list[HoursSource] = []


def add_hours(source: HoursSource) -> None:
    _hours.append(source)


def hours_of(post: Officer, year: int) -> dict[str, Decimal]:
    """The hours on record for this post and year, by duty; later sources take precedence."""
    found: dict[str, Decimal] = {}
    for source in _hours:
        found |= source(post, year)
    return found
