"""What the page of a panel shows: the board as rows to draw, the result as it stands, and what is still missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.urls import reverse
from django.utils import timezone

from cqo_portal.jurisdictions.scheme import Indicator
from cqo_portal.wording import cut_decimal, plain_decimal
from cqo_portal.workflow.engine import open_to
from evaluation.consensus.board import Board, Fixed, board_of
from evaluation.consensus.conclusion import missing_from
from evaluation.consensus.following import Stamp, stamp_of
from evaluation.consensus.forms import PINS, BoardForm, key_of
from evaluation.consensus.marks import Member
from evaluation.consensus.saving import acceptable
from evaluation.models import Deliberation, Evaluation, Proof
from evaluation.panel import Alternative, Basis, Disagreement, judged
from evaluation.panels.pages import Head as CaseHead
from evaluation.permissions import is_expert, leads
from evaluation.scoring import HUNDRED
from evaluation.workflow.evaluation import DELIBERATE_AGAIN

E = Evaluation.State
STANDINGS = {
    "open": ("unk", "ring", "未定"),
    "again": ("warn", "back", "请再定"),
    "reason": ("warn", "warn", "待写理由"),
    "done": ("ok", "ok", "已定"),
}


def papers_of(evaluation: Evaluation) -> list[Proof]:
    """The papers of the round that is judged, in the order by which they are numbered on every page of the panel."""
    return list(evaluation.application.proofs.at_round(evaluation.submission.round))


@dataclass(frozen=True)
class Place:
    """A page of a paper, or the interview, as a link."""

    said: str
    url: str


@dataclass(frozen=True)
class Cell:
    """One member's mark beside the others: `tone` hi, lo or "", by its distance to the proposal."""

    name: str
    said: str
    tone: str


@dataclass(frozen=True)
class Opinion:
    """What one member signed about one indicator."""

    name: str
    is_leader: bool
    band: str
    said: str
    comment: str
    places: list[Place]


@dataclass(frozen=True)
class Strip:
    """The marks on a line from 0 to 1, in per cent of its width; a dot grows with those who gave the value."""

    label: str
    ticks: list[str]
    dots: list[tuple[str, str]]
    begins: str
    ends: str
    proposal: str


@dataclass(frozen=True)
class Row:
    """One indicator of the board, ready to draw."""

    row: Disagreement
    board: Board
    evaluation: Evaluation
    papers: Mapping[str, tuple[int, Proof]]
    self_said: Mapping
    cursor: str
    form: BoardForm | None

    @property
    def indicator(self) -> Indicator:
        return self.row.indicator

    @property
    def key(self) -> str:
        return key_of(self.indicator)

    @property
    def fixed(self) -> Fixed:
        return self.board.of(self.row)

    @property
    def is_here(self) -> bool:
        return self.cursor == self.indicator.code

    @property
    def spread(self) -> str:
        return plain_decimal(self.row.spread)

    @property
    def proposal(self) -> str:
        return plain_decimal(self.row.proposal)

    @property
    def cells(self) -> list[Cell]:
        names = {member.key: member.name for member in self.board.members}
        return [
            Cell(
                names[key],
                plain_decimal(value),
                "hi" if key in self.row.above else "lo" if key in self.row.below else "",
            )
            for key, value in self.row.values.items()
        ]

    @property
    def strip(self) -> Strip:
        given = sorted(self.row.values.values())
        count = {value: given.count(value) for value in given}
        edges = sorted({band.at_least for band in self.board.scheme.bands} | {HUNDRED})
        said = "、".join(f"{plain_decimal(value)}（{number} 人）" for value, number in count.items())
        return Strip(
            f"{self.indicator.code} 各人系数 {said}，建议值 {plain_decimal(self.row.proposal)}",
            [f"{edge}%" for edge in edges],
            [
                (_percent(value), f"{Decimal(3) + Decimal('0.9') * number:.1f}")
                for value, number in count.items()
            ],
            _percent(given[0]),
            _percent(given[-1]),
            _percent(self.row.proposal),
        )

    @property
    def value(self) -> str:
        """What counts here: the agreed coefficient, or the mean of all; empty while none is fixed."""
        if self.board.by_mean:
            return cut_decimal(self.board.result.indicators[self.indicator.code] / self.indicator.points)
        return "" if self.board.is_open(self.row) else plain_decimal(self.fixed.coefficient)

    @property
    def standing(self) -> str:
        if self.board.is_open(self.row):
            return "open"
        if self.board.asks_again(self.row):
            return "again"
        return "reason" if self.board.lacks_its_reason(self.row) else "done"

    @property
    def look(self) -> tuple[str, str, str]:
        return STANDINGS[self.standing]

    @property
    def again(self) -> str:
        """What was fixed, and beside what, where the sheets now propose something else."""
        if not self.board.asks_again(self.row):
            return ""
        fixed, then = plain_decimal(self.fixed.coefficient), self.fixed.proposed
        beside = f"（当时建议值 {plain_decimal(then)}）" if then is not None else ""
        return f"原来定为 {fixed}{beside}，现在的建议值是 {plain_decimal(self.row.proposal)}，请重新确定。"

    @property
    def wanted(self) -> tuple[str, ...]:
        return self.board.wanted(self.row)

    @property
    def is_far_apart(self) -> bool:
        """A reason is owed whatever is chosen."""
        return self.row.spread >= self.board.scheme.panel.spread_needs_reason

    @property
    def _bands(self) -> dict[int, str]:
        nature = self.indicator.nature
        return {band.number: band.label_for(nature) for band in self.board.scheme.bands}

    @property
    def opinions(self) -> list[Opinion]:
        return [
            opinion_of(member, self.indicator, self._bands, self.evaluation, self.papers)
            for member in self.board.members
        ]

    @property
    def own(self) -> Mapping:
        """The applicant's own assessment: band in words, coefficient, text."""
        said = self.self_said.get(self.indicator.code, {})
        bands = self._bands
        return {
            "band": bands.get(said.get("band"), ""),
            "said": said.get("coefficient"),
            "text": said.get("text", ""),
        }

    # ── what the leader writes ────────────────────────────────────────────────────────────────
    @property
    def coefficient_field(self):
        return self.form[f"{self.key}-coefficient"]

    @property
    def seen_field(self):
        return self.form[f"{self.key}-seen"]

    @property
    def reason_field(self):
        return self.form[f"{self.key}-reason"]

    @property
    def comment_field(self):
        return self.form[f"{self.key}-comment"]


def opinion_of(
    member: Member,
    indicator: Indicator,
    bands: Mapping[int, str],
    evaluation: Evaluation,
    papers: Mapping[str, tuple[int, Proof]],
) -> Opinion:
    mark = member.marks[indicator.code]
    return Opinion(
        member.name,
        member.is_leader,
        bands.get(mark["band"], ""),
        plain_decimal(Decimal(mark["coefficient"])),
        mark["comment"],
        [place_of(pin, evaluation, papers) for pin in mark["pins"]],
    )


def _percent(value: Decimal) -> str:
    return f"{value * 100:.1f}%"


def place_of(pin: Mapping, evaluation: Evaluation, papers: Mapping[str, tuple[int, Proof]]) -> Place:
    """`papers`: {key: (number, paper)}."""
    if pin.get("interview"):
        return Place("面试", reverse("evaluation:interviews", args=[evaluation.pk]))
    number, paper = papers.get(pin["proof"], (0, None))
    if paper is None:
        return Place("材料已不在案卷中", "")
    where = {"pk": evaluation.pk, "proof": paper.pk, "number": pin["page"]}
    return Place(f"证明 {number} 第 {pin['page']} 页", reverse("evaluation:consensus-proof", kwargs=where))


# ── the result as it stands ───────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Shown:
    """The right column."""

    board: Board

    @property
    def total(self) -> Decimal:
        return self.board.result.total

    @property
    def width(self) -> str:
        return f"{self.total * 100 / self.board.scheme.total:.2f}%"

    @property
    def ticks(self) -> list[tuple[str, str]]:
        scheme = self.board.scheme
        grades = sorted(scheme.grades, key=lambda grade: grade.least)
        return [(f"{grade.least * 100 / scheme.total:.2f}%", plain_decimal(grade.least)) for grade in grades]

    @property
    def arithmetic(self) -> str:
        """Between which thresholds the total lies, and how far from them. Of what failed the conditions speak."""
        grade, steps = self.board.result.grade, sorted(g.least for g in self.board.scheme.grades)
        if self.board.result.failed:
            return ""
        above = next((least for least in steps if least > self.total), None)
        until = f"，且 < {plain_decimal(above)}" if above else ""
        over = cut_decimal(self.total - grade.least)
        return f"{cut_decimal(self.total)} ≥ {plain_decimal(grade.least)}{until}；高出下限 {over} 分。比较之前不作任何舍入。"

    @property
    def provisional(self) -> list[str]:
        """What this result takes for granted."""
        open_ = sum(self.board.is_open(row) for row in self.board.rows)
        return [
            *([f"{open_} 项未定，暂按建议值计。"] if open_ else []),
            *(["诚信还没有认定，暂按符合计。"] if self.board.finding.met is None else []),
        ]

    @property
    def groups(self) -> list[tuple]:
        """[(group, points, reached, the sign between points and minimum)]."""
        failed = {each.condition for each in self.board.result.failed}
        return [
            (
                group,
                self.board.result.groups[group.code],
                group.code not in failed,
                "=" if group.exact else "≥",
            )
            for group in self.board.scheme.groups
        ]

    @property
    def alternatives(self) -> list[tuple[str, Alternative]]:
        names = {member.key: member.name for member in self.board.members}
        words = {
            Basis.PANEL: f"{self.board.aggregation.label}（{len(names)} 人）",
            Basis.MEAN: "改用平均值",
            Basis.MEDIANS: "改用各项中位数",
            Basis.FINDING: "诚信相反认定",
        }
        return [
            (words.get(each.basis) or f"不计{names[each.without]}", each) for each in self.board.alternatives
        ]

    @property
    def changing(self) -> list[tuple[str, Alternative]]:
        return [(words, each) for words, each in self.alternatives if each.changes]


# ── the page ──────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Head(CaseHead):
    """That of the case, and what this table still lacks."""

    board: Board
    missing: list[str]

    @property
    def next(self) -> str:
        if self.evaluation.state != E.CONSENSUS:
            return super().next
        return f"还差 {len(self.missing)} 件" if self.missing else "可以形成合议结论"

    @property
    def next_note(self) -> str:
        if self.evaluation.state != E.CONSENSUS:
            return "合议已经结束，这里是结论所依据的内容。"
        limit = plain_decimal(self.board.scheme.panel.spread_needs_reason)
        more = "" if self.board.by_mean else "或不同于建议值"
        return f"极差达到 {limit} {more}的，都要写理由。"


@dataclass(frozen=True)
class Consensus:
    """Everything the page asks, each at most once."""

    evaluation: Evaluation
    user: object
    form_data: object = None

    @cached_property
    def board(self) -> Board:
        return board_of(self.evaluation)

    @cached_property
    def may_write(self) -> bool:
        return self.evaluation.state == E.CONSENSUS and leads.test(self.user, self.evaluation)

    @cached_property
    def may_revise(self) -> bool:
        """Whoever was let in as an expert serves on this panel."""
        return self.evaluation.state == E.CONSENSUS and is_expert.test(self.user)

    @cached_property
    def may_deliberate_again(self) -> bool:
        return bool(open_to(self.user, self.evaluation, steps=[DELIBERATE_AGAIN]))

    @cached_property
    def deliberation(self) -> Deliberation:
        return Deliberation.objects.filter(evaluation=self.evaluation).first() or Deliberation()

    @cached_property
    def papers(self) -> list[Proof]:
        return papers_of(self.evaluation)

    @cached_property
    def numbered(self) -> dict[str, tuple[int, Proof]]:
        return {str(paper.pk): (number, paper) for number, paper in enumerate(self.papers, 1)}

    @cached_property
    def form(self) -> BoardForm | None:
        return BoardForm(self.form_data, board=self.board, papers=self.papers) if self.may_write else None

    @cached_property
    def stamp(self) -> Stamp:
        return stamp_of(Evaluation.objects.all(), self.evaluation.pk)

    @cached_property
    def rows(self) -> list[Row]:
        said = self.evaluation.submission.content["self_assessment"]
        at = self.stamp.cursor if self.evaluation.state == E.CONSENSUS else ""
        return [
            Row(row, self.board, self.evaluation, self.numbered, said, at, self.form)
            for row in self.board.rows
        ]

    @cached_property
    def missing(self) -> list[str]:
        return missing_from(self.evaluation, self.board, timezone.localdate()) if self.may_revise else []

    @cached_property
    def said_of_the_finding(self) -> list[tuple[Indicator, list[Opinion]]]:
        """What every member signed about what is settled by finding: it stands beside the finding, and is no average."""
        scheme = self.board.scheme
        averaged = {row.code for row in judged(scheme)}
        bands = {
            row.code: {band.number: band.label_for(row.nature) for band in scheme.bands}
            for row in scheme.indicators
        }
        return [
            (
                row,
                [
                    opinion_of(m, row, bands[row.code], self.evaluation, self.numbered)
                    for m in self.board.members
                ],
            )
            for row in scheme.indicators
            if row.code not in averaged
        ]

    @property
    def pins(self) -> list[Place]:
        return [place_of(pin, self.evaluation, self.numbered) for pin in self.board.finding.pins]

    @property
    def pin_fields(self) -> list[tuple]:
        return [(self.form[f"pin{number}-proof"], self.form[f"pin{number}-page"]) for number in range(PINS)]

    @property
    def drift(self) -> list[tuple]:
        """[(indicator, [(who, before, after)], proposal before, proposal after, agreed)], in words."""
        names = {member.key: member.name for member in self.board.members}
        return [
            (
                row.indicator,
                [(names[m.member], _said(m.first), _said(m.last)) for m in row.moved],
                _said(row.proposed),
                _said(row.proposed_last),
                _said(row.agreed),
            )
            for row in self.board.drift
        ]

    @property
    def revisions(self) -> list[tuple]:
        """[(who, the version)] of what was signed again."""
        return [(member.name, each) for member in self.board.members for each in member.versions[1:]]

    def page(self) -> dict:
        return {
            "evaluation": self.evaluation,
            "board": self.board,
            "rows": self.rows,
            "members": self.board.members,
            "shown": Shown(self.board),
            "consensus": self,
            "form": self.form,
            "may_write": self.may_write,
            "may_revise": self.may_revise,
            "missing": self.missing,
            "acceptable": len(acceptable(self.board)),
            "deliberation": self.deliberation,
            "version": self.deliberation.version,
            "head": Head(self.evaluation, self.user, timezone.localdate(), self.board, self.missing),
        }


def _said(value: Decimal | None) -> str:
    return "–" if value is None else plain_decimal(value)
