"""Papers other parts of the product know of: who holds an evaluation certificate.

A source is asked about many people at once, by their keys or by a query for their keys.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID


class Certified(NamedTuple):
    """An evaluation certificate: its first day, and its last one where it ended or will."""

    first_day: date
    last_day: date | None = None
    activities: int = 1  # that each of its years asks for, as its body set it; a text may ask for more


CertifiedOn = Callable[[Iterable], Mapping[UUID, Certified]]

_certified: list[CertifiedOn] = []


def add_certified_on(source: CertifiedOn) -> None:
    _certified.append(source)


def certified_on(people: Iterable) -> dict[UUID, Certified]:
    """The certificate that counts of each; later sources take precedence."""
    found: dict[UUID, Certified] = {}
    for source in _certified:
        found |= source(people)
    return found
