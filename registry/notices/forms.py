"""What a city types: a notice, and what is added to it later."""

from datetime import date

from django import forms

from cqo_portal.parties.models import Office
from cqo_portal.ui.fields import DayField, PlainField, ProseField, WholeNumberField
from registry.editions import edition_or_none
from registry.notices.clause import announced_way
from registry.notices.models import Notice


class NoticeForm(forms.Form):
    """`office` is the city's; its counties are offered, and all of them ticked means all."""

    title = PlainField(label="标题", max_length=120)
    number = PlainField(label="文号", max_length=60, required=False)
    year = WholeNumberField(label="年度", example="2026", help_text="名单按这一年度的取用。")
    opens_on = DayField(label="开始日期")
    closes_on = DayField(label="截止日期", help_text="当天仍可以提交。发布后只能延长，不能提前。")
    text = ProseField(label="正文", max_length=20000, rows=12)
    kinds = forms.MultipleChoiceField(
        label="要报送什么",
        choices=[
            ("appointments", "新任用的首席质量官（任职备案）"),
            ("changes", "人员或者信息的变更（变更备案）"),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一项要报送的内容。"},
    )
    counties = forms.MultipleChoiceField(
        label="面向哪些县（市、区）",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一个县（市、区）。"},
    )
    addressed = forms.ChoiceField(
        label="面向哪些企业", widget=forms.RadioSelect, choices=Notice.Addressed.choices
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, office: Office, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        below = Office.objects.filter(parent=office, level=Office.Level.COUNTY, active=True)
        self.fields["counties"].choices = [(each.pk, each.area) for each in below]

    def clean_year(self):
        year = self.cleaned_data["year"]
        if year is not None and not 2000 <= year <= self.today.year + 1:
            raise forms.ValidationError(f"年度请填 2000 至 {self.today.year + 1}。")
        return year

    def clean(self):
        said = super().clean()
        opens, closes = said.get("opens_on"), said.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", f"截止日期早于开始日期（{opens:%Y-%m-%d}），请核对。")
        elif closes and closes < self.today:
            self.add_error("closes_on", "截止日期已经过去，请填今天或者以后的日期。")
        return said

    def said(self) -> dict:
        """The fields of a notice. All counties ticked stands as "all": a county that is added later is meant too."""
        given = self.cleaned_data
        every = {code for code, _ in self.fields["counties"].choices}
        names = ("title", "number", "year", "opens_on", "closes_on", "text", "addressed")
        return {name: given[name] for name in names} | {
            "appointments": "appointments" in given["kinds"],
            "changes": "changes" in given["kinds"],
            "counties": [] if set(given["counties"]) == every else sorted(given["counties"]),
        }


class AmendmentForm(forms.Form):
    until = DayField(label="延长至", required=False, help_text="不延期、只补充说明的，空着。")
    text = ProseField(
        label="补充内容和理由",
        max_length=5000,
        rows=4,
        error_messages={"required": "请写明补充什么、为什么；原文保持不变，补充列在下面。"},
    )


def first_words(office: Office, *, today: date) -> dict:
    """What stands in an empty form: a text to start from, with the clause it rests on."""
    rules = edition_or_none(office, today)
    way = announced_way(rules)
    basis = f"按照{rules.title}{way.cites}，" if way else ""
    counties = Office.objects.filter(parent=office, level=Office.Level.COUNTY, active=True)
    return {
        "title": f"关于开展{today.year}年度企业首席质量官集中备案的通告",
        "year": str(today.year),
        "opens_on": today.isoformat(),
        "text": (
            f"{basis}现集中办理{today.year}年度企业首席质量官备案。\n\n"
            "一、已任用首席质量官、还没有备案的，请在时间内提交任职备案。\n"
            "二、已备案的人员或者信息有变化的，请提交变更备案；没有变化的，请答复“没有变化”。\n"
            "三、材料在本平台提交，由所在县（市、区）市场监督管理局预审后成批报送我局。\n"
            "四、错过集中备案时间的，仍可以随时主动备案。"
        ),
        "kinds": ["appointments", "changes"],
        "counties": [each.pk for each in counties],
        "addressed": "all",
    }


def words_of(notice) -> dict:
    """A draft as the form shows it again."""
    kinds = {"appointments": notice.appointments, "changes": notice.changes}
    every = Office.objects.filter(parent=notice.office_id, level=Office.Level.COUNTY, active=True)
    return {
        "title": notice.title,
        "number": notice.number,
        "year": str(notice.year),
        "opens_on": notice.opens_on.isoformat(),
        "closes_on": notice.closes_on.isoformat(),
        "text": notice.text,
        "kinds": [kind for kind, asked in kinds.items() if asked],
        "counties": notice.counties or [each.pk for each in every],
        "addressed": notice.addressed,
        "version": notice.version,
    }
