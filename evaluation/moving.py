"""What an announcement of days off changes: the last days of steps under way, which are counted in working days.

A step keeps the number of working days it was given, whatever the body's clocks say by now. The last day to appeal
against a published result stays as it was told.
"""

from collections.abc import Iterator

from django.db.models import Model, QuerySet
from django.utils import timezone

from cqo_portal.jurisdictions.calendar import WorkingCalendar
from cqo_portal.reference.moving import MovedDay
from evaluation.models import Appeal, Application, Evaluation, Panellist


def moved_by(before: WorkingCalendar, after: WorkingCalendar) -> list[MovedDay]:
    """Whatever was reckoned by the one calendar and comes out differently by the other."""
    found = []
    for rows, field, what in _running():
        for row in rows:
            begun, last = timezone.localdate(row.moved_at), getattr(row, field)
            anew = after.after_working_days(begun, before.working_days(begun, last))
            if begun < last != anew.day:
                whose = _application_of(row).organisation.name
                found.append(MovedDay(row, field, whose, f"{what} · {row}", last, anew.day, anew.arithmetic))
    return sorted(found, key=lambda each: (each.before, each.what, str(each.subject.pk)))


def _running() -> Iterator[tuple[QuerySet, str, str]]:
    here = (Application.State.SUBMITTED, Application.State.RETURNED)
    applications = Application.objects.filter(state__in=here, due_on__isnull=False)
    yield (
        applications.select_related("organisation").defer("draft", "search", "haystack"),
        "due_on",
        "评价申请",
    )
    runs = Evaluation.objects.under_way().filter(due_on__isnull=False)
    yield runs.select_related("application__organisation"), "due_on", "评价"
    asked = Panellist.objects.to_be_answered().filter(answer_by__isnull=False)
    yield asked.select_related("evaluation__application__organisation", "person"), "answer_by", "评价组邀请"
    lodged = Appeal.objects.filter(state=Appeal.State.LODGED, due_on__isnull=False)
    yield lodged.select_related("evaluation__application__organisation"), "due_on", "申诉"


def _application_of(row: Model) -> Application:
    if isinstance(row, Application):
        return row
    run = row if isinstance(row, Evaluation) else row.evaluation
    return run.application
