"""What the panel types: the leader's board, a revision, the plan and the record of an interview."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cqo_portal.jurisdictions.scheme import EvaluationScheme, Indicator
from cqo_portal.ui.fields import (
    ClockField,
    DayField,
    OwnNameField,
    PlainField,
    ProseField,
    WholeNumberField,
    slug_of,
)
from cqo_portal.ui.forms import SpokenForm, say_what_is_missing
from cqo_portal.wording import plain_decimal
from evaluation.consensus.board import Board
from evaluation.consensus.interviews import at
from evaluation.consensus.marks import INTERVIEW, Member
from evaluation.consensus.saving import RowSaid, Said
from evaluation.limits import COMMENT, RECORD, WRITTEN
from evaluation.models import Interview
from evaluation.panel import Disagreement, judged

PARTS = ("coefficient", "comment", "interview")
SENTENCES = frozenset({"evidence", "sentence", "reason", "comment"})
PINS = 4  # places one can name for the finding
COLUMNS = {
    "evidence": "integrity_evidence",
    "dissent": "integrity_reason",
    "sentence": "fragile_sentence",
}  # input -> field of Deliberation
MET = {"yes": True, "no": False, "": None}


def prose(label: str, *, rows: int = 2, longest: int = 2000, required: bool = False, **kwargs) -> ProseField:
    return ProseField(label=label, rows=rows, max_length=longest, required=required, **kwargs)


def key_of(indicator: Indicator) -> str:
    """`7.5.1` as the beginning of a name that is an identifier too: r7_5_1."""
    return f"r{slug_of(indicator.code)}"


def coefficients(scheme: EvaluationScheme) -> list[tuple[str, str]]:
    return [(plain_decimal(value), plain_decimal(value)) for value in scheme.coefficients]


def sentences_in(posted: Mapping[str, str]) -> list[str]:
    """What was typed on the board, as it would be kept, without asking whether it may stand there."""
    words = (said for name, said in posted.items() if name.rpartition("-")[2] in SENTENCES)
    return [said for each in words if (said := each.replace("\r\n", "\n").strip())]


class BoardForm(forms.Form):
    """Everything the leader writes. A draft: what is right is kept, what is wrong is said beside it."""

    met = forms.ChoiceField(
        label="诚信认定",
        choices=[("yes", "符合"), ("no", "不符合")],
        widget=forms.RadioSelect,
        required=False,
    )
    evidence = prose("认定的依据", rows=3)
    dissent = prose("与成员评分不同的理由", rows=2)
    sentence = prose("说明", rows=3)

    def __init__(self, data=None, *, board: Board, papers: list) -> None:
        super().__init__(data)
        self.board, self.papers = board, {str(paper.pk): paper for paper in papers}
        for row in board.rows:
            self._ask(row)
        choices = [
            ("", "选择材料"),
            *((key, f"{n} {paper.name}") for n, (key, paper) in enumerate(self.papers.items(), 1)),
        ]
        for number in range(PINS):
            label = f"依据 {number + 1}"
            self.fields[f"pin{number}-proof"] = forms.ChoiceField(
                label=label, choices=choices, required=False
            )
            self.fields[f"pin{number}-page"] = WholeNumberField(
                label=f"{label}的页码", example="3", required=False
            )
        self.fields["met"].optional = False  # one of the two has to be found, if not at once
        self.initial = self._kept()

    def _ask(self, row: Disagreement) -> None:
        key, label = key_of(row.indicator), row.indicator.code
        if not self.board.by_mean:
            self.fields[f"{key}-coefficient"] = forms.ChoiceField(
                label=f"{label} 合议值",
                choices=[("", f"建议 {plain_decimal(row.proposal)}"), *coefficients(self.board.scheme)],
                required=False,
            )
            self.fields[f"{key}-seen"] = forms.CharField(widget=forms.HiddenInput, required=False)
        self.fields[f"{key}-reason"] = prose(f"{label} 理由", rows=1)
        self.fields[f"{key}-comment"] = prose(f"{label} 合议评语", rows=2, longest=WRITTEN)

    def _kept(self) -> dict:
        finding = self.board.finding
        found = {
            "evidence": finding.evidence,
            "dissent": finding.reason,
            "sentence": self.board.sentence,
        }
        found["met"] = next(word for word, met in MET.items() if met is finding.met)
        for number, pin in enumerate(finding.pins[:PINS]):
            found |= {f"pin{number}-proof": pin["proof"], f"pin{number}-page": str(pin["page"])}
        for row in self.board.rows:
            key, fixed = key_of(row.indicator), self.board.of(row)
            shown = None if self.board.asks_again(row) else fixed.coefficient
            found |= {
                f"{key}-coefficient": "" if shown is None else plain_decimal(shown),
                f"{key}-seen": plain_decimal(row.proposal),
                f"{key}-reason": fixed.reason,
                f"{key}-comment": fixed.comment,
            }
        return found

    def clean(self) -> dict:
        for number in range(PINS):
            self._check_pin(f"pin{number}")
        return self.cleaned_data

    def _check_pin(self, name: str) -> None:
        paper = self.papers.get(self.cleaned_data.get(f"{name}-proof", ""))
        page = self.cleaned_data.get(f"{name}-page")
        if paper is None and page is not None:
            self.add_error(f"{name}-proof", "请选择这一页所在的材料。")
        elif paper is not None and page is not None and not 1 <= page <= paper.pages:
            self.add_error(f"{name}-page", f"这份材料有 {paper.pages} 页，请填 1 至 {paper.pages}。")

    def said(self) -> Said:
        """What is right of it. To be asked after `is_valid`, whatever that said."""
        rows = {row.indicator.code: self._row(row) for row in self.board.rows}
        words = {}
        if "met" in self.cleaned_data:
            words["integrity_met"] = MET[self.cleaned_data["met"]]
        for name, column in COLUMNS.items():
            if name in self.cleaned_data:
                words[column] = self.cleaned_data[name]
        if not any(name.startswith("pin") for name in self.errors):
            words["integrity_pins"] = list(self._pins())
        return Said({code: row for code, row in rows.items() if row}, words)

    def _row(self, row: Disagreement) -> RowSaid | None:
        """A sentence that cannot be kept stays as it was; what was chosen beside it is kept all the same."""
        key, said = key_of(row.indicator), self.cleaned_data
        if f"{key}-coefficient" in self.errors or f"{key}-seen" in self.errors:
            return None
        chosen, seen = said.get(f"{key}-coefficient", ""), said.get(f"{key}-seen", "")
        reason, comment = (said.get(name, self.initial[name]) for name in (f"{key}-reason", f"{key}-comment"))
        return RowSaid(Decimal(chosen) if chosen else None, self._seen(seen), reason, comment)

    def _seen(self, text: str) -> Decimal | None:
        """A value of the scheme, or nothing: then it will be asked again."""
        try:
            value = Decimal(text)
            return value if value in self.board.scheme.coefficients else None
        except InvalidOperation:  # no number, or one that signals when it is compared
            return None

    def _pins(self) -> Iterator[dict]:
        for number in range(PINS):
            proof = self.cleaned_data.get(f"pin{number}-proof")
            if proof:
                yield {"proof": proof, "page": self.cleaned_data.get(f"pin{number}-page") or 1}


class ReviseForm(SpokenForm):
    """The own sheet again, as it was signed last."""

    reason = prose(
        "修改的理由",
        rows=3,
        required=True,
        help_text="例如：面试中看到了原来没有注意到的材料。理由随评分表保留。",
    )
    name = OwnNameField()

    def __init__(self, data=None, *, member: Member, scheme: EvaluationScheme) -> None:
        super().__init__(data)
        self.member, self.indicators = member, list(judged(scheme))
        self.fields["name"].expected = member.name
        for indicator in self.indicators:
            key, mark = key_of(indicator), member.marks[indicator.code]
            self.fields[f"{key}-coefficient"] = forms.ChoiceField(
                label=f"{indicator.code} 系数",
                choices=coefficients(scheme),
                initial=plain_decimal(Decimal(mark["coefficient"])),
            )
            self.fields[f"{key}-comment"] = prose(
                f"{indicator.code} 评语", longest=COMMENT, required=True, initial=mark["comment"]
            )
            if INTERVIEW not in mark["pins"]:
                self.fields[f"{key}-interview"] = forms.BooleanField(label="依据加上面试", required=False)
        say_what_is_missing(self)

    def marks(self) -> dict[str, dict]:
        return {
            indicator.code: {
                "coefficient": Decimal(self.cleaned_data[f"{key_of(indicator)}-coefficient"]),
                "comment": self.cleaned_data[f"{key_of(indicator)}-comment"],
                "interview": self.cleaned_data.get(f"{key_of(indicator)}-interview", False),
            }
            for indicator in self.indicators
        }

    @cached_property
    def rows(self) -> list[tuple]:
        """[(indicator, the mark as signed, its three fields)] for the page."""
        return [
            (
                each,
                self.member.marks[each.code],
                *(
                    self[name] if (name := f"{key_of(each)}-{part}") in self.fields else None
                    for part in PARTS
                ),
            )
            for each in self.indicators
        ]


class PlanForm(SpokenForm):
    kind = forms.ChoiceField(label="方式", choices=Interview.Kind.choices, widget=forms.RadioSelect)
    day = DayField(label="日期", help_text="例如 2026-12-03。")
    hour = ClockField(label="时间", help_text="例如 09:30。")
    place = PlainField(label="地点或网址", max_length=200)
    because = prose("为什么需要现场验证", help_text="只有现场验证要写。")
    plan = prose("提纲", rows=8, longest=6000, help_text="只有评价组看得到；通知里只写时间和地点。")

    def clean(self) -> dict:
        if self.cleaned_data.get("kind") == Interview.Kind.ON_SITE and not self.cleaned_data.get("because"):
            self.add_error("because", "请写明为什么需要现场验证。")
        return self.cleaned_data

    def said(self) -> dict:
        typed = self.cleaned_data
        on_site = typed["kind"] == Interview.Kind.ON_SITE
        return {
            "kind": typed["kind"],
            "planned_at": at(typed["day"], typed["hour"]),
            "place": typed["place"],
            "because": typed["because"] if on_site else "",
            "plan": typed["plan"],
        }


class CancelForm(SpokenForm):
    why = prose("取消的理由", required=True)


class RecordForm(SpokenForm):
    held_on = DayField(label="进行的日期")
    present = prose("到场的人", required=True, longest=1000)
    notes = prose("记录", rows=8, required=True, longest=RECORD)

    def __init__(self, data=None, *, scheme: EvaluationScheme, **kwargs) -> None:
        super().__init__(data, **kwargs)
        self.indicators = scheme.indicators
        for indicator in self.indicators:
            self.fields[key_of(indicator)] = prose(f"{indicator.code} {indicator.label}", longest=4000)

    def clean_held_on(self):
        day = self.cleaned_data["held_on"]
        if day > timezone.localdate():
            raise ValidationError("还没有到这一天，进行以后再记录。")
        return day

    @property
    def by_indicator(self) -> list:
        return [self[key_of(each)] for each in self.indicators]

    def said(self) -> dict:
        typed = self.cleaned_data
        about = {each.code: typed[key_of(each)] for each in self.indicators if typed[key_of(each)]}
        return {
            "held_on": typed["held_on"],
            "present": typed["present"],
            "notes": typed["notes"],
            "by_indicator": about,
        }
