"""合议结论: what was agreed is frozen, and the result that follows from it is written down beside it."""

from cqo_portal.audit.record import record
from cqo_portal.workflow.engine import moved
from evaluation.consensus.board import Board, live_board, spelled_agreed
from evaluation.consensus.marks import Member, coefficients_of
from evaluation.frozen import as_said, digest_of, result_of, spelled
from evaluation.models import Evaluation, Outcome

__all__ = ["append_outcome", "frozen_of", "result_of"]


def frozen_of(evaluation: Evaluation) -> dict:
    """Everything the result follows from, as it stands on the table now; see `evaluation.frozen` for the shape."""
    board = live_board(evaluation)
    return {
        "edition": evaluation.rule_edition,
        "aggregation": board.aggregation.value,
        "members": [_said_of(member) for member in board.members],
        "agreed": spelled_agreed(board),
        "integrity": {
            "met": board.finding.met,
            "evidence": board.finding.evidence,
            "pins": board.finding.pins,
            "reason": board.finding.reason if board.dissenting else "",
        },
        "fragile": _fragile(board),
    }


def _said_of(member: Member) -> dict:
    return {
        "panellist": member.key,
        "name": member.name,
        "leader": member.is_leader,
        "sheet": str(member.last.sheet_id),
        "version": member.last.number,
        "digest": member.last.digest,
        "coefficients": spelled(coefficients_of(member.last)),
    }


def _fragile(board: Board) -> dict:
    """A sentence left over from a grade that was not firm then says nothing about this one."""
    sentence = board.sentence if board.is_fragile else ""
    return {"alternatives": as_said(board.alternatives), "sentence": sentence}


def append_outcome(evaluation: Evaluation, today, by) -> set[str]:
    """The effect of concluding. A later outcome takes the place of an earlier one, which stays."""
    frozen = frozen_of(evaluation)
    result = result_of(frozen)
    digest = digest_of(frozen, result)
    number = evaluation.outcomes.count() + 1
    # Before the row: no outcome comes past the chain of events.
    record(
        "freeze",
        evaluation,
        by=by,
        rule_edition=evaluation.rule_edition,
        data={"digest": digest, "number": number},
    )
    Outcome.objects.create(
        evaluation=evaluation,
        number=number,
        rule_edition=evaluation.rule_edition,
        frozen=frozen,
        result=result,
        grade=result["grade"],
        total=result["total"],
        digest=digest,
        by=by,
    )
    return moved(evaluation, today, by)
