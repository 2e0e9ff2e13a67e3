"""What a person says when an enterprise is put on a list, or taken off."""

from django import forms
from django.core.exceptions import ValidationError

from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Office, Organisation
from cqo_portal.ui.fields import PlainField, ProseField, checked
from registry.lists.models import AboveScale, Award, Listed


class EnterpriseForm(forms.Form):
    """The enterprise by its code; it must belong to the area of the office."""

    credit_code = forms.CharField(
        label="统一社会信用代码", error_messages={"required": "请填写企业的统一社会信用代码。"}
    )
    document = PlainField(
        label="依据文件", max_length=200, required=False, help_text="文号或文件名，例如沧统〔2026〕8号。"
    )

    def __init__(self, *args, office: Office, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.office = office

    def clean_credit_code(self) -> str:
        code = checked(identifiers.credit_code, self.cleaned_data["credit_code"], accept_wrong_check=True)
        known = Organisation.objects.select_related("office__parent").filter(credit_code=code)
        self.organisation = known.filter(office__in=Office.objects.below(self.office)).first()
        if self.organisation is None:
            raise ValidationError(
                "企业库里没有这家企业（或者不归本局管辖）。请核对代码；确属本局的，请先导入企业名单。"
            )
        return code

    def entry(self, year: int) -> Listed:
        raise NotImplementedError


class AboveScaleForm(EnterpriseForm):
    kind = forms.ChoiceField(
        label="类别", choices=AboveScale.Kind.choices, error_messages={"required": "请选择类别。"}
    )
    field_order = ("credit_code", "kind", "document")

    def entry(self, year: int) -> AboveScale:
        said = self.cleaned_data
        return AboveScale(
            organisation=self.organisation, year=year, kind=said["kind"], document=said["document"]
        )


class AwardForm(EnterpriseForm):
    name = PlainField(
        label="奖项", max_length=100, error_messages={"required": "请填写奖项名称，例如市长质量奖。"}
    )
    level = forms.ChoiceField(
        label="级别", choices=Award.Level.choices, error_messages={"required": "请选择级别。"}
    )
    granted_by = PlainField(label="授奖单位", max_length=100, required=False)
    field_order = ("credit_code", "name", "level", "granted_by", "document")

    def entry(self, year: int) -> Award:
        said = {key: value for key, value in self.cleaned_data.items() if key != "credit_code"}
        return Award(organisation=self.organisation, year=year, **said)


class ReasonForm(forms.Form):
    reason = ProseField(
        label="移出的理由",
        max_length=500,
        rows=3,
        error_messages={"required": "请写明移出的理由。"},
    )
