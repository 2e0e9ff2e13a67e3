"""The whole report form over one draft."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.html import format_html
from django.utils.text import Truncator

from cqo_portal.ui.fields import ProseField
from cqo_portal.ui.sectioned import SectionedForm
from registry.models import Officer
from registry.reports.schedule import Schedule
from registry.reports.sections import SECTIONS, TITLES, ReportSection


class ReportForm(SectionedForm):
    """All sections. `opened` names the sections that may be changed; None means all."""

    def __init__(
        self,
        typed,
        *,
        schedule: Schedule,
        posts: Sequence[Officer],
        opened: frozenset[str] | None = None,
    ) -> None:
        self.schedule, self.posts, self.opened = schedule, posts, opened
        self.sections: list[ReportSection] = [s(typed, schedule=schedule, posts=posts) for s in SECTIONS]
        self._lock()

    def said(self) -> dict[str, dict]:
        """What is validly said so far, by section; JSON-ready. Fields in error are absent."""
        self.is_valid()
        return {s.code: {name: _plain(v) for name, v in s.cleaned_data.items()} for s in self.sections}

    def ask(self, reasons: Mapping[str, str]) -> None:
        """What a return asked for, beside the first input of its section."""
        for section in self.sections:
            for field in list(section.fields.values())[:1]:
                field.asked = reasons.get(section.code, "")

    def recall(self, last_year: list) -> None:
        """What last year's report said, beside each input that does not carry it along anyway."""
        said = {key: words for _, _, lines in last_year for key, _, words in lines if words}
        for section in self.sections:
            for name, field in section.fields.items():
                words = said.get(f"{section.code}.{name}")
                if words and name not in section.carried:
                    note = '{} <span class="last-year">{}</span>'
                    field.help_text = format_html(note, field.help_text, Truncator(words).chars(60))

    def _lock(self) -> None:
        """A locked input is shown, not sent: `draft.merged` keeps what was said there."""
        for section in self.sections if self.opened is not None else ():
            for field in section.fields.values():
                field.widget.attrs["disabled"] = section.code not in self.opened


class PinForm(forms.Form):
    section = forms.ChoiceField(choices=list(TITLES.items()), widget=forms.HiddenInput)
    reason = ProseField(label="须改正什么", max_length=1000, rows=3)


class ConfirmForm(forms.Form):
    truthful = forms.BooleanField(
        label="以上内容属实，由本企业负责",
        error_messages={"required": "请确认内容属实，再报送。"},
    )


class SignForm(forms.Form):
    """The statement, and a reason for each office below that has not signed."""

    statement = ProseField(
        label="签报说明", max_length=2000, rows=3,
        initial="汇总数据经核对无误，同意签报。", error_messages={"required": "请写签报说明。"},
    )  # fmt: skip

    def __init__(self, *args, unsigned=(), idle=(), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.unsigned, self.idle = list(unsigned), list(idle)
        for office in self.unsigned:
            self.fields[f"absent_{office.pk}"] = ProseField(
                label=f"{office.area}没有签报，原因", max_length=500, rows=2,
                error_messages={"required": f"{office.area}没有签报：请写明原因，或者等它签报后再办理。"},
            )  # fmt: skip

    @property
    def absences(self) -> dict[str, str]:
        """A reason for each; where nobody owes a report, that is the reason."""
        said = {office.pk: self.cleaned_data[f"absent_{office.pk}"] for office in self.unsigned}
        return said | {office.pk: "没有应报企业。" for office in self.idle}


def _plain(value):
    return value if value is None or isinstance(value, bool | str | int | list) else str(value)
