"""What is asked before rows leave: as which file, and for what."""

from django import forms

from cqo_portal.ui.fields import ProseField

FORMATS = (("xlsx", "Excel 工作簿（XLSX）"), ("csv", "CSV（UTF-8）"))


class ExportForm(forms.Form):
    format = forms.ChoiceField(label="格式", choices=FORMATS, initial="xlsx", widget=forms.RadioSelect)
    purpose = ProseField(
        label="用途",
        min_length=4,
        max_length=200,
        rows=2,
        help_text="给谁用、做什么；记入审计日志。",
        error_messages={
            "required": "请写明导出的用途。",
            "min_length": "请把用途写得具体一些，例如“报省局年度统计”。",
        },
    )
