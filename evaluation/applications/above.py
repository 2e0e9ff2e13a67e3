"""What the apps above know of somebody who applies: certificates lie above evaluations, so they say it here.

Each `against` is asked when an application is handed in; each `note` is told on its pages, to those who apply and to the body.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from evaluation.models import Application

Against = Callable[[Application, object, date], str | None]  # (application, key of the body or None, today)
Told = Callable[[Application, date], "Note | None"]


@dataclass(frozen=True)
class Note:
    title: str
    text: str
    tone: str = "info"


_against: list[Against] = []
_told: list[Told] = []


def add_against(ask: Against) -> None:
    _against.append(ask)


def add_note(tell: Told) -> None:
    _told.append(tell)


def against(application: Application, body_id, today: date) -> str | None:
    """The first sentence that stands against handing it in to this body."""
    said = (ask(application, body_id, today) for ask in _against)
    return next((each for each in said if each), None)


def notes_on(application: Application, today: date) -> list[Note]:
    return [note for tell in _told if (note := tell(application, today)) is not None]
