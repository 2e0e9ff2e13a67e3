"""The sections of the application form. A section is one address: a return pinned to it opens all its fields."""

from decimal import Decimal

from django import forms

from cqo_portal.jurisdictions.scheme import Band, EvaluationScheme, Indicator
from cqo_portal.parties.models import Institution
from cqo_portal.ui import layouts as lay
from cqo_portal.ui.fields import ProseField, slug_of
from evaluation.applications.rules import descriptor, grounds_of
from registry.sections import Section


class BodySection(Section):
    """To whom it goes. Once it was handed in, that stays."""

    code, title, numeral = "body", "评价机构", "一"
    rows = (lay.Wide("body"),)

    body = forms.ModelChoiceField(
        Institution.objects.none(),
        label="向哪家机构申请",
        empty_label="请选择",
        help_text="只列今天在案的评价机构；提交以后不能更换。",
        error_messages={"invalid_choice": "这家机构今天没有在案，不能受理申请，请另选一家。"},
    )


class RecommendationSection(Section):
    code, title, numeral = "recommendation", "所在组织的推荐意见", "二"
    rows = (lay.Wide("text"),)

    text = ProseField(
        label="推荐意见",
        rows=5,
        max_length=3000,
        help_text="由所在组织写明推荐理由（8.1 a）；填好以后由企业签写。",
    )


class BasicSection(Section):
    code, title, numeral = "basic", "基本要求和声明", "三"
    rows = (
        lay.Fragment("evaluation/applications/_known.html"),
        lay.Wide("faults"),
        lay.Wide("no_faults"),
        lay.Wide("note"),
        lay.Wide("plea"),
    )

    faults = forms.MultipleChoiceField(
        label="有无不予受理的情形（8.2）", required=False, widget=forms.CheckboxSelectMultiple
    )
    no_faults = forms.BooleanField(label="没有以上任何情形", required=False)
    note = ProseField(
        label="补充说明",
        rows=3,
        max_length=2000,
        required=False,
        help_text="名录里没有的学历、职称、质量管理经历、培训，在这里写明；证明材料标为支持“5.1 基本要求”。",
    )
    plea = ProseField(
        label="仍要申请的理由",
        rows=3,
        max_length=2000,
        required=False,
        help_text="有不符合的条款时须写明；是否视为符合，由评价机构书面认定。",
    )

    def shape(self) -> None:
        grounds = grounds_of(self.pack)
        self.fields["faults"].optional = self.fields["no_faults"].optional = False  # one of them is asked
        self.fields["faults"].choices = [(each.key, f"{each.label}（{each.cites}）") for each in grounds]

    def clean(self):
        said = self.cleaned_data
        if bool(said.get("faults")) == bool(said.get("no_faults")):
            self.fault("faults", "请勾选有的情形；一项都没有时，勾选“没有以上任何情形”。")


class ReportSection(Section):
    code, title, numeral = "report", "申请报告", "四"
    rows = (lay.Wide("text"),)

    text = ProseField(
        label="申请报告",
        rows=10,
        max_length=10000,
        help_text="由本人写任职以来的质量工作和成效（8.1 b）；围绕各项指标的自评在下一节。",
    )


class IndicatorSection(forms.Form):
    """One row of the scheme: the band first, then the coefficient inside it, and what bears it."""

    band = forms.ChoiceField(label="满足程度", widget=forms.RadioSelect)
    coefficient = forms.ChoiceField(label="系数", required=False, widget=forms.RadioSelect)
    text = ProseField(label="做法与结果", rows=3, max_length=3000)

    def __init__(self, typed, *, row: Indicator, scheme: EvaluationScheme) -> None:
        self.row, self.scheme = row, scheme
        super().__init__(typed, prefix=prefix_of(row.code))
        self.fields["band"].choices = [
            (str(band.number), band.label_for(row.nature)) for band in scheme.bands
        ]
        self.fields["coefficient"].choices = [(str(value), str(value)) for value in scheme.coefficients]
        self.fields["band"].error_messages |= {
            "required": "请先选满足程度。",
            "invalid_choice": "没有这一档。",
        }
        self.fields["coefficient"].error_messages["invalid_choice"] = "没有这个系数，请在所选的档内选。"
        self.fields["text"].error_messages["required"] = "请写明做法与结果。"

    @property
    def code(self) -> str:
        return self.row.code

    @property
    def title(self) -> str:
        return f"{self.row.code} {self.row.label}"

    def clean(self):
        said = self.cleaned_data
        band = self._band()
        if band is None:
            return
        allowed = [str(value) for value in band.coefficients]
        if len(allowed) == 1:  # below ten per cent there is nothing to choose
            said["coefficient"] = allowed[0]
        elif said.get("coefficient") not in allowed and "coefficient" not in self.errors:
            self.add_error(
                "coefficient",
                f"请在“{band.label_for(self.row.nature)}”这一档内选系数：{'、'.join(allowed)}。",
            )

    def _band(self) -> Band | None:
        number = self.cleaned_data.get("band")
        return next((band for band in self.scheme.bands if str(band.number) == number), None)

    @property
    def points(self) -> Decimal | None:
        """As far as the band and the coefficient fit; asked after the section was cleaned."""
        said = self.cleaned_data.get("coefficient")
        return self.row.points * Decimal(said) if said and self._band() else None

    @property
    def bands(self) -> list[tuple[Band, str, str, bool, list[tuple[str, bool]]]]:
        """(band, its name and descriptor for this indicator, chosen, [(coefficient, chosen)]), the best first."""
        band, value = self["band"].value(), self["coefficient"].value()
        return [
            (
                each,
                each.label_for(self.row.nature),
                descriptor(each, self.row),
                band == str(each.number),
                [(str(c), value == str(c)) for c in each.coefficients] if len(each.coefficients) > 1 else [],
            )
            for each in reversed(self.scheme.bands)
        ]


def prefix_of(code: str) -> str:
    """`7.4.4` → `i7_4_4`: a dot would not do in a selector."""
    return f"i{slug_of(code)}"


def address_of(input_name: str) -> str:
    """`recommendation-text` → `recommendation`; `i7_4_4-band` → `7.4.4`."""
    section = input_name.partition("-")[0]
    return section[1:].replace("_", ".") if section[:2] == "i7" else section


SECTIONS = (BodySection, RecommendationSection, BasicSection, ReportSection)
TITLES = {section.code: section.title for section in SECTIONS}
