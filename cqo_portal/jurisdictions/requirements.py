"""What a person must bring: a small tree of clauses. Values only; `registry.qualification` judges them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .calendar import Years
from .vocabulary import AccidentLevel, Appointer, Bars, ExperienceKind, Fault, Level, Rank, Size


@dataclass(frozen=True)
class Reading:
    """A reading we adopted where the text is silent or contradicts itself. Shown as 推定, with its reason."""

    text: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Clause:
    """Anything a text says. `key` is stable within an edition, `cites` is the article."""

    key: str
    label: str
    cites: str
    reading: Reading | None = None


@dataclass(frozen=True)
class Education(Clause):
    least: Level


@dataclass(frozen=True)
class Title(Clause):
    least: Rank


@dataclass(frozen=True)
class QualityQualification(Clause):
    """质量专业技术人员职业资格; since its abolition only certificates up to `issued_until` count."""

    least: Rank
    issued_until: date


@dataclass(frozen=True)
class Experience(Clause):
    least: Years
    kind: ExperienceKind


@dataclass(frozen=True)
class Trained(Clause):
    pass


@dataclass(frozen=True)
class Discretion(Clause):
    """What no document proves: an officer decides. Stands only under `Every` (see checks)."""


@dataclass(frozen=True)
class Every:
    parts: tuple["Requirement", ...]


@dataclass(frozen=True)
class Either(Clause):
    """One line on the page: 本科学历或中级职称. Its alternatives are leaves (see checks)."""

    parts: tuple["Leaf", ...]


@dataclass(frozen=True)
class OfficerDecides:
    """Where `part` is unmet but `where` holds, an officer decides instead of an automatic no."""

    part: Clause
    where: "Requirement"
    reading: Reading


@dataclass(frozen=True)
class ForSizes:
    key: str
    sizes: frozenset[Size]
    asks: "Requirement"


@dataclass(frozen=True)
class BySize:
    """Strictest case first; an unclassified size gets that one, by a reading."""

    key: str
    cases: tuple[ForSizes, ...]
    unclassified: Reading


Leaf = Education | Title | QualityQualification | Experience | Trained | Discretion
Requirement = Leaf | Every | Either | OfficerDecides | BySize


@dataclass(frozen=True)
class AppointedBy(Clause):
    """About the appointment, not the person: judged only where an appointment is on the table."""

    by: tuple[Appointer, ...]


@dataclass(frozen=True, kw_only=True)
class Disqualification(Clause):
    """Declared facts of these kinds stand in the way, from this accident level, for this long."""

    faults: tuple[Fault, ...]
    bars: Bars = Bars.POST
    from_level: AccidentLevel | None = None
    only_if_responsible: bool = False
    lasts: Years | None = None


def leaves(requirement: Requirement) -> Iterator[Leaf]:
    """Every leaf of the tree, in the order of the text."""
    match requirement:
        case Every(parts) | Either(parts=parts):
            for part in parts:
                yield from leaves(part)
        case OfficerDecides(part, where):
            yield from leaves(part)
            yield from leaves(where)
        case BySize(cases=cases):
            for case in cases:
                yield from leaves(case.asks)
        case leaf:
            yield leaf
