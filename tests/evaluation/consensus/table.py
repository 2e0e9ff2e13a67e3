"""A table on which everything is settled, so that each test unsettles one thing."""

from decimal import Decimal

from cqo_portal.workflow.engine import perform
from evaluation.consensus import saving
from evaluation.consensus.board import board_of
from evaluation.consensus.conclusion import CONCLUDE
from evaluation.consensus.saving import RowSaid, Said
from evaluation.models import Deliberation
from tests.evaluation import rows
from tests.evaluation.rows import TODAY


def settle(panel: rows.Panel, **words) -> None:
    """All proposals taken, reasons written, integrity found, an interview held, and what is fragile explained."""
    board = board_of(panel.evaluation)
    typed = {
        row.indicator.code: RowSaid(row.proposal, row.proposal, "面试核实。" if row.spread else "", "")
        for row in board.rows
    }
    found = {"integrity_met": True, "integrity_evidence": "查阅信用公示，未见失信。"} | words
    saving.save(panel.evaluation, Said(typed, found), version=None, by=panel.leader)
    if board_of(panel.evaluation).is_fragile:
        sentence = {"fragile_sentence": "差别来自 7.5.1，面试已核实。"}
        saving.save(panel.evaluation, Said({}, sentence), version=None, by=panel.leader)
    if not panel.evaluation.interviews.exists():
        rows.met(panel)


def change(
    panel: rows.Panel, code: str, value: str | None, *, seen: str | None = None, reason: str = ""
) -> None:
    """The leader chooses a coefficient in one row."""
    row = next(each for each in board_of(panel.evaluation).rows if each.indicator.code == code)
    typed = RowSaid(
        None if value is None else Decimal(value), Decimal(seen) if seen else row.proposal, reason, ""
    )
    saving.save(panel.evaluation, Said({code: typed}), version=None, by=panel.leader)


def conclude(panel: rows.Panel, *, today=TODAY):
    """The outcome."""
    perform(CONCLUDE, panel.evaluation, by=panel.leader, today=today)
    panel.evaluation.refresh_from_db()
    return panel.evaluation.outcomes.last()


def words_of(panel: rows.Panel) -> Deliberation:
    return Deliberation.objects.get(evaluation=panel.evaluation)
