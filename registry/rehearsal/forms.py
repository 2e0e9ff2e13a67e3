from django import forms

from cqo_portal.jurisdictions import all_packs
from cqo_portal.ui.fields import DayField, PlainField
from cqo_portal.wording import day_full


class RehearsalForm(forms.Form):
    """Which edition, on which day."""

    edition = forms.ChoiceField(label="按哪个版本预演", error_messages={"required": "请选择要预演的版本。"})
    on = DayField(
        label="按哪一天判断", help_text="工作年限等算到这一天。还没有到生效日的版本，填它的生效日。"
    )

    def __init__(self, *args, against: str, jurisdiction: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.against = against
        packs = [pack for pack in all_packs() if pack.edition != against]
        own = [(p.edition, _words(p)) for p in packs if p.jurisdiction == jurisdiction]
        others = [(p.edition, _words(p)) for p in packs if p.jurisdiction != jurisdiction]
        groups = [("本地的其他版本", own), ("别处的规则（只供对照）", others)]
        self.fields["edition"].choices = [("", "请选择"), *((name, found) for name, found in groups if found)]
        self.fields["on"].error_messages["required"] = "请填写按哪一天判断。"

    def clean_edition(self) -> str:
        if not self.against:
            raise forms.ValidationError("本机构今天没有现行的规则可以对照，请联系系统管理员核对适用规则。")
        return self.cleaned_data["edition"]


class ExportForm(forms.Form):
    """Names leave the house only for a purpose that is written down."""

    purpose = PlainField(
        label="导出用途",
        min_length=4,
        max_length=200,
        help_text="给谁用、做什么；记入审计日志。",
        error_messages={"required": "请写明导出的用途。", "min_length": "请把用途写得具体一些。"},
    )


def _words(pack) -> str:
    """The day before the title: two editions of one text differ by it, and a closed select cuts its end off."""
    draft = "草案，" if pack.is_draft else ""
    return f"{pack.label}，{draft}{day_full(pack.in_force_from)}起：{pack.title}"
