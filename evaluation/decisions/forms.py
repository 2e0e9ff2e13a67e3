"""What is typed about a report, a decision and an appeal."""

from collections.abc import Iterator, Mapping
from datetime import date

from django.core.exceptions import ValidationError

from cqo_portal.jurisdictions.scheme import EvaluationScheme
from cqo_portal.ui.fields import DayField, OwnNameField, ProseField, slug_of
from cqo_portal.ui.forms import SpokenForm
from evaluation.decisions.content import SECTIONS
from evaluation.limits import WRITTEN

GROUNDS = 4_000  # of an appeal
TEXT = "t_"  # how the name of an input of the report begins


class ReportForm(SpokenForm):
    """The working copy: a text for each section and each indicator. Nothing is required while it is written."""

    def __init__(self, data=None, *, scheme: EvaluationScheme, texts: Mapping[str, str]) -> None:
        super().__init__(data, initial={name_of(key): text for key, text in texts.items()})
        self.scheme = scheme
        for each in SECTIONS:
            self.fields[name_of(each.key)] = ProseField(
                label=each.label, rows=3, max_length=WRITTEN, required=False, help_text=each.hint
            )
        for row in scheme.indicators:
            self.fields[name_of(row.code)] = ProseField(
                label=f"{row.code} {row.label}", rows=2, max_length=WRITTEN, required=False
            )

    @property
    def sections(self) -> list:
        return [self[name_of(each.key)] for each in SECTIONS]

    @property
    def comments(self) -> Iterator:
        return (self[name_of(row.code)] for row in self.scheme.indicators)

    def said(self) -> dict[str, str]:
        """What was sent and is right of it, by section or indicator. To be asked after `is_valid`."""
        keys = [*(each.key for each in SECTIONS), *(row.code for row in self.scheme.indicators)]
        names = {name_of(key): key for key in keys}
        return {
            names[name]: text.replace("\r\n", "\n")
            for name, text in self.cleaned_data.items()
            if name in self.data
        }


def name_of(key: str) -> str:
    return f"{TEXT}{slug_of(key)}"


def texts_in(posted: Mapping[str, str]) -> list[str]:
    """What was typed of a report, as it would be kept."""
    words = (said for name, said in posted.items() if name.startswith(TEXT))
    return [said for each in words if (said := each.replace("\r\n", "\n").strip())]


class SignOffForm(SpokenForm):
    name = OwnNameField()
    reservation = ProseField(
        label="保留意见",
        rows=3,
        max_length=2000,
        required=False,
        help_text="没有就不写。写下的随报告交评价机构，不能改；申请人看不到。",
    )

    def __init__(self, *args, person: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].expected = person


class DecisionForm(SpokenForm):
    """Who deliberated, when, what was said. There is no field for a grade."""

    present = ProseField(label="参加审议的人员", rows=2, max_length=500, help_text="姓名和职务，一行一位。")
    on = DayField(label="审议日期")
    said = ProseField(label="审议意见", rows=4, max_length=2000)

    def __init__(self, *args, handed_in: date, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.handed_in, self.today = handed_in, today

    def clean_on(self) -> date:
        day = self.cleaned_data["on"]
        if day > self.today:
            raise ValidationError("审议日期不能晚于今天。")
        if day < self.handed_in:
            raise ValidationError(f"报告 {self.handed_in.isoformat()} 才提交，审议日期不能更早。")
        return day


class GroundsForm(SpokenForm):
    grounds = ProseField(label="理由", rows=8, max_length=GROUNDS)

    def __init__(self, *args, hint: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grounds"].help_text = hint
