"""The table of permissions, one module for each part of the product.

A module says `TABLE` (see below), and where its routes need it:
`SAID` {route: form data of a POST}, `STEPS` {step route: its workflow table},
`objects(people)` → {route, or route + " " + step: what its address asks for}, built once, before any request.

A line is `route [state,…] method: status`: one status for each of ACTORS, one for all, or nobody/everybody-signed-in.
nobody = not signed in · liu files · dan another enterprise · wang her county · qing the county next door
meng the city · hao the province · the rest hold the role of their name
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType


def parts() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(__path__):
        yield import_module(f"{__name__}.{found.name}")


def table() -> list[str]:
    return [line for part in parts() for line in part.TABLE.strip().splitlines()]


def said() -> dict[str, dict]:
    return {route: data for part in parts() for route, data in getattr(part, "SAID", {}).items()}


def steps() -> dict[str, dict]:
    return {route: moves for part in parts() for route, moves in getattr(part, "STEPS", {}).items()}


_worlds: dict[object, dict] = {}


def objects(people) -> dict[str, dict]:
    """What the routes of every part are asked about; made once for a cast."""
    key = people.hengtong.pk
    if key not in _worlds:
        made = (part.objects(people) for part in parts() if hasattr(part, "objects"))
        _worlds[key] = {route: wanted for found in made for route, wanted in found.items()}
    return _worlds[key]
