"""What an officer says of hours learned elsewhere."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError

from cqo_portal.accounts.models import Role
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.jurisdictions.vocabulary import Activity
from cqo_portal.papers.accepting import NotAccepted, Remade, accept
from cqo_portal.parties.models import Institution, Office, Person
from cqo_portal.ui.fields import AmountField, DayField, PlainField, ProseField
from cqo_portal.ui.forms import SpokenForm
from cqo_portal.wording import plain_decimal
from registry.editions import edition_or_none
from registry.models import Officer
from training.checks import LONGEST_SPAN
from training.hours import CLASSES
from training.models import SelfReport
from training.reporting import MOST_PAPERS

MOST_HOURS = Decimal("999.99")  # what the column holds


@dataclass(frozen=True)
class Addressees:
    """To whom somebody can report: the counties of the posts in office, and bodies where a pack evaluates."""

    posts: tuple[Officer, ...]
    packs: tuple[RulePack, ...]

    @cached_property
    def offices(self) -> dict[str, Office]:
        return {f"office:{post.office_id}": post.office for post in self.posts}

    @cached_property
    def bodies(self) -> dict[str, Institution]:
        if not any(pack.evaluation for pack in self.packs):
            return {}
        held = Institution.objects.filter(assignments__role=Role.BODY, assignments__active=True)
        return {f"institution:{body.pk}": body for body in held.distinct().order_by("pinyin", "id")}

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(key, str(each)) for key, each in (self.offices | self.bodies).items()]

    @property
    def classes(self) -> list[int]:
        return sorted({d.course_class for pack in self.packs for d in pack.training if d.course_class})

    def __bool__(self) -> bool:
        return bool(self.posts)


def addressees_of(person: Person, *, today: date) -> Addressees:
    posts = Officer.objects.in_office().filter(person=person).select_related("office__parent")
    posts = tuple(posts.order_by("-appointed_on", "id"))
    packs = {post.office_id: edition_or_none(post.office, today) for post in posts}
    return Addressees(posts, tuple(pack for pack in packs.values() if pack))


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PapersField(forms.FileField):
    """Several files at once, each made anew. The files stay with the browser: after a mistake they are chosen again."""

    widget = ManyFiles

    def clean(self, data, initial=None) -> list[tuple[Remade, str]]:
        uploads = data if isinstance(data, list | tuple) else [data]
        kept = [super(PapersField, self).clean(each, initial) for each in uploads if each]
        if len(kept) > MOST_PAPERS:
            raise ValidationError(f"一次最多交 {MOST_PAPERS} 件，请合并成一个 PDF 后再传。")
        return [(self._made(each), each.name) for each in kept]

    def _made(self, upload) -> Remade:
        try:
            return accept(upload)
        except NotAccepted as refusal:
            raise ValidationError(f"{upload.name}：{refusal}") from refusal


class SelfReportForm(SpokenForm):
    activity = forms.ChoiceField(
        label="方式",
        choices=[(each.value, each.label) for each in Activity],
        widget=forms.RadioSelect,
        initial=Activity.TRAINING.value,
    )
    title = PlainField(label="内容", max_length=200, help_text="课程、讲题、会议或文章的名称。")
    held_by = PlainField(label="主办单位或刊物", max_length=200)
    course_class = forms.ChoiceField(label="属于哪一类", required=False)
    hours = AmountField(
        label="学时", required=False, help_text="以主办单位的证明为准，最多两位小数。参加培训的必须填写。"
    )
    first_day = DayField(label="从哪一天")
    last_day = DayField(label="到哪一天", help_text="只有一天的，填同一天。")
    year = forms.ChoiceField(label="计入年度")
    to = forms.ChoiceField(label="请谁确认")
    note = ProseField(label="说明", max_length=1000, required=False, rows=2)
    papers = PapersField(
        label="证明材料",
        required=False,
        help_text="证书、签到表、讲课通知、刊物封面和目录等，PDF、JPG 或 PNG，可以选几个文件。没有材料不能确认；可以提交以后补交。",
    )

    def __init__(self, *args, addressees: Addressees, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.addressees, self.today = addressees, today
        self.fields["to"].choices = addressees.choices
        self.fields["year"].choices = [(str(y), f"{y} 年度") for y in (today.year, today.year - 1)]
        if addressees.classes:
            known = [(str(each), CLASSES[each]) for each in addressees.classes]
            self.fields["course_class"].choices = [("", "没有写明"), *known]
        else:
            del self.fields["course_class"]

    def clean_hours(self) -> Decimal | None:
        hours = self.cleaned_data["hours"]
        if hours is not None and hours > MOST_HOURS:
            raise ValidationError(f"一份自报最多 {MOST_HOURS} 学时，请核对。")
        return hours

    def clean(self) -> dict:
        said = self.cleaned_data
        if said.get("activity") == Activity.TRAINING.value and "hours" in said and not said["hours"]:
            self.add_error("hours", "参加培训的，请填写学时，例如 6 或 1.5。")
        self._check_days(said.get("first_day"), said.get("last_day"), said.get("year"))
        return said

    def _check_days(self, first: date | None, last: date | None, year: str | None) -> None:
        if first and last and last < first:
            self.add_error("last_day", "结束的一天早于开始的一天，请核对。")
            return
        if first and last and (last - first).days >= LONGEST_SPAN:
            self.add_error("last_day", f"一份自报最长 {LONGEST_SPAN} 天；更长的请分开报。")
        if last and last > self.today:
            self.add_error("last_day", "还没有到这一天；结束以后再自报。")
        if first and last and year and int(year) not in range(first.year, last.year + 1):
            self.add_error("year", f"从 {first.isoformat()} 到 {last.isoformat()}，不能计入 {year} 年度。")

    def report(self, person: Person, *, by) -> SelfReport:
        """The report as it will be sent."""
        said = self.cleaned_data
        kind, _, key = said["to"].partition(":")
        return SelfReport(
            person=person,
            activity=said["activity"],
            title=said["title"],
            held_by=said["held_by"],
            course_class=int(said["course_class"]) if said.get("course_class") else None,
            hours=said["hours"] or Decimal(0),
            first_day=said["first_day"],
            last_day=said["last_day"],
            year=int(said["year"]),
            note=said["note"],
            created_by=by,
            **{f"{kind}_id": key},
        )


def words_of(report: SelfReport) -> dict:
    """What was said, to say it again: after a refusal or a withdrawal nothing is typed twice."""
    names = ("activity", "title", "held_by", "course_class", "year", "note")
    said = {name: getattr(report, name) for name in names}
    to = f"office:{report.office_id}" if report.office_id else f"institution:{report.institution_id}"
    days = {"first_day": report.first_day.isoformat(), "last_day": report.last_day.isoformat()}
    hours = {"hours": plain_decimal(report.hours)} if report.hours else {}
    return said | days | hours | {"to": to}
