"""What training asks of those above it, whom it may not import: they hang their answer in here when they start."""

from collections.abc import Callable

from django.db.models import QuerySet

_answers: list[Callable] = []


def answer(*, serving: Callable) -> None:
    """`serving(user)`: the people in office where the user may see their posts. Only the register knows."""
    _answers[:] = [serving]


def serving(user) -> QuerySet:
    return _answers[0](user)
