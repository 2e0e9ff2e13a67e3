"""What was learned against what is owed: each duty of a pack apart, and of every hour why it does not count.

Values in, values out: no database, no clock. Hours are exact decimals, added up and never rounded.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.jurisdictions.schema import Duty, RulePack
from cqo_portal.jurisdictions.vocabulary import Activity, DutyKind, FirstYear, Recurrence
from cqo_portal.wording import plain_decimal

ZERO, ONE = Decimal(0), Decimal(1)
CLASSES = {1: "第一类", 2: "第二类", None: "不分类"}


class Unit(Enum):
    HOURS = "hours"
    CERTIFICATE = "certificate"
    ACTIVITY = "activity"


class Why(Enum):
    """The kinds of reason for which something earned does not count towards a duty."""

    HELD = "held"
    REFUSED = "refused"
    NOT_DUE = "not_due"
    OTHER_CLASS = "other_class"
    NO_CLASS = "no_class"
    OTHER_ACTIVITY = "other_activity"
    OTHER_PERIOD = "other_period"
    AFTER_APPOINTMENT = "after_appointment"
    NO_HOURS = "no_hours"


OF_ANOTHER = frozenset({Why.OTHER_CLASS, Why.OTHER_PERIOD, Why.AFTER_APPOINTMENT})


@dataclass(frozen=True, kw_only=True)
class Earned:
    """One line of a ledger that stands. `held`: why it waits to count (a sentence), empty once nothing stands against
    it; `refused`: why it never will."""

    hours: Decimal
    on: date
    course_class: int | None = None
    counts_for: int | None = None  # the year the organiser names; else the year of the day
    activity: Activity = Activity.TRAINING
    held: str = ""
    refused: str = ""
    key: Any = None

    @property
    def year(self) -> int:
        return self.counts_for or self.on.year


@dataclass(frozen=True)
class Uncounted:
    earned: Earned
    reason: Why
    why: str


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A certificate of the appointment training, got `on` a day.

    `hours`: what it was given for, class by class; None where it does not say, as those of elsewhere. `number`: where
    the register knows nothing else, and an office accepted it with the appointment of that day.
    """

    on: date
    hours: Mapping[int | None, Decimal] | None = None
    number: str = ""

    def proves(self, duty: Duty) -> bool:
        """A certificate for fewer hours than a text asks proves none of them."""
        if duty.hours is None or self.hours is None:
            return True
        return self.hours.get(duty.course_class, ZERO) >= duty.hours

    def __str__(self) -> str:
        return f"名录登记的培训证书 {self.number}" if self.number else f"{self.on:%Y-%m-%d} 的培训证书"


@dataclass(frozen=True, kw_only=True)
class Post:
    """For whom the duties are asked: since when in office, and which papers there are."""

    appointed_on: date
    left_on: date | None = None
    trained: tuple[Trained, ...] = ()
    certified_on: date | None = None  # the first day of the evaluation certificate
    certificate_ends: date | None = None
    activities: int = 1  # that each year of it asks for, as its body set it


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How one duty stands in one year. `required`, `counted`, `missing`: hours, certificates or activities (`unit`)."""

    duty: Duty
    year: int
    unit: Unit
    due: bool
    required: Decimal
    counted: Decimal
    first_day: date | None = None  # of the span in which something earned counts; None: no limit
    last_day: date | None = None
    said: str = ""  # why it is not due, or by what it is met
    entries: tuple[Earned, ...] = ()
    uncounted: tuple[Uncounted, ...] = ()

    @property
    def missing(self) -> Decimal:
        return max(ZERO, self.required - self.counted)

    @property
    def met(self) -> bool:
        return self.due and not self.missing

    @property
    def might_count(self) -> Decimal:
        """What would be added once nothing stands against it any more."""
        return sum((self.worth(each.earned) for each in self.uncounted if each.reason is Why.HELD), ZERO)

    @property
    def beside(self) -> tuple[Uncounted, ...]:
        """What did not count although it is of the kind this duty asks for: its class, its time."""
        return tuple(each for each in self.uncounted if self._is_of_its_kind(each))

    @property
    def earned(self) -> Decimal:
        """What counts and what stands beside it, added up."""
        return sum((self.worth(e) for e in (*self.entries, *(u.earned for u in self.beside))), ZERO)

    def given(self, amount: Decimal) -> "Progress":
        """The same duty where just so much counts, as somebody else says."""
        return replace(self, counted=amount)

    def _is_of_its_kind(self, each: Uncounted) -> bool:
        initial = self.duty.kind is DutyKind.INITIAL
        of_its_class = self.duty.course_class in (None, each.earned.course_class)
        of_its_time = initial or each.earned.year == self.year
        return each.reason not in OF_ANOTHER and of_its_time and (of_its_class or each.reason is Why.NO_CLASS)

    def worth(self, earned: Earned) -> Decimal:
        """What one line adds: its hours, or one."""
        return earned.hours if self.unit is Unit.HOURS else ONE

    def days_left(self, today: date) -> int | None:
        """Today included; None where no last day is set, 0 once it is past."""
        return max(0, (self.last_day - today).days + 1) if self.last_day else None


def progress(
    pack: RulePack, *, year: int, post: Post, earned: Iterable[Earned], today: date | None = None
) -> tuple[Progress, ...]:
    """Every duty of the pack in that year, in its order. `earned`: what stands, reversed lines left out.

    `today`: where it is asked of the running year, certificate years that run are meant (`span_of`).
    """
    lines = tuple(earned)
    return tuple(_of(duty, year=year, post=post, earned=lines, today=today) for duty in pack.training)


def unit_of(duty: Duty) -> Unit:
    if duty.hours is not None:
        return Unit.HOURS
    return Unit.ACTIVITY if duty.activities else Unit.CERTIFICATE


def _of(duty: Duty, *, year: int, post: Post, earned: tuple[Earned, ...], today: date | None) -> Progress:
    unit = unit_of(duty)
    span, not_due = span_of(duty, year=year, post=post, today=today)
    asked = asked_amount(duty, post=post) if not not_due else ZERO
    bare = Progress(
        duty=duty,
        year=year,
        unit=unit,
        due=not not_due,
        required=asked,
        counted=ZERO,
        first_day=span[0],
        last_day=span[1],
        said=not_due,
    )
    if unit is Unit.CERTIFICATE:
        return _by_certificate(bare, post=post)
    return _by_papers_or_hours(bare, post=post, earned=earned)


def asked_amount(duty: Duty, *, post: Post | None = None) -> Decimal:
    """A body may ask its holders for more activities a year than the text does, never for fewer."""
    if duty.hours is not None:
        return duty.hours
    of_the_body = post.activities if post and duty.every is Recurrence.CERTIFICATE_YEAR else 1
    return Decimal(max(duty.activities or 1, of_the_body))


# ── when is a duty due, and what may count ────────────────────────────────────────────────────
Span = tuple[date | None, date | None]


def span_of(duty: Duty, *, year: int, post: Post, today: date | None = None) -> tuple[Span, str]:
    """(first day, last day) of what may count, and a sentence where the duty is not due in that year."""
    if duty.every is Recurrence.CERTIFICATE_YEAR:
        return _certificate_year(year, post, today)
    ends = date(year, 12, 31)
    if post.appointed_on > ends:
        return (date(year, 1, 1), ends), f"{year} 年还没有任职。"
    if post.left_on and post.left_on < date(year, 1, 1):
        return (date(year, 1, 1), ends), f"{post.left_on:%Y-%m-%d} 已离任。"
    if duty.every is Recurrence.ONCE:
        return (None, post.appointed_on if duty.hours is not None else ends), ""
    return (date(year, 1, 1), ends), _not_due_in_a_part_of_a_year(duty, year=year, post=post)


def _not_due_in_a_part_of_a_year(duty: Duty, *, year: int, post: Post) -> str:
    began = date(year, 1, 1) < post.appointed_on <= date(year, 12, 31)
    if began and duty.first_year is FirstYear.NOT_DUE:
        return f"{year} 年任职，{duty.first_year}。"
    return ""


def _certificate_year(year: int, post: Post, today: date | None) -> tuple[Span, str]:
    """The year of the certificate that begins in the calendar year `year`; of this year the one that runs today."""
    if post.certified_on is None:
        return (None, None), "没有评价证书，不计证书年。"
    over = year - post.certified_on.year  # how many certificate years are over when it begins
    if today and year == today.year and _after(over, post.certified_on) > today:
        over -= 1
    if over < 0:
        return (None, None), f"{year} 年还没有评价证书。"
    first = _after(over, post.certified_on)
    if post.certificate_ends and first > post.certificate_ends:
        return (None, None), f"证书 {post.certificate_ends:%Y-%m-%d} 到期，{year} 年没有新的证书年。"
    last = Years(over + 1).last_day_from(post.certified_on)
    if post.certificate_ends and post.certificate_ends < last:  # lost, or replaced, before the year was over
        return (
            first,
            post.certificate_ends,
        ), f"证书到 {post.certificate_ends:%Y-%m-%d} 为止，这一证书年不再计。"
    return (first, last), ""


def _after(years: int, begins: date) -> date:
    """The day after so many certificate years: of one that began on 29 February the next begins on 1 March."""
    return Years(years).last_day_from(begins) + timedelta(days=1) if years else begins


# ── a certificate ─────────────────────────────────────────────────────────────────────────────
def _by_certificate(bare: Progress, *, post: Post) -> Progress:
    if not bare.due or not post.trained:
        return bare
    if proof := _proof(bare, post):
        return replace(
            bare, counted=ONE, said=f"有{proof}。" if proof.number else f"{proof.on:%Y-%m-%d} 取得培训证书。"
        )
    return replace(bare, said=f"培训证书 {min(each.on for each in post.trained):%Y-%m-%d} 才取得。")


def _proof(found: Progress, post: Post) -> Trained | None:
    """The earliest certificate that proves the duty, whenever it was got, until the end of the year."""
    until = date(found.year, 12, 31)
    known = (each for each in post.trained if each.on <= until and each.proves(found.duty))
    return min(known, key=lambda each: each.on, default=None)


# ── hours and activities ──────────────────────────────────────────────────────────────────────
def _by_papers_or_hours(bare: Progress, *, post: Post, earned: tuple[Earned, ...]) -> Progress:
    judged = [(each, _against(each, bare)) for each in earned]
    counted = tuple(each for each, against in judged if against is None)
    sum_of_them = sum((each.hours for each in counted), ZERO)
    if bare.unit is Unit.ACTIVITY:
        sum_of_them = Decimal(len(counted))
    found = replace(
        bare,
        counted=sum_of_them,
        entries=counted,
        uncounted=tuple(Uncounted(each, *against) for each, against in judged if against is not None),
    )
    return _met_by_certificate(found, post=post) if bare.duty.kind is DutyKind.INITIAL else found


def _met_by_certificate(found: Progress, *, post: Post) -> Progress:
    """A certificate of the appointment training proves its hours, if it was given for as many."""
    if not found.due or not found.missing or not post.trained:
        return found
    if proof := _proof(found, post):
        return replace(found, counted=found.required, said=f"{proof}为凭。")
    least = f"{CLASSES[found.duty.course_class]} {plain_decimal(found.duty.hours)} 学时"
    return replace(found, said=f"培训证书不足{least}，或者在 {found.year} 年以后才取得。")


def _against(each: Earned, duty: Progress) -> tuple[Why, str] | None:
    """The first reason against counting it; what can never count is said before what only waits."""
    return next(_reasons(each, duty), None)


def _reasons(each: Earned, found: Progress) -> Iterator[tuple[Why, str]]:
    duty, initial = found.duty, found.duty.kind is DutyKind.INITIAL
    if each.activity not in duty.accepts:
        yield Why.OTHER_ACTIVITY, f"{each.activity}不计入“{duty.label}”。"
    if found.unit is Unit.HOURS and not each.hours:
        yield Why.NO_HOURS, "没有写学时。"
    if duty.course_class is not None and each.course_class is None:
        yield Why.NO_CLASS, f"没有写明属于哪一类，不能计入{CLASSES[duty.course_class]}。"
    if duty.course_class is not None and each.course_class != duty.course_class:
        yield Why.OTHER_CLASS, f"属于{CLASSES[each.course_class]}，各类分别计算。"
    if not found.due:
        yield Why.NOT_DUE, found.said
    if initial and found.last_day and each.on > found.last_day:
        yield Why.AFTER_APPOINTMENT, f"任职培训在 {found.last_day:%Y-%m-%d} 任职以前完成；这一次在任职之后。"
    if not initial and not _within(each, found):
        yield Why.OTHER_PERIOD, _outside(each, found)
    if each.refused:
        yield Why.REFUSED, each.refused
    if each.held:
        yield Why.HELD, each.held


def _within(each: Earned, found: Progress) -> bool:
    if found.duty.every is Recurrence.CALENDAR_YEAR:
        return each.year == found.year
    return found.first_day is not None and found.first_day <= each.on <= found.last_day


def _outside(each: Earned, found: Progress) -> str:
    if found.duty.every is Recurrence.CALENDAR_YEAR:
        return f"计入 {each.year} 年度。"
    return f"不在 {found.first_day:%Y-%m-%d} 至 {found.last_day:%Y-%m-%d} 这一证书年之内。"
