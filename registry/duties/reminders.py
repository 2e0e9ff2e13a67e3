"""学时: whoever is short at the end of September, and still at the end of November, of what the year asks."""

from collections.abc import Collection
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import DateField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.jurisdictions.vocabulary import Recurrence
from cqo_portal.notifications.catalogue import Group
from cqo_portal.parties.editions import editions_across
from cqo_portal.parties.models import Office
from cqo_portal.reminders.catalogue import Audience, Reminder, add
from cqo_portal.reminders.stages import Stage, Stages
from registry.duties.short import Area
from registry.models import Officer

END_OF_SEPTEMBER, END_OF_NOVEMBER = -92, -31  # before the last day of the year


def short(first: date, last: date) -> list[QuerySet]:
    """Officers in office who miss something of a year that ends in these days. Certificate years have their own reminder."""
    return _short(first, last, Officer.objects.in_office(), Office.objects.filing())


def short_of(first: date, last: date, keys: Collection) -> list[QuerySet]:
    """Of these officers only the rules of their counties are asked for."""
    these = Officer.objects.in_office().filter(pk__in=keys)
    return _short(first, last, these, Office.objects.filter(officers__in=keys).distinct())


def _short(first: date, last: date, officers: QuerySet, counties: QuerySet) -> list[QuerySet]:
    years = (year for year in range(first.year, last.year + 1) if first <= date(year, 12, 31) <= last)
    return [rows for year in years if (rows := _short_in(year, officers, counties)) is not None]


def _short_in(year: int, officers: QuerySet, counties: QuerySet) -> QuerySet | None:
    offices = list(counties.select_related("parent"))
    area = Area(officers, year=year, today=timezone.localdate(), offices=offices)
    asked = [each for each in area.columns if each.duty.every is not Recurrence.CERTIFICATE_YEAR]
    if not asked:
        return None
    missing = reduce(or_, (Q(**{f"missing_{each.place}__gt": 0}) for each in asked))
    found = Officer.objects.filter(pk__in=area.rows.filter(missing).order_by().values("pk"))
    return found.annotate(falls_on=Cast(Value(date(year, 12, 31)), DateField()))


def _cites(officers: Collection[Officer]) -> dict:
    packs = editions_across({each.office for each in officers}, timezone.localdate())
    found = {each.pk: packs[each.office_id] for each in officers}
    return {
        key: rules.title + "、".join(dict.fromkeys(duty.cites for duty in rules.training))
        for key, rules in found.items()
        if rules
    }


add(
    Reminder(
        code="hours-short",
        label="本年学时还没有学满",
        clause="沧州、湖北、江苏、杭州、福建各自的培训条款",
        group=Group.LEARNING,
        stages=Stages((Stage(END_OF_SEPTEMBER, "9 月底"), Stage(END_OF_NOVEMBER, "11 月底")), lasts=31),
        audiences=(Audience(Role.OFFICER, "person"), Audience(Role.ENTERPRISE, "organisation")),
        due=short,
        due_of=short_of,
        subjects=lambda: Officer.objects.select_related("organisation", "person", "office__parent").defer(
            "search", "haystack"
        ),
        cites=_cites,
    )
)
