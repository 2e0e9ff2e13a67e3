"""Somebody else looked into a person's hours: on record once a day, and the person may read it."""

from datetime import date

from django.db import transaction

from cqo_portal.audit.models import Event
from cqo_portal.audit.record import hold_chain, look, place_of
from cqo_portal.parties.models import Person

LEDGER, STATEMENT = "学时账", "学时证明"


def note_look(person: Person, *, by, what: str, today: date) -> None:
    if by.acting.person_id == person.pk:
        return
    seen = Event.objects.about(person).looks().filter(actor=by, at__date=today)
    seen = seen.filter(data__what=what, data__at=place_of(by.acting))
    if seen.exists():
        return
    with transaction.atomic():
        hold_chain()  # two pages asked for at once are one look
        if not seen.exists():
            look(person, by=by, what=what, why="日常管理")
