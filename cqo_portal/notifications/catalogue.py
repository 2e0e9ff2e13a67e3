"""Every kind of message: who gets it, and when it has become pointless. Each app adds its own in its `messages.py`.

The words of a kind stand in `templates/mail/<kind>/subject.txt` and `body.txt`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from cqo_portal.notifications.models import Message


class Group(models.TextChoices):
    """What a person decides on together: how its mail comes."""

    CASES = "cases", "办件消息"
    CERTIFICATES = "certificates", "证书期限"
    TERMS = "terms", "任期与变更备案期限"
    REPORTS = "reports", "年度报告期限"
    LEARNING = "learning", "学时与继续教育"
    EVALUATION = "evaluation", "评价时限"


class Mode(models.TextChoices):
    AT_ONCE = "at_once", "随时发"
    DIGEST = "digest", "每天汇总一封"
    OFF = "off", "不发邮件"


def still_needed(message: "Message") -> str:
    """What happened has happened: news of a case does not grow old."""
    return ""


@dataclass(frozen=True)
class Kind:
    """`obsolete` says why a message need not go out any more, "" if it must. A compulsory one cannot be refused."""

    code: str
    recipients: Callable[[models.Model], Iterable]  # of the subject → users
    group: Group = Group.CASES
    obsolete: Callable[["Message"], str] = still_needed
    compulsory: bool = False


# Nobody can do without the news of a case he is a side of: it starts clocks. When it comes, everybody may choose.
COMPULSORY = frozenset({Group.CASES})
USUAL = {Group.CASES: Mode.AT_ONCE}


def mode_of(kind: Kind, chosen: str | None) -> Mode:
    """How the mail of a kind comes to somebody who chose this for its group, or nothing."""
    mode = Mode(chosen) if chosen else USUAL.get(kind.group, Mode.DIGEST)
    if mode is Mode.OFF and (kind.compulsory or kind.group in COMPULSORY):
        return Mode.DIGEST
    return mode


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
