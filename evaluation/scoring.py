"""From agreed coefficients to a result. Decimal in, Decimal out: no ORM, no clock, no float.

Nothing is rounded before it is compared: 449.5 is less than 450.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from cqo_portal.jurisdictions.scheme import Band, EvaluationScheme, Grade, Group
from cqo_portal.wording import plain_decimal

Coefficients = Mapping[str, Decimal]  # indicator code -> what the panel agreed on

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
    if sentences := tuple(against(coefficients, scheme)):
        raise Unscorable(*sentences)
    indicators = {row.code: row.points * coefficients[row.code] for row in scheme.indicators}
    groups = {group.code: _sum_of(group, indicators, scheme) for group in scheme.groups}
    total = sum(indicators.values(), ZERO)
    failed = (*_below_minimum(groups, scheme), *_below_lowest_grade(total, scheme))
    grade = scheme.ungraded if failed else _earned(total, scheme)
    return Result(indicators, groups, total, grade, failed)


def against(coefficients: Coefficients, scheme: EvaluationScheme) -> Iterator[str]:
    """Why these coefficients cannot be scored: one for every indicator, no other, each from the scheme."""
    known = {row.code: row for row in scheme.indicators}
    for code in known.keys() - coefficients.keys():
        yield f"缺少 {code} {known[code].label}的系数。"
    for code in coefficients.keys() - known.keys():
        yield f"没有编号为“{code}”的评价指标。"
    allowed = "、".join(f"{value}" for value in scheme.coefficients)
    for code in (code for code in known if code in coefficients):
        if coefficients[code] not in scheme.coefficients:
            yield f"{code} {known[code].label}的系数 {coefficients[code]} 不在规定的取值内（{allowed}）。"


def band_of(percentage: Decimal, scheme: EvaluationScheme) -> Placed:
    """A percentage between two bands falls to the lower one; the page says so."""
    if not ZERO <= percentage <= HUNDRED:
        raise ValueError(f"满足程度应在 0 至 100 之间，您填的是 {percentage}。")
    band = max((b for b in scheme.bands if b.at_least <= percentage), key=lambda b: b.at_least)
    highest = max(scheme.bands, key=lambda b: b.at_least)
    return Placed(band, in_gap=band.up_to < percentage and band is not highest)


def _sum_of(group: Group, indicators: Mapping[str, Decimal], scheme: EvaluationScheme) -> Decimal:
    return sum((indicators[row.code] for row in scheme.indicators if row.group == group.code), ZERO)


def _below_minimum(groups: Mapping[str, Decimal], scheme: EvaluationScheme) -> Iterator[Failed]:
    for group in scheme.groups:
        points = groups[group.code]
        if points != group.minimum if group.exact else points < group.minimum:
            wanted = f"须为 {group.minimum} 分" if group.exact else f"至少 {group.minimum} 分"
            sentence = f"{group.label} {plain_decimal(points)} 分，{wanted}。"
            yield Failed(group.code, group.label, points, group.minimum, group.cites, sentence)


def _below_lowest_grade(total: Decimal, scheme: EvaluationScheme) -> Iterator[Failed]:
    lowest = min(scheme.grades, key=lambda grade: grade.least)
    if total < lowest.least:
        sentence = f"总分 {plain_decimal(total)} 分，{lowest.label} 级至少 {lowest.least} 分。"
        yield Failed("total", "总分", total, lowest.least, lowest.cites, sentence)


def _earned(total: Decimal, scheme: EvaluationScheme) -> Grade:
    reached = (grade for grade in scheme.grades if total >= grade.least)
    return max(reached, key=lambda grade: grade.least)
