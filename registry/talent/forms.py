"""What people type about experience and talent."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from cqo_portal.jurisdictions.vocabulary import Size
from cqo_portal.parties.models import Organisation
from cqo_portal.reference import expertise as fields
from cqo_portal.ui.fields import DayField, PersonNameField, PlainField, ProseField, half_width
from cqo_portal.ui.forms import SpokenForm
from cqo_portal.wording import day_full
from registry.models import Officer
from registry.talent.models import Case, Pairing, PoolEntry

_PERSONAL_NUMBER = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")
_SIZES = list(Size)


def field_choices() -> list:
    return [("", "请选择"), *fields.grouped()]


class CaseForm(SpokenForm):
    """One experience, and for every officer named in it whether he agrees, by his name."""

    name = PlainField(label="标题", max_length=80, min_length=4)
    field = forms.ChoiceField(label="主要方法或行业", choices=field_choices)
    summary = ProseField(
        label="摘要", rows=3, max_length=300, help_text="两三句话：做了什么，成效多大。列表里只显示这一段。"
    )
    situation = ProseField(label="背景与问题", rows=5, max_length=4000)
    done = ProseField(label="做法", rows=8, max_length=8000)
    result = ProseField(
        label="成效", rows=4, max_length=4000, help_text="用数字写：原来多少，现在多少，怎样统计。"
    )
    papers = ProseField(
        label="佐证材料", rows=2, max_length=1000, required=False, help_text="写明材料名称和存放处，不公布。"
    )

    def __init__(self, *args, officers: list[Officer], agreed: set, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.officers, self.agreed = officers, agreed
        for officer in officers:
            self._ask(officer)

    def _ask(self, officer: Officer) -> None:
        named, agrees, signs = (f"{word}-{officer.pk}" for word in ("named", "agrees", "signs"))
        self.fields[named] = forms.BooleanField(label=f"文中写到{officer.name}", required=False)
        self.fields[agrees] = forms.BooleanField(
            label=f"{officer.name}本人读过全文，同意连同姓名一起公布", required=False
        )
        self.fields[signs] = PersonNameField(label="本人签写姓名", max_length=100, required=False)

    def rows(self) -> list[tuple]:
        """[(officer, named, agrees, signs, has agreed to the kept text)] for the page."""
        return [
            (
                each,
                *(self[f"{word}-{each.pk}"] for word in ("named", "agrees", "signs")),
                each.pk in self.agreed,
            )
            for each in self.officers
        ]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_result(self) -> str:
        text = self.cleaned_data["result"]
        if not re.search(r"\d|[一二三四五六七八九十百千万]+[分%％个件次倍成天元]", half_width(text)):
            raise ValidationError("请用数字写明成效，例如“不合格品率由 2.1% 降到 0.6%”。")
        return text

    def clean(self) -> dict:
        for name in ("name", "summary", "situation", "done", "result", "papers"):
            self._no_personal_number(name)
        for officer in self.officers:
            self._signed_by_himself(officer)
        return self.cleaned_data

    def _no_personal_number(self, name: str) -> None:
        found = _PERSONAL_NUMBER.search(half_width(self.cleaned_data.get(name, "")))
        if found:
            said = f"“{found.group()[:3]}…”像是证件号码或手机号码，公布的文字里不能有，请删去。"
            self.add_error(name, said)

    def _signed_by_himself(self, officer: Officer) -> None:
        agrees, signs = self.cleaned_data.get(f"agrees-{officer.pk}"), f"signs-{officer.pk}"
        if not agrees or signs in self.errors:
            return
        if not self.cleaned_data.get(f"named-{officer.pk}"):
            self.add_error(f"named-{officer.pk}", "先勾选文中写到此人，才谈得上同意公布。")
        elif self.cleaned_data.get(signs) != officer.name:
            self.add_error(signs, f"请由本人签写姓名“{officer.name}”，表示同意公布。")

    def text(self) -> dict[str, str]:
        names = ("name", "field", "summary", "situation", "done", "result", "papers")
        return {name: self.cleaned_data[name] for name in names}

    def named(self) -> list[Officer]:
        return [each for each in self.officers if self.cleaned_data.get(f"named-{each.pk}")]

    def signatures(self) -> dict:
        """{officer: the name signed} of those who agreed just now."""
        data = self.cleaned_data
        return {each: data[f"signs-{each.pk}"] for each in self.officers if data.get(f"agrees-{each.pk}")}


def text_of(case: Case) -> dict:
    named = {f"named-{pk}": True for pk in case.officers.values_list("pk", flat=True)}
    names = ("name", "field", "summary", "situation", "done", "result", "papers")
    return {name: getattr(case, name) for name in names} | named


class PairingForm(SpokenForm):
    """With whom, to what end, from when until when."""

    learner = forms.ModelChoiceField(
        label="受助企业", queryset=Organisation.objects.none(), empty_label="请选择"
    )
    size_reason = ProseField(
        label="不是更小企业时的理由",
        rows=2,
        max_length=1000,
        required=False,
        help_text="受助企业的规模应小于标杆企业；不小或无法比较而仍要结对的，写明理由。",
    )
    goal = ProseField(label="目标", rows=3, max_length=1000, help_text="写得可以检查：解决什么，到什么程度。")
    begins_on = DayField(label="开始日期")
    ends_on = DayField(label="结束日期")

    def __init__(self, *args, learners, mentor: Organisation, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["learner"].queryset = learners
        self.mentor, self.today = mentor, today

    def clean(self) -> dict:
        said = self.cleaned_data
        learner, begins, ends = (said.get(name) for name in ("learner", "begins_on", "ends_on"))
        if learner and not is_smaller(learner, than=self.mentor) and not said.get("size_reason", "").strip():
            self.add_error("size_reason", compared(learner, self.mentor))
        if begins and ends and ends < begins:
            self.add_error("ends_on", f"结束日期早于开始日期{day_full(begins)}，请核对。")
        elif ends and ends < self.today:
            self.add_error("ends_on", "结束日期已经过去，请填以后的日期。")
        return said


def is_smaller(one: Organisation, *, than: Organisation) -> bool:
    """Below on the scale of sizes; what is not classified is below nothing and above nothing."""
    sizes = Size(one.size), Size(than.size)
    return Size.UNCLASSIFIED not in sizes and _SIZES.index(sizes[0]) > _SIZES.index(sizes[1])


def compared(learner: Organisation, mentor: Organisation) -> str:
    sizes = f"受助企业为{Size(learner.size).label}，标杆企业为{Size(mentor.size).label}"
    return f"{sizes}，看不出受助企业更小；仍要结对的，请写明理由。"


class MeetingForm(SpokenForm):
    held_on = DayField(label="日期")
    what = ProseField(label="内容", rows=3, max_length=2000)
    result = ProseField(label="结果", rows=2, max_length=1000, required=False)

    def __init__(self, *args, pairing: Pairing, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.pairing, self.today = pairing, today

    def clean_held_on(self) -> date:
        day = self.cleaned_data["held_on"]
        if day > self.today:
            raise ValidationError("这一天还没到；记录只写已经发生的。")
        if day < self.pairing.begins_on:
            raise ValidationError(f"结对从{day_full(self.pairing.begins_on)}开始，请填这天以后的日期。")
        return day


class OutcomeForm(SpokenForm):
    outcome = forms.ChoiceField(
        label="结果",
        choices=Pairing.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择结果。"},
    )
    note = ProseField(
        label="说明", rows=4, max_length=2000, help_text="对照目标写明达到了什么，双方都看得到。"
    )


class AdmitForm(SpokenForm):
    """Into the pool: on what basis, for which fields, since when, why; and that the person agrees."""

    basis = forms.ChoiceField(label="入库依据", widget=forms.RadioSelect)
    fields_of = forms.MultipleChoiceField(
        label="专长",
        choices=fields.grouped,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一项专长。"},
    )
    entered_on = DayField(label="入库日期")
    reason = ProseField(label="理由", rows=3, max_length=1000)
    agrees = forms.BooleanField(
        label="本人同意入库，并知道单位、职务和专长供市局和评价机构组织评审、诊断时使用",
        error_messages={"required": "没有本人同意不能入库。"},
    )
    consent_name = PersonNameField(label="本人签写姓名", max_length=100)

    def __init__(self, *args, name: str, bases: list[tuple[str, str]], today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.name, self.today = name, today
        self.fields["basis"].choices = bases

    def clean_consent_name(self) -> str:
        if self.cleaned_data["consent_name"] != self.name:
            raise ValidationError(f"请由本人签写姓名“{self.name}”。")
        return self.cleaned_data["consent_name"]

    def clean_entered_on(self) -> date:
        return _not_in_the_future(self.cleaned_data["entered_on"], today=self.today)


class AvailabilityForm(SpokenForm):
    availability = forms.ChoiceField(
        label="可否承担任务", choices=PoolEntry.Availability.choices, widget=forms.RadioSelect
    )
    busy_until = DayField(
        label="忙到哪一天", required=False, help_text="只在暂时没空时填；过了这天自动算有空。"
    )
    reason = PlainField(label="说明", max_length=300, required=False)

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict:
        said = self.cleaned_data
        busy, until = said.get("availability") == PoolEntry.Availability.BUSY, said.get("busy_until")
        if "busy_until" in self.errors:
            return said
        if busy and not until:
            self.add_error("busy_until", "请填忙到哪一天；一直不承担的选“不承担任务”。")
        elif busy and until < self.today:
            self.add_error("busy_until", "这一天已经过去，请填今天或以后。")
        elif not busy:
            said["busy_until"] = None
        return said


class LeaveForm(SpokenForm):
    left_on = DayField(label="出库日期")
    reason = ProseField(label="理由", rows=3, max_length=1000, help_text="本人看得到。")

    def __init__(self, *args, entry: PoolEntry, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.entry, self.today = entry, today

    def clean_left_on(self) -> date:
        day = _not_in_the_future(self.cleaned_data["left_on"], today=self.today)
        if day < self.entry.entered_on:
            raise ValidationError(f"入库日期是{day_full(self.entry.entered_on)}，出库不能更早。")
        return day


def _not_in_the_future(day: date, *, today: date) -> date:
    if day > today:
        raise ValidationError("这一天还没到，请填今天或以前。")
    return day
