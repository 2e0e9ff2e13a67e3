"""Every kind of import: its columns, who may import it, and the work behind it. Each app adds its own kinds.

A kind's work is made for one errand (whose, into what, which year, by whom) and asked four things, always about
many rows at once so that it can look things up together:

    hold(rows)    before judging for good: nobody else changes what the verdicts rest on
    judge(rows)   say against rows what only the database knows; may change their values
    plan(rows)    what would happen to each sound row: new, changed, same
    apply(rows)   let it happen, in the caller's transaction
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from rules import Predicate

from cqo_portal.imports.reading import Judged
from cqo_portal.imports.tidy import Column
from cqo_portal.parties.models import Office

NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"


@dataclass(frozen=True)
class Errand:
    """For whom and under what heading the rows are imported."""

    office: Office | None  # none: an institution's own errand
    by: Any  # accounts.User, acting for the holder; None where the system looks again
    today: date
    year: int | None = None
    run: UUID | None = None
    source: str = ""  # the name of the file, as the source of what is imported
    target: UUID | None = None  # the thing its rows go into, where the kind has targets


@dataclass(frozen=True)
class Consequence:
    """What a row would do: `changes` are (label, old, new), in words for people."""

    outcome: str
    changes: tuple[tuple[str, str, str], ...] = ()
    title: str = ""  # what the row is about


class Work(Protocol):
    def hold(self, rows: Sequence[Judged]) -> None: ...

    def judge(self, rows: Sequence[Judged]) -> None: ...

    def title_of(self, row: Judged) -> str: ...

    def plan(self, rows: Sequence[Judged]) -> list[Consequence]: ...

    def apply(self, rows: Sequence[Judged], *, tell: Callable[[int], None]) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Kind:
    code: str
    label: str
    about: str  # a sentence for whoever is about to import
    columns: Callable[[Office | None], tuple[Column, ...]]
    unique: tuple[str, ...]  # keys of columns that no two rows share
    doubled: str  # the sentence against the second one; {number} is the first
    allowed: Predicate
    work: Callable[[Errand], Work]
    asks_year: bool = False
    leads_to: str = (
        ""  # the name of the page where the result is seen; of a kind with targets the target's page
    )
    # The names of what the rows go into, by key. A kind that has targets is begun at their pages, not at the general form.
    targets: Callable[[Iterable[UUID]], Mapping[UUID, str]] | None = None
    place: int = 9  # among the kinds that are offered, the lowest first


_kinds: dict[str, Kind] = {}


def add(*kinds: Kind) -> None:
    for kind in kinds:
        if kind.code in _kinds:
            raise ValueError(f"two kinds of import are called {kind.code}")
        _kinds[kind.code] = kind


def kind(code: str) -> Kind:
    return _kinds[code]


def all_kinds() -> tuple[Kind, ...]:
    return tuple(sorted(_kinds.values(), key=lambda kind: (kind.place, kind.code)))


def kinds_of(user) -> tuple[Kind, ...]:
    """What this person may import."""
    return tuple(kind for kind in all_kinds() if kind.allowed.test(user))


def offered_to(user) -> tuple[Kind, ...]:
    """What this person may begin at the general form: rows that go into a thing begin at its page."""
    return tuple(kind for kind in kinds_of(user) if kind.targets is None)
