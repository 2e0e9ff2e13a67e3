"""What a body says of itself and of its clocks, and what an office says when it takes it on record."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.parties import identifiers
from cqo_portal.parties.models import Institution, Office
from cqo_portal.ui.fields import DayField, PlainField, ProseField, WholeNumberField, checked
from cqo_portal.ui.forms import SpokenForm
from cqo_portal.wording import day_full
from evaluation.bodies import texts, usual
from evaluation.bodies.models import SAID, BodyPaper, BodyRecord


class OfficeField(forms.ModelChoiceField):
    def __init__(self, **kwargs) -> None:
        offices = Office.objects.filter(active=True, level__in=[Office.Level.CITY, Office.Level.PROVINCE])
        super().__init__(offices, empty_label="请选择", **kwargs)


class BodyForm(SpokenForm):
    """The four conditions of chapter 6, as the body meets them."""

    office = OfficeField(label="登记机关", help_text="指导、监督贵机构的市级或省级市场监督管理局。")
    jurisdiction = forms.ChoiceField(label="评价所依据的规则", widget=forms.RadioSelect)
    credit_code = PlainField(
        label="统一社会信用代码",
        max_length=40,
        help_text="贵机构的，与登记证照一致；登记在案以后记入机构信息。",
    )
    rules_title = PlainField(
        label="评价管理制度", max_length=200, help_text="制度的名称和文号；全文在下一页作为材料上传。"
    )
    resources = ProseField(
        label="场所、设备和资源",
        max_length=4000,
        rows=6,
        help_text="评价场所的地址和面积、设备、评价人员和其他资源；证明在下一页上传。",
    )
    authority = PlainField(
        label="主管部门", max_length=200, help_text="贵机构接受其指导和监督的部门，写全称。"
    )
    authority_contact = PlainField(
        label="主管部门的联系方式", max_length=200, help_text="单位的电话或地址，不写个人的。"
    )

    def __init__(self, *args, institution: Institution, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.institution = institution
        known = texts.evaluating()
        self.fields["jurisdiction"].choices = [
            (key, f"{pack.label}：{pack.title}") for key, pack in known.items()
        ]
        if len(known) == 1:
            self.fields["jurisdiction"].initial = next(iter(known))

    def clean_credit_code(self) -> str:
        code = checked(identifiers.credit_code, self.cleaned_data["credit_code"])
        known = self.institution.credit_code
        if known not in (None, code):
            raise ValidationError(f"贵机构在案的代码是 {known}；有误的，请联系登记机关更正。")
        if Institution.objects.filter(credit_code=code).exclude(pk=self.institution.pk).exists():
            raise ValidationError("这个代码已经登记在另一家机构名下，请核对。")
        return code


def words_of(record: BodyRecord) -> dict:
    return {name.removesuffix("_id"): getattr(record, name) for name in SAID}


class FilingForm(SpokenForm):
    """By which document, from when until when. Nothing of it is changed later."""

    document = PlainField(label="登记文号", max_length=100, help_text="例如 苏市监质〔2026〕9号。")
    first_day = DayField(label="起始日期")
    last_day = DayField(label="截止日期", required=False, help_text="没有写明截止日期的，空着；到终止为止。")

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_document(self) -> str:
        return " ".join(self.cleaned_data["document"].split())

    def clean(self) -> dict:
        said = self.cleaned_data
        first, last = said.get("first_day"), said.get("last_day")
        if last and first and last < first:
            self.add_error("last_day", f"截止日期早于起始日期{day_full(first)}，请核对。")
        elif last and last < self.today:
            self.add_error("last_day", "截止日期已经过去，登记了也不能受理评价申请。")
        return said


class PaperForm(SpokenForm):
    kind = forms.ChoiceField(label="材料的种类", choices=BodyPaper.Kind.choices)


def _working_days(step: str) -> WholeNumberField:
    label, days = usual.DAYS[step]
    return WholeNumberField(label=label, max_length=9, example=str(days), help_text=f"个工作日，通常 {days}")


class ClocksForm(SpokenForm):
    """Working days for each step, and what the text leaves to the body."""

    formal_review = _working_days("formal_review")
    completion = _working_days("completion")
    convening = _working_days("convening")
    scoring = _working_days("scoring")
    report = _working_days("report")
    decision = _working_days("decision")
    appeal_lodging = _working_days("appeal_lodging")
    appeal_answer = _working_days("appeal_answer")
    aggregation = forms.ChoiceField(label="多份评分的合成办法", widget=forms.RadioSelect)
    panel_size = WholeNumberField(label="评价组人数（连组长）", max_length=9, example="3")
    activities = WholeNumberField(label="每个证书年的继续教育活动（次）", max_length=9, example="1")

    def __init__(self, *args, pack: RulePack, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        panel = texts.panel(pack)
        self.bounds = dict.fromkeys(usual.DAYS, (1, usual.LONGEST)) | {
            "panel_size": (panel.least, usual.LARGEST_PANEL),
            "activities": (max(texts.least_activities(pack), 1), usual.MOST_ACTIVITIES),
        }
        self.fields["aggregation"].choices = [(each.value, each.label) for each in panel.aggregations]
        self.fields["panel_size"].help_text = f"不少于 {panel.least} 人" + (
            "，宜为单数" if panel.odd_advised else ""
        )
        self.fields["activities"].help_text = f"不少于 {self.bounds['activities'][0]} 次"

    def clean(self) -> dict:
        said = self.cleaned_data
        for name, (least, most) in self.bounds.items():
            if name in said and not least <= said[name] <= most:
                self.add_error(name, f"请填 {least} 至 {most} 之间的整数。")
        return said
