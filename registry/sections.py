"""The sections of the filing form. Each field's address is `section.field`: returns pin to it, diffs name it."""

from datetime import date, timedelta

from crispy_forms.helper import FormHelper
from django import forms
from django.forms import BaseFormSet, formset_factory

from cqo_portal.jurisdictions.calendar import Years
from cqo_portal.jurisdictions.requirements import QualityQualification, leaves
from cqo_portal.jurisdictions.vocabulary import Appointer, Bars, ExperienceKind, Level, Rank
from cqo_portal.parties import identifiers, size
from cqo_portal.parties.models import Office, Person
from cqo_portal.reference.queries import industry_choices
from cqo_portal.ui import layouts as lay
from cqo_portal.ui.fields import (
    MONEY,
    AmountField,
    DayField,
    MonthField,
    PersonNameField,
    PhoneField,
    PlainField,
    WholeNumberField,
)
from cqo_portal.ui.forms import say_what_is_missing
from registry.models import Filing
from registry.record import MARKS, OnRecord, differs
from training import completions

YES_NO = [("yes", "是"), ("no", "否")]


def labelled(words, *, but: tuple = ()) -> list[tuple[str, str]]:
    """Choices of a form from the vocabulary of the rules, with an empty first line."""
    return [("", "请选择"), *((word.value, word.label) for word in words if word not in but)]


class Section(forms.Form):
    """One section of the filing. `today`, the rules in force and what is on record shape what it asks."""

    code = ""
    title = ""
    numeral = ""
    rows: tuple = ()  # how the fields lie on the page

    def __init__(self, *args, today, pack, on_record: OnRecord | None = None, **kwargs) -> None:
        self.today, self.pack, self.on_record = today, pack, on_record
        self.beside: dict[str, Section] = {}  # the other sections of the same form, by their codes
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
    code, title = "enterprise", "企业"
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
    revenue = AmountField(label="营业收入", example=MONEY, help_text="万元，上年度。", required=False)
    assets = AmountField(label="资产总额", example=MONEY, help_text="万元，上年末。", required=False)

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
    code, title = "officer", "首席质量官"
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
    training_certificate = PlainField(
        label="培训证书编号",
        max_length=60,
        required=False,
        help_text="本平台发的证书（CQPX 开头），填编号即可，不用再上传。",
    )
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

    def clean_training_certificate(self) -> str:
        return completions.NUMBERS.as_kept(self.cleaned_data["training_certificate"])

    def _check_identity(self, kind: str, typed: str) -> None:
        try:
            number = identifiers.identity_number(typed, kind=kind, today=self.today)
        except identifiers.Invalid as invalid:
            return self.fault("identity_number", str(invalid))
        self.cleaned_data["identity_number"] = number
        before = self.on_record.post if self.on_record else None
        if before and before.person.identity_index == Person.index_of(kind, number):
            self.fault("identity_number", "这是原任本人的证件号码。同一人续任，请改报“任期续聘”。")
        return None


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
    code, title, numeral = "experience", "质量工作经历", ""

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


class Declares(Section):
    """What a section asks that says who appoints, and whether a ground of disqualification holds."""

    def offer_grounds(self) -> None:
        self.fields["appointed_by"].choices = labelled((*self.pack.appointed_by.by, Appointer.OTHER))
        if self.pack.term:
            years, normally = self.fields["term_years"], self.pack.term.normally
            years.initial = str(normally.count)
            years.help_text = f"一般为 {normally.count} 年，可以改（{self.pack.term.cites}）。"
        grounds = [d for d in self.pack.disqualifications if d.bars is Bars.POST]
        if grounds:
            self.fields["faults"].choices = [(d.key, f"{d.label}（{d.cites}）") for d in grounds]
        else:
            del self.fields["faults"], self.fields["no_faults"]

    def insist_on_a_declaration(self) -> None:
        said = self.cleaned_data
        if "faults" in self.fields and bool(said.get("faults")) == bool(said.get("no_faults")):
            self.fault("faults", "请勾选有的情形；一项都没有时，勾选“没有以上任何情形”。")


class AppointmentSection(Declares):
    code, title = "appointment", "任命"
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
        self.offer_grounds()

    def clean(self):
        self.insist_on_a_declaration()
        day, left_on = self.cleaned_data.get("appointed_on"), self.left_on
        if day and left_on and day <= left_on:
            self.fault(
                "appointed_on", f"前任任职到 {left_on:%Y-%m-%d}，接任须在这一天之后；日期有误的请一并核对。"
            )

    @property
    def left_on(self) -> date | None:
        """The last day of whoever held the post before: on record, or said in this very filing."""
        said = self.beside.get("predecessor")
        if said is not None:
            return said.cleaned_data.get("last_day") if said.is_bound and said.errors is not None else None
        return self.on_record.left_on if self.on_record else None


# ── what only a change asks ───────────────────────────────────────────────────────────────────
class OfAChange(Section):
    """A section with the day a change took effect: it has happened, and during the post it is of."""

    def check_the_day(self, name: str, *, noun: str) -> None:
        day, post = self.cleaned_data.get(name), self.on_record.post if self.on_record else None
        if day and day > self.today:
            self.fault(name, f"{noun}在今天之后；变化发生以后再报。")
        elif day and post and day < post.appointed_on:
            self.fault(name, f"{noun}早于任职日期 {post.appointed_on:%Y-%m-%d}，请核对。")


class PredecessorSection(OfAChange):
    code, title = "predecessor", "原任"
    rows = (lay.Fragment("registry/_predecessor.html"), lay.Day("last_day"))

    last_day = DayField(label="原任最后任职日", help_text="原任在岗的最后一天；报送期限从这一天起算。")

    def clean(self):
        self.check_the_day("last_day", noun="原任最后任职日")


class ChangeSection(OfAChange):
    code, title = "change", "变更"
    rows = (lay.Day("effective_on"), lay.Wide("note"))

    effective_on = DayField(label="变更生效日", help_text="变化实际发生的那一天；报送期限从这一天起算。")
    note = PlainField(
        label="变更说明", max_length=300, required=False, help_text="例如：公司更名，已换领执照。"
    )

    def clean(self):
        self.check_the_day("effective_on", noun="变更生效日")


class OfTheRecord(Section):
    """Fields filled in from the record. What was never on record need not be said now; the rest may not be emptied."""

    kept: tuple[str, ...] = ()

    def shape(self) -> None:
        super().shape()
        for name in set(self.fields) - set(self.kept):
            del self.fields[name]
        for name, field in self.fields.items():
            field.required = field.required and self.was(name) not in (None, "")

    def was(self, name: str):
        return self.on_record.said[self.code].get(name) if self.on_record else None

    def says_new(self, *names: str) -> bool:
        """Whether one of these differs from the record."""
        said = self.cleaned_data
        return any(
            name in said and differs(f"{self.code}.{name}", said[name], self.was(name)) for name in names
        )


class EnterpriseData(OfTheRecord, EnterpriseSection):
    """The county is left out: a move between counties is the offices' business, with all that is open."""

    rows = tuple(row for row in EnterpriseSection.rows if row != "office")
    kept = ("credit_code", "credit_code_as_printed", "name", "industry", "persons", "revenue", "assets")

    def shape(self) -> None:
        super().shape()
        self.fields[
            "name"
        ].help_text = "与营业执照一致，写全称。迁到别的县（市、区）的，请联系市场监督管理局划转。"

    def _check_code(self, typed: str) -> None:
        """A code that stands in the register was accepted once."""
        if identifiers.tidied(typed).upper() != self.was("credit_code"):
            super()._check_code(typed)
        else:
            self.cleaned_data |= {"credit_code": self.was("credit_code"), "credit_code_as_printed": False}

    def _ask_for_what_the_size_needs(self, industry: str) -> None:
        if self.says_new("industry", "persons", "revenue", "assets"):
            super()._ask_for_what_the_size_needs(industry)


class OfficerData(OfTheRecord, OfficerSection):
    rows = ("name", "phone", "post", "education", "job_title")
    kept = rows


class DutiesData(OfTheRecord, AppointmentSection):
    title = "岗位"
    rows = tuple(lay.Wide(mark) for mark in MARKS)
    kept = MARKS

    def clean(self):
        """Nothing is appointed here."""


class RenewalSection(Declares, OfAChange):
    code, title = "renewal", "续聘"
    rows = (
        lay.Fragment("registry/_held.html"),
        "appointed_by",
        "appointer",
        "document_number",
        lay.Day("decided_on"),
        lay.Segmented("runs_from"),
        "term_years",
        lay.Fragment("registry/_term.html"),
        "faults",
        "no_faults",
    )
    RUNS_FROM = (("old_end", "原任期届满的次日"), ("decision", "续聘之日"))

    appointed_by = forms.ChoiceField(
        label="由谁续聘", help_text="担任主要负责人的法定代表人，选“主要负责人”。"
    )
    appointer = PersonNameField(label="任命人姓名", max_length=100)
    document_number = PlainField(label="续聘文件号", max_length=60, required=False)
    decided_on = DayField(label="续聘日期", help_text="按续聘文件；报送期限从这一天起算。")
    runs_from = forms.ChoiceField(label="新任期从哪一天起算", choices=RUNS_FROM, widget=forms.RadioSelect)
    term_years = forms.ChoiceField(label="任期", choices=[(str(n), f"{n} 年") for n in range(1, 11)])
    faults = forms.MultipleChoiceField(
        label="有无不得任职的情形", required=False, widget=forms.CheckboxSelectMultiple
    )
    no_faults = forms.BooleanField(label="本人没有以上任何情形", required=False)

    def shape(self) -> None:
        self.offer_grounds()

    def clean(self):
        self.insist_on_a_declaration()
        self.check_the_day("decided_on", noun="续聘日期")
        said, post = self.cleaned_data, self.on_record.post if self.on_record else None
        if post and all(said.get(name) for name in ("decided_on", "runs_from", "term_years")):
            _, ends = new_term(
                old_end=post.term_ends,
                decided_on=said["decided_on"],
                runs_from=said["runs_from"],
                years=int(said["term_years"]),
            )
            if ends <= post.term_ends:
                self.fault("term_years", f"这样算只到 {ends:%Y-%m-%d}，没有超过现在的任期，请核对。")


def new_term(*, old_end: date, decided_on: date, runs_from: str, years: int) -> tuple[date, date]:
    """First and last day of a renewed term."""
    begins = old_end + timedelta(days=1) if runs_from == "old_end" else decided_on
    return begins, Years(years).last_day_from(begins)


class DepartureSection(OfAChange):
    code, title = "departure", "离任"
    rows = (
        lay.Fragment("registry/_held.html"),
        lay.Day("last_day"),
        "reason",
        lay.Wide("words"),
        "document_number",
        lay.Segmented("successor"),
    )
    REASONS = (
        ("", "请选择"),
        ("resigned", "辞职"),
        ("transferred", "调离岗位"),
        ("term-over", "任期届满，不再续聘"),
        ("retired", "退休"),
        ("dismissed", "企业解聘"),
        ("suggested", "按监管部门的撤换建议"),
        ("deceased", "身故"),
        ("other", "其他"),
    )

    last_day = DayField(label="最后任职日", help_text="在岗的最后一天；报送期限从这一天起算。")
    reason = forms.ChoiceField(label="离任原因", choices=REASONS)
    words = PlainField(
        label="补充说明", max_length=300, required=False, help_text="原因选“其他”的，请在这里写明。"
    )
    document_number = PlainField(label="离任或免职文件号", max_length=60, required=False)
    successor = forms.ChoiceField(
        label="是否已有接任人选",
        choices=[("yes", "已有人选"), ("no", "还没有")],
        widget=forms.RadioSelect,
        help_text="接任的人另报任职备案；在那以前，岗位登记为空缺。",
    )

    def clean(self):
        self.check_the_day("last_day", noun="最后任职日")
        if self.cleaned_data.get("reason") == "other" and not self.cleaned_data.get("words"):
            self.fault("words", "离任原因选了“其他”，请写明是什么原因。")


# ── which sections a kind of filing has, in the order of the page ─────────────────────────────
_APPOINTMENT = (EnterpriseSection, OfficerSection, ExperienceSection, AppointmentSection)
K = Filing.Kind
SECTIONS_OF = {
    K.APPOINTMENT: _APPOINTMENT,
    K.REPLACEMENT: (PredecessorSection, *_APPOINTMENT),
    K.DATA: (ChangeSection, EnterpriseData, OfficerData, DutiesData),
    K.RENEWAL: (RenewalSection,),
    K.DEPARTURE: (DepartureSection,),
}
ALL_SECTIONS = (  # each address once, in the order in which a filing is read
    PredecessorSection,
    ChangeSection,
    EnterpriseSection,
    OfficerSection,
    AppointmentSection,
    RenewalSection,
    DepartureSection,
)
DAY_OF = {  # the address of the day a change took effect: the clock starts there
    K.REPLACEMENT: ("predecessor", "last_day"),
    K.DATA: ("change", "effective_on"),
    K.RENEWAL: ("renewal", "decided_on"),
    K.DEPARTURE: ("departure", "last_day"),
}
PREFILLED = frozenset({K.DATA})  # the person changes only what changed
