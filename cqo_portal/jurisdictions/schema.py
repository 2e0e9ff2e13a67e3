"""The vocabulary of a rule pack: what one edition of one jurisdiction says. Frozen values, no functions.

What a jurisdiction lacks is `None` or empty. The attribute path is the rule's name: `certificate.reapply_by`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .calendar import Months, Years
from .requirements import (
    AppointedBy,
    BySize,
    Clause,
    Discretion,
    Disqualification,
    Education,
    Either,
    Every,
    Experience,
    ForSizes,
    OfficerDecides,
    QualityQualification,
    Reading,
    Requirement,
    Title,
    Trained,
)
from .scheme import (
    AppraisalGroup,
    AppraisalItem,
    AppraisalScheme,
    Band,
    CertificateRule,
    EvaluationScheme,
    Grade,
    Group,
    Indicator,
    LeastGradeAdvised,
    PanelRule,
    Span,
)
from .vocabulary import (
    Act,
    Activity,
    Channel,
    DutyKind,
    FirstYear,
    Party,
    PoolBasis,
    Population,
    Recurrence,
    Status,
    Tier,
)


@dataclass(frozen=True, kw_only=True)
class Duty(Clause):
    """A duty to learn. `course_class` keeps hours apart where a text counts two classes; None: the text knows none."""

    kind: DutyKind
    every: Recurrence
    hours: Decimal | None = None
    activities: int | None = None
    certificate: bool = False
    course_class: int | None = None
    first_year: FirstYear = FirstYear.DUE
    counts: tuple[str, ...] = ()
    accepts: tuple[Activity, ...] = (Activity.TRAINING,)
    organisers: str = (
        ""  # whose trainings count, in the text's sense; told to whoever confirms hours of elsewhere
    )


@dataclass(frozen=True, kw_only=True)
class ClassHour(Clause):
    """How long one 学时 lasts. Used against the clock only: hours are counted as the organiser states them."""

    minutes: int


@dataclass(frozen=True, kw_only=True)
class OfficeTraining(Clause):
    """A training the offices of a tier hold themselves; `label` is the text's word for it."""

    tier: Tier


@dataclass(frozen=True, kw_only=True)
class Commissioning(Clause):
    """Which offices commission the providers. Without such a clause any city and any province may."""

    tier: Tier


@dataclass(frozen=True, kw_only=True)
class Term(Clause):
    """How long a post is usually given; the enterprise may write another length."""

    normally: Years
    editable: bool = True

    def last_day_from(self, first_day: date) -> date:
        return self.normally.last_day_from(first_day)


@dataclass(frozen=True, kw_only=True)
class Step(Clause):
    tier: Tier
    act: Act


@dataclass(frozen=True, kw_only=True)
class Way(Clause):
    """A channel by which a filing may come in."""

    channel: Channel
    announced_yearly: bool


@dataclass(frozen=True, kw_only=True)
class ChangeReport(Clause):
    """A change of a filed officer is reported `within`, to this tier first."""

    within: Months
    first_to: Tier
    moves_past_days_off: bool = True


@dataclass(frozen=True, kw_only=True)
class Route(Clause):
    """The levels a filing passes, lowest first; it is filed at the last."""

    steps: tuple[Step, ...]
    ways: tuple[Way, ...]
    change: ChangeReport


@dataclass(frozen=True, kw_only=True)
class Report(Clause):
    """Who reports to whom, how often, closed on (month, day) where a day is set."""

    by: Party
    to: Party
    every: Recurrence
    cut_off: tuple[int, int] | None = None
    with_roster: bool = False


@dataclass(frozen=True, kw_only=True)
class CoverageTarget(Clause):
    """`by` is None where the text names a goal without a date."""

    of: Population
    ratio: Decimal
    by: date | None = None


@dataclass(frozen=True, kw_only=True)
class TalentPool(Clause):
    basis: PoolBasis


@dataclass(frozen=True, kw_only=True)
class Provision(Clause):
    """What the product shows or acts on, but no number lives in: said in our own words."""

    text: str


@dataclass(frozen=True, kw_only=True)
class RulePack:
    jurisdiction: str
    label: str
    edition: str
    title: str
    status: Status
    in_force_from: date
    in_force_until: date | None = None
    source: str
    dating: Reading | None = None
    qualification: Every
    appointed_by: AppointedBy
    disqualifications: tuple[Disqualification, ...] = ()
    term: Term | None = None
    route: Route | None = None
    training: tuple[Duty, ...] = ()
    class_hour: ClassHour
    office_trainings: tuple[OfficeTraining, ...] = ()
    commissioning: Commissioning | None = None
    certificate: CertificateRule | None = None
    evaluation: EvaluationScheme | None = None
    appraisal: AppraisalScheme | None = None
    targets: tuple[CoverageTarget, ...] = ()
    reports: tuple[Report, ...] = ()
    pool: TalentPool | None = None
    provisions: tuple[Provision, ...] = ()
    readings: tuple[Reading, ...] = ()

    @property
    def is_draft(self) -> bool:
        return self.status is Status.DRAFT


__all__ = [
    "AppointedBy",
    "AppraisalGroup",
    "AppraisalItem",
    "AppraisalScheme",
    "Band",
    "BySize",
    "CertificateRule",
    "ChangeReport",
    "ClassHour",
    "Clause",
    "CoverageTarget",
    "Discretion",
    "Disqualification",
    "Duty",
    "Education",
    "Either",
    "EvaluationScheme",
    "Every",
    "Experience",
    "ForSizes",
    "Grade",
    "Group",
    "Indicator",
    "LeastGradeAdvised",
    "Months",
    "OfficeTraining",
    "OfficerDecides",
    "PanelRule",
    "Provision",
    "QualityQualification",
    "Reading",
    "Report",
    "Requirement",
    "Route",
    "RulePack",
    "Span",
    "Step",
    "TalentPool",
    "Term",
    "Title",
    "Trained",
    "Way",
    "Years",
]
