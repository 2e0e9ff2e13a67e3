"""How a section of a long form stands, in the table of contents beside it."""

import pytest
from django import forms

from cqo_portal.ui.sectioned import chapter_of


class Section(forms.Form):
    code, title = "basic", "基本情况"
    name = forms.CharField()
    persons = forms.IntegerField()

    def clean(self):
        if self.cleaned_data.get("persons") == 13:
            raise forms.ValidationError("不能是十三。")


@pytest.mark.parametrize(
    ("typed", "checked", "status", "note"),
    [
        ({}, False, "none", "还有 2 处没填"),
        ({}, True, "wrong", "2 处有误"),
        ({"persons": "x"}, False, "wrong", "1 处有误"),
        ({"name": "甲", "persons": "13"}, False, "wrong", "1 处有误"),
        ({"name": "甲", "persons": "3"}, True, "done", "已填完"),
    ],
)
def test_what_is_empty_is_wrong_only_once_somebody_goes_on(typed, checked, status, note):
    chapter = chapter_of(Section(typed), checked=checked)
    assert (chapter.anchor, chapter.title) == ("basic", "基本情况")
    assert (chapter.status, chapter.note) == (status, note)
