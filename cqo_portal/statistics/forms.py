"""What is asked of a table, and what is said when one is published, locked or taken away."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from cqo_portal.parties.models import Office
from cqo_portal.statistics.asked import yesterday
from cqo_portal.statistics.models import Order
from cqo_portal.statistics.roster import COLUMNS, USUAL
from cqo_portal.ui.fields import DayField, ProseField
from cqo_portal.ui.forms import SpokenForm
from cqo_portal.ui.layouts import Day, plain_helper

EARLIEST = date(2010, 1, 1)  # before this there was no text anywhere


class AskedForm(SpokenForm):
    """`?on=2026-10-31&known=2026-11-15`; what is not said means today."""

    on = DayField(label="截至哪一天的事实", required=False)
    known = DayField(label="按哪一天所知", required=False)

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date:
        return self._until_today(self.cleaned_data["on"])

    def clean_known(self) -> date:
        return self._until_today(self.cleaned_data["known"])

    def _until_today(self, day: date | None) -> date:
        if day and day > self.today:
            raise ValidationError(f"不能晚于今天（{self.today}）。")
        if day and day < EARLIEST:
            raise ValidationError(f"请填 {EARLIEST:%Y} 年以后的日期。")
        return day or self.today


class PublishForm(SpokenForm):
    statement = ProseField(
        label="说明",
        required=False,
        max_length=1000,
        rows=3,
        help_text="数字有什么要说明的，写在这里，和表一起锁定。",
    )


class LockForm(SpokenForm):
    """For a year: by which day's knowledge, what is to be said, and of each office below that locked nothing why."""

    known = DayField(label="按哪一天所知", help_text="那天日终以前登记的都算；只能选已经过完的一天。")
    statement = ProseField(
        label="说明",
        max_length=4000,
        rows=6,
        help_text="这一年的情况、数字的口径和特别之处；报告的正文就是它。",
    )

    def __init__(
        self, *args, year: int, today: date, missing: list[Office], usual_day: date, **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        self.year, self.today = year, today
        self.fields["known"].initial = usual_day.isoformat()
        self.missing = missing
        for office in missing:
            self.fields[f"absent-{office.pk}"] = ProseField(
                label=f"{office.area}没有锁定的原因", max_length=300, rows=2
            )
            self.fields[f"absent-{office.pk}"].error_messages["required"] = (
                f"请写明{office.area}为什么没有锁定，或者等其锁定。"
            )
        self.helper = plain_helper(Day("known"), "statement", *(f"absent-{office.pk}" for office in missing))

    def clean_known(self) -> date:
        known = self.cleaned_data["known"]
        if known >= self.today:
            raise ValidationError(f"只能选已经过完的一天，最晚 {yesterday(self.today)}。")
        if known < date(self.year, 12, 31):
            raise ValidationError(f"不能早于年末（{self.year}-12-31）。")
        return known

    @property
    def absences(self) -> dict[str, str]:
        return {office.pk: self.cleaned_data[f"absent-{office.pk}"] for office in self.missing}


class OrderForm(SpokenForm):
    """Which columns, as which file, and for what."""

    columns = forms.MultipleChoiceField(
        label="列",
        choices=[(column.code, column.label) for column in COLUMNS.values()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一列。"},
    )
    format = forms.ChoiceField(
        label="格式", choices=Order.Format.choices, initial=Order.Format.XLSX, widget=forms.RadioSelect
    )
    purpose = ProseField(
        label="用途",
        min_length=4,
        max_length=200,
        rows=2,
        help_text="给谁用、做什么；记入审计日志，名册里的每个人都看得到。",
        error_messages={
            "required": "请写明导出的用途。",
            "min_length": "请把用途写得具体一些，例如“报省局年度统计”。",
        },
    )

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("initial", {"columns": USUAL})
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("columns", "format", "purpose")
