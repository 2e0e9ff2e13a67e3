"""The sections of the filing form. Each field's address is `section.field`: returns pin to it, diffs name it."""

from crispy_forms.helper import FormHelper
from django import forms
from django.forms import BaseFormSet, formset_factory

from cqo_portal.jurisdictions.requirements import QualityQualification, leaves
from cqo_portal.jurisdictions.vocabulary import Appointer, Bars, ExperienceKind, Level, Rank
from cqo_portal.parties import identifiers, size
from cqo_portal.parties.models import Office, Person
from cqo_portal.reference.queries import industry_choices
from cqo_portal.ui import layouts as lay
from cqo_portal.ui.fields import (
    AmountField,
    DayField,
    MonthField,
    PersonNameField,
    PhoneField,
    PlainField,
    WholeNumberField,
)

YES_NO = [("yes", "是"), ("no", "否")]


def labelled(words, *, but: tuple = ()) -> list[tuple[str, str]]:
    """Choices of a form from the vocabulary of the rules, with an empty first line."""
    return [("", "请选择"), *((word.value, word.label) for word in words if word not in but)]


def say_what_is_missing(form: forms.Form) -> None:
    """`请填写姓名。` instead of `这个字段是必填项。`"""
    for field in form.fields.values():
        verb = "选择" if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) else "填写"
        field.error_messages["required"] = f"请{verb}{field.label}。"


class Section(forms.Form):
    """One section of the filing. `today` and the rules in force shape what it asks."""

    code = ""
    title = ""
    numeral = ""
    rows: tuple = ()  # how the fields lie on the page

    def __init__(self, *args, today, pack, **kwargs) -> None:
        self.today, self.pack = today, pack
        super().__init__(*args, prefix=self.code, **kwargs)
        self.shape()
        say_what_is_missing(self)

    def shape(self) -> None:
        """Fit the section to the rules in force."""

    @property
    def helper(self) -> FormHelper:
        shown = [row for row in self.rows if not isinstance(row, str) or row in self.fields]
        return lay.plain_helper(lay.Section(f"{self.numeral} {self.title}", *shown, id=f"s-{self.code}"))

    def fault(self, name: str, sentence: str) -> None:
        if name not in self.errors:
            self.add_error(name, sentence)


class EnterpriseSection(Section):
    code, title, numeral = "enterprise", "企业", "一"
    rows = (
        lay.Code("credit_code", wide=True),
        lay.Fragment("registry/_as_printed.html"),
        lay.Wide("name"),
        "office",
        "industry",
        lay.Amount("persons"),
        lay.Amount("revenue"),
        lay.Amount("assets"),
        lay.Fragment("registry/_size.html"),
    )

    credit_code = PlainField(label="统一社会信用代码", max_length=40, help_text="18 位，与营业执照一致。")
    credit_code_as_printed = forms.BooleanField(
        label="营业执照上确实如此，已附执照，请市场监管部门确认", required=False
    )
    name = PlainField(label="企业名称", max_length=200, help_text="与营业执照一致，写全称。")
    office = forms.ModelChoiceField(
        Office.objects.none(),
        label="所属县（市、区）",
        empty_label="请选择",
        help_text="由当地市场监督管理局预审。",
    )
    industry = forms.ChoiceField(label="行业（GB/T 4754—2017）", help_text="按主营业务选。")
    persons = WholeNumberField(label="从业人员", help_text="人，上年末。", required=False)
    revenue = AmountField(label="营业收入", help_text="万元，上年度。", required=False)
    assets = AmountField(label="资产总额", help_text="万元，上年末。", required=False)

    def shape(self) -> None:
        self.fields["office"].queryset = Office.objects.filing().filter(jurisdiction=self.pack.jurisdiction)
        self.fields["office"].label_from_instance = lambda office: office.area
        self.fields["industry"].choices = [("", "请选择"), *industry_choices()]
        self.fields["persons"].optional = self.fields["revenue"].optional = (
            False  # nearly every industry asks
        )

    def clean(self):
        typed = self.cleaned_data.get("credit_code")
        if typed:
            self._check_code(typed)
        if industry := self.cleaned_data.get("industry"):
            self._ask_for_what_the_size_needs(industry)

    def _check_code(self, typed: str) -> None:
        as_printed = self.cleaned_data.get("credit_code_as_printed", False)
        try:
            self.cleaned_data["credit_code"] = identifiers.credit_code(typed, accept_wrong_check=as_printed)
        except identifiers.Invalid as invalid:
            self.fault("credit_code", str(invalid))

    def _ask_for_what_the_size_needs(self, industry: str) -> None:
        """Which figures a size needs depends on the industry: construction has no head count."""
        for name in size.needed(industry):
            if self.cleaned_data.get(name) is None:
                self.fault(name, f"这个行业按{self.fields[name].label}划分规模，请填写。")


class OfficerSection(Section):
    code, title, numeral = "officer", "首席质量官", "二"
    rows = (
        "name",
        "identity_kind",
        lay.Code("identity_number", wide=True),
        "phone",
        "post",
        "education",
        lay.Segmented("graduated"),
        "job_title",
        lay.Day("job_title_on"),
        "quality_level",
        "quality_issued_on",
        lay.Segmented("trained"),
        "training_certificate",
    )

    name = PersonNameField(label="姓名", max_length=100, help_text="与证件一致；生僻字可以直接录入。")
    identity_kind = forms.ChoiceField(
        label="证件类型", choices=Person.IdentityKind.choices, initial=Person.IdentityKind.RESIDENT
    )
    identity_number = PlainField(
        label="证件号码", max_length=40, help_text="加密保存，屏幕上遮盖；查看须写理由并留痕。"
    )
    phone = PhoneField(label="联系电话", max_length=30, help_text="手机或带区号的固定电话；加密保存。")
    education = forms.ChoiceField(label="最高学历", choices=labelled(Level))
    graduated = forms.ChoiceField(
        label="是否毕业", choices=[("yes", "已毕业"), ("no", "在读、结业或肄业")], widget=forms.RadioSelect
    )
    job_title = forms.ChoiceField(label="职称", choices=labelled(Rank))
    job_title_on = DayField(label="职称取得日期", required=False)
    quality_level = forms.ChoiceField(
        label="质量专业技术人员职业资格",
        choices=labelled(Rank, but=(Rank.ASSOCIATE_SENIOR, Rank.SENIOR)),
        required=False,
    )
    quality_issued_on = DayField(label="资格证书发证日期", required=False)
    trained = forms.ChoiceField(label="是否经过首席质量官任职培训", choices=YES_NO, widget=forms.RadioSelect)
    training_certificate = PlainField(label="培训证书编号", max_length=60, required=False)
    post = PlainField(label="现任职务", max_length=100, help_text="例如副总经理。")

    def shape(self) -> None:
        asks = [*leaves(self.pack.qualification)]
        if not any(isinstance(leaf, QualityQualification) for leaf in asks):
            del self.fields["quality_level"], self.fields["quality_issued_on"]

    def clean(self):
        said = self.cleaned_data
        kind, typed = said.get("identity_kind"), said.get("identity_number")
        if kind and typed:
            self._check_identity(kind, typed)
        if said.get("job_title_on") and said["job_title_on"] > self.today:
            self.fault("job_title_on", "职称取得日期在今天之后，请核对。")

    def _check_identity(self, kind: str, typed: str) -> None:
        try:
            self.cleaned_data["identity_number"] = identifiers.identity_number(
                typed, kind=kind, today=self.today
            )
        except identifiers.Invalid as invalid:
            self.fault("identity_number", str(invalid))


class ExperienceRow(forms.Form):
    """One period of work; only quality roles count, the rest may be written down all the same."""

    begins = MonthField(label="起", help_text="例如 2022-05")
    ends = MonthField(label="止", ends=True, required=False, help_text="空着表示至今")
    employer = PlainField(label="单位", max_length=200)
    post = PlainField(label="岗位", max_length=100)
    kind = forms.ChoiceField(label="性质", choices=[*labelled(ExperienceKind), ("other", "不属质量")])

    def __init__(self, *args, today, **kwargs) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)

    def clean(self):
        if self.cleaned_data.get("DELETE"):
            self.errors.clear()  # a row that goes is not wrong any more
            return
        begins, ends = self.cleaned_data.get("begins"), self.cleaned_data.get("ends")
        if begins and begins > self.today:
            self.add_error("begins", "起始月份在今天之后，请核对。")
        elif begins and ends and ends < begins:
            self.add_error("ends", "终止早于起始，请核对。")


class ExperienceRows(BaseFormSet):
    code, title, numeral = "experience", "质量工作经历", "三"

    def get_deletion_widget(self):
        return forms.CheckboxInput(attrs={"class": "form-check-input"})


ExperienceSection = formset_factory(
    ExperienceRow,
    formset=ExperienceRows,
    extra=1,
    max_num=30,
    validate_max=True,
    absolute_max=40,
    can_delete=True,
)


class AppointmentSection(Section):
    code, title, numeral = "appointment", "任命", "四"
    rows = (
        "appointed_by",
        "appointer",
        "document_number",
        lay.Day("appointed_on"),
        "term_years",
        lay.Fragment("registry/_term.html"),
        lay.Wide("in_decision_layer"),
        lay.Wide("is_top_manager"),
        lay.Wide("is_safety_director"),
        "faults",
        "no_faults",
    )

    appointed_by = forms.ChoiceField(
        label="由谁任命", help_text="担任主要负责人的法定代表人、总经理，选“主要负责人”。"
    )
    appointer = PersonNameField(label="任命人姓名", max_length=100)
    document_number = PlainField(label="任命文件号", max_length=60, required=False)
    appointed_on = DayField(label="任职日期", help_text="按任命书；资格也按这一天判定。")
    term_years = forms.ChoiceField(label="任期", choices=[(str(n), f"{n} 年") for n in range(1, 11)])
    in_decision_layer = forms.BooleanField(label="岗位设在企业决策层", required=False)
    is_top_manager = forms.BooleanField(label="最高管理者本人担任", required=False)
    is_safety_director = forms.BooleanField(label="兼任质量安全总监", required=False)
    faults = forms.MultipleChoiceField(
        label="有无不得任职的情形", required=False, widget=forms.CheckboxSelectMultiple
    )
    no_faults = forms.BooleanField(label="本人没有以上任何情形", required=False)

    def shape(self) -> None:
        self.fields["appointed_by"].choices = labelled((*self.pack.appointed_by.by, Appointer.OTHER))
        if self.pack.term:
            normally = self.pack.term.normally
            self.fields["term_years"].initial = str(normally.count)
            self.fields[
                "term_years"
            ].help_text = f"一般为 {normally.count} 年，可以改（{self.pack.term.cites}）。"
        grounds = [d for d in self.pack.disqualifications if d.bars is Bars.POST]
        if grounds:
            self.fields["faults"].choices = [(d.key, f"{d.label}（{d.cites}）") for d in grounds]
        else:
            del self.fields["faults"], self.fields["no_faults"]

    def clean(self):
        said = self.cleaned_data
        if "faults" in self.fields and bool(said.get("faults")) == bool(said.get("no_faults")):
            self.fault("faults", "请勾选有的情形；一项都没有时，勾选“没有以上任何情形”。")
