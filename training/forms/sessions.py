"""A session as it is planned: where and when, by whom, and how many hours of which class it gives."""

from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone

from cqo_portal.ui.fields import AmountField, ClockField, DayField, PlainField, WholeNumberField
from cqo_portal.ui.forms import SpokenForm
from cqo_portal.wording import day_full, plain_decimal
from training.checks import LONGEST_SPAN
from training.models import Course, Session, class_label
from training.services import ONLY_AFTER_POSTING

MOST_HOURS = Decimal(400)
MOST_MEETINGS = 60


def hours_name(course_class: int | None) -> str:
    return f"hours-{course_class or 0}"


class SessionForm(SpokenForm):
    """`classes`: those in which the texts of the house count hours; `posted`: only place and trainer are asked."""

    course = forms.ModelChoiceField(label="课程", queryset=Course.objects.none(), empty_label="请选择")
    held = forms.ChoiceField(
        label="方式",
        choices=Session.Place.choices,
        widget=forms.RadioSelect,
        help_text="自行安排时间的不写上课时间，也不与别的培训核对时间。",
    )
    place = PlainField(label="地点或网址", max_length=200)
    trainer = PlainField(label="授课人", max_length=200, help_text="几位授课人用顿号分开。")
    first_day = DayField(label="第一天", help_text="例如 2026-11-20。")
    last_day = DayField(label="最后一天", help_text="只有一天的，与第一天相同；结束以后才能入账。")
    year = WholeNumberField(
        label="计入年度",
        example="2026",
        required=False,
        help_text="学时计入哪一年；不填就按最后一天所在的年份。",
    )

    def __init__(self, *args, courses, classes: list[int | None], posted: bool, **kwargs) -> None:
        self.base_fields = self.base_fields | {hours_name(each): _hours(each, classes) for each in classes}
        self.classes, self.posted = classes, posted
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = courses
        if posted:
            for name in set(self.fields) - set(ONLY_AFTER_POSTING):
                del self.fields[name]

    @property
    def hours(self) -> list:
        """The inputs for hours, one a class."""
        return [self[hours_name(each)] for each in self.classes if hours_name(each) in self.fields]

    def clean(self) -> dict:
        if not self.posted:
            self._check_the_days()
            self._check_the_hours()
        return self.cleaned_data

    def _check_the_days(self) -> None:
        first, last, year = (self.cleaned_data.get(name) for name in ("first_day", "last_day", "year"))
        if not first or not last:
            return
        if last < first:
            self.add_error("last_day", f"最后一天早于第一天{day_full(first)}，请核对。")
        elif (last - first).days >= LONGEST_SPAN:
            self.add_error("last_day", f"一场最长 {LONGEST_SPAN} 天；更长的请分成几场。")
        elif "year" not in self.errors:
            self.cleaned_data["year"] = year or last.year
            if not first.year <= self.cleaned_data["year"] <= last.year:
                years = " 或 ".join(map(str, range(first.year, last.year + 1)))
                self.add_error("year", f"这一场在 {years} 年，只能计入 {years} 年度。")

    def _check_the_hours(self) -> None:
        typed = {each: self.cleaned_data.get(hours_name(each)) for each in self.classes}
        self.cleaned_data["hours"] = {each: hours for each, hours in typed.items() if hours}
        for each, hours in self.cleaned_data["hours"].items():
            if hours > MOST_HOURS:
                self.add_error(hours_name(each), f"一场最多 {MOST_HOURS} 学时，请核对。")
        wrong = any(hours_name(each) in self.errors for each in self.classes)
        if not self.cleaned_data["hours"] and not wrong:
            self.add_error(hours_name(self.classes[0]), "请填写学时，例如 6 或 6.5。")


def _hours(course_class: int | None, classes: list) -> AmountField:
    label = "学时" if classes == [None] else f"学时 · {class_label(course_class)}"
    said = "按学时登记，不按分钟。" if len(classes) == 1 else "没有这一类的空着。"
    field = AmountField(label=label, required=False, help_text=said)
    field.optional = len(classes) > 1
    return field


class MeetingForm(forms.Form):
    """One time of coming together; an empty row is none."""

    day = DayField(label="日期", required=False)
    begins = ClockField(label="从", required=False)
    ends = ClockField(label="到", required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in ("day", "begins", "ends"):
            self.fields[name].optional = False  # a row is asked for whole, though a row may be left out

    def clean(self) -> dict:
        said = self.cleaned_data
        given = [said.get(name) for name in ("day", "begins", "ends")]
        if not any(given) or self.errors:
            return said
        for name, words in (("day", "日期"), ("begins", "开始时间"), ("ends", "结束时间")):
            if not said.get(name):
                self.add_error(name, f"请填写{words}。")
        if all(given) and said["ends"] <= said["begins"]:
            self.add_error("ends", "结束时间应晚于开始时间。")
        return said

    @property
    def time(self) -> tuple[datetime, datetime] | None:
        said = self.cleaned_data
        if not said.get("day") or said.get("DELETE"):
            return None
        return _at(said["day"], said["begins"]), _at(said["day"], said["ends"])


def _at(day: date, clock) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


class BaseMeetings(BaseFormSet):
    """The meetings of a session. They lie within its days and apart from each other."""

    default_error_messages = BaseFormSet.default_error_messages | {
        "missing_management_form": "上课时间没有传完整，请核对下面的各行再保存。",
        "too_many_forms": f"一场最多 {MOST_MEETINGS} 节课；更多的请分成几场。",
    }

    def total_form_count(self) -> int:
        return max(1, super().total_form_count())  # what is missing is said beside a row

    def check(self, session: SessionForm) -> bool:
        """Whether they fit to the rest of the form; what does not is said beside the row."""
        if not session.is_valid() or not self.is_valid():
            return False
        rows = [(form, form.time) for form in self.forms if form.time]
        held = session.cleaned_data["held"]
        if held == Session.Place.OWN_PACE and rows:
            rows[0][0].add_error("day", "自行安排时间的场次不写上课时间，请删去，或者改选别的方式。")
        if held != Session.Place.OWN_PACE and not rows:
            self.forms[0].add_error("day", "请写上课时间；由学员自行安排的，方式选“线上（自行安排时间）”。")
        _within(rows, session.cleaned_data)
        _apart(rows)
        return not any(form.errors for form in self.forms)

    @property
    def times(self) -> list[tuple[datetime, datetime]]:
        return sorted(form.time for form in self.forms if form.time)


def _within(rows: list[tuple], said: dict) -> None:
    """Each on one of the session's days."""
    for form, (begins, _) in rows:
        if not said["first_day"] <= begins.date() <= said["last_day"]:
            days = f"{day_full(said['first_day'])}至{day_full(said['last_day'])}"
            form.add_error("day", f"不在这一场的日期之内（{days}）。")


def _apart(rows: list[tuple]) -> None:
    in_order = sorted(rows, key=lambda row: row[1])
    for (_, before), (form, after) in pairwise(in_order):
        if after[0] < before[1]:
            form.add_error("begins", "与另一节上课时间重叠，请核对。")


Meetings = formset_factory(
    MeetingForm,
    formset=BaseMeetings,
    extra=1,
    max_num=MOST_MEETINGS,
    absolute_max=MOST_MEETINGS,
    validate_max=True,
    can_delete=True,
)


def words_of(session: Session) -> dict:
    said = {name: getattr(session, name) for name in ("course", "held", "place", "trainer", "year")}
    said |= {name: getattr(session, name).isoformat() for name in ("first_day", "last_day")}
    return said | {hours_name(each.course_class): plain_decimal(each.hours) for each in session.hours.all()}


def meetings_of(session: Session) -> list[dict]:
    times = (
        map(timezone.localtime, (each.during.lower, each.during.upper)) for each in session.meetings.all()
    )
    return [
        {"day": begins.date().isoformat(), "begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}"}
        for begins, ends in times
    ]
