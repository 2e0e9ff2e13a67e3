"""Every rule of a pack under its name: the attribute path, with keys where a path would only count."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

from .requirements import Reading

NESTING = frozenset({"parts", "part", "asks", "cases"})


class Rule(NamedTuple):
    """`certificate.reapply_by` and the clause that stands there."""

    path: str
    clause: Any


def rules(pack) -> Iterator[Rule]:
    """Whatever cites a source, outermost first, in the order written."""
    return (Rule(path, node) for path, node in nodes(pack) if hasattr(node, "cites"))


def readings(pack) -> Iterator[tuple[str, Reading]]:
    """Every adopted reading (推定) with the place it stands at."""
    return ((path, node) for path, node in nodes(pack) if isinstance(node, Reading))


def nodes(node, path: str = "") -> Iterator[tuple[str, Any]]:
    """Depth first: dataclasses and the tuples between them; plain values are not visited."""
    if is_dataclass(node):
        yield path, node
        for each in fields(node):
            yield from nodes(getattr(node, each.name), _join(path, each.name))
    elif isinstance(node, tuple):
        for index, item in enumerate(node):
            yield from nodes(item, _join(path, _name(item, index)))


def _join(path: str, name: str) -> str:
    """`qualification.experience`, not `qualification.parts.experience`: what only nests has no name."""
    return path if name in NESTING else f"{path}.{name}" if path else name


def _name(item, index: int) -> str:
    named = getattr(item, "part", item)
    return str(getattr(named, "key", None) or getattr(named, "code", None) or index)
