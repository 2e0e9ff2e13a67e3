"""What must be settled before a panel concludes, each as a sentence; and the step itself."""

from collections.abc import Iterable

from django.utils import timezone

from cqo_portal.jurisdictions.scheme import Indicator
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import by_name, moved
from evaluation.consensus.board import Board, board_of
from evaluation.consensus.outcome import append_outcome
from evaluation.models import Evaluation, Interview
from evaluation.panels import clocks
from evaluation.workflow.evaluation import DELIBERATE_AGAIN, concluding, opening


# ── about what lies on the table ──────────────────────────────────────────────────────────────
def every_indicator_is_agreed(board: Board) -> str | None:
    missing = [row.indicator for row in board.rows if board.is_open(row)]
    return f"还有 {len(missing)} 项没有定合议值：{_listed(missing)}。" if missing else None


def no_indicator_asks_again(board: Board) -> str | None:
    asking = [row.indicator for row in board.rows if board.asks_again(row)]
    return f"定了以后建议值变了，请重新确定：{_listed(asking)}。" if asking else None


def every_reason_is_written(board: Board) -> str | None:
    lacking = [row.indicator for row in board.rows if board.lacks_its_reason(row)]
    return f"还有 {len(lacking)} 项没有写理由：{_listed(lacking)}。" if lacking else None


def integrity_is_found(board: Board) -> str | None:
    if board.finding.met is None:
        return "诚信还没有认定：请选符合或者不符合。"
    return None if board.finding.evidence.strip() else "诚信的认定还没有写依据。"


def a_finding_otherwise_than_scored_has_its_reason(board: Board) -> str | None:
    if not board.dissent_lacks_its_reason:
        return None
    names = "、".join(member.name for member in board.dissenting)
    return f"诚信的认定与{names}签署的评分不同，还没有写理由。"


def a_fragile_grade_is_explained(board: Board) -> str | None:
    if not board.is_fragile or board.is_explained:
        return None
    if board.sentence.strip():
        return "等级不稳的情形在写说明以后变了，请看过再改说明。"
    return "等级不稳，还没有写说明。"


ON_THE_TABLE = (
    every_indicator_is_agreed,
    no_indicator_asks_again,
    every_reason_is_written,
    integrity_is_found,
    a_finding_otherwise_than_scored_has_its_reason,
    a_fragile_grade_is_explained,
)


def _listed(indicators: Iterable[Indicator]) -> str:
    return "、".join(f"{each.code} {each.label}" for each in sorted(indicators, key=lambda row: row.code))


# ── about interviews ──────────────────────────────────────────────────────────────────────────
def an_interview_was_held(evaluation: Evaluation, today) -> str | None:
    held = evaluation.interviews.filter(kind=Interview.Kind.INTERVIEW, records__isnull=False)
    return None if held.exists() else "还没有面试答辩的记录（8.3）。"


def every_check_on_site_is_recorded(evaluation: Evaluation, today) -> str | None:
    checks = evaluation.interviews.filter(kind=Interview.Kind.ON_SITE, cancelled_at=None, records=None)
    days = [day_full(timezone.localdate(each.planned_at)) for each in checks]
    return f"{'、'.join(days)}的现场验证还没有记录；没有进行的，请取消。" if days else None


INTERVIEWS = (an_interview_was_held, every_check_on_site_is_recorded)


# ── the step ──────────────────────────────────────────────────────────────────────────────────
def missing_from(evaluation: Evaluation, board: Board, today) -> list[str]:
    """Everything that stands between this table and a conclusion."""
    said = [check(board) for check in ON_THE_TABLE] + [check(evaluation, today) for check in INTERVIEWS]
    return [sentence for sentence in said if sentence]


def the_table_is_settled(evaluation, today):
    """One look at the whole table: it is read from every sheet, while the case is held."""
    board = board_of(evaluation)
    return "".join(sentence for check in ON_THE_TABLE if (sentence := check(board))) or None


GUARDS = (the_table_is_settled, *INTERVIEWS)
CONCLUDE = concluding(append_outcome, *GUARDS)


def _begin(evaluation: Evaluation, today, by) -> set[str]:
    """From here the clock of the report runs, through the talk and the writing; deliberating again does not stop it."""
    evaluation.due_on = clocks.due(evaluation, "report", today)
    return {"due_on", *moved(evaluation, today, by)}


OPEN_SHEETS = opening(_begin)
STEPS = by_name(OPEN_SHEETS, CONCLUDE, DELIBERATE_AGAIN)
