"""The page of a case is put together from blocks: each part of an evaluation adds its own, and knows who may see it.

A later part (sheets, consensus, decisions) calls `add_block`, `add_action` and `add_words` in a module its `urls` import; nothing
here knows of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from evaluation.models import Evaluation

Tell = Callable[[object, Evaluation, date], object | None]  # (user, evaluation, today): None, nothing to show


@dataclass(frozen=True)
class Block:
    """A part of the page. In `template` what `tell` gave is `block`."""

    template: str
    tell: Tell
    order: int
    aside: bool = False


@dataclass(frozen=True)
class Shown:
    template: str
    block: object


@dataclass(frozen=True)
class Action:
    """A link at the head of the page."""

    label: str
    url: str
    icon: str = ""
    primary: bool = False


_blocks: list[Block] = []
_actions: list[Tell] = []
_words: dict[str, str] = {}


def add_block(template: str, tell: Tell, *, order: int, aside: bool = False) -> None:
    """`order`: the panel stands at 20, sheets at 30, consensus at 40, decisions at 50, the history at 90."""
    _blocks.append(Block(template, tell, order, aside))


def add_action(tell: Callable) -> Callable:
    """`tell` gives an `Action`, or None."""
    _actions.append(tell)
    return tell


def add_words(words: Mapping[str, str]) -> None:
    """What the history of a case calls acts of a later part: {action: word}. What has no word is not shown."""
    _words.update(words)


def words_added() -> dict[str, str]:
    return dict(_words)


def blocks_for(user, evaluation: Evaluation, *, today: date, aside: bool = False) -> list[Shown]:
    here = sorted((each for each in _blocks if each.aside == aside), key=lambda each: each.order)
    told = ((each.template, each.tell(user, evaluation, today)) for each in here)
    return [Shown(template, block) for template, block in told if block is not None]


def actions_for(user, evaluation: Evaluation, *, today: date) -> list[Action]:
    return [action for tell in _actions if (action := tell(user, evaluation, today)) is not None]
