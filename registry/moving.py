"""What an announcement of days off changes: last days of changes that are still under way, reckoned anew by the new calendar."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from cqo_portal.audit.record import record
from cqo_portal.jurisdictions import pack
from cqo_portal.jurisdictions.calendar import WorkingCalendar
from cqo_portal.parties.editions import editions_across
from registry.clock import clock
from registry.models import Filing


@dataclass(frozen=True)
class Moved:
    """One filing whose last day is another one now, with the arithmetic of it."""

    filing: Filing
    before: date
    after: date
    arithmetic: str


def moved_by(calendar: WorkingCalendar, *, today: date) -> list[Moved]:
    """Filings under way whose last day differs by this calendar. What is filed keeps the day it was judged by."""
    under_way = Filing.objects.under_way().exclude(due_on=None).exclude(effective_on=None)
    under_way = list(under_way.select_related("organisation", "office").for_list().order_by("due_on", "id"))
    packs = editions_across({filing.office for filing in under_way if not filing.rule_edition}, today)
    found = []
    for filing in under_way:
        rules = pack(filing.rule_edition) if filing.rule_edition else packs[filing.office_id]
        if rules is None or rules.route is None:
            continue
        anew = clock(rules.route.change, filing.effective_on, calendar)
        if anew.due_on != filing.due_on:
            found.append(Moved(filing, filing.due_on, anew.due_on, anew.moved.arithmetic))
    return found


@transaction.atomic
def move(calendar: WorkingCalendar, *, by, today: date) -> list[Moved]:
    """The same, written down: each with its record."""
    found = moved_by(calendar, today=today)
    for each in found:
        Filing.objects.filter(pk=each.filing.pk).update(due_on=each.after)
        data = {"from": each.before.isoformat(), "to": each.after.isoformat(), "why": each.arithmetic}
        record("move-deadline", each.filing, by=by, data=data)
    return found
