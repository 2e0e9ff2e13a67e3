"""面试答辩与现场验证: planned by the leader, told to whom it concerns, held, and written down. A plan is changed, a record never."""

from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from cqo_portal.audit.record import record
from cqo_portal.notifications.outbox import queue
from cqo_portal.workflow.engine import Refused
from evaluation.consensus.board import board_of
from evaluation.frozen import scheme_of
from evaluation.models import Evaluation, Interview, InterviewRecord
from evaluation.panel import reasons_wanted
from evaluation.permissions import leads
from evaluation.workflow.holding import held

IN_TIME = (Evaluation.State.SCORING, Evaluation.State.CONSENSUS)
NOT_NOW = "现在不在评分或合议阶段，不能再安排或者记录面试。"
MEANWHILE = "这次安排在您打开以后又改过，请看过新的内容再改。"
OVER = "已经记录或者取消的，不能再改。"


def _held(evaluation: Evaluation, *, by) -> Evaluation:
    """Nothing is planned or noted beside a conclusion."""
    return held(evaluation, by=by, allowed=leads, states=IN_TIME, otherwise=NOT_NOW)


def plan(evaluation: Evaluation, said: dict, *, by) -> Interview:
    """`said`: kind, planned_at (aware), place, because, plan."""
    with transaction.atomic():
        case = _held(evaluation, by=by)
        made = Interview.objects.create(evaluation=case, by=by, **said)
        _tell("interview-planned", made, by=by)
    return made


def change(interview: Interview, said: dict, *, version: int | None, by) -> Interview:
    """Another time, place or outline; only another time or place is told."""
    with transaction.atomic():
        case = _held(interview.evaluation, by=by)
        kept = Interview.objects.select_for_update(no_key=True).get(pk=interview.pk, evaluation=case)
        if is_over(kept):
            raise Refused(OVER)
        if version != kept.version:
            raise Refused(MEANWHILE)
        before = (kept.kind, kept.planned_at, kept.place)
        for name, value in said.items():
            setattr(kept, name, value)
        kept.version += 1
        kept.by = by
        kept.save()
        if before != (kept.kind, kept.planned_at, kept.place):
            _tell("interview-changed", kept, by=by)
    return kept


def cancel(interview: Interview, why: str, *, by) -> Interview:
    with transaction.atomic():
        case = _held(interview.evaluation, by=by)
        kept = Interview.objects.select_for_update(no_key=True).get(pk=interview.pk, evaluation=case)
        if is_over(kept):
            raise Refused(OVER)
        kept.cancelled_at = timezone.now()
        kept.version += 1
        kept.save(update_fields={"cancelled_at", "version"})
        _tell("interview-cancelled", kept, by=by, note=why)
    return kept


def write_down(interview: Interview, said: dict, *, by) -> InterviewRecord:
    """`said`: held_on, present, notes, by_indicator {indicator: text}. A further record corrects an earlier one."""
    with transaction.atomic():
        case = _held(interview.evaluation, by=by)
        if Interview.objects.get(pk=interview.pk).cancelled_at:
            raise Refused("已经取消的不能记录；另外进行的，请另行安排。")
        made = InterviewRecord.objects.create(interview=interview, by=by, **said)
        record("interview-recorded", case, by=by, data={"interview": str(interview.pk), "record": made.pk})
    return made


def is_over(interview: Interview) -> bool:
    return interview.cancelled_at is not None or interview.records.exists()


def _tell(kind: str, interview: Interview, *, by, note: str = "") -> None:
    """On record; and a message, unless it is of a day gone by, written down afterwards."""
    said = {"interview": str(interview.pk), "at": interview.planned_at.isoformat(), "place": interview.place}
    event = record(kind, interview.evaluation, by=by, note=note, data=said)
    if interview.planned_at > event.at:
        queue(kind, interview, cause=f"event:{event.pk}")


# ── the outline ───────────────────────────────────────────────────────────────────────────────
def outline_for(evaluation: Evaluation) -> str:
    """What to ask, one line an indicator: where no paper supports it; once the sheets are open, where experts differ."""
    why: dict[str, list[str]] = {}
    for code in _unsupported(evaluation):
        why.setdefault(code, []).append("没有证实性材料，请本人说明做法和结果")
    if evaluation.state == Evaluation.State.CONSENSUS:
        for code in _disputed(evaluation):
            why.setdefault(code, []).append("各人评分相差较大，请核实依据")
    rows = (row for row in scheme_of(evaluation).indicators if row.code in why)
    return "\n".join(f"{row.code} {row.label}：{'；'.join(why[row.code])}。" for row in rows)


def _unsupported(evaluation: Evaluation) -> list[str]:
    papers = evaluation.application.proofs.at_round(evaluation.submission.round)
    supported = {code for supports in papers.values_list("supports", flat=True) for code in supports}
    return [row.code for row in scheme_of(evaluation).indicators if row.code not in supported]


def _disputed(evaluation: Evaluation) -> list[str]:
    board = board_of(evaluation)
    return [row.indicator.code for row in board.rows if reasons_wanted(row, row.proposal, board.scheme)]


def at(day: date, hour: time) -> datetime:
    """As people say it, in Beijing time."""
    return timezone.make_aware(datetime.combine(day, hour))
