"""What happens to a run in the background. Every function may be called at any time, twice, or after a kill.

A worker holds a lock of its database session while it is busy with a run. Who dies drops it, so whatever is
found unfinished and unlocked belongs to nobody and is begun again: reading writes, and applying changes, in one
transaction each, and a transaction that was cut off left nothing behind.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.utils import timezone

from cqo_portal.busy import alone, take_your_time
from cqo_portal.imports.catalogue import kind
from cqo_portal.imports.judging import errand_of, judge, layout_of
from cqo_portal.imports.models import ImportRow, ImportRun, Progress
from cqo_portal.imports.opening import opened
from cqo_portal.imports.reading import Judged, table
from cqo_portal.imports.sheets import Unreadable, packed
from cqo_portal.imports.workflow import FAIL, FINISH, PUT_BACK, READ
from cqo_portal.workflow.engine import Refused, perform

log = logging.getLogger(__name__)
BATCH = 1000
_TOLD_EVERY = 0.5  # seconds


def read(run_id: UUID) -> None:
    """Read the file of a run and judge its rows."""
    with alone(run_id) as mine:
        run = _run(run_id, ImportRun.State.READING) if mine else None
        if run is None:
            return
        try:
            _read(run)
        except Unreadable as refusal:
            _fail(run, str(refusal))
        except DatabaseError:
            raise  # the database was away or busy; the sweep comes again
        except Exception as error:  # a file nobody thought of must not be tried for ever
            log.error(
                "import %s could not be read: %s", run.pk, type(error).__name__
            )  # never what a cell says
            _fail(
                run,
                "读取这个文件时出了问题，没有读成。请用表格软件另存为 xlsx 再传；还不行，请联系系统管理员。",
            )


def apply(run_id: UUID) -> None:
    """Import the rows of a run: all that were decided on, or none."""
    with alone(run_id) as mine:
        run = _run(run_id, ImportRun.State.APPLYING) if mine else None
        if run is None:
            return
        try:
            _apply(run)
        except Refused as refused:  # what the rows should go into takes none any more
            _put_back(run, f"{refused}一行也没有导入。")
        except DatabaseError as error:
            log.warning("import %s was put back: %s", run.pk, error)
            _judge_again(run)
            _put_back(run, "导入时有人改动了同样的内容，一行也没有导入。请再看一遍后果，然后重新确认。")
        except Exception:
            log.exception("import %s could not be applied", run.pk)
            _put_back(run, "导入时出了问题，一行也没有导入。请联系系统管理员。")


def _run(run_id: UUID, state: str) -> ImportRun | None:
    found = ImportRun.objects.filter(pk=run_id, state=state)
    return found.select_related("office__parent__parent", "by", "decided_by", "acting__office").first()


def _read(run: ImportRun) -> None:
    of_kind = kind(run.kind)
    found = table(opened(run.content()), of_kind.columns(run.office), wanted=run.sheet)
    run.layout, run.says = layout_of(found), list(found.says)
    rows = [
        ImportRow(run=run, number=row.number, hidden=row.hidden, line=packed(row.line), fixed={})
        for row in found.rows
    ]
    with _telling(run, total=len(rows)) as tell:
        judge(run, rows, errand=errand_of(run, today=timezone.localdate()))
        with transaction.atomic():
            take_your_time()
            for done in range(0, len(rows), BATCH):
                ImportRow.objects.bulk_create(rows[done : done + BATCH])
                tell(done)
            recount(run)
            run.save(update_fields={"layout", "says"})
            perform(READ, run, by=None)


def _apply(run: ImportRun) -> None:
    rows = list(run.rows.order_by("number"))
    errand = errand_of(run, today=timezone.localdate())
    with _telling(run, total=len(rows)) as tell, transaction.atomic():
        take_your_time()
        judgements = judge(run, rows, errand=errand, for_good=True)
        keep(rows)
        recount(run)
        good = [judgement for judgement in judgements if not judgement.refused]
        if len(good) < len(rows) and not run.good_rows_only:
            perform(
                PUT_BACK, run, by=None, note="确认以后情况有变，有的行现在有误。一行也没有导入，请再看一遍。"
            )
            return
        kind(run.kind).work(errand).apply(good, tell=tell)
        # Last, because the chain of events is everybody's: until the commit nobody else can act.
        perform(FINISH, run, by=None, note=said_in_one(run))


def said_in_one(run: ImportRun) -> str:
    """The outcome as the audit keeps it."""
    words = {outcome.value: outcome.label for outcome in ImportRow.Outcome}
    return "、".join(f"{word} {run.counts.get(code, 0)}" for code, word in words.items())


def recount(run: ImportRun) -> None:
    run.counts = run.rows.counts()
    run.save(update_fields={"counts"})


def keep(rows: list[ImportRow]) -> None:
    """Write judged rows back; sealed columns are sealed anew for their own row."""
    for done in range(0, len(rows), BATCH):
        ImportRow.objects.bulk_create(
            rows[done : done + BATCH],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["outcome", "remarked", "key_index", "told", "fixed"],
        )


@transaction.atomic
def _fail(run: ImportRun, sentence: str) -> None:
    ImportRun.objects.filter(pk=run.pk).update(failure=sentence)
    perform(FAIL, run, by=None, note=sentence)


@transaction.atomic
def _put_back(run: ImportRun, sentence: str) -> None:
    perform(PUT_BACK, run, by=None, note=sentence)


@transaction.atomic
def _judge_again(run: ImportRun) -> None:
    """What the page shows is how things stand after the change that came between."""
    take_your_time()
    judgements_of(run, list(run.rows.order_by("number")))


@contextmanager
def _telling(run: ImportRun, *, total: int) -> Iterator:
    """A way to say how far one is, over a connection of its own: the work itself is one silent transaction."""
    teller = _Teller(run.pk, total)
    try:
        yield teller
    finally:
        teller.close()


class _Teller:
    def __init__(self, run_id: UUID, total: int) -> None:
        self.run_id, self.total = run_id, total
        self.last, self.link = time.monotonic(), None

    def __call__(self, done: int) -> None:
        if time.monotonic() - self.last < _TOLD_EVERY:
            return
        self.last = time.monotonic()
        self.link = self.link or connections.create_connection(DEFAULT_DB_ALIAS)
        try:
            with self.link.cursor() as cursor:
                cursor.execute(_TELL, [self.run_id, done, self.total])
        except DatabaseError:  # a page that shows no progress is no reason to stop
            log.warning("the progress of import %s could not be told", self.run_id)

    def close(self) -> None:
        if self.link is not None:
            self.link.close()


_TELL = f"""
    INSERT INTO {Progress._meta.db_table} (run_id, done, total, at) VALUES (%s, %s, %s, now())
    ON CONFLICT (run_id) DO UPDATE SET done = EXCLUDED.done, total = EXCLUDED.total, at = now()
"""  # noqa: S608 -- the table of a model of ours


def judgements_of(run: ImportRun, rows: list[ImportRow]) -> list[Judged]:
    """Judge some rows of a run again, and keep what was found."""
    found = judge(run, rows, errand=errand_of(run, today=timezone.localdate()))
    keep(rows)
    recount(run)
    return found
