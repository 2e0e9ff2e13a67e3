"""What offices write down about providers: who they are, what they are commissioned for, and when that ends."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from cqo_portal.parties import identifiers
from cqo_portal.parties.identifiers import tidied
from cqo_portal.parties.models import Institution, Office
from cqo_portal.parties.numbers import CODE
from cqo_portal.ui.fields import (
    DayField,
    OwnNameField,
    PersonNameField,
    PhoneField,
    PlainField,
    ProseField,
    checked,
)
from cqo_portal.ui.forms import SpokenForm
from cqo_portal.wording import day_full
from training.models import Commission, Completion


class InstitutionForm(SpokenForm):
    """A legal person that trains. What is on record of another one is never taken for this one's."""

    name = PlainField(label="机构名称", max_length=200, help_text="与登记证照一致。")
    credit_code = PlainField(label="统一社会信用代码", max_length=40)
    code = PlainField(
        label="机构代号",
        max_length=20,
        help_text="2–10 位大写字母或数字，印在证书编号里；发过证书以后不能再改。",
    )
    contact = PersonNameField(label="联系人", max_length=100, required=False)
    phone = PhoneField(label="联系电话", max_length=40, required=False, help_text="机构的电话，不是个人的。")

    def __init__(self, *args, institution: Institution | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.institution = institution

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        self._refuse_another({"name": name}, "在案的另一家机构已经用了这个名称。")
        return name

    def clean_credit_code(self) -> str:
        code = checked(identifiers.credit_code, self.cleaned_data["credit_code"])
        self._refuse_another({"credit_code": code}, "这个代码已经登记在另一家机构名下，请核对。")
        return code

    def clean_code(self) -> str:
        code = tidied(self.cleaned_data["code"])
        if not CODE.fullmatch(code):
            raise ValidationError("机构代号请填 2–10 位大写字母或数字，例如 CZPX。")
        if Office.objects.filter(pk=code).exists():
            raise ValidationError("这是一个管辖机构的代码，请另取一个。")
        self._refuse_another({"code": code}, "这个代号已经给了另一家机构，请另取一个。")
        self._refuse_to_change_what_was_printed(code)
        return code

    def _refuse_another(self, said: dict[str, str], sentence: str) -> None:
        others = Institution.objects.filter(**said)
        if self.institution:
            others = others.exclude(pk=self.institution.pk)
        if others.exists():
            raise ValidationError(sentence)

    def _refuse_to_change_what_was_printed(self, code: str) -> None:
        was = self.institution.code if self.institution else None
        if was and was != code and Completion.objects.filter(institution=self.institution).exists():
            raise ValidationError(f"代号 {was} 已经印在发出的证书上，不能再改。")


class CommissionForm(SpokenForm):
    """From when until when, by which document. Nothing of it is changed later: it is ended, and entered anew."""

    document = PlainField(label="委托文号", max_length=100, help_text="例如 沧市监质〔2026〕9号。")
    first_day = DayField(label="起始日期")
    last_day = DayField(label="截止日期", required=False, help_text="没有写明截止日期的，空着；到终止为止。")

    def __init__(self, *args, institution: Institution, office: Office, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.institution, self.office = institution, office

    def clean_document(self) -> str:
        document = " ".join(self.cleaned_data["document"].split())
        same = Commission.objects.filter(institution=self.institution, office=self.office, document=document)
        if same.exists():
            raise ValidationError("这份文件的委托已经登记过了；要改期限，请先终止，再按新的文件登记。")
        return document

    def clean(self) -> dict:
        said = self.cleaned_data
        first, last = said.get("first_day"), said.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", f"截止日期早于起始日期{day_full(first)}，请核对。")
        return said


class EndForm(SpokenForm):
    """The last day on which a commission held, and why it ends."""

    ended_on = DayField(label="最后有效的一天")
    reason = ProseField(label="理由", max_length=300, rows=3, help_text="培训机构看得到。")

    def __init__(self, *args, commission: Commission, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.commission, self.today = commission, today

    def clean_ended_on(self) -> date:
        day, held = self.cleaned_data["ended_on"], self.commission
        if day < held.first_day:
            raise ValidationError(f"委托自{day_full(held.first_day)}起有效，终止不能更早。")
        if held.last_day and day > held.last_day:
            raise ValidationError(f"委托本来到{day_full(held.last_day)}为止，不能更晚。")
        return day


class VoidForm(SpokenForm):
    reason = ProseField(label="理由", max_length=300, rows=3, help_text="持证人看得到。")


class HandInForm(SpokenForm):
    """The last words of a yearly report, and the name under it."""

    remarks = ProseField(
        label="说明",
        max_length=2000,
        required=False,
        rows=5,
        help_text="平台没有记录的工作、与数字不一致的情况，写在这里。",
    )
    signed_name = OwnNameField(label="签写姓名", help_text="由经办人签写本人姓名，表示数字属实。")

    shown = forms.CharField(required=False, widget=forms.HiddenInput)  # the digest of the figures beside it

    def __init__(self, *args, name: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signed_name"].expected = name

    def now_shows(self, digest: str) -> None:
        self.data = self.data.copy()
        self.data["shown"] = digest
