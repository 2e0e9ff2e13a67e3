"""What the pages of reminders ask."""

from crispy_forms.layout import HTML
from django import forms

from cqo_portal.notifications.catalogue import COMPULSORY, USUAL, Group, Mode
from cqo_portal.notifications.models import Preference, TextNumber
from cqo_portal.ui import layouts as lay
from cqo_portal.ui.fields import PhoneField, PlainField
from cqo_portal.ui.forms import SpokenForm

COMPULSORY_NOTE = '{% include "reminders/_compulsory.html" %}'


class HoldForm(SpokenForm):
    reason = PlainField(label="暂缓的原因", max_length=200)


class PutAsideForm(SpokenForm):
    how = PlainField(label="怎样告知本人的", max_length=200)


class SettingsForm(SpokenForm):
    """One choice for each group, and a number for short messages."""

    number = PhoneField(
        label="接收短信的手机号",
        max_length=20,
        required=False,
        help_text="只在期限临近或者已过时发，内容只有一句话。不填就不发。",
    )

    def __init__(self, *args, user, **kwargs) -> None:
        self.user = user
        chosen = dict(user.preferences.values_list("group", "mode"))
        held = TextNumber.objects.filter(user=user).first()
        super().__init__(*args, initial={**chosen, "number": held.number if held else ""}, **kwargs)
        for group in Group:
            modes = [mode for mode in Mode if mode is not Mode.OFF or group not in COMPULSORY]
            self.fields[group.value] = forms.ChoiceField(
                label=group.label,
                choices=[(mode.value, mode.label) for mode in modes],
                initial=USUAL.get(group, Mode.DIGEST).value,
                widget=forms.RadioSelect,
            )
        self.helper = lay.plain_helper(
            lay.Section(
                "邮件", *(lay.Segmented(group.value) for group in Group), HTML(COMPULSORY_NOTE), id="s-mail"
            ),
            lay.Section("短信", "number", id="s-text"),
        )

    def save(self) -> None:
        for group in Group:
            Preference.objects.update_or_create(
                user=self.user, group=group, defaults={"mode": self.cleaned_data[group.value]}
            )
        if number := self.cleaned_data["number"]:
            TextNumber.objects.update_or_create(user=self.user, defaults={"number": number})
        else:
            TextNumber.objects.filter(user=self.user).delete()
