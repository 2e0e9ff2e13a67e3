"""Who is short: the same duties as `training.hours`, said in SQL for a whole area. A property test holds both equal.

All sums of one officer are taken in one pass over his entries; identical sums are computed once by the database.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    DecimalField,
    F,
    Func,
    IntegerField,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest

from cqo_portal.jurisdictions.schema import Duty, RulePack
from cqo_portal.jurisdictions.vocabulary import DutyKind, FirstYear, Recurrence
from cqo_portal.parties.models import Office
from registry.editions import edition_or_none, judged_on
from registry.models import Officer
from training import sources
from training.hours import ZERO, Post, Unit, asked_amount, span_of, unit_of
from training.models import Flag, SelfReport

AMOUNT = DecimalField(max_digits=12, decimal_places=2)
ENTRY = "person__entries"


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
        """By edition: the pack and the counties that work by it. One question a city."""
        found: dict[str, tuple[RulePack, tuple[str, ...]]] = {}
        day, asked = judged_on(self.year, today=self.today), {}
        for office in self.offices:
            deciding = (office.parent_id or office.pk, office.jurisdiction)
            if deciding not in asked:
                asked[deciding] = edition_or_none(office, day)
            if pack := asked[deciding]:
                counties = found.get(pack.edition, (pack, ()))[1]
                found[pack.edition] = (pack, (*counties, office.pk))
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
        """Officers with `counted_n`, `held_n`, `missing_n` of each column, `short`, `missing`, `pending`."""
        rows = self.officers.annotate(**self._sums)
        rows = rows.annotate(
            **{name: e for column in self.columns for name, e in self._judged(column).items()}
        )
        return rows.annotate(**self._altogether())

    # ── what each duty takes ──────────────────────────────────────────────────────────────────
    @cached_property
    def _people(self) -> QuerySet:
        return self.officers.order_by().values("person")

    @cached_property
    def _trained(self) -> dict:
        return sources.trained_on(self._people)

    @cached_property
    def certified(self) -> Mapping:
        return sources.certified_on(self._people)

    def _spans(self, column: Column) -> tuple[dict, dict]:
        """First and last day of the certificate year of each who has one, by the arithmetic itself."""
        firsts, lasts = {}, {}
        for person, held in self.certified.items():
            as_known = Post(
                appointed_on=held.first_day, certified_on=held.first_day, certificate_ends=held.last_day
            )
            (first, last), not_due = span_of(column.duty, year=self.year, post=as_known)
            if not not_due:
                firsts[str(person)], lasts[str(person)] = first.isoformat(), last.isoformat()
        return firsts, lasts

    def _fits(self, column: Column, *, at: str) -> Q:
        """What of the rows under `at` (entries, or waiting reports) is of the duty's kind, class and time."""
        duty = column.duty
        fits = Q(**{f"{at}activity__in": [each.value for each in duty.accepts]})
        if duty.course_class is not None:
            fits &= Q(**{f"{at}course_class": duty.course_class})
        return fits

    def _in_time(self, column: Column, *, year: str, on: str, officer: str = "") -> Q:
        duty = column.duty
        if duty.kind is DutyKind.INITIAL:
            appointed = OuterRef("appointed_on") if officer else F("appointed_on")
            return Q(**{f"{on}__lte": appointed})
        if duty.every is Recurrence.CALENDAR_YEAR:
            return Q(**{year: self.year})
        firsts, lasts = self._spans(column)
        person = OuterRef("person_id") if officer else F("person_id")
        return Q(**{f"{on}__gte": _day_of(firsts, person), f"{on}__lte": _day_of(lasts, person)})

    @cached_property
    def _sums(self) -> dict:
        """The plain sums, before anything is concluded from them."""
        found = {}
        for column in self.columns:
            if column.unit is Unit.CERTIFICATE:
                continue
            mine = self._fits(column, at=f"{ENTRY}__") & self._in_time(
                column, year=f"{ENTRY}__year", on=f"{ENTRY}__on"
            )
            stands = Q(**{f"{ENTRY}__reverses": None, f"{ENTRY}__reversal": None}) & mine
            found[f"sum_{column.place}"] = _total(column, stands & ~_among_entries(_against()))
            found[f"held_entries_{column.place}"] = _total(
                column, stands & _among_entries(_against()) & ~_among_entries(_refused())
            )
            found[f"held_reports_{column.place}"] = self._waiting(column)
        return found

    def _waiting(self, column: Column):
        """What of the reports that wait would be added."""
        reports = SelfReport.objects.waiting().filter(person=OuterRef("person_id"))
        reports = reports.filter(self._fits(column, at=""))
        reports = reports.filter(self._in_time(column, year="year", on="last_day", officer="outer"))
        total = Sum("hours") if column.unit is Unit.HOURS else Cast(Count("pk"), AMOUNT)
        summed = reports.order_by().values("person").annotate(total=total).values("total")
        return Coalesce(Subquery(summed, output_field=AMOUNT), ZERO, output_field=AMOUNT)

    # ── what follows ──────────────────────────────────────────────────────────────────────────
    def _judged(self, column: Column) -> dict:
        place, required = column.place, asked_amount(column.duty)
        due = self._due(column)
        counted = self._counted(column, required)
        held = Value(ZERO, output_field=AMOUNT)
        if column.unit is not Unit.CERTIFICATE:
            held = F(f"held_entries_{place}") + F(f"held_reports_{place}")
        return {
            f"counted_{place}": Case(When(due, then=counted), default=ZERO, output_field=AMOUNT),
            f"missing_{place}": Case(
                When(due, then=Greatest(Value(required, output_field=AMOUNT) - counted, ZERO)),
                default=ZERO,
                output_field=AMOUNT,
            ),
            f"held_{place}": Case(When(due, then=held), default=ZERO, output_field=AMOUNT),
        }

    def _due(self, column: Column) -> Q:
        duty, here = column.duty, Q(office__in=column.offices)
        if duty.every is Recurrence.CERTIFICATE_YEAR:
            firsts, _ = self._spans(column)
            return here & Q(_among(firsts))
        due = here & Q(appointed_on__lte=date(self.year, 12, 31))
        due &= Q(ended_on=None) | Q(ended_on__gte=date(self.year, 1, 1))
        if duty.every is Recurrence.CALENDAR_YEAR and duty.first_year is FirstYear.NOT_DUE:
            due &= Q(appointed_on__lt=date(self.year, 1, 1)) | Q(appointed_on__gt=date(self.year, 12, 31))
        return due

    def _counted(self, column: Column, required):
        if column.unit is Unit.CERTIFICATE:
            return Case(When(self._is_trained, then=Value(required)), default=ZERO, output_field=AMOUNT)
        summed = F(f"sum_{column.place}")
        if column.duty.kind is not DutyKind.INITIAL:
            return summed
        proven = Greatest(summed, Value(required, output_field=AMOUNT))
        return Case(When(self._is_trained, then=proven), default=summed, output_field=AMOUNT)

    @cached_property
    def _is_trained(self) -> Q:
        """Trained by the end of the year."""
        ends = date(self.year, 12, 31)
        return Q(_among(person for person, day in self._trained.items() if day <= ends))

    def _altogether(self) -> dict:
        if not self.columns:
            nothing = Value(ZERO, output_field=AMOUNT)
            no = Value(False, output_field=BooleanField())
            return {"short": Value(0, output_field=IntegerField()), "missing": nothing, "pending": no}
        places = [column.place for column in self.columns]
        short = [
            Case(When(**{f"missing_{n}__gt": 0}, then=1), default=0, output_field=IntegerField())
            for n in places
        ]
        pending = Q()
        for n in places:
            pending |= Q(**{f"held_{n}__gt": 0})
        return {
            "short": _added(short, IntegerField()),
            "missing": _added([F(f"missing_{n}") for n in places], AMOUNT),
            "pending": Case(When(pending, then=True), default=False, output_field=BooleanField()),
        }


def _added(parts: Sequence, output_field):
    first, *rest = parts
    for each in rest:
        first = first + each
    return Cast(first, output_field)


def _against() -> QuerySet:
    """What holds an entry back: an open question, or an answer that says no."""
    return Flag.objects.filter(Q(settlement=None) | Q(settlement__counts=False))


def _refused() -> QuerySet:
    return Flag.objects.filter(settlement__counts=False)


def _among_entries(flags: QuerySet) -> Q:
    """Asked without a look back at the entry: the few that are flagged are hashed once, not sought a million times."""
    return Q(**{f"{ENTRY}__in": flags.order_by().values("entry")})


def _total(column: Column, condition: Q):
    if column.unit is Unit.HOURS:
        return Coalesce(Sum(f"{ENTRY}__hours", filter=condition), ZERO, output_field=AMOUNT)
    return Cast(Count(ENTRY, filter=condition), AMOUNT)


def _among(people: Iterable):
    """Whether the officer is one of these: one constant the database hashes, however many they are."""
    keys = Value(list(people), output_field=ArrayField(UUIDField()))
    return Func(
        F("person_id"), keys, template="(%(expressions)s))", arg_joiner=" = ANY(", output_field=BooleanField()
    )


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
