"""What offices and enterprises type about a suggestion."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from cqo_portal.jurisdictions.purposes import Ground
from cqo_portal.ui.fields import DayField, ProseField
from cqo_portal.ui.forms import SpokenForm
from registry.incidents.models import Incident
from registry.models import Filing
from registry.supervision.models import Reply, Suggestion


class IncidentField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj) -> str:
        return f"{obj.get_fault_display()}，{obj.document}"


class SuggestionForm(SpokenForm):
    grounds = forms.MultipleChoiceField(
        label="建议更换的理由",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一项理由。"},
    )
    facts = ProseField(
        label="事实", rows=6, max_length=4000, help_text="写时间、地点、经过；企业和本人办结后都看得到。"
    )
    incidents = IncidentField(
        label="在案的不利事实",
        queryset=Incident.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="选中的情形和文书名称会写进建议书，企业和本人看得到。",
    )
    evidence = ProseField(
        label="证据",
        rows=3,
        max_length=2000,
        required=False,
        help_text="写明文书名称、文号或者通报编号，一行一件。",
    )
    reply_by = DayField(label="请企业在哪一天以前答复", help_text="条款没有规定期限，由本局定。")

    def __init__(self, *args, grounds: tuple[Ground, ...], incidents, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["incidents"].queryset = incidents
        if not incidents:
            del self.fields["incidents"]
        self.fields["grounds"].choices = [(ground.value, ground.label) for ground in grounds]
        self.today = today

    def clean_reply_by(self) -> date:
        day = self.cleaned_data["reply_by"]
        if day <= self.today:
            raise ValidationError("请填今天以后的日期，给企业留出答复的时间。")
        return day


class ReplyForm(SpokenForm):
    kind = forms.ChoiceField(
        label="企业的决定",
        choices=Reply.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择企业的决定。"},
    )
    replace_by = DayField(
        label="更换日期",
        required=False,
        help_text="将更换的，填最迟哪一天；已经更换的，填离任那一天；不同意的不填。",
    )
    statement = ProseField(
        label="说明", rows=5, max_length=4000, help_text="不同意的写明理由。办结后首席质量官本人看得到。"
    )

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict:
        said = self.cleaned_data
        kind, day = said.get("kind"), said.get("replace_by")
        if "replace_by" in self.errors or not kind:
            return said
        match kind:
            case Reply.Kind.DISAGREES:
                said["replace_by"] = None
            case _ if day is None:
                self.add_error("replace_by", "请填更换日期。")
            case Reply.Kind.WILL_REPLACE if day < self.today:
                self.add_error("replace_by", "将更换的日期不能早于今天；已经更换的请选“已经更换”。")
            case Reply.Kind.ALREADY_REPLACED if day > self.today:
                self.add_error("replace_by", "这一天还没到；还没更换的请选“将更换”。")
        return said


class NoteForm(SpokenForm):
    text = ProseField(
        label="跟踪记录", rows=3, max_length=2000, help_text="只有市场监管部门看得到；写下的不能改。"
    )


class CloseForm(SpokenForm):
    """What came of it. `change` offers the change filings of this post."""

    outcome = forms.ChoiceField(
        label="结果",
        choices=Suggestion.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择结果。"},
    )
    change = forms.ModelChoiceField(
        label="对应的变更备案",
        queryset=Filing.objects.none(),
        required=False,
        empty_label="没有变更备案",
        help_text="企业已更换的，选换人或离任的那件备案。",
    )
    note = ProseField(label="办结说明", rows=4, max_length=2000, help_text="企业和本人都看得到。")

    def __init__(self, *args, changes, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.changes = changes
        self.fields["change"].queryset = changes

    def clean(self) -> dict:
        said = self.cleaned_data
        replaced, change = said.get("outcome") == Suggestion.Outcome.REPLACED, said.get("change")
        if change and not replaced:
            self.add_error("change", "只有“企业已更换”才选变更备案。")
        elif replaced and not change and "change" not in self.errors and self.changes.exists():
            self.add_error("change", "名册上有这个岗位的变更备案，请选是哪一件。")
        return said
