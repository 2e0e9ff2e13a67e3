"""What a sheet amounts to while it is being written. Decimal in, Decimal out: no ORM, no clock.

Rows without a coefficient count nothing so far, and everything in what could still be reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from cqo_portal.jurisdictions.scheme import EvaluationScheme, Grade, Group

ZERO = Decimal(0)


@dataclass(frozen=True)
class GroupStanding:
    """Points of one group so far; `open`: of its rows that are not scored yet."""

    group: Group
    points: Decimal
    open: Decimal

    @property
    def is_met(self) -> bool:
        return self.points == self.group.minimum if self.group.exact else self.points >= self.group.minimum

    @property
    def is_lost(self) -> bool:
        """Even with everything that is open the minimum is out of reach."""
        return self.points + self.open < self.group.minimum


@dataclass(frozen=True)
class Standing:
    groups: tuple[GroupStanding, ...]
    scored: int  # rows
    rows: int
    grades: tuple[Grade, ...]

    @property
    def total(self) -> Decimal:
        return sum((each.points for each in self.groups), ZERO)

    @property
    def open(self) -> Decimal:
        return sum((each.open for each in self.groups), ZERO)

    @property
    def most(self) -> Decimal:
        return self.total + self.open

    @property
    def unscored(self) -> int:
        return self.rows - self.scored

    @property
    def by_total(self) -> Grade | None:
        """What the total alone would earn; the minima of the groups are asked besides."""
        return _earned(self.total, self.grades)

    @property
    def within_reach(self) -> Grade | None:
        return _earned(self.most, self.grades)

    @property
    def next(self) -> Grade | None:
        """The lowest grade the total does not reach yet."""
        above = [grade for grade in self.grades if grade.least > self.total]
        return min(above, key=lambda grade: grade.least, default=None)

    @property
    def lost(self) -> tuple[GroupStanding, ...]:
        return tuple(each for each in self.groups if each.is_lost)


def standing(coefficients: Mapping[str, Decimal], scheme: EvaluationScheme) -> Standing:
    """`coefficients` {indicator code: value} of the rows scored so far, in any order."""
    groups = tuple(
        GroupStanding(
            group,
            points=sum(
                (row.points * coefficients[row.code] for row in rows if row.code in coefficients), ZERO
            ),
            open=sum((row.points for row in rows if row.code not in coefficients), ZERO),
        )
        for group, rows in _rows_by_group(scheme)
    )
    return Standing(groups, len(coefficients), len(scheme.indicators), scheme.grades)


def _rows_by_group(scheme: EvaluationScheme):
    for group in scheme.groups:
        yield group, [row for row in scheme.indicators if row.group == group.code]


def _earned(points: Decimal, grades: tuple[Grade, ...]) -> Grade | None:
    return max((g for g in grades if g.least <= points), key=lambda g: g.least, default=None)
