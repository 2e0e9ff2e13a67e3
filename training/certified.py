"""Who holds a certificate of the appointment training, and since when. Whoever knows of such papers adds a source."""

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

Source = Callable[[Iterable[UUID]], dict[UUID, date]]  # of people: {person: day of the earliest one}

_sources: list[Source] = []


def add_trained_on(source: Source) -> None:
    _sources.append(source)


def trained_on(people: Iterable[UUID]) -> dict[UUID, date]:
    """{person: the earliest day any source knows}; who has none is left out."""
    people, found = list(people), {}
    for source in _sources:
        for person, day in source(people).items():
            found[person] = min(day, found.get(person, day))
    return found
