"""Every kind of message: who gets it. Each app adds its own kinds in its `messages.py`.

The words of a kind stand in `templates/mail/<kind>/subject.txt` and `body.txt`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import models


@dataclass(frozen=True)
class Kind:
    code: str
    recipients: Callable[[models.Model], Iterable]  # of the subject → users


_kinds: dict[str, Kind] = {}


def add(*kinds: Kind) -> None:
    for kind in kinds:
        if kind.code in _kinds:
            raise ValueError(f"two kinds of message are called {kind.code}")
        _kinds[kind.code] = kind


def kind(code: str) -> Kind:
    return _kinds[code]


def all_kinds() -> tuple[Kind, ...]:
    return tuple(_kinds.values())
