"""The form of table A.1: a section for each group of items, and the decision.

An item that is a fact on record shows what is proposed, and asks: agreed, or points of the appraiser's own with a
reason. Nothing is filled in; an answer names the points it agreed to, so that a record that changed is asked anew.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div
from django import forms
from django.utils.html import format_html

from cqo_portal.jurisdictions.scheme import AppraisalGroup, AppraisalItem, AppraisalScheme
from cqo_portal.ui import layouts as lay
from cqo_portal.ui.fields import AmountField, PlainField, ProseField, slug_of
from cqo_portal.ui.forms import say_what_is_missing
from cqo_portal.ui.sectioned import SectionedForm
from cqo_portal.wording import plain_decimal
from evaluation.appraising import Known, fault_of, proposed

OWN = "own"
ONLY_A_REWARD = "奖惩"  # the outcome that says nothing about the post itself
REWARDS = [("", "没有"), ("奖励", "奖励"), ("惩处", "惩处")]
CHANGED = "记录后来有变动，按记录算出的分不同了，请重新核对。"


def key_of(item: AppraisalItem) -> str:
    return slug_of(item.code)


class GroupSection(forms.Form):
    """The items of one group. `points` are those validly given, `overruled` the reasons against a proposal."""

    def __init__(self, *args, group: AppraisalGroup, known: Mapping[str, Known], **kwargs) -> None:
        self.group, self.code = group, f"g{group.code}"
        self.known = {item.code: known.get(item.fact) for item in group.items}
        self.points: dict[str, Decimal] = {}
        self.overruled: dict[str, str] = {}
        super().__init__(*args, prefix=self.code, **kwargs)
        for item in group.items:
            self._ask(item)
        say_what_is_missing(self)
        for item in group.items:  # after the general words: these are better
            if f"{key_of(item)}_by" in self.fields:
                self.fields[f"{key_of(item)}_by"].error_messages["required"] = (
                    "请核对记录，选认可或者另行给分。"
                )
            else:
                self.fields[key_of(item)].error_messages["required"] = "请打分；没有做到的填 0。"

    @property
    def title(self) -> str:
        return self.group.label

    def proposal(self, item: AppraisalItem) -> Decimal | None:
        return proposed(item, self.known[item.code])

    def _ask(self, item: AppraisalItem) -> None:
        key, label, full = key_of(item), f"{item.code} {item.label}", plain_decimal(item.points)
        known, proposal = self.known[item.code], self.proposal(item)
        if proposal is None:
            said = format_html("{}来源：{}。", known.why, known.source) if known else ""
            self.fields[key] = AmountField(
                label=label, help_text=format_html("满分 {} 分。{}", full, said), example="3 或 3.5"
            )
            return
        agreed = plain_decimal(proposal)
        self.fields[f"{key}_by"] = forms.ChoiceField(
            label=label,
            choices=[(f"agree-{agreed}", f"认可，{agreed} 分"), (OWN, "不认可，另行给分")],
            widget=forms.RadioSelect,
            help_text=format_html("满分 {} 分。{}来源：{}。", full, known.why, known.source),
            error_messages={"invalid_choice": CHANGED},
        )
        self.fields[key] = AmountField(label=f"{item.code} 另行给分", required=False, example="1 或 1.5")
        self.fields[f"{key}_why"] = PlainField(
            label=f"{item.code} 不认可的理由", required=False, max_length=200
        )
        for name in (key, f"{key}_why"):
            self.fields[name].optional = False  # asked as soon as it is shown

    def clean(self):
        for item in self.group.items:
            given = self._given(item)
            if given is None:
                continue
            if fault := fault_of(item, given):
                self.add_error(key_of(item), fault)
            else:
                self.points[item.code] = given

    def _given(self, item: AppraisalItem) -> Decimal | None:
        """The points of an item as far as they were said; None where something is missing or wrong."""
        key, proposal = key_of(item), self.proposal(item)
        if proposal is None:
            return self.cleaned_data.get(key)
        answer = self.cleaned_data.get(f"{key}_by")
        if not answer:
            return None
        if answer != OWN:
            return proposal
        return self._overruled(item, self.cleaned_data.get(key), self.cleaned_data.get(f"{key}_why"))

    def _overruled(self, item: AppraisalItem, given: Decimal | None, why: str | None) -> Decimal | None:
        key = key_of(item)
        if given is None and key not in self.errors:
            self.add_error(key, "请填另行给的分。")
        elif given == self.proposal(item):
            self.add_error(key, "与按记录算出的分相同，请选认可，或者改分。")
            return None
        if not why and f"{key}_why" not in self.errors:
            self.add_error(f"{key}_why", "请写明为什么不按记录给分。")
            return None
        if why:
            self.overruled[item.code] = why
        return given

    @property
    def helper(self) -> FormHelper:
        reading = self.group.assumed
        note = (
            [HTML(format_html('<p class="span-all t-13 muted">推定：{}{}</p>', reading.text, reading.reason))]
            if reading
            else []
        )
        rows = [row for item in self.group.items for row in self._row(item)]
        assumed = "（推定）" if reading else ""
        title = f"{self.group.code} {self.group.label}　{plain_decimal(self.group.points)} 分{assumed}"
        return lay.plain_helper(lay.Section(title, *note, *rows, id=f"s-{self.code}"))

    def _row(self, item: AppraisalItem) -> Iterator:
        key = key_of(item)
        if f"{key}_by" not in self.fields:
            of_a_record = self.known[item.code] is not None  # words of some length stand below it
            yield lay.Amount(key, wrapper_class="span-all" if of_a_record else "")
            return
        yield lay.Segmented(f"{key}_by", wrapper_class="span-all")
        asked = {"data_with": f"{self.add_prefix(key)}_by={OWN}"}
        yield Div(lay.Amount(key), f"{key}_why", css_class="overrule fields fields-2 span-all", **asked)


class DecisionSection(forms.Form):
    code, title = "decision", "决定"

    reward = forms.ChoiceField(label="另有奖惩", choices=REWARDS, required=False)
    reward_what = PlainField(
        label="奖惩的内容", max_length=100, required=False, help_text="例如 年度奖金 2 万元；没有奖惩的不填。"
    )
    reason = ProseField(
        label="决定的理由", max_length=1000, rows=4,
        help_text="评价结果怎样作为依据。本人看得到。",
    )  # fmt: skip

    def __init__(self, *args, scheme: AppraisalScheme, **kwargs) -> None:
        super().__init__(*args, prefix=self.code, **kwargs)
        outcome = forms.ChoiceField(
            label="评价以后的决定", choices=[(word, word) for word in scheme.outcomes], widget=forms.RadioSelect,
            help_text=f"没有等级和及格线，由企业决定（{scheme.cites}）。",
        )  # fmt: skip
        self.fields = {"outcome": outcome, **self.fields}
        say_what_is_missing(self)

    def clean(self):
        """The text makes the result the basis of all three: whoever is kept or dismissed may be rewarded or punished too."""
        said = self.cleaned_data
        rewarded, what = said.get("reward"), said.get("reward_what")
        if said.get("outcome") == ONLY_A_REWARD and not rewarded and "reward" not in self.errors:
            self.add_error("reward", "决定是奖惩，请选奖励还是惩处。")
        if rewarded and not what and "reward_what" not in self.errors:
            self.add_error("reward_what", "请写明奖励或者惩处的内容。")
        if what and not rewarded and "reward" not in self.errors:
            self.add_error("reward", "写了奖惩的内容，请选奖励还是惩处。")

    @property
    def helper(self) -> FormHelper:
        rows = (
            lay.Segmented("outcome", wrapper_class="span-all"),
            "reward",
            "reward_what",
            lay.Wide("reason"),
        )
        return lay.plain_helper(lay.Section("决定", *rows, id=f"s-{self.code}"))


class AppraisalForm(SectionedForm):
    def __init__(self, typed, *, scheme: AppraisalScheme, known: Mapping[str, Known]) -> None:
        self.scheme = scheme
        self.groups = [GroupSection(typed, group=group, known=known) for group in scheme.groups]
        self.decision = DecisionSection(typed, scheme=scheme)
        self.sections = [*self.groups, self.decision]

    @property
    def points(self) -> dict[str, Decimal]:
        """What was validly given so far, by item."""
        self.is_valid()
        return {code: given for section in self.groups for code, given in section.points.items()}


class ConfirmForm(forms.Form):
    considered = forms.BooleanField(
        label="以上评价与决定已经核对，由本企业负责",
        error_messages={"required": "请确认已经核对，再作出决定。"},
    )


class RemarkForm(forms.Form):
    text = ProseField(
        label="本人意见", max_length=1000, rows=3,
        error_messages={"required": "请写下意见，再提交。"},
    )  # fmt: skip
