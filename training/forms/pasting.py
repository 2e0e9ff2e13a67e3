"""What an organiser pastes into the roster of a session."""

from django import forms
from django.core.exceptions import ValidationError

from cqo_portal.imports.sheets import Unreadable
from training.importing import CLASS, HOURS, IDENTITY, NAME, columns
from training.models import Session
from training.pasted import Pasted, as_table

MOST_SIGNS = 200_000
USUAL = (NAME, IDENTITY, HOURS, CLASS)


class PasteForm(forms.Form):
    """Rows as they were copied. `table` is what they make once the form is valid."""

    rows = forms.CharField(
        label="名单",
        strip=False,
        max_length=MOST_SIGNS,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={
            "required": "请把名单粘贴到这里。",
            "max_length": f"一次最多粘贴 {MOST_SIGNS:,} 个字。更长的名单请存成表格上传。",
        },
        help_text="在 Excel 里选中名单，复制，粘贴到这里。没有表头时，按“姓名、身份证号、学时、课程类别”的顺序读。",
    )

    def __init__(self, *args, session: Session, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.session = session

    def clean_rows(self) -> str:
        text = self.cleaned_data["rows"]
        try:
            self.table: Pasted = as_table(text, columns=columns(None), usual=self._usual())
        except Unreadable as refusal:
            raise ValidationError(str(refusal)) from refusal
        return text

    def _usual(self):
        return USUAL if self.session.hours.count() > 1 else USUAL[:3]
