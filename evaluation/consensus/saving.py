"""The leader's working copy: everything he writes for the panel, kept under one version, only while it deliberates."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from cqo_portal.workflow.drafts import Stale
from evaluation.consensus.board import Board, board_of
from evaluation.limits import fitted
from evaluation.models import Agreed, Deliberation, Evaluation
from evaluation.panel import reasons_wanted
from evaluation.permissions import leads
from evaluation.workflow.holding import held

CLOSED = "合议已经结束，没有存上。"


def deliberation_of(evaluation: Evaluation) -> Deliberation:
    """The working copy of the meeting; made when it is first asked for while the panel deliberates."""
    return Deliberation.objects.get_or_create(evaluation=evaluation)[0]


@dataclass(frozen=True)
class RowSaid:
    """One row as typed. `seen`: the proposal that stood beside it on the page; None in `coefficient`: not fixed."""

    coefficient: Decimal | None
    seen: Decimal | None
    reason: str
    comment: str


@dataclass(frozen=True)
class Said:
    """What is not in it stays as it is: a row, or one of the other words of the form."""

    rows: dict[str, RowSaid] = field(default_factory=dict)
    words: dict[str, object] = field(default_factory=dict)  # fields of Deliberation


def save(evaluation: Evaluation, said: Said, *, version: int | None, by) -> Deliberation:
    """Keep what was typed. `version` is the one the page was opened with; None overwrites knowingly.

    Raises `Stale`, `Refused` and `PermissionDenied`.
    """
    with transaction.atomic():
        case = _held(evaluation, by=by)
        deliberation = taken_up(case, by=by)
        words = {name: value for name, value in said.words.items() if getattr(deliberation, name) != value}
        rows = _changed(case, said.rows)
        if not words and not rows:
            return deliberation
        if version not in (None, deliberation.version):
            raise Stale(deliberation)
        for row in rows:
            row.by = by
            row.save()
        return _written(case, deliberation, words)


def sentences_of(evaluation: Evaluation) -> frozenset[str]:
    """Everything the leader wrote that is kept."""
    rows = Agreed.objects.filter(evaluation=evaluation).values_list("reason", "comment")
    said = Deliberation.objects.filter(evaluation=evaluation)
    words = [*rows, *said.values_list("integrity_evidence", "integrity_reason", "fragile_sentence")]
    return frozenset(sentence for each in words for sentence in each)


def _held(evaluation: Evaluation, *, by) -> Evaluation:
    return held(evaluation, by=by, allowed=leads, states=(Evaluation.State.CONSENSUS,), otherwise=CLOSED)


def taken_up(evaluation: Evaluation, *, by) -> Deliberation:
    """The working copy in the hands of who leads now. What an earlier leader settled is shown as the board shows it: it
    asks again, and nothing is found."""
    deliberation = deliberation_of(evaluation)
    seat = evaluation.panellists.serving().get(person=by.acting.person_id)
    if deliberation.led_by_id != seat.pk:
        if deliberation.led_by_id:
            deliberation.integrity_met, deliberation.explained = None, ""
            Agreed.objects.filter(evaluation=evaluation).update(proposed=None)
        deliberation.led_by = seat
        deliberation.save()
    return deliberation


def _changed(evaluation: Evaluation, typed: dict[str, RowSaid]) -> list[Agreed]:
    """The rows as they will stand, of those that change."""
    kept = {row.indicator: row for row in Agreed.objects.filter(evaluation=evaluation)}
    board = board_of(evaluation)
    asking = {row.indicator.code for row in board.rows if board.asks_again(row)}
    rows = [
        (kept.get(code) or Agreed(evaluation=evaluation, indicator=code), said, code in asking)
        for code, said in typed.items()
    ]
    return [row for row, said, asks in rows if _differs(row, said, asks=asks)]


def _differs(row: Agreed, said: RowSaid, *, asks: bool) -> bool:
    """Writes into `row` what was said; whether that changed it.

    A row that asks again shows no value of its own: as long as none is chosen the old one stays, and goes on asking.
    """
    before = (row.coefficient, row.proposed, row.reason, row.comment)
    if said.coefficient is not None or not asks:
        row.coefficient = said.coefficient
        row.proposed = None if said.coefficient is None else said.seen
    row.reason, row.comment = said.reason, said.comment
    return before != (row.coefficient, row.proposed, row.reason, row.comment)


def _written(evaluation: Evaluation, deliberation: Deliberation, words: dict) -> Deliberation:
    for name, value in words.items():
        setattr(deliberation, name, value)
    if "fragile_sentence" in words:  # it speaks of the table as it is with this save
        deliberation.explained = board_of(evaluation).fragile_digest
    deliberation.version += 1
    deliberation.saved_at = timezone.now()
    deliberation.save()
    return deliberation


def accept_proposals(evaluation: Evaluation, *, by) -> int:
    """Take the proposal in every row that is not settled and owes no reason for it. Returns how many rows that were."""
    with transaction.atomic():
        case = _held(evaluation, by=by)
        deliberation, board = taken_up(case, by=by), board_of(case)
        free = acceptable(board)
        for row in free:
            Agreed.objects.update_or_create(
                evaluation=case,
                indicator=row.indicator.code,
                defaults={"coefficient": row.proposal, "proposed": row.proposal, "by": by},
            )
        if free:
            _written(case, deliberation, {})
    return len(free)


def acceptable(board: Board) -> list:
    """Rows that are open, or ask again, and whose proposal nobody need explain."""
    return [
        row
        for row in board.rows
        if (board.is_open(row) or board.asks_again(row))
        and not reasons_wanted(row, row.proposal, board.scheme)
    ]


def move_cursor(evaluation: Evaluation, code: str, *, by) -> None:
    """The leader is at this row now; all who follow go there. No version: nothing was written."""
    with transaction.atomic():
        case = _held(evaluation, by=by)
        Deliberation.objects.filter(pk=deliberation_of(case).pk).update(cursor=code)


def draft_comment(evaluation: Evaluation, code: str, *, by) -> None:
    """Begin the agreed comment with what the experts wrote; what stands there already stays above it."""
    with transaction.atomic():
        case = _held(evaluation, by=by)
        deliberation, board = taken_up(case, by=by), board_of(case)
        row = Agreed.objects.filter(evaluation=case, indicator=code).first()
        row = row or Agreed(evaluation=case, indicator=code)
        drafted = board.comments_on(code)
        if drafted in row.comment:
            return
        row.comment, row.by = fitted("\n".join(filter(None, (row.comment, drafted)))), by
        row.save()
        _written(case, deliberation, {})
