"""Saved queues: a question of the register or of the filings under a name of one's own."""

from dataclasses import dataclass
from datetime import date

from django import forms
from django.db import IntegrityError, transaction
from django.http import QueryDict

from cqo_portal.desk.lists import WorkList, work_list
from cqo_portal.desk.models import SavedQueue
from cqo_portal.ui.fields import PlainField
from cqo_portal.ui.paging import capped_each

AT_MOST, PINNED_AT_MOST = 30, 6


class NameForm(forms.Form):
    name = PlainField(
        label="名称",
        max_length=30,
        help_text="例如 泊头本季到期。",
        error_messages={"required": "请给这个常用查询起一个名称。"},
    )


@dataclass(frozen=True)
class Shown:
    """A saved queue with what it asks for and how much lies there now."""

    queue: SavedQueue
    words: str
    count: str


def save_queue(wanted: WorkList, *, name: str, by) -> SavedQueue | str:
    """The saved queue, or a sentence why not."""
    mine = SavedQueue.objects.visible_to(by)
    if same := mine.filter(page=wanted.kind, address=wanted.address, name=name).first():
        return same  # a second click
    if mine.count() >= AT_MOST:
        return f"常用查询最多 {AT_MOST} 个，请先删去不用的。"
    return _kept(
        SavedQueue(
            user=by,
            role=by.acting.role,
            page=wanted.kind,
            address=wanted.address,
            name=name,
            pinned=mine.filter(pinned=True).count() < PINNED_AT_MOST,
        )
    )


def rename(queue: SavedQueue, *, name: str) -> SavedQueue | str:
    queue.name = name
    return _kept(queue)


def _kept(queue: SavedQueue) -> SavedQueue | str:
    try:
        with transaction.atomic():
            queue.save()
    except IntegrityError:
        return "您已经有一个叫这个名称的常用查询，请换一个名称。"
    return queue


def pin(queue: SavedQueue, *, by) -> str | None:
    """Onto the desk; a sentence where it is full."""
    others = SavedQueue.objects.visible_to(by).filter(pinned=True).exclude(pk=queue.pk)
    if others.count() >= PINNED_AT_MOST:
        return f"工作台上最多放 {PINNED_AT_MOST} 个常用查询，请先取下一个。"
    SavedQueue.objects.filter(pk=queue.pk).update(pinned=True)
    return None


def unpin(queue: SavedQueue) -> None:
    SavedQueue.objects.filter(pk=queue.pk).update(pinned=False)


def list_of(queue: SavedQueue, *, user, today: date) -> WorkList:
    return work_list(queue.page, QueryDict(queue.address), user=user, today=today)


def shown(queues, *, user, today: date) -> list[Shown]:
    """Each with its count: one question for all of them."""
    queues = list(queues)
    behind = [list_of(queue, user=user, today=today) for queue in queues]
    counts = capped_each((each.query.rows() for each in behind), beside=user)
    return [Shown(queue, each.said, count) for queue, each, count in zip(queues, behind, counts, strict=True)]


def pinned(user, *, today: date) -> list[Shown]:
    mine = SavedQueue.objects.visible_to(user).filter(pinned=True)
    return shown(mine[:PINNED_AT_MOST], user=user, today=today)
