"""By when a change is to be reported: the day it took effect, as said or as typed so far, and the clock that runs from it."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError

from cqo_portal.jurisdictions import pack
from cqo_portal.reference.queries import working_calendar
from cqo_portal.ui.fields import DayField
from registry.clock import Clock, clock
from registry.editions import edition_for
from registry.models import Filing
from registry.sections import DAY_OF


def day_of(kind: str, content: Mapping) -> date | None:
    """The day a change took effect, as far as it was said; an appointment has no such day."""
    if kind not in DAY_OF:
        return None
    section, name = DAY_OF[kind]
    said = content.get(section, {}).get(name)
    return date.fromisoformat(said) if said else None


def day_typed(kind: str, typed: Mapping[str, list[str]]) -> date | None:
    """The same of a draft: None as long as nobody can read it."""
    if kind not in DAY_OF:
        return None
    try:
        return DayField(required=False).clean("".join(typed.get("-".join(DAY_OF[kind]), [""])[-1:]))
    except ValidationError:
        return None


def clock_of(filing: Filing, effective_on: date | None, *, today: date) -> Clock | None:
    """The clock of a change by the edition the filing is fixed to; None where no day was said, or the pack has no rule."""
    rules = pack(filing.rule_edition) if filing.rule_edition else edition_for(filing.office, today)
    if effective_on is None or rules.route is None:
        return None
    return clock(rules.route.change, effective_on, working_calendar())


def days_typed(
    filing: Filing, typed: Mapping[str, list[str]], *, today: date
) -> tuple[date | None, date | None]:
    """(took effect on, to be reported by) of a draft as far as one can read it yet: its reminders go by them."""
    day = day_typed(filing.kind, typed)
    running = clock_of(filing, day, today=today) if day else None
    return day, running.due_on if running else None
