"""Writing records and clocks: each function one transaction."""

import hashlib
from collections.abc import Mapping
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cqo_portal.accounts.permissions import is_body
from cqo_portal.audit.record import record as note
from cqo_portal.papers.accepting import NotAccepted, accept
from cqo_portal.parties.models import Institution
from cqo_portal.workflow.engine import Refused, perform
from evaluation.bodies import usual
from evaluation.bodies.models import SAID, BodyPaper, BodyRecord, Clocks
from evaluation.bodies.permissions import keeps_the_record
from evaluation.bodies.standing import clocks_of
from evaluation.bodies.workflow import SUBMIT, recording

MOST_PAPERS = 20
CHANGED_MEANWHILE = "这份登记在您打开这一页以后被同事改过；请核对下面的内容，需要的话再保存一次。"
CLOCKS_SAID = (*usual.DAYS, "aggregation", "panel_size", "activities")


# ── the record ────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def draft(said: Mapping, *, by) -> BodyRecord:
    """A record of the own institution, to be submitted. Raises `Refused`."""
    if not is_body.test(by):
        raise PermissionDenied
    made = BodyRecord(institution=by.acting.institution, created_by=by, **said)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        if "bodyrecord_one_asked_for" not in str(error):
            raise
        raise Refused("贵机构已有一份登记没有办完，请接着办那一份。") from error
    note("draft", made, by=by, after=made.state)
    return made


@transaction.atomic
def rewrite(record: BodyRecord, said: Mapping, *, seen: str, by) -> BodyRecord:
    """Other words for a draft, or for what came back. `seen`: the `version_of` what the form was opened on."""
    record = _to_write(record, by=by)
    if version_of(record) != seen:
        raise Refused(CHANGED_MEANWHILE)
    for name, value in said.items():
        setattr(record, name, value)
    record.save(update_fields=set(said))
    note("edit", record, by=by)
    return record


def _to_write(record: BodyRecord, *, by) -> BodyRecord:
    """Held for writing. Raises `Refused` where it was submitted."""
    record = BodyRecord._base_manager.select_for_update(no_key=True).get(pk=record.pk)
    if not keeps_the_record.test(by, record):
        raise PermissionDenied
    if record.state not in SUBMIT.source:
        raise Refused(f"现在的状态是“{record.get_state_display()}”，提交的内容不能再改。")
    return record


def version_of(record: BodyRecord) -> str:
    return hashlib.sha256(repr([getattr(record, name) for name in SAID]).encode()).hexdigest()


def file_it(record: BodyRecord, said: Mapping, *, by, today: date) -> BodyRecord:
    """Take a body on record: {document, first_day, last_day or None}. Raises `Refused`."""
    try:
        return perform(recording(said), record, by=by, today=today)
    except IntegrityError as error:
        if "bodyrecord_one_on_a_day" not in str(error):
            raise
        raise Refused("这家机构在这段时间刚刚有了另一份登记，日期不能重叠。") from error


# ── its papers ────────────────────────────────────────────────────────────────────────────────
def attach(record: BodyRecord, upload, *, kind: str, by) -> BodyPaper:
    """One more paper while the record is being written. Raises `NotAccepted` with a sentence, or `Refused`."""
    if not keeps_the_record.test(by, record):
        raise PermissionDenied
    made = accept(upload)
    with transaction.atomic():
        record = _to_write(record, by=by)
        current = record.papers.current()
        if current.filter(digest=made.digest).exists():
            raise NotAccepted("这份材料已经交过了。")
        if current.count() >= MOST_PAPERS:
            raise NotAccepted(f"一份登记最多交 {MOST_PAPERS} 件，请合并成一个 PDF 后再传。")
        paper = BodyPaper(record=record, kind=kind, uploaded_by=by)
        paper.keep(made, sent_as=upload.name)
        note("attach", record, by=by, data={"paper": str(paper.pk), "kind": kind, "digest": made.digest})
    return paper


@transaction.atomic
def take_away(paper: BodyPaper, *, by, now) -> None:
    """A paper attached by mistake, before it was submitted. Its row stays. Raises `Refused`."""
    record = _to_write(paper.record, by=by)
    if not record.papers.current().filter(pk=paper.pk).update(removed_at=now):
        raise Refused("这份材料已经拿掉了，不用再办。")
    note("remove", record, by=by, data={"paper": str(paper.pk), "digest": paper.digest})


# ── its clocks ────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def set_clocks(institution: Institution, said: Mapping, *, by) -> Clocks:
    """Other clocks from now on; what was set before stays on record. The same words add no row."""
    if not (is_body.test(by) and by.acting.institution_id == institution.pk):
        raise PermissionDenied
    Institution.objects.select_for_update(no_key=True).get(
        pk=institution.pk
    )  # of two at once the second is newest
    current = clocks_of(institution)
    before = {name: getattr(current, name) for name in CLOCKS_SAID}
    if current.pk and before == dict(said):
        return current
    made = Clocks.objects.create(institution=institution, by=by, **said)
    note("set-clocks", made, by=by, data={"before": before, "after": dict(said)})
    return made
