"""From the sheets of a panel to one result: what to talk about, what to give a reason for, how firm the grade is.

Values in, values out: no ORM, no clock, no float. Nothing here is chosen for the panel: a proposal is a proposal.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from statistics import median_low

from cqo_portal.jurisdictions.scheme import EvaluationScheme, Grade, Indicator
from cqo_portal.jurisdictions.vocabulary import Aggregation
from cqo_portal.wording import plain_decimal

from .scoring import ZERO, Coefficients, Result, Unscorable, score, score_mean

Marks = Mapping[str, Coefficients]  # member -> the signed sheet: a coefficient for every indicator

ONE = Decimal(1)
STANDS_OUT = Decimal("0.15")  # for the eye only: from this distance to the proposal a mark is pointed at


@dataclass(frozen=True)
class Disagreement:
    """One indicator across the panel. `above`, `below`: who stands out from the proposal."""

    indicator: Indicator
    values: Mapping[str, Decimal]
    proposal: Decimal
    spread: Decimal
    above: tuple[str, ...]
    below: tuple[str, ...]

    @property
    def at_stake(self) -> Decimal:
        """How many points the panel is apart."""
        return self.spread * self.indicator.points


class Basis(Enum):
    """What an alternative rests on. FINDING: integrity found the other way, as a member scored it."""

    PANEL = "panel"
    WITHOUT = "without"
    MEAN = "mean"
    MEDIANS = "medians"
    FINDING = "finding"


@dataclass(frozen=True)
class Alternative:
    """What would have come out. `without`: the member left out, empty otherwise; `changes`: another grade."""

    basis: Basis
    without: str
    total: Decimal
    grade: Grade
    changes: bool


@dataclass(frozen=True)
class Moved:
    """One member's mark before and after the sheets were opened; None where there was no sheet."""

    member: str
    first: Decimal | None
    last: Decimal | None


@dataclass(frozen=True)
class Drift:
    """What the talk changed in one indicator: the marks, the proposal they make, and what was agreed."""

    indicator: Indicator
    moved: tuple[Moved, ...]
    proposed: Decimal
    proposed_last: Decimal
    agreed: Decimal | None


# ── the map of disagreement ───────────────────────────────────────────────────────────────────
def proposal(values: Iterable[Decimal]) -> Decimal:
    """The lower median: always a value somebody gave. ValueError where there is none."""
    return median_low(values)


def proposals(marks: Marks, scheme: EvaluationScheme) -> Coefficients:
    """What the panel would agree on if nobody spoke, without what is settled by finding."""
    return {row.code: proposal(_across(marks, row).values()) for row in judged(scheme)}


def spread(values: Iterable[Decimal]) -> Decimal:
    given = tuple(values)
    return max(given) - min(given)


def judged(scheme: EvaluationScheme) -> Iterator[Indicator]:
    """The indicators that the panel gives coefficients to; the others are settled by an explicit finding."""
    by_finding = {group.code for group in scheme.groups if group.by_finding}
    return (row for row in scheme.indicators if row.group not in by_finding)


def disagreements(marks: Marks, scheme: EvaluationScheme) -> tuple[Disagreement, ...]:
    """Most points at stake first; what is level keeps the order of the scheme."""
    rows = (_disagreement(marks, row) for row in judged(scheme))
    return tuple(sorted(rows, key=lambda row: row.at_stake, reverse=True))


def _disagreement(marks: Marks, indicator: Indicator) -> Disagreement:
    values = _across(marks, indicator)
    proposed = proposal(values.values())
    return Disagreement(
        indicator,
        values,
        proposed,
        spread(values.values()),
        above=tuple(member for member, value in values.items() if value - proposed >= STANDS_OUT),
        below=tuple(member for member, value in values.items() if proposed - value >= STANDS_OUT),
    )


def _across(marks: Marks, indicator: Indicator) -> dict[str, Decimal]:
    return {member: sheet[indicator.code] for member, sheet in marks.items()}


def reasons_wanted(row: Disagreement, agreed: Decimal, scheme: EvaluationScheme) -> tuple[str, ...]:
    """Why the leader owes a written reason for this coefficient; empty where none is owed."""
    return tuple(_wanting(row, agreed, scheme.panel.spread_needs_reason))


def _wanting(row: Disagreement, agreed: Decimal, limit: Decimal) -> Iterator[str]:
    if row.spread >= limit:
        yield f"极差 {plain_decimal(row.spread)}，达到 {plain_decimal(limit)}，须写明理由。"
    if agreed != row.proposal:
        yield f"{plain_decimal(agreed)} 不同于建议值 {plain_decimal(row.proposal)}，须写明理由。"


# ── results ───────────────────────────────────────────────────────────────────────────────────
def agreed_result(agreed: Coefficients, finding_met: bool | None, scheme: EvaluationScheme) -> Result:
    """By consensus. `finding_met`: what the panel found of integrity; Unscorable while it has found nothing."""
    return score(_with_finding(agreed, finding_met, scheme), scheme)


def mean_result(marks: Marks, finding_met: bool | None, scheme: EvaluationScheme) -> Result:
    """By the mean of all sheets; integrity is never averaged, whatever stands in them."""
    return score_mean([_with_finding(sheet, finding_met, scheme) for sheet in marks.values()], scheme)


def median_result(marks: Marks, finding_met: bool | None, scheme: EvaluationScheme) -> Result:
    """What consensus comes to if every proposal is taken."""
    return agreed_result(proposals(marks, scheme), finding_met, scheme)


def _with_finding(
    coefficients: Coefficients, finding_met: bool | None, scheme: EvaluationScheme
) -> Coefficients:
    by_coefficient = {row.code for row in judged(scheme)}
    found = [row for row in scheme.indicators if row.code not in by_coefficient]
    if found and finding_met is None:
        raise Unscorable(*(f"{row.code} {row.label}还没有认定。" for row in found))
    return {**coefficients, **{row.code: ONE if finding_met else ZERO for row in found}}


def dissenting(marks: Marks, finding_met: bool | None, scheme: EvaluationScheme) -> tuple[str, ...]:
    """Who scored what is settled by finding otherwise than it was found: only the full coefficient says it is met."""
    if finding_met is None:
        return ()
    averaged = {row.code for row in judged(scheme)}
    found = [row.code for row in scheme.indicators if row.code not in averaged]
    signed = {member: [sheet[code] for code in found if code in sheet] for member, sheet in marks.items()}
    return tuple(
        member
        for member, values in signed.items()
        if values and all(value == ONE for value in values) is not finding_met
    )


# ── how firm the grade is ─────────────────────────────────────────────────────────────────────
def fragile(
    result: Result,
    marks: Marks,
    finding_met: bool | None,
    scheme: EvaluationScheme,
    chosen: Aggregation = Aggregation.CONSENSUS,
) -> tuple[Alternative, ...]:
    """The panel's result, then without each member, then by the way of putting sheets together not chosen, and last with
    the opposite finding, where a member signed that: what turns on one sentence of the panel is not firm.

    Without a member the others are put together in the way `chosen`: for a consensus by their proposals, since what
    they would have agreed on without him nobody knows. A panel of one has no others.
    """
    consensus = chosen is Aggregation.CONSENSUS
    by_chosen, by_other = (median_result, mean_result) if consensus else (mean_result, median_result)

    def alternative(basis: Basis, what: Result, without: str = "") -> Alternative:
        return Alternative(basis, without, what.total, what.grade, changes=what.grade != result.grade)

    return (
        alternative(Basis.PANEL, result),
        *(
            alternative(Basis.WITHOUT, by_chosen(others, finding_met, scheme), member)
            for member in marks
            if (others := {key: sheet for key, sheet in marks.items() if key != member})
        ),
        alternative(Basis.MEAN if consensus else Basis.MEDIANS, by_other(marks, finding_met, scheme)),
        *(
            [alternative(Basis.FINDING, _found_otherwise(result, marks, finding_met, scheme, chosen))]
            if dissenting(marks, finding_met, scheme)
            else []
        ),
    )


def _found_otherwise(
    result: Result, marks: Marks, finding_met: bool | None, scheme: EvaluationScheme, chosen: Aggregation
) -> Result:
    """The same marks with the opposite finding. Points of an agreed coefficient, divided again, give just that one."""
    if chosen is not Aggregation.CONSENSUS:
        return mean_result(marks, not finding_met, scheme)
    agreed = {row.code: result.indicators[row.code] / row.points for row in judged(scheme)}
    return agreed_result(agreed, not finding_met, scheme)


# ── before and after the talk ─────────────────────────────────────────────────────────────────
def drift(first: Marks, last: Marks, agreed: Coefficients, scheme: EvaluationScheme) -> tuple[Drift, ...]:
    """Where the sheets signed blind, those signed last and the agreement differ, in the order of the scheme.

    What nobody moved and was agreed as first proposed is left out; so is an agreement not reached yet.
    """
    rows = (_drift(first, last, agreed, row) for row in judged(scheme))
    return tuple(row for row in rows if row.moved or row.agreed not in (None, row.proposed))


def _drift(first: Marks, last: Marks, agreed: Coefficients, indicator: Indicator) -> Drift:
    before, after = _across(first, indicator), _across(last, indicator)
    both = ((member, before.get(member), after.get(member)) for member in {**before, **after})
    return Drift(
        indicator,
        tuple(Moved(*move) for move in both if move[1] != move[2]),
        proposed=proposal(before.values()),
        proposed_last=proposal(after.values()),
        agreed=agreed.get(indicator.code),
    )
