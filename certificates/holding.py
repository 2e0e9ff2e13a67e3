"""Who holds a certificate, for what lies below: of many people at once."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from certificates.models import Certificate
from training.sources import Certified

LOST = ("discontinued", "void", "superseded")


def certified_on(people: Iterable) -> dict[UUID, Certified]:
    """The last certificate of each that was in force: its days, and how many activities its years ask for."""
    held = (
        Certificate.objects.printed()
        .filter(person__in=people)
        .only("person_id", "first_day", "last_day", "state", "activities")
    )
    found = {}
    for each in held.with_acts().order_by("first_day", "issued_at"):  # later ones take precedence
        ends = ends_of(each)
        if ends >= each.first_day:  # one that was void from the beginning asks for nothing
            found[each.person_id] = Certified(each.first_day, ends, each.activities)
    return found


def ends_of(held: Certificate):
    """The last day on which its years run: of one that was lost the day before."""
    lost = [change.on for change in held.changes if change.state.value in LOST]
    return min([held.last_day, *(day - timedelta(days=1) for day in lost)])
