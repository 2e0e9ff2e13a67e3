"""How well the members of one panel agreed before they talked: for the panel and its body, once it has concluded."""

from dataclasses import dataclass
from functools import cached_property

from evaluation.agreement import Icc, icc, kendalls_w
from evaluation.consensus.marks import first_marks_of
from evaluation.frozen import scheme_of
from evaluation.models import Evaluation
from evaluation.panel import Marks, judged
from evaluation.panels.blocks import add_block
from evaluation.permissions import runs_it, serves
from evaluation.queries import HANDED_IN

# While the panel deliberates it would be an argument; whoever completes a panel has still to score.
CONCLUDED = (Evaluation.State.REPORTING, *HANDED_IN)


@dataclass(frozen=True)
class Agreement:
    evaluation: Evaluation
    marks: Marks

    @property
    def members(self) -> int:
        return len(self.marks)

    @cached_property
    def ratings(self) -> list[list]:
        """A row for each indicator the panel judges."""
        rows = judged(scheme_of(self.evaluation))
        return [[marks[row.code] for marks in self.marks.values()] for row in rows]

    @cached_property
    def icc(self) -> Icc | None:
        return icc(self.ratings)

    @property
    def single(self) -> str:
        return _two_places(self.icc and self.icc.single)

    @property
    def average(self) -> str:
        return _two_places(self.icc and self.icc.average)

    @property
    def w(self) -> str:
        return _two_places(kendalls_w(self.ratings))


def _two_places(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def agreement_for(user, evaluation: Evaluation, today) -> Agreement | None:
    """The panel from its conclusion on; the body once the report is handed in."""
    of_the_panel = evaluation.state in CONCLUDED and serves.test(user, evaluation)
    of_the_body = evaluation.state in HANDED_IN and runs_it.test(user, evaluation)
    if not (of_the_panel or of_the_body):
        return None
    return Agreement(evaluation, first_marks_of(evaluation))


add_block("evaluation/retrospect/_agreement.html", agreement_for, order=60)
