"""Writes that are not transitions: sending a file, putting a cell right, taking the refused rows away."""

import hashlib
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from cqo_portal.audit.record import look, record
from cqo_portal.imports import workbooks
from cqo_portal.imports.catalogue import Kind, kind
from cqo_portal.imports.judging import errand_of, key_index
from cqo_portal.imports.models import ImportRow, ImportRun
from cqo_portal.imports.reading import judged
from cqo_portal.imports.sheets import refuse_by_size
from cqo_portal.imports.worker import judgements_of
from cqo_portal.workflow.engine import Refused

LONGEST_TYPED = 500


class SameFile(Exception):
    """This very file was sent before; `run` is what became of it."""

    def __init__(self, run: ImportRun) -> None:
        super().__init__(run.name)
        self.run = run


def begin(
    upload, *, of_kind: Kind, year: int | None = None, sheet: str = "", target: UUID | None = None, by
) -> ImportRun:
    """Keep the file and let a worker read it. Raises `Unreadable` or `SameFile`."""
    refuse_by_size(upload.size)
    content = upload.read()
    run = ImportRun(
        kind=of_kind.code,
        office=by.acting.office,
        institution=by.acting.institution,
        target=target,
        by=by,
        acting=by.acting,
        year=year if of_kind.asks_year else None,
        name=_shown_name(upload.name),
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        sheet=sheet.strip(),
    )
    if earlier := _same(run):
        raise SameFile(earlier)
    run.keep(content)
    try:
        with transaction.atomic():
            run.save()
            record("upload", run, by=by, after=run.state, data={"kind": run.kind, "digest": run.digest})
            transaction.on_commit(lambda: _wake_the_worker(run), robust=True)
    except IntegrityError as error:  # the same file came twice at the same moment
        run.file.delete(save=False)
        if earlier := _same(run):
            raise SameFile(earlier) from error
        raise
    return run


def _same(run: ImportRun) -> ImportRun | None:
    same = ImportRun.objects.standing().of_house(run).filter(kind=run.kind, target=run.target, year=run.year)
    return same.filter(sheet=run.sheet, digest=run.digest).first()


def _wake_the_worker(run: ImportRun) -> None:
    from cqo_portal.imports.tasks import read  # a task imports the worker

    read.delay(str(run.pk))


def _shown_name(sent: str) -> str:
    name = sent.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in name if sign.isprintable()).strip()[-200:] or "表格"


def fix(run: ImportRun, *, number: int, typed: dict[str, str], by) -> ImportRow:
    """Take what was typed in place of cells, and judge the row again with those it is tied to. Raises `Refused`."""
    with transaction.atomic():
        run = _locked(run)
        row = run.rows.get(number=number)
        row.fixed = row.fixed | {key: text[:LONGEST_TYPED] for key, text in typed.items()}
        before = row.key_index
        _judge_again(run, row, tied_by={before} - {""})
        record("fix", run, by=by, data={"row": number, "columns": sorted(typed)})
    return run.rows.get(number=number)


def _locked(run: ImportRun) -> ImportRun:
    locked = ImportRun.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "office__parent__parent", "by", "decided_by", "acting__office"
    )
    run = locked.get(pk=run.pk)
    if run.state != ImportRun.State.TO_DECIDE:
        raise Refused(f"这次导入现在是“{run.get_state_display()}”，不能再改。")
    return run


def _judge_again(run: ImportRun, row: ImportRow, *, tied_by: set[str]) -> None:
    """Rows with the key this one had, or has now, are judged with it: a double may have come or gone."""
    keys = tied_by | ({_key_now(run, row)} - {""})
    others = run.rows.filter(key_index__in=keys).exclude(pk=row.pk)
    rows = sorted([row, *others], key=lambda r: r.number)
    judgements_of(run, rows)


def _key_now(run: ImportRun, row: ImportRow) -> str:
    from cqo_portal.imports.judging import cells_of, terms_of

    of_kind, errand = kind(run.kind), errand_of(run, today=timezone.localdate())
    found = judged(row.number, cells_of(run, row), terms_of(run, today=errand.today))
    return key_index(of_kind, found, run=run)


def refused_rows(run: ImportRun, *, by) -> bytes:
    """A workbook of the rows that were refused, each with its verdicts; that it was taken is written down."""
    with transaction.atomic():
        look(run, by=by, what="refused-rows", why="下载有误的行，供更正后再传")
    return workbooks.refused(run)
