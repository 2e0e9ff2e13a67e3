"""Who is short: the same duties as `training.hours`, said in SQL for a whole area. A property test holds both equal.

The entries that count towards anything are joined once and added up in one pass; questions, waiting reports and
certificates are looked at apart.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from operator import add, or_

from django.db.models import (
    Case,
    Count,
    DateField,
    DecimalField,
    Exists,
    F,
    FilteredRelation,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest

from cqo_portal.jurisdictions.schema import Duty, RulePack
from cqo_portal.jurisdictions.vocabulary import DutyKind, FirstYear, Recurrence
from cqo_portal.parties.editions import editions_across
from cqo_portal.parties.models import Office
from registry.duties.asking import certificates_of_elsewhere
from registry.editions import judged_on
from registry.models import Officer
from training import sources
from training.hours import ZERO, Post, Unit, asked_amount, span_of, unit_of
from training.models import Completion, Entry, Flag, SelfReport, SessionHours

AMOUNT = DecimalField(max_digits=12, decimal_places=2)
NOTHING = Value(ZERO, output_field=AMOUNT)


@dataclass(frozen=True)
class Column:
    """One duty of one pack: where its numbers stand in a row (`counted_0`, `missing_0`, `held_0`)."""

    duty: Duty
    pack: RulePack
    offices: tuple[str, ...]
    place: int

    @property
    def unit(self) -> Unit:
        return unit_of(self.duty)

    @property
    def key(self) -> str:
        return f"{self.pack.edition}.{self.duty.key}"


class Area:
    """The officers in office somewhere and how far each is in a year, duty by duty of the packs that hold there."""

    def __init__(self, officers: QuerySet, *, year: int, today: date, offices: Iterable[Office]) -> None:
        self.officers, self.year, self.today = officers, year, today
        self.offices = list(offices)

    @cached_property
    def packs(self) -> dict[str, tuple[RulePack, tuple[str, ...]]]:
        """By edition: the pack and the counties that work by it."""
        found: dict[str, tuple[RulePack, tuple[str, ...]]] = {}
        packs = editions_across(self.offices, judged_on(self.year, today=self.today))
        for office, pack in packs.items():
            if pack:
                counties = found.get(pack.edition, (pack, ()))[1]
                found[pack.edition] = (pack, (*counties, office))
        return found

    @property
    def pack_at(self) -> dict[str, RulePack]:
        """By county the edition it works by."""
        return {office: pack for pack, offices in self.packs.values() for office in offices}

    @cached_property
    def columns(self) -> list[Column]:
        duties = [(duty, pack, offices) for pack, offices in self.packs.values() for duty in pack.training]
        return [Column(*each, place) for place, each in enumerate(duties)]

    @cached_property
    def rows(self) -> QuerySet:
        """Officers with `counted_n` and `missing_n` of each column; `missing` and `short` (how many) of all."""
        rows = self.officers
        if self._summed:
            rows = rows.alias(line=FilteredRelation("person__entries", condition=self._counts_somewhere))
        for column in self.columns:
            rows = rows.annotate(**self._judged(column))
        places = [column.place for column in self.columns]
        short = (Case(When(**{f"missing_{n}__gt": 0}, then=1), default=0) for n in places)
        missing = (F(f"missing_{n}") for n in places)
        return rows.annotate(missing=reduce(add, missing, NOTHING), short=reduce(add, short, Value(0)))

    @cached_property
    def waiting(self) -> QuerySet:
        """Officers of whom something waits, with `held_n` of each column, `held` of all: what would be added once
        nothing stands against it.

        Apart from `rows`: few have any, and beside the sums it would be asked for every entry.
        """
        person = OuterRef("person_id")
        has_any = Exists(Flag.objects.unsettled().filter(entry__person=person))
        has_any |= Exists(SelfReport.objects.waiting().filter(person=person))
        held = {f"held_{column.place}": self._held(column) for column in self.columns}
        return self.officers.filter(has_any).annotate(
            **held, held=reduce(add, (F(name) for name in held), NOTHING)
        )

    # ── what counts ───────────────────────────────────────────────────────────────────────────
    @cached_property
    def certified(self) -> Mapping:
        return sources.certified_on(self.officers.order_by().values("person"))

    @cached_property
    def _summed(self) -> list[Column]:
        """The duties something is added up for: in certificate years only where somebody has one."""
        counted = (column for column in self.columns if column.unit is not Unit.CERTIFICATE)
        return [
            column
            for column in counted
            if column.duty.every is not Recurrence.CERTIFICATE_YEAR or self._spans(column)[0]
        ]

    @property
    def _counts_somewhere(self) -> Q:
        """The entries that count towards any duty: all others are left before anything is added up.

        A reversal mirrors its entry and has its fate: both are in the sum, or neither.
        """
        of = "person__entries__"
        fits = reduce(or_, (self._fits(column, of, on="on", officer=F) for column in self._summed))
        against = Subquery(Flag.objects.against().order_by().values("entry"))
        return fits & ~Q(**{f"{of}in": against}) & ~Q(**{f"{of}reverses__in": against})

    def _fits(self, column: Column, of: str, *, on: str, officer: type[F]) -> Q:
        """What of the rows under `of` is of the duty's kind, class and time. `officer`: how his columns are named there."""
        duty = column.duty
        fits = Q(**{f"{of}activity__in": [each.value for each in duty.accepts]})
        if duty.course_class is not None:
            fits &= Q(**{f"{of}course_class": duty.course_class})
        if duty.kind is DutyKind.INITIAL:
            return fits & Q(**{f"{of}{on}__lte": officer("appointed_on")})
        if duty.every is Recurrence.CALENDAR_YEAR:
            return fits & Q(**{f"{of}year": self.year})
        within = (_day_of(days, officer("person_id")) for days in self._spans(column))
        return fits & Q(**{f"{of}{on}__range": tuple(within)})

    def _spans(self, column: Column) -> tuple[dict, dict]:
        """First and last day of the certificate year of each who has one, by the arithmetic itself."""
        firsts, lasts = {}, {}
        for person, held in self.certified.items():
            as_known = Post(
                appointed_on=held.first_day, certified_on=held.first_day, certificate_ends=held.last_day
            )
            (first, last), not_due = span_of(column.duty, year=self.year, post=as_known, today=self.today)
            if not not_due:
                firsts[str(person)], lasts[str(person)] = first.isoformat(), last.isoformat()
        return firsts, lasts

    def _earned(self, column: Column):
        if column not in self._summed:
            return NOTHING
        worth = F("line__hours")
        if column.unit is Unit.ACTIVITY:
            worth = Case(When(line__reverses=None, then=1), default=-1, output_field=AMOUNT)
        fits = self._fits(column, "line__", on="on", officer=F)
        return Coalesce(Sum(worth, filter=fits), NOTHING, output_field=AMOUNT)

    # ── what follows ──────────────────────────────────────────────────────────────────────────
    def _judged(self, column: Column) -> dict:
        due, proven, earned = self._due(column), self._proven(column), self._earned(column)
        required = self._required(column)
        counted = (When(due & proven, then=Greatest(earned, required)), When(due, then=earned))
        missing = When(due & ~proven, then=Greatest(required - earned, NOTHING))
        return {
            f"counted_{column.place}": Case(*counted, default=NOTHING, output_field=AMOUNT),
            f"missing_{column.place}": Case(missing, default=NOTHING, output_field=AMOUNT),
        }

    def _required(self, column: Column):
        """The same of all, but for what a certificate asks whose body asks for more."""
        asked = Value(asked_amount(column.duty), output_field=AMOUNT)
        if column.duty.every is not Recurrence.CERTIFICATE_YEAR:
            return asked
        more = {str(person): held.activities for person, held in self.certified.items()}
        own = [When(person__in=[key for key, number in more.items() if number == each], then=Value(each))
               for each in {number for number in more.values() if number > asked.value}]  # fmt: skip
        return Case(*own, default=asked, output_field=AMOUNT) if own else asked

    def _held(self, column: Column):
        if column not in self._summed:
            return NOTHING
        worth = Sum("hours") if column.unit is Unit.HOURS else Count("pk")
        sums = []
        for rows, on in ((Entry.objects.in_question(), "on"), (SelfReport.objects.waiting(), "last_day")):
            fits = self._fits(column, "", on=on, officer=OuterRef)
            mine = rows.filter(fits, person=OuterRef("person_id")).order_by().values("person")
            total = Subquery(mine.annotate(total=worth).values("total"), output_field=AMOUNT)
            sums.append(Coalesce(total, NOTHING, output_field=AMOUNT))
        return Case(When(self._due(column), then=reduce(add, sums)), default=NOTHING, output_field=AMOUNT)

    def _due(self, column: Column) -> Q:
        duty, here = column.duty, Q(office__in=column.offices)
        if duty.every is Recurrence.CERTIFICATE_YEAR:
            firsts, _ = self._spans(column)
            return here & Q(person__in=firsts)
        due = here & Q(appointed_on__lte=date(self.year, 12, 31))
        due &= Q(ended_on=None) | Q(ended_on__gte=date(self.year, 1, 1))
        if duty.every is Recurrence.CALENDAR_YEAR and duty.first_year is FirstYear.NOT_DUE:
            due &= Q(appointed_on__lte=date(self.year, 1, 1)) | Q(appointed_on__gt=date(self.year, 12, 31))
        return due

    def _proven(self, column: Column) -> Q:
        """By a certificate of the appointment training, got by the end of the year."""
        if column.unit is not Unit.CERTIFICATE and column.duty.kind is not DutyKind.INITIAL:
            return Q(pk__in=[])
        trained = Completion.objects.standing().of_the_appointment_training()
        trained = trained.filter(person=OuterRef("person_id"), issued_on__lte=date(self.year, 12, 31))
        if column.duty.hours is not None:  # a certificate is given for all the hours of its session
            given = {"course_class": column.duty.course_class, "hours__gte": column.duty.hours}
            trained = trained.filter(
                Exists(SessionHours.objects.filter(session=OuterRef("session"), **given))
            )
        named = certificates_of_elsewhere().filter(post=OuterRef("pk"))
        return Q(Exists(trained)) | Q(Exists(named))


def _day_of(days: Mapping[str, str], person):
    """The day a mapping of ours holds for a person: one constant, however many people."""
    whole = Value(json.dumps(days), output_field=TextField())
    found = Func(
        Cast(whole, JSONField()),
        Cast(person, TextField()),
        function="jsonb_extract_path_text",
        output_field=TextField(),
    )
    return Cast(found, DateField())


def area_of(user, *, year: int, today: date) -> Area:
    """The officers in office whom the user answers for: of the own area, or of the own enterprise."""
    officers = Officer.objects.visible_to(user).in_office()
    own = [user.acting.organisation.office] if user.acting.organisation_id else user.acting.offices
    return Area(officers, year=year, today=today, offices=own)
