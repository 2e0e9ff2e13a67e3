"""The filing form over one draft, and the small forms around it."""

from collections.abc import Iterator, Mapping

from django import forms

from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Office, Person
from cqo_portal.ui.fields import (
    PlainField,
    ProseField,
)
from registry.models import Proof
from registry.sections import (
    AppointmentSection,
    EnterpriseSection,
    ExperienceRows,
    ExperienceSection,
    OfficerSection,
    Section,
)

YES_NO = [("yes", "是"), ("no", "否")]


class PleaForm(forms.Form):
    """Why the enterprise files although a clause is not met."""

    plea = ProseField(
        label="仍要申报的理由",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "请写明仍要申报的理由。"},
    )
    truthful = forms.BooleanField(
        label="以上内容与材料真实，经首席质量官本人和企业确认",
        error_messages={"required": "请确认内容与材料真实，再提交。"},
    )

    def __init__(self, *args, needed: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not needed:
            del self.fields["plea"]


class ReturnItemForm(forms.Form):
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)
    reason = ProseField(label="须改正什么", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class DeterminationForm(forms.Form):
    clause = forms.CharField(max_length=60, widget=forms.HiddenInput)
    reason = ProseField(label="认定理由", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class RevealForm(forms.Form):
    why = PlainField(label="查看理由", max_length=200, min_length=2, help_text="记入查阅记录，本人可以看到。")


class ProofForm(forms.Form):
    kind = forms.ChoiceField(label="种类", choices=Proof.Kind.choices)
    file = forms.FileField(label="文件", max_length=300)


class FilingForm:
    """All sections over one draft. `typed` is what the browser sent or what was kept: {name: [values]}."""

    def __init__(self, typed, *, pack: RulePack, today, opened: frozenset[str] | None = None) -> None:
        self.pack = pack
        self.opened = opened
        shared = {"today": today, "pack": self.pack}
        self.enterprise = EnterpriseSection(typed, **shared)
        self.officer = OfficerSection(typed, **shared)
        self.experience = ExperienceSection(typed, prefix=ExperienceRows.code, form_kwargs={"today": today})
        self.appointment = AppointmentSection(typed, **shared)
        self._lock()

    @property
    def sections(self) -> tuple[Section, ...]:
        return (self.enterprise, self.officer, self.appointment)

    def is_valid(self) -> bool:
        return all([*(section.is_valid() for section in self.sections), self.experience.is_valid()])

    def said(self) -> dict:
        """What is validly said so far, by section; JSON-ready. Fields in error are absent."""
        self.is_valid()
        said = {
            section.code: {name: _plain(value) for name, value in section.cleaned_data.items()}
            for section in self.sections
        }
        rows = [row.cleaned_data for row in self.experience.forms if row.is_valid() and row.has_changed()]
        said["experience"] = [
            {name: _plain(value) for name, value in row.items() if name != "DELETE"}
            for row in rows
            if row and not row.get("DELETE")
        ]
        return said

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """(input id, label, sentence) of every error, in the order of the page."""
        for section in self.sections[:2]:
            yield from _faults_of(section)
        for number, row in enumerate(self.experience.forms, start=1):
            yield from _faults_of(row, where=f"第 {number} 段经历")
        for sentence in self.experience.non_form_errors():
            yield "experience", "质量工作经历", sentence
        yield from _faults_of(self.appointment)

    def forgive_what_is_empty(self) -> None:
        """While one is still typing, an empty field is not yet a mistake: only what is wrong is shown."""
        for form in (*self.sections, *self.experience.forms):
            for name in [name for name in form.errors if name in form.fields]:
                if form[name].value() in (None, "", []):
                    del form.errors[name]

    def remark_on_what_is_good(self) -> None:
        """A code that was checked says so beside it: eighteen characters are hard to check by eye."""
        enterprise, officer = self.enterprise, self.officer
        if enterprise.cleaned_data.get("credit_code"):
            enterprise.fields["credit_code"].good = "18 位，格式相符。"
        said = officer.cleaned_data
        checked = said.get("identity_kind") and said.get("identity_number")
        facts = checked and identifiers.facts_of_identity(said["identity_kind"], said["identity_number"])
        if facts:
            sex, born = Person.Sex(facts.sex).label, facts.born_on
            officer.fields[
                "identity_number"
            ].good = f"18 位，校验位正确；{sex}，{born.year}年{born.month}月{born.day}日出生。"

    def mask(self) -> None:
        """Show a number that was typed and is right as the screen shows it everywhere: masked."""
        number = self.officer.cleaned_data.get("identity_number")
        if number and self.officer.cleaned_data.get("identity_kind"):  # without its kind it was not checked
            self.officer.data = self.officer.data.copy()
            self.officer.data["officer-identity_number"] = identifiers.masked(number)

    def ask(self, reasons: Mapping[str, str]) -> None:
        """What a return asked for, beside the input it is pinned to."""
        for section in self.sections:
            for name, field in section.fields.items():
                field.asked = reasons.get(f"{section.code}.{name}", "")

    def inputs(self) -> Iterator[forms.BoundField]:
        """Every input of the page that has its place for a remark."""
        for form in (*self.sections, *self.experience.forms):
            yield from (bound for bound in form if bound.name not in ("credit_code_as_printed", "DELETE"))

    def _lock(self) -> None:
        """A locked input is shown, not sent: `draft.merged` keeps what was said there."""
        if self.opened is None:
            return
        for section in self.sections:
            for name, field in section.fields.items():
                field.widget.attrs["disabled"] = f"{section.code}.{name}" not in self.opened
        for row in self.experience.forms:
            for field in row.fields.values():
                field.widget.attrs["disabled"] = self.experience_locked

    @property
    def experience_locked(self) -> bool:
        return self.opened is not None and "experience" not in self.opened


def _faults_of(form: forms.Form, *, where: str = "") -> Iterator[tuple[str, str, str]]:
    for name, sentences in form.errors.items():
        bound = form[name] if name in form.fields else None
        label = bound.label if bound else ""
        for sentence in sentences:
            yield (bound.auto_id if bound else "", f"{where} {label}".strip(), sentence)


def _plain(value):
    if value is None or isinstance(value, bool | str | int | list):
        return value
    return value.pk if isinstance(value, Office) else str(value)
