"""The two tables by which officers are evaluated, and the certificate that may follow."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .calendar import Months
from .requirements import Clause, Reading
from .vocabulary import Aggregation, CertificateState, Nature, Size


@dataclass(frozen=True)
class Span(Clause):
    """A period with its clause; counts like the `Months` or `Years` inside."""

    length: Months

    def after(self, day: date) -> date:
        return self.length.after(day)

    def before(self, day: date) -> date:
        return self.length.before(day)

    def last_day_from(self, first_day: date) -> date:
        return self.length.last_day_from(first_day)


@dataclass(frozen=True)
class Group:
    """A first-level indicator (一级指标). `exact`: the text writes = instead of ≥."""

    code: str
    label: str
    points: Decimal
    minimum: Decimal
    cites: str
    exact: bool = False
    by_finding: Reading | None = None


@dataclass(frozen=True)
class Indicator:
    """One scored row. `asks` says in our own words what the assessor looks at."""

    code: str
    label: str
    group: str
    points: Decimal
    nature: Nature
    asks: str
    cites: str


@dataclass(frozen=True)
class Band:
    """Degree of fulfilment from `at_least` percent; closed at the top, a gap belongs to the band below."""

    number: int
    label: str
    at_least: Decimal
    up_to: Decimal
    coefficients: tuple[Decimal, ...]
    performance: str
    result: str
    cites: str

    def label_for(self, nature: Nature) -> str:
        """Percentages are of performance alone (table B.1); table B.2 says results in words and has none."""
        return self.label if nature is Nature.PERFORMANCE else f"{self.number} 档"


@dataclass(frozen=True)
class Grade:
    code: str
    label: str
    least: Decimal
    cites: str
    certificate: bool = True


@dataclass(frozen=True)
class PanelRule(Clause):
    least: int
    odd_advised: bool
    aggregations: tuple[Aggregation, ...]
    spread_needs_reason: Decimal


@dataclass(frozen=True)
class LeastGradeAdvised(Clause):
    """Informative: warns, never blocks. A size that is not listed has no recommendation."""

    by_size: tuple[tuple[Size, str], ...]


@dataclass(frozen=True, kw_only=True)
class EvaluationScheme(Clause):
    total: Decimal
    groups: tuple[Group, ...]
    indicators: tuple[Indicator, ...]
    coefficients: tuple[Decimal, ...]
    bands: tuple[Band, ...]
    grades: tuple[Grade, ...]
    ungraded: Grade
    panel: PanelRule
    least_grade_advised: LeastGradeAdvised
    application: tuple[Clause, ...]
    readings: tuple[Reading, ...] = ()

    def label_of(self, grade: str) -> str:
        """AAA, and "A（不予评级）" of the ungraded."""
        return next(each.label for each in (self.ungraded, *self.grades) if each.code == grade)


@dataclass(frozen=True, kw_only=True)
class CertificateRule(Clause):
    valid_for: Span
    window_opens: Span
    reapply_by: Span
    wait_after_loss: Span
    wait_applies_to: tuple[CertificateState, ...]
    states: tuple[CertificateState, ...]
    particulars: tuple[str, ...]
    on_change_of_body: Clause
    loss: Clause


@dataclass(frozen=True)
class AppraisalItem:
    """`fact` names the fact on record the system may propose; the appraiser confirms."""

    code: str
    label: str
    points: Decimal
    fact: str | None = None


@dataclass(frozen=True)
class AppraisalGroup:
    code: str
    label: str
    points: Decimal
    items: tuple[AppraisalItem, ...]
    cites: str
    assumed: Reading | None = None


@dataclass(frozen=True, kw_only=True)
class AppraisalScheme(Clause):
    """The enterprise's own appraisal of its officer. No grades, no pass line: the outcome is its decision."""

    total: Decimal
    known: Decimal
    groups: tuple[AppraisalGroup, ...]
    outcomes: tuple[str, ...]
