"""`manage.py rules find reapply`: every rule whose name, label or clause matches, and where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from cqo_portal.desk.sources import Place, places
from cqo_portal.jurisdictions import all_packs
from cqo_portal.jurisdictions.calendar import Months
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.jurisdictions.walk import Rule, rules

NOT_A_VALUE = frozenset({"key", "code", "label", "cites", "reading"})


@dataclass(frozen=True)
class Found:
    edition: str
    name: str
    label: str
    value: str
    cites: str
    assumed: bool
    place: Place

    def line(self) -> str:
        mark = "（推定）" if self.assumed else ""
        parts = (self.edition, self.name, self.label, self.value or "—", f"{self.cites}{mark}", self.place)
        return "  ".join(map(str, parts))


def find(wanted: str) -> Iterator[Found]:
    for pack in all_packs():
        for rule in rules(pack):
            found = _found(pack, rule)
            if _matches(found, rule, wanted.casefold()):
                yield found


def _found(pack: RulePack, rule: Rule) -> Found:
    clause = rule.clause
    return Found(
        edition=pack.edition,
        name=rule.path,
        label=clause.label,
        value=_value(clause),
        cites=clause.cites,
        assumed=getattr(clause, "reading", None) is not None,
        place=places(pack)[id(clause)],
    )


def _matches(found: Found, rule: Rule, wanted: str) -> bool:
    key = str(getattr(rule.clause, "key", ""))
    texts = (found.edition, found.name, key, key.replace("-", "_"), found.label, found.cites)
    return any(wanted in text.casefold() for text in texts)


def _value(clause: Any) -> str:
    """The plain values a clause holds, the parts of a group left to their own lines."""
    said = [
        (each.name, text)
        for each in fields(clause)
        if each.name not in NOT_A_VALUE and (text := _simple(getattr(clause, each.name)))
    ]
    if len(said) == 1:
        return said[0][1]
    return "，".join(f"{name}={text}" for name, text in said)


def _simple(value: Any) -> str:
    match value:
        case bool():
            return "是" if value else ""
        case Enum() | Months() | Decimal() | date() | str() | int():
            return str(value)
        case tuple() | frozenset() if value and all(isinstance(item, Enum | Decimal | str) for item in value):
            return "、".join(sorted(map(str, value)) if isinstance(value, frozenset) else map(str, value))
        case tuple() if value and all(isinstance(item, int) for item in value):
            return "-".join(map(str, value))
        case _:
            return ""
