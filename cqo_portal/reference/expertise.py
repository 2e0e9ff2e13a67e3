"""Fields of expertise: a short vocabulary of our own, kept in `fixtures/fields.json`."""

from collections.abc import Iterable
from itertools import groupby

from cqo_portal.reference.files import read


def grouped() -> list[tuple[str, list[tuple[str, str]]]]:
    """For a select: [(group, [(code, name)])], in the order of the file."""
    rows = groupby(read("fields")["fields"], key=lambda row: row[2])
    return [(group, [(code, name) for code, name, _ in members]) for group, members in rows]


def names() -> dict[str, str]:
    return {code: name for code, name, _ in read("fields")["fields"]}


def named(codes: Iterable[str]) -> list[str]:
    """The names of these codes in the order of the file; a code that was dropped names itself."""
    known, wanted = names(), set(codes)
    return [name for code, name in known.items() if code in wanted] + sorted(wanted - known.keys())


def of_industry(code: str) -> str:
    """The field that fits an industry (`33`, `3311`, `C33`); empty where none does."""
    division = code.lstrip("ABCDEFGHIJKLMNOPQRST")[:2]
    return next(
        (field for field, divisions in read("fields")["industries"].items() if division in divisions), ""
    )
