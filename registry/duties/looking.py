"""Somebody else looked into a person's hours: on record once a day, and the person may read it."""

from datetime import date

from cqo_portal.audit.models import Event
from cqo_portal.audit.record import look_once
from cqo_portal.parties.models import Person

LEDGER, STATEMENT = "学时账", "学时证明"


def note_look(person: Person, *, by, what: str, today: date) -> None:
    if by.acting.person_id != person.pk:
        look_once(Event.LOOK, person, by=by, what=what, today=today, why="日常管理")
