"""A workbook is read behind the fence: a child process takes it apart, and only cells come back."""

import json
from collections.abc import Iterator

from cqo_portal import fenced
from cqo_portal.imports import sheets
from cqo_portal.imports.sheets import Area, Row, Sheet, Unreadable, packed, unpacked

FENCE = fenced.Fence(memory=1024 * 1024 * 1024, seconds=120, most_said=256 * 1024 * 1024)


def opened(content: bytes, *, fence: fenced.Fence = FENCE) -> list[Sheet]:
    """Every sheet of a file, in order. Raises `Unreadable`."""
    sheets.refuse_by_size(len(content))
    try:
        told, _ = fenced.run("cqo_portal.imports.opening:taken_apart", raw=content, fence=fence)
    except fenced.Refusal as refusal:
        raise Unreadable(str(refusal)) from refusal
    except (fenced.TooMuch, fenced.OutOfTime) as error:
        raise Unreadable(sheets.TOO_MUCH) from error
    except fenced.Failed as error:
        raise Unreadable("这个表格打不开，可能已损坏。请用表格软件打开后另存为 xlsx，再传。") from error
    return _put_together(told)


# ── in the child ──────────────────────────────────────────────────────────────────────────────
def taken_apart(content: bytes) -> tuple[bytes, dict]:
    return b"\n".join(_lines(sheets.read(content))), {}


def _lines(found: list[Sheet]) -> Iterator[bytes]:
    """A line for each sheet, and one for each of its rows behind it."""
    for sheet in found:
        head = {"name": sheet.name, "hidden": sheet.hidden, "since_1904": sheet.since_1904}
        yield json.dumps(head | {"merged": sheet.merged, "says": sheet.says}).encode()
        for row in sheet.rows:
            yield json.dumps([row.number, row.hidden, packed(row.cells)]).encode()


# ── and back in the worker ────────────────────────────────────────────────────────────────────
def _put_together(told: bytes) -> list[Sheet]:
    found: list[Sheet] = []
    for line in map(json.loads, told.splitlines()):
        if isinstance(line, dict):
            merged = tuple(Area(*area) for area in line.pop("merged"))
            found.append(Sheet(rows=[], merged=merged, **line))
        else:
            number, hidden, cells = line
            found[-1].rows.append(Row(number, unpacked(cells, row=number), hidden))
    return found
