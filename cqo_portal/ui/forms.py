"""Forms that speak: of each empty field they say what is missing."""

from django import forms


def say_what_is_missing(form: forms.Form) -> None:
    """`请填写姓名。` instead of `这个字段是必填项。`"""
    for field in form.fields.values():
        field.error_messages["required"] = _missing(field)


def _missing(field: forms.Field) -> str:
    label = field.label or ""  # a hidden field has none
    if "签写" in label:
        return f"请{label}。"  # the label says what to do
    if "哪" in label:
        return f"请写明{label}。"
    verb = "选择" if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) else "填写"
    return f"请{verb}{label}。"


class SpokenForm(forms.Form):
    """Says of each empty field what is missing, unless the field has words of its own for it."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.error_messages["required"] is forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _missing(field)
