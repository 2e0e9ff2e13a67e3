"""What an announcement of days off changes: last days of changes that are still under way, reckoned anew by the new calendar."""

from datetime import date

from cqo_portal.jurisdictions import pack
from cqo_portal.jurisdictions.calendar import WorkingCalendar
from cqo_portal.parties.editions import editions_across
from cqo_portal.reference.moving import MovedDay
from registry.clock import clock
from registry.models import Filing


def moved_by(calendar: WorkingCalendar, *, today: date) -> list[MovedDay]:
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
            found.append(_moved(filing, anew))
    return found


def _moved(filing: Filing, anew) -> MovedDay:
    what = " · ".join(part for part in (filing.get_kind_display(), filing.receipt_number) if part)
    name = filing.organisation.name
    return MovedDay(filing, "due_on", name, what, filing.due_on, anew.due_on, anew.moved.arithmetic)
