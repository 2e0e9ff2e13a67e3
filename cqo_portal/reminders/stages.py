"""When something is said of a coming day, and for how long it is still worth saying. Dates in, dates out: no clock.

A stage is reached so many days before or after the day itself, and holds until the next one is: of a day at most one
stage holds. So whoever looked away for a while is told what holds now, once, and not everything that was missed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Stage:
    """`offset` in days, negative before the day. `urgent`: also as a short message, where somebody wants those."""

    offset: int
    label: str
    urgent: bool = False

    @property
    def code(self) -> str:
        return f"{self.offset:+d}"

    def reached_on(self, due_on: date) -> date:
        return due_on + timedelta(days=self.offset)


@dataclass(frozen=True)
class Stages:
    """In the order of their days. The last one holds for `lasts` days."""

    of: tuple[Stage, ...]
    lasts: int = 30

    def __post_init__(self) -> None:
        offsets = [stage.offset for stage in self.of]
        if offsets != sorted(set(offsets)) or self.lasts < 1:
            raise ValueError(f"stages follow one another: {offsets}, {self.lasts}")

    def __iter__(self) -> Iterator[Stage]:
        return iter(self.of)

    @property
    def ends(self) -> int:
        """The offset from which nothing holds any more."""
        return self.of[-1].offset + self.lasts

    def holding(self, due_on: date, day: date) -> Stage | None:
        """What is to be said on `day` of something due then."""
        passed = (day - due_on).days
        if passed >= self.ends:
            return None
        return next((stage for stage in reversed(self.of) if stage.offset <= passed), None)

    def due_between(self, stage: Stage, day: date) -> tuple[date, date]:
        """First and last due day of which that stage holds on `day`."""
        place = self.of.index(stage)
        until = self.of[place + 1].offset if place + 1 < len(self.of) else self.ends
        return day - timedelta(days=until - 1), day - timedelta(days=stage.offset)

    def span(self, day: date) -> tuple[date, date]:
        """First and last due day of which any stage holds on `day`."""
        return day - timedelta(days=self.ends - 1), day - timedelta(days=self.of[0].offset)
