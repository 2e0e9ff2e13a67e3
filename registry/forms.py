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
from registry import content
from registry.models import Filing, Proof
from registry.record import OnRecord, changed, differs
from registry.sections import PREFILLED, SECTIONS_OF, ExperienceRows, Section

NUMERALS = "一二三四五六七"

YES_NO = [("yes", "是"), ("no", "否")]


class PleaForm(forms.Form):
    """The last words before submission: why although a clause is not met, and that what was asked stays as it is."""

    plea = ProseField(
        label="仍要申报的理由",
        max_length=2000,
        rows=5,
        error_messages={"required": "请写明仍要申报的理由。"},
    )
    unchanged = forms.BooleanField(
        label="这几项不改，就这样重新提交",
        error_messages={"required": "请先改动上面列出的各项；确实不用改的，勾选这一句再提交。"},
    )
    truthful = forms.BooleanField(
        label="以上内容与材料真实，经首席质量官本人和企业确认",
        error_messages={"required": "请确认内容与材料真实，再提交。"},
    )

    def __init__(self, *args, needed: bool, untouched: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not needed:
            del self.fields["plea"]
        if not untouched:
            del self.fields["unchanged"]


class ReturnItemForm(forms.Form):
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)
    reason = ProseField(label="须改正什么", max_length=1000, rows=3)


class DeterminationForm(forms.Form):
    clause = forms.CharField(max_length=60, widget=forms.HiddenInput)
    reason = ProseField(label="认定理由", max_length=2000, rows=3)


class RevealForm(forms.Form):
    why = PlainField(label="查看理由", max_length=200, min_length=2, help_text="记入查阅记录，本人可以看到。")


class ProofForm(forms.Form):
    kind = forms.ChoiceField(label="种类", choices=Proof.Kind.choices)
    file = forms.FileField(label="文件", max_length=300)


class FilingForm:
    """The sections of one kind over one draft. `typed` is what the browser sent or what was kept: {name: [values]}.

    `parts` holds them in the order of the page; a kind without a section has None under its name.
    """

    def __init__(
        self,
        typed,
        *,
        pack: RulePack,
        today,
        kind: str = Filing.Kind.APPOINTMENT,
        on_record: OnRecord | None = None,
        opened: frozenset[str] | None = None,
    ) -> None:
        self.pack, self.today, self.kind, self.on_record, self.opened = pack, today, kind, on_record, opened
        self.parts = tuple(self._part(section, typed) for section in SECTIONS_OF[kind])
        self._by_code = {part.code: part for part in self.parts}
        for numeral, part in zip(NUMERALS, self.parts, strict=False):
            part.numeral = numeral
        for section in self.sections:
            section.beside = self._by_code
        self._lock()

    def _part(self, section, typed):
        if issubclass(section, ExperienceRows):
            return section(typed, prefix=section.code, form_kwargs={"today": self.today})
        return section(typed, today=self.today, pack=self.pack, on_record=self.on_record)

    @property
    def is_prefilled(self) -> bool:
        """Filled in from the record: only what differs is said."""
        return self.kind in PREFILLED

    @property
    def has_a_term(self) -> bool:
        return any("term_years" in section.fields for section in self.sections)

    @property
    def numeral_of_papers(self) -> str:
        return NUMERALS[len(self.parts)]

    @property
    def sections(self) -> tuple[Section, ...]:
        return tuple(part for part in self.parts if isinstance(part, Section))

    @property
    def enterprise(self) -> Section | None:
        return self._by_code.get("enterprise")

    @property
    def officer(self) -> Section | None:
        return self._by_code.get("officer")

    @property
    def experience(self) -> ExperienceRows | None:
        return self._by_code.get("experience")

    @property
    def appointment(self) -> Section | None:
        return self._by_code.get("appointment")

    @property
    def rows(self) -> list[forms.Form]:
        return self.experience.forms if self.experience else []

    def is_valid(self) -> bool:
        valid = [part.is_valid() for part in self.parts]  # each of them, so that each has its errors
        return all(valid)

    def said(self) -> dict:
        """What is validly said so far, by section; JSON-ready. Fields in error are absent."""
        self.is_valid()
        said = {
            section.code: {name: _plain(value) for name, value in section.cleaned_data.items()}
            for section in self.sections
        }
        if self.experience:
            said["experience"] = list(self._periods())
        return said

    def _periods(self) -> Iterator[dict]:
        for row in self.rows:
            told = row.cleaned_data if row.is_valid() and row.has_changed() else None
            if told and not told.get("DELETE"):
                yield {name: _plain(value) for name, value in told.items() if name != "DELETE"}

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """(input id, label, sentence) of every error, in the order of the page."""
        for part in self.parts:
            if isinstance(part, Section):
                yield from _faults_of(part)
                continue
            for number, row in enumerate(part.forms, start=1):
                yield from _faults_of(row, where=f"第 {number} 段经历")
            for sentence in part.non_form_errors():
                yield "experience", "质量工作经历", sentence
        if self.is_prefilled and not self._says_anything_new():
            yield "s-enterprise", "", "没有一项与名录不同：请改动有变化的内容，或者作废这件变更。"

    def _says_anything_new(self) -> bool:
        """A field in error differs too: it is not what the record says."""
        record = self.on_record.said if self.on_record else {}
        wrong = any(section.errors for section in self.sections if section.code in record)
        return wrong or bool(changed(self.said(), record))

    def forgive_what_is_empty(self) -> None:
        """While one is still typing, an empty field is not yet a mistake: only what is wrong is shown."""
        for form in (*self.sections, *self.rows):
            for name in [name for name in form.errors if name in form.fields]:
                if form[name].value() in (None, "", []):
                    del form.errors[name]

    def remark_on_what_is_good(self) -> None:
        """A code that was checked says so beside it: eighteen characters are hard to check by eye."""
        enterprise, officer = self.enterprise, self.officer
        if enterprise and enterprise.cleaned_data.get("credit_code"):
            enterprise.fields["credit_code"].good = "18 位，格式相符。"
        said = officer.cleaned_data if officer else {}
        checked = said.get("identity_kind") and said.get("identity_number")
        facts = checked and identifiers.facts_of_identity(said["identity_kind"], said["identity_number"])
        if facts:
            sex, born = Person.Sex(facts.sex).label, facts.born_on
            officer.fields[
                "identity_number"
            ].good = f"18 位，校验位正确；{sex}，{born.year}年{born.month}月{born.day}日出生。"

    def remark_on_what_is_new(self) -> None:
        """Where the form was filled in from the record, a field that differs says what stands there now."""
        if not self.is_prefilled or not self.on_record:
            return
        for section in self.sections:
            was = self.on_record.said.get(section.code, {})
            for name, field in section.fields.items():
                if name in was and name in section.cleaned_data:
                    new = differs(f"{section.code}.{name}", _plain(section.cleaned_data[name]), was[name])
                    words = content.in_words(f"{section.code}.{name}", was[name])
                    field.changed = f"已改动；名录现为：{words}" if new else ""

    def mask(self) -> None:
        """Show a number that was typed and is right as the screen shows it everywhere: masked."""
        if not self.officer:
            return
        said = self.officer.cleaned_data
        if said.get("identity_number") and said.get("identity_kind"):  # without its kind it was not checked
            self._show("officer-identity_number", identifiers.masked(said["identity_number"]))
        known = self.on_record.said.get("officer", {}) if self.on_record else {}
        if self.is_prefilled and said.get("phone") and said["phone"] == known.get("phone"):
            self._show("officer-phone", identifiers.masked_phone(said["phone"]))

    def _show(self, name: str, words: str) -> None:
        self.officer.data = self.officer.data.copy()
        self.officer.data[name] = words

    def ask(self, reasons: Mapping[str, str]) -> None:
        """What a return asked for, beside the input it is pinned to."""
        for section in self.sections:
            for name, field in section.fields.items():
                field.asked = reasons.get(f"{section.code}.{name}", "")

    def inputs(self) -> Iterator[forms.BoundField]:
        """Every input of the page that has its place for a remark."""
        for form in (*self.sections, *self.rows):
            yield from (bound for bound in form if bound.name not in ("credit_code_as_printed", "DELETE"))

    def _lock(self) -> None:
        """A locked input is shown, not sent: `draft.merged` keeps what was said there."""
        if self.opened is None:
            return
        for section in self.sections:
            for name, field in section.fields.items():
                field.widget.attrs["disabled"] = f"{section.code}.{name}" not in self.opened
        for row in self.rows:
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
