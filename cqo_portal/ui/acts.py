"""The life of a thing on its page: the steps of its head, and what was done with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cqo_portal.audit.models import Event


@dataclass(frozen=True)
class Act:
    """One entry of `components/timeline.html`: what was done, and the event that says who, when, as whom, why."""

    said: str
    event: Event


def acts_of(events: Iterable[Event], words: Mapping[str, str]) -> list[Act]:
    return [Act(words.get(event.action, event.action), event) for event in events]


def walked(names: Sequence[str], now: int, *, over: bool = False) -> list[tuple[str, str]]:
    """The steps of a life for `components/case_head.html`: what is done, and where it stands now."""
    return [(name, "done" if over or n < now else "now" if n == now else "") for n, name in enumerate(names)]
