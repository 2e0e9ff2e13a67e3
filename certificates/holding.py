"""Who holds a certificate, for what lies below: of many people at once."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Min, Q

from certificates.models import Certificate
from training.sources import Certified

LOST = ("discontinued", "void", "superseded")


def certified_on(people: Iterable) -> dict[UUID, Certified]:
    """The last certificate of each that was in force: its days, and how many activities its years ask for."""
    lost = Min("acts__effective_on", filter=Q(acts__led_to__in=LOST))
    held = Certificate.objects.printed().filter(person__in=people).annotate(lost=lost)
    found = {}
    for person, first, last, lost_on, activities in held.order_by("first_day", "issued_at").values_list(
        "person", "first_day", "last_day", "lost", "activities"
    ):  # later ones take precedence
        ends = last_of(last, lost_on)
        if ends >= first:  # one that was void from the beginning asks for nothing
            found[person] = Certified(first, ends, activities)
    return found


def ends_of(held: Certificate) -> date:
    """The last day on which its years run: of one that was lost the day before."""
    lost = [change.on for change in held.changes if change.state.value in LOST]
    return last_of(held.last_day, min(lost, default=None))


def last_of(last: date, lost_on: date | None) -> date:
    """The last day that counts of one that ends on `last`, and was lost on a day before."""
    return min(last, lost_on - timedelta(days=1)) if lost_on else last
