"""Ordering a list of people, and writing it: row by row, sealed piece by piece, so that no size of it fills the memory."""

import hashlib
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import BinaryIO
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from cqo_portal.audit.record import exported, record
from cqo_portal.busy import Waiting, alone, took_too_long, waiting
from cqo_portal.exports.formats import SafeCsv, Written
from cqo_portal.exports.official import SIGNATURES, Heading, OfficialXlsx, Sheet
from cqo_portal.parties.models import Office
from cqo_portal.sealed import seal, unseal
from cqo_portal.statistics.asked import AsOf
from cqo_portal.statistics.models import Order, Yearbook
from cqo_portal.statistics.permissions import works_at_an_office
from cqo_portal.statistics.publishing import county_books, holds
from cqo_portal.statistics.queries import areas_of
from cqo_portal.statistics.roster import LockedRow, LockedRows, Roster, RosterExport, Row
from cqo_portal.statistics.workflow import EXPIRE, FAIL, FINISH
from cqo_portal.wording import day_full, moment_full
from cqo_portal.workflow.engine import Refused, perform

log = logging.getLogger(__name__)
KEPT_FOR = timedelta(days=7)
AT_ONCE = 3  # of one person: the worker has other work too
PIECE = 256 * 1024  # bytes under one seal


# ── asking ────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def order(
    area: Office,
    at: AsOf,
    *,
    columns: list[str],
    as_format: str,
    purpose: str,
    by,
    yearbook: Yearbook | None = None,
) -> Order:
    """Ask for a roster, or for the one a year was locked with; the act is on record before anything is read."""
    if not works_at_an_office.test(by) or not areas_of(by).filter(pk=area.pk).exists():
        raise PermissionDenied
    if Order.objects.unfinished().filter(by=by).count() >= AT_ONCE:
        raise Refused(f"您已有 {AT_ONCE} 份名册正在准备，等其中一份做好再提。")
    made = Order.objects.create(
        office=area,
        by=by,
        acting=by.acting,
        yearbook=yearbook,
        on=at.on,
        known=at.known,
        columns=columns,
        format=as_format,
        purpose=purpose,
    )
    said = {"on": at.on.isoformat(), "known": at.known.isoformat(), "columns": columns, "format": as_format}
    record("order", made, by=by, after=made.state, note=purpose, data=said)
    transaction.on_commit(lambda: _wake_the_worker(made.pk), robust=True)
    return made


def _wake_the_worker(pk: UUID) -> None:
    from cqo_portal.statistics.tasks import write  # a task imports this module

    write.delay(str(pk))


def waiting_of(made: Order) -> Waiting:
    among = Order.objects.unfinished().values_list("pk", flat=True)
    return waiting(made.pk, since=made.asked_at, now=timezone.now(), among=among)


# ── writing ───────────────────────────────────────────────────────────────────────────────────
def write(pk: UUID) -> None:
    """Write what was ordered. May be called at any time, twice, or after a kill: what is unfinished begins anew."""
    with alone(pk) as mine:
        found = (
            Order.objects.unfinished()
            .filter(pk=pk)
            .select_related("office", "by", "acting", "yearbook__office")
        )
        made = found.first() if mine else None
        if made is None:
            return
        try:
            with _taking_its_time():
                _write(made)
        except Exception as error:  # an order nobody thought of must not be tried for ever
            if isinstance(error, InterfaceError) or (
                isinstance(error, OperationalError) and not took_too_long(error)
            ):
                raise  # the database was away or busy; the sweep comes again
            log.exception("order %s could not be written: %s", made.pk, type(error).__name__)
            _fail(made)


def _write(made: Order) -> None:
    roster = _source(made)
    keys: list[UUID] = []
    with _file(made, roster, keys) as content:
        sealed, size, digest = _sealed(made, content)
    _forget_half_a_file(made)
    with transaction.atomic():
        made.file.save(_file_of(made), File(sealed), save=False)
        today = timezone.localdate()
        made.size, made.digest, made.done, made.total = size, digest, len(keys), len(keys)
        made.expires_on = today + KEPT_FOR
        made.save(update_fields={"file", "size", "digest", "done", "total", "expires_on"})
        perform(FINISH, made, by=None, today=today)
        _noted(made, keys)


def _file_of(made: Order) -> str:
    return f"{made.pk}.sealed"


def _forget_half_a_file(made: Order) -> None:
    """What a worker had put away that died before it could say so."""
    name = made.file.field.generate_filename(made, _file_of(made))
    if made.file.storage.exists(name):
        made.file.storage.delete(name)


def _source(made: Order) -> Roster | LockedRows:
    if made.yearbook_id is None:
        return Roster(made.office, made.at_days, made.columns)
    books = county_books(made.yearbook)
    if not all(holds(book) for book in books):
        raise ValueError("a roster is not what was locked")
    return LockedRows(books, made.columns)


def _noted(made: Order, keys: list[UUID]) -> None:
    """Whose rows are in the file: each of them may read it."""
    made.by.acting_as(made.acting)
    exported(
        made,
        by=made.by,
        why=made.purpose,
        keys=keys,
        data={"what": "名册", "said": str(made), "rows": len(keys), "format": made.format, "columns": made.columns,
              "digest": made.digest},
    )  # fmt: skip


def _file(made: Order, roster: Roster | LockedRows, keys: list[UUID]) -> BinaryIO:
    rows = _telling(made, roster, keys)
    written = Written(RosterExport(roster), rows)
    if made.format == Order.Format.CSV:
        return _csv(written)
    said = moment_full(timezone.localtime(made.asked_at))
    sheet = Sheet(
        title="首席质量官名册",
        lines=(
            f"{made.office.name}　　截至 {day_full(made.on)}　　按 {day_full(made.known)}所知",
            f"用途：{made.purpose}　　{made.by} 于 {said} 导出，仅限所述用途",
        ),
        headings=[Heading(label, width=width_of(label)) for label in written.headers],
        rows=written,
        notes=notes_of(made),
        signatures=SIGNATURES,
        long=True,
    )
    return OfficialXlsx().laid_out(sheet)


def width_of(label: str) -> int:
    wide = {
        "企业名称": 30,
        "统一社会信用代码": 21,
        "质量奖情况": 28,
        "备案号": 20,
        "培训证书编号": 22,
        "证书编号": 22,
    }
    return wide.get(label, 10 if "日期" not in label else 12)


def notes_of(made: Order) -> list[tuple[str, str]]:
    return [
        ("范围", made.office.name),
        ("截至", made.on.isoformat()),
        ("按哪天所知", made.known.isoformat()),
        ("导出人", f"{made.by} · {made.acting}"),
        ("用途", made.purpose),
        ("提示", "联系电话已遮盖，不含证件号码。仅限所述用途，用后按规定清理。"),
    ]


def _csv(written: Written) -> BinaryIO:
    out = tempfile.TemporaryFile(suffix=".csv")  # noqa: SIM115 -- the caller closes it
    for line in SafeCsv().stream(written.headers, written):
        out.write(line)
    out.seek(0)
    return out


def _telling(made: Order, roster: Roster | LockedRows, keys: list[UUID]) -> Iterator[Row | LockedRow]:
    """The rows; after each part a page can show how far it is."""
    looked, total = 0, roster.expected
    Order.objects.filter(pk=made.pk).update(done=0, total=total)
    for number, rows in roster.parts():
        for row in rows:
            keys.append(roster.key_of(row))
            yield row
        looked = min(looked + number, total)  # an enterprise that moved was looked at in both counties
        Order.objects.filter(pk=made.pk).update(done=looked)


@contextmanager
def _taking_its_time() -> Iterator[None]:
    """A worker's questions may be long; the limits of a page are not meant for them."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '5min'")
    try:
        yield
    finally:
        if connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("RESET statement_timeout")


@transaction.atomic
def _fail(made: Order) -> None:
    perform(FAIL, made, by=None)


# ── the sealed file ───────────────────────────────────────────────────────────────────────────
def _sealed(made: Order, content: BinaryIO) -> tuple[BinaryIO, int, str]:
    """(sealed pieces line by line, bytes of the plain file, its SHA-256)."""
    out, size, digest, number = tempfile.TemporaryFile(), 0, hashlib.sha256(), 0  # noqa: SIM115 -- kept by the storage
    while piece := content.read(PIECE):
        out.write(seal(piece, place=_place(made, number)).encode() + b"\n")
        digest.update(piece)
        size, number = size + len(piece), number + 1
    out.seek(0)
    return out, size, digest.hexdigest()


def opened(made: Order) -> Iterator[bytes]:
    """The file, piece by piece."""
    with made.file.open("rb") as stored:
        for number, line in enumerate(stored):
            yield unseal(line.decode().strip(), place=_place(made, number))


def _place(made: Order, number: int) -> str:
    return f"{made._meta.db_table}.file:{made.pk}:{number}"


def fetched(made: Order, *, by) -> None:
    """That the file left, each time."""
    with transaction.atomic():
        record("fetch", made, by=by, note=made.purpose, data={"digest": made.digest})


# ── what is over ──────────────────────────────────────────────────────────────────────────────
def expire(*, today: date) -> int:
    """Files whose days are over go; that there were some stays on record."""
    over = list(Order.objects.overdue(today))
    for made in over:
        try:
            perform(EXPIRE, made, by=None, today=today)
        except Refused:  # another sweep was quicker
            continue
    return len(over)
