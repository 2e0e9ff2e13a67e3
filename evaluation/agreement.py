"""How well experts agree, on one panel and over the years. It describes; nothing it says alters a score.

The one place of the evaluation where floats are allowed: these are estimates, printed with their uncertainty.
Ratings are rows: one per indicator, in each the marks of all members in the same order.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import mean, median, stdev

from cqo_portal.jurisdictions.scheme import EvaluationScheme

from .panel import Marks, judged

Ratings = Sequence[Sequence[Decimal | float]]
Table = list[list[Fraction]]  # the same, exact

FEWEST_PANELS = 5  # below, an expert's deviation is chance and is not shown
# Student's t, two-sided 95 %, by degrees of freedom. Between two rows the row above is taken: an interval that is
# a little too wide, never too narrow.
T_95 = {
    4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228, 11: 2.201, 12: 2.179, 13: 2.160,
    14: 2.145, 15: 2.131, 16: 2.120, 17: 2.110, 18: 2.101, 19: 2.093, 20: 2.086, 21: 2.080, 22: 2.074, 23: 2.069,
    24: 2.064, 25: 2.060, 26: 2.056, 27: 2.052, 28: 2.048, 29: 2.045, 30: 2.042, 40: 2.021, 60: 2.000, 120: 1.980,
}  # fmt: skip


# ── one panel ─────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Icc:
    """Intraclass correlation, two-way random effects, absolute agreement (Shrout & Fleiss 1979); 0 to 1.

    `single`: ICC(2,1), how far one expert's mark can be relied on; `average`: ICC(2,k), the mean of all k. `f` and its
    `degrees` of freedom: whether rows differ by more than the experts do; None where these differ in level at most.
    """

    single: float
    average: float
    f: float | None
    degrees: tuple[int, int]


def icc(ratings: Ratings) -> Icc | None:
    """None where it is not defined: fewer than two rows or experts, or every mark the same.

    ValueError where rows differ in length, here and below.
    """
    table = _table(ratings)
    if len(table) < 2 or len(table[0]) < 2 or len({mark for row in table for mark in row}) == 1:
        return None
    n, k = len(table), len(table[0])
    degrees = n - 1, (n - 1) * (k - 1)
    between, judges, error = _mean_squares(table, degrees)
    f = float(between / error) if error else None
    between = max(between, error)  # a negative variance between rows is none, and then there is no agreement
    single = (between - error) / (between + (k - 1) * error + k * (judges - error) / n)
    average = (between - error) / (between + (judges - error) / n)
    return Icc(float(single), float(average), f, degrees)


def _mean_squares(table: Table, degrees: tuple[int, int]) -> tuple[Fraction, Fraction, Fraction]:
    """Between rows, between experts, and what neither explains: BMS, JMS, EMS."""
    n, k = len(table), len(table[0])
    grand = mean(mark for row in table for mark in row)
    rows = k * sum((mean(row) - grand) ** 2 for row in table)
    columns = n * sum((mean(column) - grand) ** 2 for column in _across(table))
    rest = sum((mark - grand) ** 2 for row in table for mark in row) - rows - columns
    return rows / degrees[0], columns / (k - 1), rest / degrees[1]


def kendalls_w(ratings: Ratings) -> float | None:
    """Do the experts put the indicators into the same order? 1 fully, 0 not at all; corrected for ties.

    None with fewer than two rows or experts, or where nobody tells any two indicators apart.
    """
    table = _table(ratings)
    if len(table) < 2 or len(table[0]) < 2:
        return None
    n, m = len(table), len(table[0])
    columns = [_ranks(column) for column in _across(table)]
    sums = [sum(ranks) for ranks in _across(columns)]
    squares = sum((total - mean(sums)) ** 2 for total in sums)
    ties = sum(size**3 - size for ranks in columns for size in Counter(ranks).values())
    most = m**2 * (n**3 - n) - m * ties
    return float(12 * squares / most) if most else None


def _table(ratings: Ratings) -> Table:
    return [[Fraction(mark) for mark in row] for row in ratings]


def _across(table: Sequence[Sequence[Fraction]]) -> list[tuple[Fraction, ...]]:
    """Columns of rows; ValueError where a mark is missing."""
    return list(zip(*table, strict=True))


def _ranks(marks: Sequence[Fraction]) -> list[Fraction]:
    """Ascending; equal marks share the middle of their places. From where one counts W does not ask."""
    in_order = sorted(marks)
    return [in_order.index(mark) + Fraction(marks.count(mark), 2) for mark in marks]


# ── an expert over the years ──────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Distance:
    """How far one sheet lies from its panel's medians: above is positive.

    `points`: added up over all indicators; `coefficient`: the same per point there was to give.
    """

    points: Decimal
    coefficient: Decimal


@dataclass(frozen=True)
class Estimate:
    """`low` to `high`: where the mean lies with 95 %, as far as panels can be taken for a sample."""

    mean: float
    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Deviation:
    panels: int
    points: Estimate
    coefficient: Estimate


def distance(marks: Marks, member: str, scheme: EvaluationScheme, group: str | None = None) -> Distance:
    """Over all indicators the panel judges, or those of one group; a group settled by a finding has none.

    The middle itself, not the lower proposal, which would make everyone on an even panel look generous.
    """
    rows = tuple(row for row in judged(scheme) if group in (None, row.group))
    points = sum(row.points * (marks[member][row.code] - _middle(marks, row.code)) for row in rows)
    return Distance(points, points / sum(row.points for row in rows))


def _middle(marks: Marks, code: str) -> Decimal:
    return median(sheet[code] for sheet in marks.values())


def deviation(series: Sequence[Distance]) -> Deviation | None:
    """Over all panels an expert served on; None below `FEWEST_PANELS`."""
    if len(series) < FEWEST_PANELS:
        return None
    return Deviation(
        len(series),
        points=_estimate([float(each.points) for each in series]),
        coefficient=_estimate([float(each.coefficient) for each in series]),
    )


def _estimate(values: Sequence[float]) -> Estimate:
    middle = mean(values)
    reach = _t_95(len(values) - 1) * stdev(values) / len(values) ** 0.5
    return Estimate(middle, median(values), middle - reach, middle + reach)


def _t_95(degrees: int) -> float:
    return T_95[max(known for known in T_95 if known <= degrees)]
