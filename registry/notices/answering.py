"""What counts as an answer to a notice. Apps above say it of their own rows: down here no filing is known."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Done:
    """How an enterprise answered: in words, when, and where to read it."""

    label: str
    at: datetime | None = None
    url: str = ""


@dataclass(frozen=True)
class Stand:
    """What an enterprise can do now: where it files, and what speaks against "nothing has changed"."""

    objection: str = ""  # a sentence
    label: str = ""
    url: str = ""


@dataclass(frozen=True)
class Way:
    """A way of answering: which notices are answered so, and where one begins."""

    done: Callable[[object, Sequence], Mapping[UUID, Done]]  # (organisation, notices)
    stand: Callable[[object], Stand]  # (organisation)


_ways: list[Way] = []


def add(way: Way) -> None:
    if way not in _ways:
        _ways.append(way)


def done(organisation, notices: Sequence) -> dict[UUID, Done]:
    """{notice: how it was answered}. What an app above says of a filing counts for more than "nothing has changed"."""
    from registry.notices.models import Answer  # the models take their manager from queries, which asks here

    said = Answer.objects.filter(organisation=organisation, notice__in=notices)
    found = {answer.notice_id: Done("已答复：没有变化", answer.at) for answer in said}
    for way in _ways:
        found |= way.done(organisation, notices)
    return found


def stand(organisation) -> Stand:
    return next((way.stand(organisation) for way in _ways), Stand())
