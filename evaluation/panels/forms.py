"""What is typed about a panel: conflicts, reasons, and the signature of a statement."""

from django import forms
from django.core.exceptions import ValidationError

from cqo_portal.jurisdictions.vocabulary import Aggregation
from cqo_portal.ui.fields import OwnNameField, PlainField, ProseField, half_width
from cqo_portal.ui.forms import SpokenForm
from evaluation.conflicts import Conflict, Kind, Relation

KINDS = [
    ("employment", "现在或以前同在一个单位"),
    ("taught", "给被评价人讲过课"),
    *((each.value, each.label) for each in Relation),
]
LONGEST = 2000
_KIND_OF = {
    Kind.SAME_ORGANISATION: "employment",
    Kind.EARLIER_ORGANISATION: "employment",
    Kind.TAUGHT: "taught",
}


def kind_of(found: Conflict) -> str:
    """Which of `KINDS` a finding is; "" where none of them says it, and somebody has to choose."""
    return found.relation.value if found.relation else _KIND_OF.get(found.kind, "")


class ConflictForm(SpokenForm):
    """What the expert says of himself."""

    kind = forms.ChoiceField(label="哪一种情形", choices=KINDS, widget=forms.RadioSelect)
    said = ProseField(
        label="写明事实",
        rows=3,
        max_length=LONGEST,
        help_text="与谁、什么关系、什么时候。写下的存入案卷，不能改。",
    )


class FindingForm(SpokenForm):
    """What the body found. `needs_evidence`: it has seen the report already."""

    kind = forms.ChoiceField(label="哪一种情形", choices=KINDS, widget=forms.RadioSelect)
    said = ProseField(
        label="认定的事实",
        rows=4,
        max_length=LONGEST,
        help_text="与谁、什么关系、什么时候，怎样发现的。写下的存入案卷，不能改。",
    )
    evidence = ProseField(
        label="依据的材料", rows=3, max_length=LONGEST, required=False, help_text="文件名称、文号或者存放处。"
    )

    def __init__(self, *args, needs_evidence: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].required = needs_evidence


class ReasonForm(SpokenForm):
    note = ProseField(label="理由", rows=3, max_length=LONGEST)


class CoincidenceForm(SpokenForm):
    """Why a name that is the same is somebody else's."""

    reason = ProseField(
        label="理由",
        rows=4,
        max_length=LONGEST,
        help_text="怎样核实的，例如身份证号、统一社会信用代码不同，或者向谁核实。写下的存入案卷，不能改。",
        error_messages={"required": "请写明怎样核实不是同一人或同一单位。"},
    )


class AggregationForm(SpokenForm):
    """Consensus or mean, as far as the edition knows them."""

    aggregation = forms.ChoiceField(label="合成方式", widget=forms.RadioSelect)

    def __init__(self, *args, known: tuple[Aggregation, ...], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["aggregation"].choices = [(each.value, each.label) for each in known]


class StatementForm(SpokenForm):
    """The own name and the code that was mailed: together they sign."""

    name = OwnNameField()
    code = PlainField(
        label="邮件里的验证码",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args, person: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].expected = person

    def clean_code(self) -> str:
        code = half_width(self.cleaned_data["code"]).replace(" ", "")
        if len(code) != 6 or not (code.isascii() and code.isdigit()):
            raise ValidationError("验证码是六位数字。")
        return code
