"""Papers other parts of the product know of: who was trained when, who holds an evaluation certificate.

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


TrainedOn = Callable[[Iterable], Mapping[UUID, date]]
CertifiedOn = Callable[[Iterable], Mapping[UUID, Certified]]

_trained: list[TrainedOn] = []
_certified: list[CertifiedOn] = []


def add_trained_on(source: TrainedOn) -> None:
    """From whom we know on which day somebody got the certificate of the appointment training."""
    _trained.append(source)


def add_certified_on(source: CertifiedOn) -> None:
    _certified.append(source)


def trained_on(people: Iterable) -> dict[UUID, date]:
    """The day of the earliest certificate of each."""
    found: dict[UUID, date] = {}
    for source in _trained:
        for person, day in source(people).items():
            found[person] = min(day, found.get(person, day))
    return found


def certified_on(people: Iterable) -> dict[UUID, Certified]:
    """The certificate that counts of each; later sources take precedence."""
    found: dict[UUID, Certified] = {}
    for source in _certified:
        found |= source(people)
    return found
