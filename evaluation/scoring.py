"""From agreed coefficients to a result. Decimal in, Decimal out: no ORM, no clock, no float.

Nothing is rounded before it is compared: 449.5 is less than 450.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from cqo_portal.jurisdictions.scheme import Band, EvaluationScheme, Grade, Group
from cqo_portal.wording import cut_decimal, plain_decimal

Coefficients = Mapping[str, Decimal]  # indicator code -> one expert's mark, or what the panel agreed on

ZERO, HUNDRED = Decimal(0), Decimal(100)


class Unscorable(ValueError):
    """The coefficients do not fit the scheme; each sentence names an indicator or what is missing."""

    def __init__(self, *sentences: str):
        super().__init__("".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Failed:
    """A condition that stands between these points and a grade."""

    condition: str
    label: str
    value: Decimal
    threshold: Decimal
    cites: str
    sentence: str


@dataclass(frozen=True)
class Result:
    """`grade` is the scheme's ungraded one as soon as anything failed, whatever the total."""

    indicators: Mapping[str, Decimal]
    groups: Mapping[str, Decimal]
    total: Decimal
    grade: Grade
    failed: tuple[Failed, ...]


class Placed(NamedTuple):
    """The band a percentage lies in; `in_gap` where the text leaves it between two bands."""

    band: Band
    in_gap: bool


def score(coefficients: Coefficients, scheme: EvaluationScheme) -> Result:
    """Points are indicator × coefficient; a grade needs every group's minimum, then a total."""
    return score_mean((coefficients,), scheme)


def score_mean(sheets: Collection[Coefficients], scheme: EvaluationScheme) -> Result:
    """The same of several sheets at once, each counting alike.

    Points of all sheets are added up first and every sum is divided once, so that three sheets that make 450 are not
    449.99…. A quotient that does not end is kept to 28 digits, far finer than a sum of such points can miss a threshold by.
    """
    if sentences := tuple(dict.fromkeys(why for sheet in sheets for why in against(sheet, scheme))):
        raise Unscorable(*sentences)
    if not sheets:
        raise Unscorable("还没有评分表。")
    sums = {row.code: row.points * sum(sheet[row.code] for sheet in sheets) for row in scheme.indicators}
    indicators = {code: points / len(sheets) for code, points in sums.items()}
    groups = {group.code: _sum_of(group, sums, scheme) / len(sheets) for group in scheme.groups}
    total = sum(sums.values(), ZERO) / len(sheets)
    failed = (*_below_minimum(groups, scheme), *_below_lowest_grade(total, scheme))
    grade = scheme.ungraded if failed else _earned(total, scheme)
    return Result(indicators, groups, total, grade, failed)


def against(coefficients: Coefficients, scheme: EvaluationScheme) -> Iterator[str]:
    """Why these coefficients cannot be scored: one for every indicator, no other, each from the scheme."""
    known = {row.code: row for row in scheme.indicators}
    for code in (code for code in known if code not in coefficients):
        yield f"缺少 {code} {known[code].label}的系数。"
    for code in (code for code in coefficients if code not in known):
        yield f"没有编号为“{code}”的评价指标。"
    allowed = "、".join(f"{value}" for value in scheme.coefficients)
    for code in (code for code in known if code in coefficients):
        if coefficients[code] not in scheme.coefficients:
            yield f"{code} {known[code].label}的系数 {coefficients[code]} 不在规定的取值内（{allowed}）。"


def band_of(percentage: Decimal, scheme: EvaluationScheme) -> Placed:
    """A percentage between two bands falls to the lower one; the pages say so (`gaps`)."""
    if not ZERO <= percentage <= HUNDRED:
        raise ValueError(f"满足程度应在 0 至 100 之间，您填的是 {percentage}。")
    band = max((b for b in scheme.bands if b.at_least <= percentage), key=lambda b: b.at_least)
    return Placed(band, in_gap=band.up_to < percentage)


def gaps(scheme: EvaluationScheme) -> tuple[tuple[Decimal, Decimal, Band], ...]:
    """Where the text leaves percentages between two bands: (from, to, the band they fall to), lowest first."""
    ordered = sorted(scheme.bands, key=lambda band: band.at_least)
    between = ((below.up_to, above.at_least) for below, above in pairwise(ordered))
    return tuple((low, high, band_of((low + high) / 2, scheme).band) for low, high in between if low < high)


def gaps_in_words(scheme: EvaluationScheme) -> str:
    """`25%–30% 归入 1 档`, for every gap; "" where the bands leave none."""
    said = "，".join(
        f"{plain_decimal(low)}%–{plain_decimal(high)}% 归入 {band.number} 档"
        for low, high, band in gaps(scheme)
    )
    return f"介于两档之间的归入较低的一档（推定）：{said}。" if said else ""


def band_with(coefficient: Decimal, scheme: EvaluationScheme) -> Band:
    """The band a coefficient belongs to; StopIteration where no band has it."""
    return next(band for band in scheme.bands if coefficient in band.coefficients)


def _sum_of(group: Group, points: Mapping[str, Decimal], scheme: EvaluationScheme) -> Decimal:
    return sum((points[row.code] for row in scheme.indicators if row.group == group.code), ZERO)


def _below_minimum(groups: Mapping[str, Decimal], scheme: EvaluationScheme) -> Iterator[Failed]:
    for group in scheme.groups:
        points = groups[group.code]
        if points != group.minimum if group.exact else points < group.minimum:
            wanted = f"须为 {group.minimum} 分" if group.exact else f"至少 {group.minimum} 分"
            sentence = f"{group.label} {cut_decimal(points)} 分，{wanted}。"
            yield Failed(group.code, group.label, points, group.minimum, group.cites, sentence)


def _below_lowest_grade(total: Decimal, scheme: EvaluationScheme) -> Iterator[Failed]:
    lowest = min(scheme.grades, key=lambda grade: grade.least)
    if total < lowest.least:
        sentence = f"总分 {cut_decimal(total)} 分，{lowest.label} 级至少 {lowest.least} 分。"
        yield Failed("total", "总分", total, lowest.least, lowest.cites, sentence)


def _earned(total: Decimal, scheme: EvaluationScheme) -> Grade:
    reached = (grade for grade in scheme.grades if total >= grade.least)
    return max(reached, key=lambda grade: grade.least)
