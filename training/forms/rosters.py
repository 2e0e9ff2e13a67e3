"""Who came: by number, confirmed by a masked name; and how many hours of what the session gives."""

from decimal import Decimal

from django import forms

from cqo_portal.ui.fields import AmountField, PersonNameField, ProseField
from cqo_portal.ui.forms import SpokenForm
from cqo_portal.ui.identity import IdentityForm
from cqo_portal.wording import plain_decimal
from training.forms.sessions import hours_name
from training.models import RosterLine, Session, class_label

GONE = "本场已经没有这一类学时，这一行不能改正；请在名单里去掉这一行，或者在场次里补上这一类。"


class AttendanceForm(SpokenForm):
    """Hours by class, no more than the session gives, and the meetings somebody was at."""

    def __init__(self, *args, session: Session, classes: list | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        given = {each.course_class: each.hours for each in session.hours.all()}
        self.given = {key: most for key, most in given.items() if classes is None or key in classes}
        self.held = list(session.meetings.all())
        for key, most in self.given.items():
            self.fields[hours_name(key)] = _hours(key, most, alone=len(given) == 1)
        if self.held:
            self.fields["meetings"] = forms.TypedMultipleChoiceField(
                label="到场",
                coerce=int,
                choices=[(each.pk, str(each)) for each in self.held],
                initial=[each.pk for each in self.held],
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": "请至少勾选一节到场的课。"},
            )

    @property
    def hours(self) -> list:
        return [self[hours_name(key)] for key in self.given]

    def clean(self) -> dict:
        said = super().clean()
        if not self.given:
            self.add_error(None, GONE)
            return said
        typed = {key: said.get(hours_name(key)) for key in self.given}
        for key, most in self.given.items():
            if typed[key] and typed[key] > most:
                self.add_error(hours_name(key), f"本场这一类只有 {plain_decimal(most)} 学时，不能登记更多。")
        said["hours"] = {key: hours for key, hours in typed.items() if hours}
        if not said["hours"] and not any(hours_name(key) in self.errors for key in self.given):
            self.add_error(hours_name(next(iter(self.given))), "请填写学时；没有学时的人不用登记。")
        return said

    @property
    def attended(self) -> list[int]:
        """As a line keeps them: empty where somebody was at all of them."""
        chosen = self.cleaned_data.get("meetings", [])
        return [] if len(chosen) == len(self.held) else sorted(chosen)


def _hours(course_class: int | None, most: Decimal, *, alone: bool) -> AmountField:
    label = "学时" if alone else f"学时 · {class_label(course_class)}"
    field = AmountField(
        label=label, required=False, initial=plain_decimal(most), help_text=f"最多 {plain_decimal(most)}。"
    )
    field.optional = not alone
    return field


class EnterForm(AttendanceForm, IdentityForm):
    """Somebody for the roster. The name is needed only where the number is not known yet."""

    name = PersonNameField(
        label="姓名", max_length=100, required=False, help_text="写了的，与平台登记的姓名比对。"
    )

    @property
    def said(self) -> dict:
        """As `services.enter` takes it."""
        kept = ("identity_kind", "identity_number", "name", "hours")
        return {name: self.cleaned_data[name] for name in kept} | {"meetings": self.attended}


def line_form(line: RosterLine, posted) -> AttendanceForm:
    """To correct one line."""
    everything = [each.pk for each in line.session.meetings.all()]
    initial = {
        hours_name(line.course_class): plain_decimal(line.hours),
        "meetings": line.meetings or everything,
    }
    return AttendanceForm(posted, session=line.session, classes=[line.course_class], initial=initial)


class SignForm(IdentityForm):
    """At the door: who one is."""

    name = PersonNameField(
        label="姓名", max_length=100, error_messages={"required": "请填写姓名，须与身份证件一致。"}
    )

    field_order = ("name", "identity_kind", "identity_number")


class ReasonForm(SpokenForm):
    """Why something is taken back."""

    reason = ProseField(
        label="冲正的理由",
        max_length=300,
        rows=3,
        error_messages={"required": "请写明冲正的理由。"},
        help_text="本人看得到，例如：上午未到场。",
    )
