"""What an announcement of days off does to one last day: an app finds those of its own in `moving.py`, the desk writes them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Model


@dataclass(frozen=True)
class MovedDay:
    """`field` of `subject` becomes another day. `whose` and `what` name it to somebody who has not opened it."""

    subject: Model
    field: str
    whose: str
    what: str
    before: date
    after: date
    arithmetic: str
