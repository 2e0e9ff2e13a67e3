"""The table a panel talks over: marks beside one another, what is agreed so far, and what comes out of it.

While the panel deliberates it is drawn from the sheets and the leader's working copy; afterwards from what was frozen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from cqo_portal.digests import sha256
from cqo_portal.jurisdictions.scheme import EvaluationScheme
from cqo_portal.jurisdictions.vocabulary import Aggregation
from cqo_portal.wording import plain_decimal
from evaluation.consensus.marks import Member, coefficients_of, members_of
from evaluation.frozen import as_said, scheme_by, scheme_of
from evaluation.models import Agreed, Deliberation, Evaluation, Outcome, SignedSheet
from evaluation.panel import (
    Alternative,
    Disagreement,
    Drift,
    Marks,
    agreed_result,
    disagreements,
    dissenting,
    drift,
    fragile,
    mean_result,
    reasons_wanted,
)
from evaluation.scoring import Coefficients, Result


@dataclass(frozen=True)
class Fixed:
    """What the leader wrote about one indicator; see `models.Agreed`."""

    coefficient: Decimal | None = None
    proposed: Decimal | None = None
    reason: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Finding:
    """诚信: met, not met, or None while nothing is found. `pins`: [{"proof", "page"}]; `reason`: why otherwise than scored."""

    met: bool | None = None
    evidence: str = ""
    pins: list[dict] = field(default_factory=list)
    reason: str = ""


@dataclass(frozen=True)
class Board:
    scheme: EvaluationScheme
    aggregation: Aggregation
    members: tuple[Member, ...]
    fixed: Mapping[str, Fixed]
    finding: Finding
    sentence: str  # on a grade that is not firm
    explained: str  # the digest of what that sentence was written about

    # ── marks ─────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def marks(self) -> Marks:
        return {member.key: coefficients_of(member.last) for member in self.members}

    @cached_property
    def rows(self) -> tuple[Disagreement, ...]:
        return disagreements(self.marks, self.scheme)

    @property
    def by_mean(self) -> bool:
        return self.aggregation is Aggregation.MEAN

    def of(self, row: Disagreement) -> Fixed:
        return self.fixed.get(row.indicator.code, Fixed())

    def comments_on(self, code: str) -> str:
        """What the experts wrote, one below the other, each once: what an agreed comment is written from."""
        said = (member.marks[code]["comment"].strip() for member in self.members)
        return "\n".join(dict.fromkeys(filter(None, said)))

    # ── what is still to do in a row ──────────────────────────────────────────────────────────
    def is_open(self, row: Disagreement) -> bool:
        return not self.by_mean and self.of(row).coefficient is None

    def asks_again(self, row: Disagreement) -> bool:
        """It was fixed beside another proposal: a sheet was revised since, or counts no more."""
        return not self.by_mean and not self.is_open(row) and self.of(row).proposed != row.proposal

    def wanted(self, row: Disagreement) -> tuple[str, ...]:
        """Why a reason is owed. By the mean too, where experts are far apart: a number nobody gave has to be explained.

        A mean deviates from no proposal: nobody chose it.
        """
        chosen = None if self.by_mean else self.of(row).coefficient
        return reasons_wanted(row, row.proposal if chosen is None else chosen, self.scheme)

    def lacks_its_reason(self, row: Disagreement) -> bool:
        return bool(self.wanted(row)) and not self.of(row).reason.strip()

    def is_settled(self, row: Disagreement) -> bool:
        return not (self.is_open(row) or self.asks_again(row) or self.lacks_its_reason(row))

    # ── what comes out ────────────────────────────────────────────────────────────────────────
    @cached_property
    def agreed(self) -> Coefficients:
        return {code: row.coefficient for code, row in self.fixed.items() if row.coefficient is not None}

    @cached_property
    def result(self) -> Result:
        """As it stands: what is not fixed yet counts as proposed, integrity not found yet as met. The page says so."""
        if self.by_mean:
            return mean_result(self.marks, self._met, self.scheme)
        proposed = {row.indicator.code: row.proposal for row in self.rows}
        return agreed_result(proposed | self.agreed, self._met, self.scheme)

    @property
    def _met(self) -> bool:
        return self.finding.met is not False

    @cached_property
    def dissenting(self) -> tuple[Member, ...]:
        """Members who signed the opposite of what was found."""
        keys = dissenting(self.marks, self.finding.met, self.scheme)
        return tuple(member for member in self.members if member.key in keys)

    @property
    def dissent_lacks_its_reason(self) -> bool:
        return bool(self.dissenting) and not self.finding.reason.strip()

    @cached_property
    def alternatives(self) -> tuple[Alternative, ...]:
        return fragile(self.result, self.marks, self._met, self.scheme, self.aggregation)

    @property
    def is_fragile(self) -> bool:
        return any(each.changes for each in self.alternatives)

    @property
    def fragile_digest(self) -> str:
        """Of the grade and of what would change it: a sentence is written about just these."""
        changing = [
            [each["basis"], each["without"], each["grade"]]
            for each in as_said(self.alternatives)
            if each["changes"]
        ]
        return sha256([self.result.grade.code, changing])

    @property
    def is_explained(self) -> bool:
        return bool(self.sentence.strip()) and self.explained == self.fragile_digest

    # ── before and after ──────────────────────────────────────────────────────────────────────
    @cached_property
    def drift(self) -> tuple[Drift, ...]:
        first = {member.key: coefficients_of(member.first) for member in self.members}
        return drift(first, self.marks, {} if self.by_mean else self.agreed, self.scheme)


def board_of(evaluation: Evaluation) -> Board:
    """As the panel has it on the table, or as it was when the result was frozen."""
    outcome = evaluation.outcomes.last() if evaluation.state != Evaluation.State.CONSENSUS else None
    return _frozen(outcome) if outcome else live_board(evaluation)


def live_board(evaluation: Evaluation) -> Board:
    """From the sheets and the working copy, whatever the state says: a step has set it already when it freezes them."""
    said = Deliberation.objects.filter(evaluation=evaluation).first() or Deliberation()
    members, rows = members_of(evaluation), list(Agreed.objects.filter(evaluation=evaluation))
    if is_of_another_leader(said, members):
        said.integrity_met, said.explained = None, ""
        for row in rows:
            row.proposed = None
    return Board(
        scheme=scheme_of(evaluation),
        aggregation=Aggregation(evaluation.aggregation),
        members=members,
        fixed={row.indicator: Fixed(row.coefficient, row.proposed, row.reason, row.comment) for row in rows},
        finding=Finding(
            said.integrity_met, said.integrity_evidence, said.integrity_pins, said.integrity_reason
        ),
        sentence=said.fragile_sentence,
        explained=said.explained,
    )


def is_of_another_leader(said: Deliberation, members: tuple[Member, ...]) -> bool:
    """Words of somebody who leads no more, recused perhaps: whoever leads now stands by each of them, or changes it."""
    return said.led_by_id is not None and said.led_by_id not in [
        member.panellist.pk for member in members if member.is_leader
    ]


def _frozen(outcome: Outcome) -> Board:
    frozen = outcome.frozen
    return Board(
        scheme=scheme_by(frozen["edition"]),
        aggregation=Aggregation(frozen["aggregation"]),
        members=_members_at(frozen),
        fixed={code: _as_fixed(row) for code, row in frozen["agreed"].items()},
        finding=Finding(**frozen["integrity"]),
        sentence=frozen["fragile"]["sentence"],
        explained="",
    )


def _as_fixed(row: Mapping) -> Fixed:
    return Fixed(
        None if row["coefficient"] is None else Decimal(row["coefficient"]),
        None if row["proposed"] is None else Decimal(row["proposed"]),
        row["reason"],
        row["comment"],
    )


def _members_at(frozen: Mapping) -> tuple[Member, ...]:
    """The members of then, each with the versions there were then."""
    last = {member["sheet"]: member["version"] for member in frozen["members"]}
    signed = SignedSheet.objects.filter(sheet__in=last).select_related("sheet__panellist__person")
    versions: dict[str, list[SignedSheet]] = {sheet: [] for sheet in last}
    for each in signed.order_by("number"):
        if each.number <= last[str(each.sheet_id)]:
            versions[str(each.sheet_id)].append(each)
    return tuple(Member(tuple(found)) for found in versions.values())


def spelled_agreed(board: Board) -> dict[str, dict]:
    """For the record: {indicator: {"coefficient", "proposed", "reason", "comment"}}, by the mean without a coefficient."""
    return {
        row.indicator.code: {
            "coefficient": None if board.by_mean else plain_decimal(board.of(row).coefficient),
            "proposed": plain_decimal(row.proposal),
            "reason": board.of(row).reason,
            "comment": board.of(row).comment,
        }
        for row in sorted(board.rows, key=lambda each: each.indicator.code)
    }
