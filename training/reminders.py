"""培训机构年度报告: once the year is over. The text names no last day, so one is told of the time that has passed."""

from collections.abc import Collection
from datetime import date

from django.db.models import DateField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.notifications.catalogue import Group
from cqo_portal.parties.editions import editions_across
from cqo_portal.parties.models import Office
from cqo_portal.reminders.catalogue import Audience, Reminder, add
from cqo_portal.reminders.stages import Stage, Stages
from training.models import Commission, ProviderReport
from training.provider_reports import clause_of


def owed(first: date, last: date) -> list[QuerySet]:
    """One commission of each provider and authority whose text asks for the report of a year that ended in these days."""
    ends = (date(year, 12, 31) for year in range(first.year, last.year + 1))
    return [rows for end in ends if first <= end <= last and (rows := _owed_of(end)) is not None]


def _owed_of(end: date) -> QuerySet | None:
    authorities = Office.objects.filter(commissions__in=Commission.objects.in_year(end.year)).distinct()
    packs = editions_across(authorities, end)
    asking = [key for key, rules in packs.items() if clause_of(rules)]
    if not asking:
        return None
    held = Commission.objects.in_year(end.year).filter(office__in=asking)
    of_the_same = held.filter(institution=OuterRef("institution"), office=OuterRef("office"))
    first_of_them = of_the_same.order_by("first_day", "pk").values("pk")[:1]
    handed_in = ProviderReport.objects.filter(
        institution=OuterRef("institution"),
        office=OuterRef("office"),
        year=end.year,
        state__in=(ProviderReport.State.HANDED_IN, ProviderReport.State.RECEIVED),
    )
    found = held.filter(~Exists(handed_in), pk=Subquery(first_of_them))
    return found.annotate(falls_on=Cast(Value(end), DateField()))


def _cites(commissions: Collection[Commission]) -> dict:
    packs = editions_across({each.office for each in commissions}, timezone.localdate())
    cited = {
        key: f"{rules.title}{clause.cites}" for key, rules in packs.items() if (clause := clause_of(rules))
    }
    return {each.pk: cited[each.office_id] for each in commissions if each.office_id in cited}


add(
    Reminder(
        code="provider-report-owed",
        label="培训机构年度报告还没有报送",
        clause="福建第十条",
        group=Group.REPORTS,
        stages=Stages((Stage(1, "年度结束"), Stage(31, "已过一个月"), Stage(62, "已过两个月")), lasts=60),
        audiences=(
            Audience(Role.PROVIDER, "institution"),
            Audience(Role.PROVINCE, "office", stages=frozenset({62})),
        ),
        due=owed,
        subjects=lambda: Commission.objects.select_related("institution", "office"),
        cites=_cites,
        url=lambda commission, due_on: f"{reverse('training:provider-reports')}?year={due_on.year}",
    )
)
