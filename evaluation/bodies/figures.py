"""What an app above tells an office of a body's work: figures that name nobody and no unpublished result."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from evaluation.bodies.models import BodyRecord


@dataclass(frozen=True)
class Figure:
    label: str
    value: str
    note: str = ""
    url: str = ""


Figures = Callable[[BodyRecord], Iterable[Figure]]
_told: list[Figures] = []


def add_figures(tell: Figures) -> Figures:
    """Another group of figures on the page of a record, for its body and the offices that see it."""
    _told.append(tell)
    return tell


def figures_of(record: BodyRecord) -> list[Figure]:
    return [figure for tell in _told for figure in tell(record)]
