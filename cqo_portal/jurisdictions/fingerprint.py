"""One SHA-256 per pack, the same on every machine: what was published can be shown to be unchanged."""

import json
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from hashlib import sha256


def fingerprint(pack) -> str:
    canonical = json.dumps(_plain(pack), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def _plain(node):
    """What is absent is left out, so that a word the schema gains later changes no edition without it."""
    if is_dataclass(node):
        values = {each.name: getattr(node, each.name) for each in fields(node)}
        said = {name: _plain(value) for name, value in values.items() if not _absent(value)}
        return {"": type(node).__name__, **said}
    if isinstance(node, tuple):
        return [_plain(item) for item in node]
    if isinstance(node, frozenset):
        return sorted(_plain(item) for item in node)
    if isinstance(node, Enum):
        return f"{type(node).__name__}.{node.value}"
    if isinstance(node, date | Decimal):
        return str(node)
    return node


def _absent(value) -> bool:
    return value is None or value is False or value == ()
