"""What /style/ shows: one of everything, made up."""

import re
from dataclasses import dataclass

from django import forms
from django.contrib.staticfiles import finders

from cqo_portal.ui.layouts import Amount, Code, Day, Section, Segmented, Wide, plain_helper

COLOURS = (
    ("paper", "纸", "页面底"),
    ("surface", "面", "面板、控件"),
    ("sunken", "凹", "分组、停用"),
    ("line", "细线", "表格、分隔"),
    ("line-2", "线", "面板边"),
    ("line-control", "控件边", "对底 ≥ 3:1"),
    ("ink", "墨", "正文、标题"),
    ("ink-2", "次墨", "说明"),
    ("ink-3", "淡墨", "标签、单位"),
    ("accent", "石青", "唯一强调：可点、当前"),
    ("accent-soft", "石青淡", "选中"),
    ("ok", "竹", "符合、有效"),
    ("warn", "赭", "将到期、暂停"),
    ("bad", "朱", "不符合、作废"),
    ("disc", "紫", "裁量"),
    ("mute", "灰", "无法判定"),
)


@dataclass(frozen=True)
class Scale:
    value: int
    threshold: int


@dataclass(frozen=True)
class Specimen:
    """As much of a judged clause as a ruler needs."""

    label: str
    verdict: str
    value: str
    threshold: str
    ruler: Scale
    why: str


CLAUSES = (
    Specimen("示例：经历", "unmet", "8 个月", "10 个月", Scale(8, 10), "差 2 个月。"),
    Specimen("示例：学时", "met", "26.0", "10.0", Scale(26, 10), "早已超过。"),
)


class SpecimenForm(forms.Form):
    code = forms.CharField(label="统一社会信用代码", help_text="十八位，照营业执照逐位填写。")
    name = forms.CharField(label="姓名", help_text="生僻字可直接录入，例如 𬭎 㛃 䶮")
    title = forms.ChoiceField(label="职称", choices=[("", "请选择"), ("b", "中级")], required=False)
    persons = forms.IntegerField(label="从业人员", help_text="人，上年末")
    appointed_on = forms.DateField(label="任职日期", help_text="例如 2026-09-21", required=False)
    graduated = forms.ChoiceField(
        label="是否毕业", choices=[("yes", "已毕业"), ("no", "在读、结业")], widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(
        label="经历性质",
        choices=[("m", "质量管理"), ("w", "质量工作")],
        widget=forms.RadioSelect,
        required=False,
    )
    remark = forms.CharField(label="备注", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    proof = forms.FileField(label="证明材料", required=False)
    decides = forms.BooleanField(label="岗位设在企业决策层", help_text="可以不勾。", required=False)

    helper = plain_helper(
        Section(
            "表单的一节",
            Code("code", wide=True),
            "name",
            "title",
            Amount("persons"),
            Day("appointed_on"),
            Segmented("graduated"),
            "kind",
            Wide("remark"),
            "proof",
            "decides",
            id="specimen",
        )
    )


def specimen_form() -> SpecimenForm:
    """Filled in with one mistake, so that the page shows how a mistake looks."""
    form = SpecimenForm(
        {"name": "王𬭎", "title": "b", "persons": "386", "graduated": "yes", "appointed_on": "2026-09-21"}
    )
    form.add_error("code", "第 18 位校验位应为 Q，您填的是 6。请对照营业执照逐位核对。")
    del form.errors["code"][0]
    return form


def icon_names() -> list[str]:
    """Every sign of the sprite."""
    with open(finders.find("img/icons.svg"), encoding="utf-8") as sprite:
        return re.findall(r'id="i-([a-z]+)"', sprite.read())
