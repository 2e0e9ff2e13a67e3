"""What a rule pack says, as a page reads it: sections of lines, each with value, clause and readings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cqo_portal.jurisdictions.requirements import Reading
from cqo_portal.jurisdictions.schema import RulePack


@dataclass(frozen=True)
class Line:
    """One clause. `manner`: how its parts hang together, or that nobody but a person can judge it."""

    anchor: str
    label: str
    value: str = ""
    cites: str = ""
    manner: str = ""  # every | either | sizes | discretion
    readings: tuple[Reading, ...] = ()
    parts: tuple["Line", ...] = ()

    def flat(self) -> Iterator["Line"]:
        yield self
        for part in self.parts:
            yield from part.flat()

    @property
    def text(self) -> str:
        """All it says in one string: two editions differ where this differs."""
        return "，".join(filter(None, (self.label, self.value, *(part.text for part in self.parts))))


@dataclass(frozen=True)
class Section:
    """`rows` are the lines a table of its own shows; `about` is the object that table is drawn from."""

    anchor: str
    title: str
    lines: tuple[Line, ...] = ()
    lead: str = ""
    rows: tuple[Line, ...] = ()
    template: str = "rules/_lines.html"
    about: Any = None

    def flat(self) -> Iterator[Line]:
        for line in (*self.lines, *self.rows):
            yield from line.flat()


@dataclass(frozen=True)
class Answer:
    """One line of the plain summary: what a clerk asks first."""

    question: str
    said: str
    anchor: str


@dataclass(frozen=True)
class Adopted:
    """A reading we adopted, and the line it belongs to."""

    label: str
    anchor: str
    reading: Reading


@dataclass(frozen=True)
class Book:
    pack: RulePack
    sections: tuple[Section, ...]
    summary: tuple[Answer, ...]

    @property
    def adopted(self) -> list[Adopted]:
        """Every reading, once, where it stands first."""
        whole = [("适用日期", "edition", self.pack.dating)] if self.pack.dating else []
        whole += [("整版", "edition", reading) for reading in self.pack.readings]
        of_lines = [
            (line.label, line.anchor, r) for s in self.sections for line in s.flat() for r in line.readings
        ]
        first = {}
        for label, anchor, reading in (*whole, *of_lines):
            first.setdefault(reading, Adopted(label, anchor, reading))
        return list(first.values())
