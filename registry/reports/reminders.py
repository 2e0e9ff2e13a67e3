"""年度报告: that a year is open, that its last day is near, that it has passed. Only where a text asks for the report."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import DateField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, ExtractYear
from django.urls import reverse
from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.notifications.catalogue import Group
from cqo_portal.parties.editions import editions_across
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.reminders.catalogue import Audience, Reminder, add
from cqo_portal.reminders.stages import Stage, Stages
from registry.editions import judged_on
from registry.reports.models import RollUp
from registry.reports.queries import expected
from registry.reports.schedule import Schedule, schedule_of

OPENING = Stages((Stage(-60, "开始填报"),), lasts=30)
CLOSING = Stages(
    (Stage(-30, "还有 30 天"), Stage(-7, "还有 7 天", urgent=True), Stage(1, "已经逾期", urgent=True)),
    lasts=60,
)


def _closing(first: date, last: date, counties: QuerySet) -> list[tuple[Schedule, list[str]]]:
    """Schedules whose cut-off lies in these days, with the counties they are for: one for each edition."""
    counties, found = list(counties.select_related("parent")), []
    for year in range(first.year, last.year + 1):
        here = defaultdict(list)
        for key, pack in editions_across(counties, judged_on(year, today=timezone.localdate())).items():
            here[pack].append(key)
        schedules = ((schedule_of(pack, year), keys) for pack, keys in here.items())
        found += [each for each in schedules if not each[0].voluntary and first <= each[0].cut_off <= last]
    return found


def owing(first: date, last: date, counties: QuerySet | None = None) -> list[QuerySet]:
    """Enterprises whose report has not come in, nor lies with the county."""
    here = Office.objects.filing() if counties is None else counties
    return [
        _not_on_its_way(expected(schedule.year, cut_off=schedule.cut_off).filter(office__in=keys)).annotate(
            falls_on=_day(schedule.cut_off)
        )
        for schedule, keys in _closing(first, last, here)
    ]


def owing_and_not_told(first: date, last: date, counties: QuerySet | None = None) -> list[QuerySet]:
    """The same, where no county has opened the year itself: that tells everybody."""
    opened = RollUp.objects.filter(office=OuterRef("office"), year=ExtractYear(OuterRef("falls_on")))
    return [rows.filter(~Exists(opened)) for rows in owing(first, last, counties)]


def _of(asking):
    """Of these enterprises only the rules of their counties are asked for."""

    def of(first: date, last: date, keys: Collection) -> list[QuerySet]:
        return asking(first, last, Office.objects.filter(organisations__in=keys).distinct())

    return of


def _not_on_its_way(enterprises: QuerySet) -> QuerySet:
    lies_here = Q(report_state=None) | ~Q(report_state="at_county")  # NULL is not unequal to anything
    return enterprises.filter(lies_here, standing="missing")


def _day(day: date):
    return Cast(Value(day), DateField())


def _cites(organisations: Collection[Organisation]) -> dict:
    today = timezone.localdate()
    packs = editions_across({each.office for each in organisations}, today)
    cited = {key: f"{pack.title}{schedule_of(pack, today.year).cites}" for key, pack in packs.items() if pack}
    return {each.pk: cited[each.office_id] for each in organisations if each.office_id in cited}


def _subjects() -> QuerySet:
    return Organisation.objects.select_related("office__parent").defer("search", "haystack")


def _url(organisation: Organisation, due_on: date) -> str:
    return reverse("reports:index")


_SAME = {
    "clause": "湖北三（二）",
    "group": Group.REPORTS,
    "audiences": (Audience(Role.ENTERPRISE, path=""),),
    "subjects": _subjects,
    "cites": _cites,
    "url": _url,
}

add(
    Reminder(code="annual-report-opens", label="年度报告可以填报了", stages=OPENING, due=owing_and_not_told, due_of=_of(owing_and_not_told), **_SAME),
    Reminder(
        code="annual-report-due", label="年度报告还没有报送", stages=CLOSING, due=owing, due_of=_of(owing), compulsory=True, **_SAME
    ),
)  # fmt: skip
