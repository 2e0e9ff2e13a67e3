"""What people type about experts: whom a body engages, and what an expert declares."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Person
from cqo_portal.reference import expertise
from cqo_portal.ui.fields import DayField, MonthField, PersonNameField, PlainField, ProseField, checked
from cqo_portal.ui.forms import SpokenForm
from cqo_portal.ui.identity import IdentityForm
from cqo_portal.wording import day_full
from evaluation.conflicts import Relation
from evaluation.experts.models import Declared, Employment, Interest, Lecture
from training.models import Session

UNKNOWN = "平台还没有这个证件号码，请填写全名，聘任时登记。"
LONGEST = 1000


def _fields_of() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="专长",
        choices=expertise.grouped,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一项专长。"},
    )


class CodeField(PlainField):
    """A unified social credit code, checked; empty where nobody knows it."""

    def clean(self, value):
        text = super().clean(value)
        return checked(identifiers.credit_code, text) if text else text


# ── engaging ──────────────────────────────────────────────────────────────────────────────────
class EngageForm(SpokenForm):
    """Out of the pool: for which fields."""

    fields_of = _fields_of()


class DirectForm(EngageForm, IdentityForm):
    """By the number of a document. The name is needed only where the number is not known yet."""

    name = PersonNameField(
        label="姓名", max_length=100, required=False, help_text="写了的，与平台登记的姓名比对。"
    )
    reason = ProseField(
        label="不经人才库聘任的理由",
        rows=2,
        max_length=LONGEST,
        help_text="例如：高校质量管理教授，不是在任首席质量官。",
    )

    field_order = ("identity_kind", "identity_number", "name", "fields_of", "reason")

    def __init__(self, *args, known: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = not known
        self.fields["name"].error_messages["required"] = UNKNOWN


# ── the expert's own words ────────────────────────────────────────────────────────────────────
class WishesForm(SpokenForm):
    fields_of = _fields_of()
    busy_until = DayField(
        label="暂不承担，到哪一天", required=False, help_text="不填即可以承担；过了这天自动恢复。"
    )

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_busy_until(self) -> date | None:
        day = self.cleaned_data["busy_until"]
        if day and day < self.today:
            raise ValidationError("这一天已经过去，请填今天或以后，或者不填。")
        return day


class DeclareForm(SpokenForm):
    """A row of one kind; `row()` is the row as it will stand."""

    title: str

    def __init__(self, *args, person: Person, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.today = person, today

    def row(self) -> Declared:
        raise NotImplementedError

    def _in_order(self) -> None:
        begins, ends = self.cleaned_data.get("begins"), self.cleaned_data.get("ends")
        if begins and begins > self.today:
            self.add_error("begins", "开始的日期还没到，请核对。")
        if begins and ends and ends < begins:
            self.add_error("ends", f"结束早于开始（{day_full(begins)}），请核对。")


class EmploymentForm(DeclareForm):
    title = "任职经历"

    name = PlainField(label="单位名称", max_length=200, min_length=2)
    code = CodeField(
        label="统一社会信用代码",
        max_length=40,
        required=False,
        help_text="知道的请填，回避审查按它比对最准。",
    )
    begins = MonthField(label="起", help_text="年月即可，例如 2019-03。")
    ends = MonthField(label="止", ends=True, required=False, help_text="仍在任职的不填。")
    note = ProseField(label="说明", rows=2, max_length=LONGEST, required=False, help_text="例如职务、兼职。")

    def clean(self) -> dict:
        self._in_order()
        return self.cleaned_data

    def row(self) -> Employment:
        return Employment(person=self.person, **self.cleaned_data)


class InterestForm(DeclareForm):
    title = "利害关系"

    kind = forms.ChoiceField(
        label="关系",
        choices=Interest.KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是什么关系。"},
    )
    name = PersonNameField(label="对方姓名", max_length=100, required=False)
    organisation = PlainField(label="对方单位", max_length=200, required=False)
    code = CodeField(
        label="对方单位的统一社会信用代码", max_length=40, required=False, help_text="知道的请填。"
    )
    begins = MonthField(label="起", required=False, help_text="一直如此的不填。")
    ends = MonthField(label="止", ends=True, required=False, help_text="仍然如此的不填。")
    note = ProseField(label="说明", rows=2, max_length=LONGEST, required=False)

    def clean(self) -> dict:
        said = self.cleaned_data
        self._in_order()
        kin = said.get("kind") == Relation.KINSHIP.value
        asked = ("name",) if kin else ("name", "organisation", "code")
        if not any(said.get(name) or name in self.errors for name in asked):
            self.add_error("name", "亲属关系请填写对方姓名。" if kin else "请填写对方姓名，或者对方单位。")
        if said.get("kind") == Relation.OTHER.value and not said.get("note") and "note" not in self.errors:
            self.add_error("note", "选“其他利害关系”的，请写明是什么关系。")
        return said

    def row(self) -> Interest:
        return Interest(person=self.person, **self.cleaned_data)


class LectureForm(DeclareForm):
    title = "授课场次"

    number = PlainField(
        label="场次编号", max_length=40, help_text="主办单位可以查到，例如 PX-130981-2026-0003。"
    )
    note = ProseField(label="说明", rows=2, max_length=LONGEST, required=False)

    def clean_number(self) -> str:
        self.session = Session.objects.filter(number=self.cleaned_data["number"].upper()).first()
        if self.session is None:
            raise ValidationError("没有这个编号的场次，请向主办单位核对。")
        standing = Lecture.objects.holding().filter(person=self.person, session=self.session)
        if standing.exists():
            raise ValidationError("这一场已经申报过。")
        return self.session.number

    def row(self) -> Lecture:
        return Lecture(person=self.person, session=self.session, note=self.cleaned_data["note"])


FORMS: dict[str, type[DeclareForm]] = {
    "employment": EmploymentForm,
    "interest": InterestForm,
    "lecture": LectureForm,
}


class EndForm(SpokenForm):
    ends = MonthField(label="止", ends=True, help_text="年月即可，例如 2026-06。")
    note = ProseField(label="说明", rows=2, max_length=LONGEST, required=False)

    def __init__(self, *args, row: Declared, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.today = row, today

    def clean_ends(self) -> date:
        day = self.cleaned_data["ends"]
        if self.row.begins and day < self.row.begins:
            raise ValidationError(f"结束早于开始（{day_full(self.row.begins)}），请核对。")
        return day


class WithdrawForm(SpokenForm):
    note = ProseField(
        label="撤回的理由",
        rows=3,
        max_length=LONGEST,
        help_text="例如：单位名称填错，已另行申报。原来写的仍然留着。",
    )
