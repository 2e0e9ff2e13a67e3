"""What the body types while it reviews an application; what it pins has its form in `pages.returns`."""

from django import forms

from cqo_portal.ui.fields import ProseField
from cqo_portal.ui.forms import SpokenForm


class DeterminationForm(SpokenForm):
    clause = forms.CharField(max_length=60, widget=forms.HiddenInput)
    reason = ProseField(label="认定理由", max_length=2000)


class RefusalForm(SpokenForm):
    """One of the grounds of 8.2, and the finding it rests on."""

    ground = forms.ChoiceField(label="不予受理的情形", widget=forms.RadioSelect)
    finding = ProseField(
        label="认定的事实与依据",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="写明事实、认定机关、文号和日期；申请人看得到。",
    )

    def __init__(self, *args, grounds, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [(each.key, f"{each.label}（{each.cites}）") for each in grounds]
