"""What is typed to verify a certificate."""

from django import forms
from django.core.exceptions import ValidationError

from certificates.numbering import NUMBERS
from cqo_portal.parties.numbers import NotANumber
from cqo_portal.ui.fields import DayField, PersonNameField, PlainField
from cqo_portal.ui.forms import SpokenForm

LONGEST_FILE = 5 * 1024 * 1024  # a certificate has a tenth of it


class AskForm(SpokenForm):
    """The number and the name as they stand on the paper."""

    number = PlainField(
        label="证书编号", max_length=60, help_text="例如 CQO-JSHZ-2026-0183-1；大小写和全角都可以。"
    )
    name = PersonNameField(label="持证人姓名", max_length=200, help_text="与证书上印的一字不差。")

    def clean_number(self) -> str:
        """A slip of the hand is found before anybody is asked: the last character checks the others."""
        try:
            return str(NUMBERS.parsed(self.cleaned_data["number"]))
        except NotANumber as wrong:
            raise ValidationError(str(wrong)) from wrong


class DayForm(SpokenForm):
    """A day somebody wants to know about."""

    on = DayField(label="哪一天")


class PerhapsDayForm(DayForm):
    """Beside a number and a name: a day, or none."""

    on = DayField(label="哪一天", required=False)


class FileForm(SpokenForm):
    file = forms.FileField(
        label="电子证书（PDF）",
        allow_empty_file=True,
        error_messages={"required": "请选择电子证书的文件（PDF）。"},
    )

    def clean_file(self):
        found = self.cleaned_data["file"]
        if not found.size:
            raise ValidationError("这个文件是空的，请检查后再选。")
        if found.size > LONGEST_FILE:
            raise ValidationError(
                "这个文件太大，不是本平台签发的电子证书；请选评价机构发给持证人的那一份 PDF。"
            )
        return found
