"""The sections of the report form. A field's address is `section.field`; a return opens a whole section.

What is asked follows from the pack: hours by its duties, the appraisal by its scheme. Fields about one officer
begin with the key of the post, so that they mean the same next year.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from crispy_forms.helper import FormHelper
from django import forms

from cqo_portal.jurisdictions.vocabulary import AccidentLevel
from cqo_portal.ui import layouts as lay
from cqo_portal.ui.fields import AmountField, PlainField, ProseField, WholeNumberField
from cqo_portal.ui.forms import say_what_is_missing
from registry.models import Officer
from registry.reports.schedule import Schedule, duties_of
from registry.sections import YES_NO, labelled

DECISIONS = {"renewed": "续聘", "dismissed": "解聘", "rewarded": "奖惩", "undecided": "没有作考核决定"}
GOALS = [("all", "全部完成"), ("most", "大部分完成"), ("few", "多数没有完成")]
MOST_HOURS = Decimal(2000)  # more than a year of full working days is a slip of the finger


def key_of(post: Officer) -> str:
    return post.pk.hex[:12]


class ReportSection(forms.Form):
    """One section. `posts` served in the year; the schedule's pack says what is asked."""

    code = ""
    title = ""
    numeral = ""
    carried: tuple[str, ...] = ()  # what last year's report already said

    def __init__(self, *args, schedule: Schedule, posts: Sequence[Officer], **kwargs) -> None:
        self.schedule, self.posts = schedule, posts
        super().__init__(*args, prefix=self.code, **kwargs)
        self.shape()
        say_what_is_missing(self)

    def shape(self) -> None:
        """Fit the section to the rules in force and to those who served."""

    def row_of(self, name: str):
        """How a field lies on the page."""
        field = self.fields[name]
        if isinstance(field, WholeNumberField | AmountField):
            return lay.Amount(name)
        if isinstance(field.widget, forms.RadioSelect):
            return lay.Segmented(name)
        return lay.Wide(name) if isinstance(field.widget, forms.Textarea) else name

    def before_fields(self) -> list:
        return []

    @property
    def helper(self) -> FormHelper:
        rows = [*self.before_fields(), *(self.row_of(name) for name in self.fields)]
        return lay.plain_helper(lay.Section(f"{self.numeral} {self.title}", *rows, id=f"s-{self.code}"))

    def fault(self, name: str, sentence: str) -> None:
        if name not in self.errors:
            self.add_error(name, sentence)

    def about(self, post: Officer, words: str) -> str:
        """The label of a field about one officer; with a single officer the name says nothing new."""
        return words if len(self.posts) == 1 else f"{post.name}：{words}"


class OfficersSection(ReportSection):
    code, title, numeral = "officers", "本年度任职的首席质量官", "一"

    agreed = forms.ChoiceField(label="以上与实际任职情况是否一致", choices=YES_NO, widget=forms.RadioSelect)
    remark = ProseField(
        label="哪里不一致", max_length=1000, required=False, rows=2,
        help_text="写明实际情况；名录本身请通过变更备案更正。",
    )  # fmt: skip

    def before_fields(self) -> list:
        return [lay.Fragment("reports/_posts.html")]

    def clean(self):
        if self.cleaned_data.get("agreed") == "no" and not self.cleaned_data.get("remark"):
            self.fault("remark", "请写明名录与实际任职哪里不一致。")


class DutySection(ReportSection):
    code, title, numeral = "duty", "履行职责", "二"
    carried = ("goals", "improvements")

    goals = ProseField(label="质量目标", max_length=2000, rows=3)
    reached = forms.ChoiceField(label="目标完成情况", choices=GOALS, widget=forms.RadioSelect)
    vetoes = WholeNumberField(label="行使质量否决", help_text="次；没有就填 0。")
    veto_note = ProseField(label="否决事由", max_length=1000, required=False, rows=2)
    trainings = WholeNumberField(label="组织质量培训", help_text="场。")
    trained = WholeNumberField(label="受训人次", help_text="人次。")
    projects = WholeNumberField(label="质量改进项目", help_text="项；当年立项或完成的。")
    improvements = ProseField(label="改进项目与成效", max_length=2000, required=False, rows=3)

    def clean(self):
        said = self.cleaned_data
        if said.get("vetoes") and not said.get("veto_note"):
            self.fault("veto_note", "行使过质量否决的，请写明事由。")
        if said.get("trainings") == 0 and said.get("trained"):
            self.fault("trained", "没有组织培训，受训人次应为 0。")


class HoursSection(ReportSection):
    code, title, numeral = "hours", "培训学时", "三"

    def shape(self) -> None:
        for post in self.posts:
            owed = duties_of(self.schedule.pack, appointed_on=post.appointed_on, year=self.schedule.year)
            for duty in owed:
                self.fields[f"{key_of(post)}_{duty.key}"] = AmountField(
                    label=self.about(post, duty.label),
                    help_text=f"学时；要求不少于 {duty.hours} 学时（{duty.cites}）。",
                )
            if not owed:
                self.fields[f"{key_of(post)}_total"] = AmountField(
                    label=self.about(post, "本年学时"),
                    required=False,
                    help_text="所在地规定没有学时要求，可以不填。",
                )
            self.fields[f"{key_of(post)}_proof"] = PlainField(
                label=self.about(post, "证书或证明编号"), max_length=200, required=False
            )

    def clean(self):
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, Decimal) and value > MOST_HOURS:
                self.fault(name, f"一年不会超过 {MOST_HOURS} 学时，请核对。")


class AppraisalSection(ReportSection):
    code, title, numeral = "appraisal", "企业自行考核", "四"

    def before_fields(self) -> list:
        return [lay.Fragment("reports/_appraised.html")]

    def shape(self) -> None:
        scheme = self.schedule.pack.appraisal if self.schedule.pack else None
        outcomes = [(code, word) for code, word in DECISIONS.items()
                    if scheme is None or word in scheme.outcomes or code == "undecided"]  # fmt: skip
        for post in self.posts:
            for group in scheme.groups if scheme else ():
                assumed = "（推定）" if group.assumed else ""
                self.fields[f"{key_of(post)}_g{group.code}"] = AmountField(
                    label=self.about(post, f"{group.label}{assumed}"),
                    required=False,
                    help_text=f"0 至 {group.points} 分（{group.cites}）。没有考核的不填。",
                )
            self.fields[f"{key_of(post)}_decision"] = forms.ChoiceField(
                label=self.about(post, "考核后的决定"), choices=[("", "请选择"), *outcomes]
            )
            self.fields[f"{key_of(post)}_result"] = PlainField(
                label=self.about(post, "考核结论"), max_length=200, required=False
            )

    def clean(self):
        scheme = self.schedule.pack.appraisal if self.schedule.pack else None
        for post in self.posts if scheme else ():
            self._check_points(scheme, key_of(post))

    def _check_points(self, scheme, key: str) -> None:
        names = [(group, f"{key}_g{group.code}") for group in scheme.groups]
        given = [name for _, name in names if self.cleaned_data.get(name) is not None]
        for group, name in names:
            points = self.cleaned_data.get(name)
            if points is not None and points > group.points:
                self.fault(name, f"这一项最多 {group.points} 分，请核对。")
            elif given and points is None:
                self.fault(name, "考核了就请填齐各项；没有得分的填 0。")


class IncidentsSection(ReportSection):
    code, title, numeral = "incidents", "质量安全事故", "五"

    had = forms.ChoiceField(label="本年度是否发生质量安全事故", choices=YES_NO, widget=forms.RadioSelect)
    count = WholeNumberField(label="起数", required=False, help_text="起。")
    level = forms.ChoiceField(label="最高等级", choices=labelled(AccidentLevel), required=False)
    account = ProseField(label="经过、责任和整改", max_length=2000, required=False, rows=3)

    def before_fields(self) -> list:
        return [lay.Fragment("reports/_incidents_on_record.html")]

    def clean(self):
        said = self.cleaned_data
        if said.get("had") == "yes":
            for name, word in (
                ("count", "填写起数"),
                ("level", "选择最高等级"),
                ("account", "写明经过、责任和整改"),
            ):
                if not said.get(name):
                    self.fault(name, f"发生过事故的，请{word}。")
        elif said.get("had") == "no" and said.get("count"):
            self.fault("count", "没有发生事故的，起数应空着或填 0。")


class AwardsSection(ReportSection):
    code, title, numeral = "awards", "获奖与荣誉", "六"

    awards = ProseField(
        label="本年度所获质量方面的奖项", max_length=2000, required=False,
        rows=3, help_text="每行一项：奖项、等级、授予单位；没有就空着。",
    )  # fmt: skip


SECTIONS = (OfficersSection, DutySection, HoursSection, AppraisalSection, IncidentsSection, AwardsSection)
TITLES = {section.code: section.title for section in SECTIONS}


def points_in_words(said: Mapping, *, scheme, key: str) -> str:
    """`87 分；已知部分 66/75`: the whole, and the part the text itself gives points for."""
    given = [(g, said.get(f"{key}_g{g.code}")) for g in scheme.groups]
    if any(value is None for _, value in given):
        return ""
    total = sum(Decimal(value) for _, value in given)
    known = sum(Decimal(value) for group, value in given if not group.assumed)
    return f"{total} 分，满分 {scheme.total}；其中已知部分 {known}/{scheme.known}"
