"""Where in the source a rule stands. A pack's value and the expression that wrote it are walked side by side.

What the walk does not understand (a value made by a small function) stands at the nearest line it does.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, NamedTuple

from cqo_portal import jurisdictions
from cqo_portal.jurisdictions.schema import RulePack


class Place(NamedTuple):
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Written(NamedTuple):
    """An expression and the module it stands in."""

    expression: ast.expr
    module: "Source"


@dataclass(frozen=True)
class Source:
    """A module of rules with its top-level assignments and what it imports from its siblings."""

    name: str
    assigned: dict[str, ast.expr]
    imported: dict[str, tuple[str, str]]

    @property
    def file(self) -> str:
        return f"{self.name}.py"

    def resolved(self, expression: ast.expr) -> Written:
        """A name stands for what it was assigned, here or in the sibling it was imported from."""
        if isinstance(expression, ast.Name):
            if expression.id in self.assigned:
                return self.resolved(self.assigned[expression.id])
            module, name = self.imported.get(expression.id, (None, None))
            if module and name in (sibling := source(module)).assigned:
                return sibling.resolved(sibling.assigned[name])
        return Written(expression, self)


@cache
def places(pack: RulePack) -> dict[int, Place]:
    """The place of every value of a pack, by identity: packs live as long as the program."""
    module, name = _home(pack)
    top = source(module)
    return dict(_walk(top.resolved(top.assigned[name]), pack))


@cache
def source(name: str) -> Source:
    path = Path(jurisdictions.__path__[0]) / f"{name}.py"
    assigned, imported = {}, {}
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)], value=value):
                assigned[target] = value
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value):
                assigned[target] = value
            case ast.ImportFrom(module=str(module), level=1, names=names):
                imported |= {each.asname or each.name: (module, each.name) for each in names}
    return Source(name, assigned, imported)


def _home(pack: RulePack) -> tuple[str, str]:
    """The module and the name under which this very pack was written."""
    for info in iter_modules(jurisdictions.__path__):
        module: ModuleType = import_module(f"{jurisdictions.__name__}.{info.name}")
        for name, value in vars(module).items():
            if value is pack and name in source(info.name).assigned:
                return info.name, name
    raise LookupError(f"{pack.edition} is assigned to no name")


def _walk(written: Written, value: Any) -> Iterator[tuple[int, Place]]:
    here = Place(written.module.file, written.expression.lineno)
    yield id(value), here
    for part, child in _children(written, value):
        if is_dataclass(child) or isinstance(child, tuple):
            yield from _walk(part, child)


def _children(written: Written, value: Any) -> Iterator[tuple[Written, Any]]:
    """Each part of a value with the expression it was written as, or the whole one where that is unclear."""
    expression, module = written
    if isinstance(value, tuple):
        items = expression.elts if isinstance(expression, ast.Tuple) else ()
        plain = len(items) == len(value) and not any(isinstance(item, ast.Starred) for item in items)
        for index, item in enumerate(value):
            yield module.resolved(items[index]) if plain else written, item
    elif is_dataclass(value):
        for each in fields(value):
            yield _argument(written, each.name, value) or written, getattr(value, each.name)


def _argument(written: Written, name: str, value: Any) -> Written | None:
    """The expression that gave field `name`; through `replace(base, …)` down to the base."""
    expression, module = written
    if not isinstance(expression, ast.Call) or not isinstance(expression.func, ast.Name):
        return None
    for keyword in expression.keywords:
        if keyword.arg == name:
            return module.resolved(keyword.value)
    if expression.func.id == "replace" and expression.args:
        return _argument(module.resolved(expression.args[0]), name, value)
    return _positional(written, name, value)


def _positional(written: Written, name: str, value: Any) -> Written | None:
    expression, module = written
    if expression.func.id != type(value).__name__:
        return None
    names = [each.name for each in fields(value) if each.init and not each.kw_only]
    position = names.index(name) if name in names else len(expression.args)
    return module.resolved(expression.args[position]) if position < len(expression.args) else None
