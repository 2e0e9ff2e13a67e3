"""Rows of a run → verdicts and consequences, by its kind. Asked when a file is read, when a cell was put right,
and once more in the transaction that applies it: meanwhile the register may have moved on."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cqo_portal.imports.catalogue import REFUSED, Consequence, Errand, Kind, kind
from cqo_portal.imports.models import ImportRow, ImportRun
from cqo_portal.imports.reading import Judged, Table, Terms, judged, mark_doubles
from cqo_portal.imports.sheets import Cell, address, unpacked
from cqo_portal.sealed import blind_index


def layout_of(table: Table) -> dict:
    header = table.header
    return {
        "sheet": table.sheet,
        "first_row": header.first_row,
        "last_row": header.last_row,
        "columns": header.columns,
        "texts": {str(column): text.replace("\x1f", " ") for column, text in header.texts.items()},
        "factors": {key: str(factor) for key, factor in header.factors.items()},
        "since_1904": table.since_1904,
    }


def terms_of(run: ImportRun, *, today: date) -> Terms:
    return Terms(
        columns=kind(run.kind).columns(run.office),
        factors={key: Decimal(factor) for key, factor in run.layout["factors"].items()},
        since_1904=run.layout["since_1904"],
        today=today,
    )


def errand_of(run: ImportRun, *, today: date) -> Errand:
    by = run.decided_by or run.by
    return Errand(run.office, by.acting_as(run.acting), today, run.year, run.pk, run.name, run.target)


def cells_of(run: ImportRun, row: ImportRow) -> dict[str, Cell]:
    """The cells of a row by key: as read, or as somebody typed them since."""
    found, read = {}, unpacked(row.line, row=row.number)
    for key, column in run.layout["columns"].items():
        here = address(column, row.number)
        found[key] = Cell(here, row.fixed[key]) if key in row.fixed else read.get(column) or Cell(here)
    return found


def judge(
    run: ImportRun, rows: Sequence[ImportRow], *, errand: Errand, for_good: bool = False
) -> list[Judged]:
    """Judge rows, which come in order, and write what was found into them (unsaved).

    `for_good`: in the transaction that applies them, so what the verdicts rest on is held until its end.
    """
    of_kind, terms = kind(run.kind), terms_of(run, today=errand.today)
    found = [judged(row.number, cells_of(run, row), terms, hidden=row.hidden) for row in rows]
    work = of_kind.work(errand)
    if for_good:
        work.hold(found)
    work.judge(found)
    for row, judgement in zip(rows, found, strict=True):
        row.key_index = key_index(of_kind, judgement, run=run)
    mark_doubles(found, of_kind.unique, said=of_kind.doubled)
    sound = [judgement for judgement in found if not judgement.refused]
    follows = dict(zip((s.number for s in sound), work.plan(sound), strict=True))
    for row, judgement in zip(rows, found, strict=True):
        _write(row, judgement, follows.get(row.number) or Consequence(REFUSED, (), work.title_of(judgement)))
    return found


def key_index(of_kind: Kind, row: Judged, *, run: ImportRun) -> str:
    if not row.is_sound(*of_kind.unique):
        return ""
    key = "\0".join(str(row.values[name]) for name in of_kind.unique)
    return blind_index(key, purpose=f"import:{run.pk}")


def _write(row: ImportRow, judgement: Judged, follows: Consequence) -> None:
    row.outcome = follows.outcome
    row.remarked = any(not verdict.forbids for verdict in judgement.verdicts)
    row.told = {
        "values": judgement.values,
        "verdicts": [verdict.as_json() for verdict in judgement.verdicts],
        "changes": [list(change) for change in follows.changes],
        "title": follows.title,
    }
