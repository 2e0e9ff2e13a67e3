"""What only advises at an appointment, and never bars it: an app above says it here (annex D of the evaluation text).

`of_size` may be shown to whoever fills in the form. `of_person` says what is on record of somebody, and is for offices.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cqo_portal.jurisdictions.vocabulary import Size


@dataclass(frozen=True)
class Advice:
    """`reached`: None where nothing is on record to compare."""

    text: str
    cites: str
    reached: bool | None = None


_of_size: list[Callable[[Size], Advice | None]] = []
_of_person: list[Callable[[str, Size, date], Advice | None]] = []


def add(
    *, of_size: Callable[[Size], Advice | None], of_person: Callable[[str, Size, date], Advice | None]
) -> None:
    _of_size.append(of_size)
    _of_person.append(of_person)


def on_size(size: Size | None) -> list[Advice]:
    return [each for tell in _of_size if size and (each := tell(size))]


def on_person(identity_index: str, size: Size | None, today: date) -> list[Advice]:
    """Empty where the words name nobody yet."""
    if not identity_index or size is None:
        return []
    return [each for tell in _of_person if (each := tell(identity_index, size, today))]
