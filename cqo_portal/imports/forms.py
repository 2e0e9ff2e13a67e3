"""What a person says when sending a file."""

from django import forms
from django.core.exceptions import ValidationError

from cqo_portal.imports.catalogue import Kind, offered_to
from cqo_portal.imports.sheets import Unreadable, refuse_by_size
from cqo_portal.ui.fields import PlainField, WholeNumberField


class FileForm(forms.Form):
    """A file, and the sheet only where it has several."""

    file = forms.FileField(
        label="文件",
        error_messages={"required": "请选择要导入的文件。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
        help_text="XLSX、XLS 或 CSV，不超过 10 MB、5 万行。表头可以不在第一行，列可以任意排列。",
        allow_empty_file=True,
    )
    sheet = PlainField(
        label="工作表", required=False, max_length=100, help_text="文件里有几张表时，写明读哪一张。"
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        try:
            refuse_by_size(upload.size)
        except Unreadable as refusal:
            raise ValidationError(str(refusal)) from refusal
        return upload


class UploadForm(FileForm):
    """A file of a kind that is said, and where needed of a year."""

    kind = forms.ChoiceField(label="导入什么")
    year = WholeNumberField(
        label="年度",
        example="2026",
        required=False,
        max_length=8,
        help_text="名单属于哪一年；企业名单填规模数据所属的年度。",
    )
    field_order = ("kind", "file", "year", "sheet")

    def __init__(self, *args, user, today, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.kinds: dict[str, Kind] = {kind.code: kind for kind in offered_to(user)}
        self.fields["kind"].choices = [(kind.code, kind.label) for kind in self.kinds.values()]
        self.fields["kind"].error_messages = {
            "required": "请选择导入什么。",
            "invalid_choice": "请从列表里选择导入什么。",
        }

    def clean_year(self) -> int | None:
        year = self.cleaned_data["year"]
        if year is not None and not 2000 <= year <= self.today.year + 1:
            raise ValidationError(f"年度请填 2000 到 {self.today.year + 1} 之间的四位数。")
        return year

    def clean(self):
        said = super().clean()
        kind = self.kinds.get(said.get("kind", ""))
        if kind and kind.asks_year and "year" in said and said["year"] is None:
            self.add_error("year", f"{kind.label}须写明年度。")
        return said

    @property
    def of_kind(self) -> Kind:
        return self.kinds[self.cleaned_data["kind"]]
