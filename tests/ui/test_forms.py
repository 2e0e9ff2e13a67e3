"""What crispy-forms writes, in our look: label above, what is wrong below with its icon, then the help."""

import re

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template import Context, Template

from cqo_portal.ui import fields
from cqo_portal.ui.forms import SpokenForm
from cqo_portal.ui.layouts import Amount, Code, Day, Fragment, Section, Segmented, Wide, plain_helper
from cqo_portal.ui.specimens import specimen_form


class Filing(forms.Form):
    code = forms.CharField(label="统一社会信用代码", help_text="18 位")
    name = forms.CharField(label="名称", widget=forms.TextInput(attrs={"placeholder": "名称"}))
    persons = forms.IntegerField(label="从业人员", required=False)
    on = forms.DateField(label="任职日期")
    graduated = forms.ChoiceField(
        label="是否毕业", choices=[("y", "是"), ("n", "否")], widget=forms.RadioSelect
    )
    truthful = forms.BooleanField(label="属实")

    helper = plain_helper(
        Section(
            "一 企业",
            Code("code", wide=True),
            Wide("name"),
            Amount("persons"),
            Day("on"),
            Segmented("graduated"),
            "truthful",
            id="s-1",
        )
    )


@pytest.fixture
def html(settings) -> str:
    settings.CRISPY_FAIL_SILENTLY = False
    return render_crispy_form(Filing({"persons": "x"}), context={})


def field_of(html: str, name: str) -> str:
    """The part of the page that belongs to one field."""
    start = html.index(f'id="div_id_{name}"')
    end = html.find('id="div_id_', start + 1)
    return html[start : end if end > 0 else None]


def test_the_label_stands_above_then_the_control_then_what_is_wrong_then_the_help(html):
    field = field_of(html, "code")
    order = [
        field.index(part)
        for part in ('class="form-label"', "<input", 'class="invalid-feedback"', "form-text")
    ]
    assert order == sorted(order)


def test_what_is_wrong_has_an_icon_and_is_tied_to_the_control(html):
    field = field_of(html, "code")
    assert '<div class="invalid-feedback" id="id_code_error"><svg class="i"' in field
    assert 'aria-describedby="id_code_helptext id_code_error"' in field
    assert 'aria-invalid="true"' in field
    assert "is-invalid" in re.search(r'<input[^>]*class="([^"]*)"', field)[1]


def test_no_asterisk_and_no_placeholder_but_the_optional_ones_are_marked(html):
    assert "asterisk" not in html
    assert "placeholder" not in html
    assert re.findall(r'([\u4e00-\u9fff]+) <span class="optional">选填</span>', html) == ["从业人员"]


def test_controls_are_as_wide_as_what_goes_into_them(html):
    assert re.search(r'name="code"[^>]*class="code w-id form-control is-invalid"', html)
    assert re.search(r'name="on"[^>]*class="w-date form-control is-invalid"', html)
    assert 'class="field span-all"' in html


def test_segmented_answers_need_no_script(html):
    field = field_of(html, "graduated")
    assert field.count('type="radio"') == 2
    assert '<legend class="form-label">是否毕业</legend>' in field
    assert "invalid-feedback" in field


def test_a_box_stands_before_its_label(html):
    field = field_of(html, "truthful")
    assert field.index('type="checkbox"') < field.index('class="form-check-label"')


def test_a_section_carries_its_title_and_when_it_was_saved(html):
    assert '<section class="form-section" id="s-1" aria-labelledby="s-1-title">' in html
    assert "data-saved" in html


def test_a_fragment_among_the_fields_sees_the_page(settings):
    settings.CRISPY_FAIL_SILENTLY = False

    class Small(forms.Form):
        name = forms.CharField(label="名称")
        helper = plain_helper(Section("一", "name", Fragment("components/empty.html"), id="s-1"))

    html = Template("{% load crispy_forms_tags %}{% crispy form %}").render(
        Context({"form": Small(), "title": "这里还空着", "text": "等您来填。"})
    )
    assert "这里还空着" in html


def test_the_field_tag_writes_the_same_as_a_layout(html):
    alone = Template('{% field form.on "day" %}').render(Context({"form": Filing({"persons": "x"})}))
    assert re.sub(r"\s+", "", alone) in re.sub(r"\s+", "", html)


def test_the_specimens_show_one_mistake():
    assert len(specimen_form().errors) == 1


class Typed(SpokenForm):
    title = fields.PlainField(label="课程名称", min_length=4, max_length=6)
    text = fields.ProseField(label="说明", max_length=6, required=False)
    signed = fields.PersonNameField(label="签写姓名")
    begun = fields.DayField(label="从哪一天")
    name = fields.PersonNameField(label="姓名")
    hours = fields.AmountField(label="学时")
    money = fields.AmountField(label="营业收入", example=fields.MONEY)
    persons = fields.WholeNumberField(label="人数")
    year = fields.WholeNumberField(label="年度", example="2026")


@pytest.mark.parametrize(
    ("typed", "name", "said"),
    [
        ("统计过程控制实务", "title", "最多 6 个字，现在有 8 个，请缩短。"),
        ("统计", "title", "至少 4 个字，现在有 2 个，请写完整。"),
        ("统计过程控制实务", "text", "最多 6 个字，现在有 8 个，请缩短。"),
        ("", "signed", "请签写姓名。"),
        ("", "begun", "请写明从哪一天。"),
        ("", "name", "请填写姓名。"),
        ("六", "hours", "请填数字，最多两位小数，例如 6 或 6.5。"),
        ("多", "money", "请填数字，最多两位小数，例如 41200 或 41200.50。"),
        ("多", "persons", "请填整数，例如 386。"),
        ("今年", "year", "请填整数，例如 2026。"),
    ],
)
def test_a_form_speaks_of_what_is_asked(typed, name, said):
    assert Typed({name: typed}).errors[name] == [said]


class Signing(SpokenForm):
    name = fields.OwnNameField()
    why = fields.ProseField(label="理由", rows=3)

    def __init__(self, *args, person: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].expected = person


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("陈志远", []),
        ("陈志", ["请签写您本人的姓名“陈志远”。"]),
        ("", ["请签写本人姓名。"]),
    ],
)
def test_a_signature_is_the_own_name_and_no_other(typed, said):
    assert Signing({"name": typed, "why": "x"}, person="陈志远").errors.get("name", []) == said


def test_whose_signature_it_is_is_said_form_by_form():
    one, other = Signing(person="陈志远"), Signing(person="李静")
    assert (one.fields["name"].expected, other.fields["name"].expected) == ("陈志远", "李静")


def test_as_many_lines_stand_open_as_the_field_says():
    assert 'rows="3"' in str(Signing(person="陈志远")["why"])
