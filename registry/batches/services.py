"""Sending up many with one act, taking back what the city has not touched, and reminding the silent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.notifications.outbox import queue
from cqo_portal.workflow.engine import Refused, perform
from cqo_portal.workflow.series import next_in
from registry.batches.models import Batch, BatchItem, Reminder
from registry.batches.permissions import recalls, sends
from registry.batches.progress import silent
from registry.batches.waiting import MOST, examined
from registry.models import Filing
from registry.workflow import RECALL, SEND_UP

# The same steps; the batch announces itself, once for all of them.
SEND_UP_IN_BATCH = replace(SEND_UP, announces="")
RECALL_IN_BATCH = replace(RECALL, announces="")


class NotSent(Exception):
    """One filing could not go with the others, so none went. Sentences that name it."""

    def __init__(self, filing: Filing, reasons) -> None:
        self.reasons = [f"{filing.organisation.name}：{reason}" for reason in reasons]
        super().__init__(" ".join(self.reasons))


class Unexplained(Refused):
    """Something stays behind that could go, and nobody said why."""


@dataclass(frozen=True)
class Kept:
    """Why one stays behind: what the check found, and what the officer says."""

    found: str
    reason: str


def send_up(
    chosen: Mapping[UUID, int], *, left: Mapping[UUID, str], shared: str = "", notice=None, by, today: date
) -> Batch:
    """Send up what was chosen, {filing: round as looked at}; `left` are {filing: reason} of what stays behind.

    What cannot go stays with what the check finds, and may have a reason beside it; what could go needs a reason,
    its own or the `shared` one. All or nothing. Raises `NotSent`, `Unexplained`, `Refused`, `PermissionDenied`.
    """
    _insist(chosen, by=by)
    office = by.acting.office
    with transaction.atomic():
        filings = _held([*chosen, *left], office=office)
        _insist_that_they_belong_together(filings, chosen=chosen, left=left, notice=notice)
        kept = _explained([filings[pk] for pk in left], said=left, shared=shared, by=by, today=today)
        for pk, seen in chosen.items():
            _send_one(filings[pk], seen=seen, by=by, today=today)
        number = f"PC-{office.pk}-{today.year}-{next_in(f'PC-{office.pk}-{today.year}'):04d}"
        batch = Batch.objects.create(
            number=number,
            office=office,
            notice=notice,
            included_count=len(chosen),
            exception_count=len(left),
            by=by,
        )
        _note_items(batch, filings, chosen=chosen, kept=kept)
        event = record("send-batch", batch, by=by, data={"included": len(chosen), "exceptions": len(left)})
        queue("batch-sent", batch, cause=f"event:{event.pk}", context={"by": by})
    return batch


def _insist(chosen: Mapping, *, by) -> None:
    if not sends.test(by):
        raise PermissionDenied
    if not chosen:
        raise Refused("一件也没有选，请至少选一件再上报。")
    if len(chosen) > MOST:
        raise Refused(f"一次最多上报 {MOST} 件，请分批。")


def _insist_that_they_belong_together(filings: Mapping, *, chosen: Mapping, left: Mapping, notice) -> None:
    """What stays behind is what waits here, and a batch under a notice holds what answers it: a receipt names them all."""
    if chosen.keys() & left.keys():
        raise Refused("有的件既选了上报，又列在留下的里面，请重新核对后再办。")
    if any(filings[pk].state != Filing.State.AT_COUNTY for pk in left):
        raise Refused("不上报的件里，有的已经不在待预审的件里了，请重新核对后再办。")
    if notice and any(filings[pk].notice_id != notice.pk for pk in chosen):
        raise Refused("所选的件里，有的不是按这份通告报来的，请重新核对后再办。")


def _explained(
    filings: list[Filing], *, said: Mapping[UUID, str], shared: str, by, today: date
) -> dict[UUID, Kept]:
    """Looked at under the lock: the receipt says what stood in the way now, not when the page was drawn."""
    kept = {}
    for row in examined(filings, user=by, today=today) if filings else ():
        own = said[row.filing.pk].strip()
        kept[row.filing.pk] = Kept(row.objection, own or ("" if row.objection else shared.strip()))
    if missing := sum(1 for each in kept.values() if not (each.found or each.reason)):
        raise Unexplained(f"有 {missing} 件可以上报而没有上报，须写明理由。")
    return kept


def _held(keys: list[UUID], *, office) -> dict[UUID, Filing]:
    """Lock all of them first, in one order: two clerks wait for each other instead of killing each other's act."""
    wanted = Filing.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation")
    found = {filing.pk: filing for filing in wanted.filter(pk__in=keys, office=office).order_by("pk")}
    if set(found) != set(keys):
        raise Refused("所选的件里，有的已经不归本局办理，请重新核对后再办。")
    return found


def _send_one(filing: Filing, *, seen: int, by, today: date) -> None:
    if filing.state == Filing.State.AT_COUNTY and filing.round != seen:
        raise NotSent(filing, ["企业刚刚撤回并重新提交了，内容与您看到的不同，请重新核对。"])
    try:
        perform(SEND_UP_IN_BATCH, filing, by=by, today=today)
    except Refused as refused:
        raise NotSent(filing, refused.reasons) from refused
    except PermissionDenied as denied:
        raise NotSent(filing, ["您参与过这件的申报，须由同事上报。"]) from denied


def _note_items(
    batch: Batch, filings: Mapping[UUID, Filing], *, chosen: Mapping, kept: Mapping[UUID, Kept]
) -> None:
    sent = _acts_of(chosen)
    BatchItem.objects.bulk_create(
        BatchItem(
            batch=batch,
            filing=filings[pk],
            place=place,
            round=filings[pk].round,
            organisation_name=filings[pk].organisation.name,
            officer_name=filings[pk].name,
            receipt_number=filings[pk].receipt_number or "",
            sent=sent.get(pk),
            found=kept[pk].found if pk in kept else "",
            reason=kept[pk].reason if pk in kept else "",
        )
        for place, pk in enumerate([*chosen, *kept], start=1)
    )


def _acts_of(keys) -> dict[UUID, Event]:
    """The acts that have just sent them up."""
    acts = Event.objects.filter(
        subject_type=Filing._meta.label_lower, subject_id__in=[str(pk) for pk in keys], action=SEND_UP.name
    )
    return {UUID(act.subject_id): act for act in acts.order_by("id")}


def recall(batch: Batch, keys: list[UUID], *, reason: str, by, today: date) -> list[Filing]:
    """Take filings of a batch back from the city: all that were named, or none. Raises `NotSent`, `Refused`."""
    if not recalls.test(by, batch):
        raise PermissionDenied
    if not keys:
        raise Refused("请至少选一件再撤回。")
    if not reason.strip():
        raise Refused("请写明撤回的理由。")
    with transaction.atomic():
        filings = _held(keys, office=batch.office)
        if batch.items.filter(filing__in=keys, sent__isnull=False).count() != len(filings):
            raise PermissionDenied
        for filing in filings.values():
            try:
                perform(RECALL_IN_BATCH, filing, by=by, note=reason, today=today)
            except Refused as refused:
                raise NotSent(filing, refused.reasons) from refused
        event = record(
            "recall-from-batch", batch, by=by, note=reason, data={"filings": [str(k) for k in keys]}
        )
        words = {"by": by, "note": reason, "recalled": list(filings.values())}
        queue("batch-recalled", batch, cause=f"event:{event.pk}", context=words)
    return list(filings.values())


def remind(notice, *, by, today: date) -> Reminder:
    """Remind every enterprise of the county that has not answered. Raises `Refused` the second time in a day."""
    if not sends.test(by) or notice.office_id != by.acting.office.parent_id:
        raise PermissionDenied
    if not notice.is_open(today):
        raise Refused("通告不在集中备案的时间内，不用催办。")
    count = silent(notice, office=by.acting.office).count()
    if not count:
        raise Refused("面向的企业都已经答复或者在办，不用催办。")
    try:
        with transaction.atomic():
            reminder = Reminder.objects.create(
                notice=notice, office=by.acting.office, on=today, enterprises=count, by=by
            )
            record("remind", reminder, by=by, data={"enterprises": count})
            queue("notice-reminder", reminder, cause=today.isoformat(), context={"by": by})
    except IntegrityError as error:
        raise Refused("今天已经催办过，明天可以再催。") from error
    return reminder
