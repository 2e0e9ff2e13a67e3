"""Writes that are not transitions: a draft, an amendment, an enterprise's answer; and publishing what was previewed."""

from datetime import date

from django.db import IntegrityError, transaction

from cqo_portal.audit.record import record
from cqo_portal.notifications.outbox import queue
from cqo_portal.workflow.engine import Refused, perform
from registry.notices import answering
from registry.notices.audience import is_addressed
from registry.notices.models import Amendment, Answer, Notice
from registry.notices.workflow import PUBLISH


class Stale(Exception):
    """Somebody else saved the draft meanwhile."""


def open_draft(said: dict, *, office, by) -> Notice:
    with transaction.atomic():
        notice = Notice.objects.create(office=office, created_by=by, until=said["closes_on"], **said)
        record("open", notice, by=by, after=notice.state)
    return notice


def save_draft(notice: Notice, said: dict, *, version: int, by) -> Notice:
    """Raises `Stale` where another clerk saved first, `Refused` where it is no draft any more."""
    with transaction.atomic():
        notice = _held(notice)
        if notice.state != Notice.State.DRAFT:
            raise Refused("通告已经不是草稿，原文不能再改；可以发补充通告或者延期。")
        if notice.version != version:
            raise Stale
        for name, value in said.items():
            setattr(notice, name, value)
        notice.until = notice.closes_on
        notice.version += 1
        notice.save()
        record("edit", notice, by=by)
    return notice


def publish(notice: Notice, *, version: int, by, today: date) -> Notice:
    """Publish just the words that were previewed. Raises `Stale`, or what `perform` raises."""
    with transaction.atomic():
        held = _held(notice)
        if held.state == Notice.State.DRAFT and held.version != version:
            raise Stale
        return perform(PUBLISH, held, by=by, today=today)


def amend(notice: Notice, *, text: str, until: date | None, by, today: date) -> Amendment:
    """Add words to a published notice, or give it a longer window. Raises `Refused`."""
    with transaction.atomic():
        notice = _held(notice)
        if notice.state != Notice.State.PUBLISHED:
            raise Refused("只有已发布、没有撤回的通告才能补充或者延期。")
        if until is not None and until <= notice.until:
            raise Refused(f"现在的截止日期是 {notice.until:%Y-%m-%d}，延期只能更晚。")
        if until is not None and until < today:
            raise Refused("延长到的日期已经过去，请改正。")
        amendment = Amendment.objects.create(notice=notice, text=text, until=until, by=by)
        if until is not None:
            notice.until = until
            notice.save(update_fields={"until"})
        data = {"until": until.isoformat()} if until else {}
        event = record("extend" if until else "amend", notice, by=by, note=text, data=data)
        queue("notice-amended", amendment, cause=f"event:{event.pk}", context={"by": by})
    return amendment


def answer_unchanged(notice: Notice, organisation, *, by, today: date) -> Answer:
    """The enterprise says that nothing has changed; said once, it stays. Raises `Refused`."""
    if reason := reason_against_answering(notice, organisation, today=today):
        raise Refused(reason)
    try:
        with transaction.atomic():
            answer = Answer.objects.create(notice=notice, organisation=organisation, by=by)
            record("answer", answer, by=by, data={"notice": str(notice.pk)})
    except IntegrityError:
        return Answer.objects.get(notice=notice, organisation=organisation)
    return answer


def reason_against_answering(notice: Notice, organisation, *, today: date) -> str:
    if not notice.is_open(today):
        return "这份通告不在集中备案的时间内，不用答复；人员或信息有变化时，随时可以主动备案。"
    reached = notice.office_id == organisation.office.parent_id and (
        not notice.counties or organisation.office_id in notice.counties
    )
    if not reached or not is_addressed(notice, organisation):
        return "这份通告没有面向贵企业，不用答复。"
    if not notice.changes:
        return "这份通告只收新任用的备案，没有“没有变化”这一项答复。"
    done = answering.done(organisation, [notice]).get(notice.pk)
    if done:
        return f"贵企业已经答复过这份通告（{done.label}）。"
    return answering.stand(organisation).objection


def _held(notice: Notice) -> Notice:
    return (
        Notice.objects.select_for_update(no_key=True, of=("self",)).select_related("office").get(pk=notice.pk)
    )
