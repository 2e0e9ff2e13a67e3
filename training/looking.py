"""An office looked into a training of another house: on record once a day, about the session with all it names."""

from datetime import date

from cqo_portal.accounts.models import AT_AN_OFFICE
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import look_once
from training.models import Session
from training.permissions import is_of_the_own_house

NAMES = "名单和学时记录"


def note_look(session: Session | None, *, by, today: date) -> None:
    """`session`: None for hours that somebody reported himself."""
    if session and by.acting.role in AT_AN_OFFICE and not is_of_the_own_house.test(by, session):
        look_once(Event.LOOK, session, by=by, what=NAMES, today=today, why="日常管理")
