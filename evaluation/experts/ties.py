"""What a conflict is found from, as plain values. Knows no Django."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Source(StrEnum):
    """How a fact is known: a page says so wherever it shows one."""

    REGISTER = "名录"
    DECLARED = "本人申报"
    BODY = "评价机构补充"
    BY_NAME = "按姓名相符"  # the trainer of a session is a text: another person may have the name


@dataclass(frozen=True)
class Employer:
    """An organisation the expert serves or served; `code` is empty where nobody knows it, `ends` None: still."""

    code: str
    name: str
    begins: date
    ends: date | None
    source: Source


@dataclass(frozen=True)
class Taught:
    """A session at which the expert taught the candidate."""

    candidate: UUID
    session: str  # its number
    what: str  # the course
    by: str  # who held it
    on: date  # its last day
    source: Source


@dataclass(frozen=True)
class Tie:
    """To a person (`name`) or an organisation, or both; `begins` None: always, `ends` None: still."""

    kind: str  # kinship, supervision, business, other
    name: str
    organisation: str
    code: str
    begins: date | None
    ends: date | None
    source: Source


@dataclass(frozen=True)
class Facts:
    person: UUID
    employers: tuple[Employer, ...] = ()
    taught: tuple[Taught, ...] = ()
    ties: tuple[Tie, ...] = ()


# ── who taught, out of a free text ────────────────────────────────────────────────────────────
# From coarse to fine: a Latin name holds blanks, and 和 may be part of a name (郑和), so every cut is tried.
_CUTS = tuple(
    re.compile(f"[{signs}]+")
    for signs in ("、，,;；/|()（）:：\n", r"、，,;；/|()（）:：\s", r"、，,;；/|()（）:：\s和与及")
)
_TITLE = re.compile(r"(?:副?教授|老师|博士|(?:高级)?工程师|高工|研究员|主任|院长|所长|处长|先生|女士)+$")


def trainers_in(text: str) -> set[str]:
    """The names a free text may mean, each also without the titles behind it."""
    parts = {part.strip() for cut in _CUTS for part in cut.split(text)} - {""}
    return parts | {_TITLE.sub("", part) for part in parts} - {""}


def names_whom(text: str, name: str, *, fold) -> bool:
    """Whether a text of trainers names just this name; `fold` makes spellings equal."""
    return fold(name) in {fold(part) for part in trainers_in(text)}


def by_person(people: Iterable[UUID], rows: Iterable[tuple[UUID, object]]) -> dict[UUID, tuple]:
    """Rows as (person, fact), in their order, for each of `people`."""
    found: dict[UUID, list] = {person: [] for person in people}
    for person, fact in rows:
        found[person].append(fact)
    return {person: tuple(facts) for person, facts in found.items()}
