"""What can be learned, as a house describes it."""

from django import forms

from cqo_portal.jurisdictions.vocabulary import DutyKind
from cqo_portal.reference import expertise
from cqo_portal.ui.fields import PlainField, ProseField
from cqo_portal.ui.forms import SpokenForm
from training.models import Course

WORDS = ("name", "kind", "about", "fields", "active")


class CourseForm(SpokenForm):
    name = PlainField(label="课程名称", max_length=80, min_length=4)
    kind = forms.ChoiceField(
        label="类别",
        choices=[(kind.value, kind.label) for kind in DutyKind],
        widget=forms.RadioSelect,
        help_text="任职以前学的选“任职培训”；任职以后每年学的选“继续教育”。",
    )
    about = ProseField(
        label="内容",
        max_length=4000,
        required=False,
        rows=6,
        help_text="讲哪些部分，用什么教材，怎样考核。",
    )
    fields_of = forms.MultipleChoiceField(
        label="专长",
        choices=expertise.grouped,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="按专长找培训的人由此找到这门课。",
    )
    active = forms.BooleanField(
        label="还在开设", required=False, initial=True, help_text="不再开设的课程，新建场次时不列出。"
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    @property
    def values(self) -> dict:
        """As `services.write_course` takes them."""
        said = self.cleaned_data
        return {"fields": said["fields_of"]} | {name: said[name] for name in WORDS if name != "fields"}


def words_of(course: Course) -> dict:
    said = {name: getattr(course, name) for name in WORDS if name != "fields"}
    return said | {"fields_of": course.fields}
