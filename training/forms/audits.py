"""What is typed about flags and audit draws."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from cqo_portal.ui.fields import DayField, PlainField, ProseField, WholeNumberField
from training.draw import FEWEST_DIGITS, MOST, one_writing
from training.models import Draw, Flag, Outcome

MOST_OF_A_SEED = Draw._meta.get_field("seed").max_length
_DECISIONS = [("yes", "计入"), ("no", "不计入")]


def _required(said: str) -> dict[str, str]:
    return {"required": said}


def _prose(label: str, *, missing: str, rows: int = 4, **kwargs) -> ProseField:
    return ProseField(label=label, rows=rows, error_messages=_required(missing), **kwargs)


class ExplainForm(forms.Form):
    text = _prose(
        "本单位的说明",
        missing="请写说明。",
        max_length=1000,
        help_text="只能写一次，写下的不能改；监管机关核查时看得到。",
    )


class SettleForm(forms.Form):
    counts = forms.ChoiceField(
        label="结论",
        choices=_DECISIONS,
        widget=forms.RadioSelect,
        error_messages=_required("请选择计入还是不计入。"),
    )
    reason = _prose(
        "理由", missing="请写理由。", rows=3, max_length=300, help_text="组织者和本人看得到；写下的不能改。"
    )

    def clean_counts(self) -> bool:
        return self.cleaned_data["counts"] == "yes"


class SettleManyForm(SettleForm):
    chosen = forms.ModelMultipleChoiceField(
        label="要核查的记录",
        queryset=Flag.objects.none(),
        error_messages=_required("请至少勾选一笔。")
        | {"invalid_choice": "勾选的记录里有已经核查或者冲正的，请重新勾选。"},
    )

    def __init__(self, *args, flags, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].queryset = flags


class FreezeForm(forms.Form):
    first_day = DayField(label="入账日期起", error_messages=_required("请填起始日期。"))
    last_day = DayField(label="入账日期止", error_messages=_required("请填截止日期。"))
    wanted = WholeNumberField(
        label="抽取笔数",
        error_messages=_required("请填要抽多少笔。"),
        help_text=f"每个组织者至少一笔，其余按各自的笔数分；最多 {MOST} 笔。",
    )
    announced = PlainField(
        label="种子取自",
        max_length=200,
        error_messages=_required("请写明种子将取自哪一次公开的结果。"),
        help_text="现在就写明、随即公布，以后不能另选；要在封存以后才产生。例如：封存次日以后第一期中国福利彩票双色球的开奖号码。",
    )

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_wanted(self) -> int:
        wanted = self.cleaned_data["wanted"]
        if not 1 <= wanted <= MOST:
            raise ValidationError(f"请填 1 至 {MOST}。")
        return wanted

    def clean_last_day(self) -> date:
        day = self.cleaned_data["last_day"]
        if day > self.today:
            raise ValidationError("截止日期还没有到；请填今天或以前的日期。")
        return day

    def clean(self) -> dict:
        said = self.cleaned_data
        first, last = said.get("first_day"), said.get("last_day")
        if first and last and first > last:
            self.add_error("first_day", "起始日期在截止日期之后，请核对。")
        return said


class SeedForm(forms.Form):
    seed = forms.CharField(
        label="种子",
        max_length=MOST_OF_A_SEED,
        error_messages=_required("请填种子。"),
        help_text="照公布的填，例如 03 08 17 21 25 31+07。只依次取其中的 1 至 9，0 和别的都略去，"
        "这一例记为 38172125317。录入后不能改。",
    )
    seed_source = PlainField(
        label="出处",
        max_length=200,
        error_messages=_required("请写明是哪一次公布的。"),
        help_text="例如：中国福利彩票双色球第 2026138 期开奖号码，红球从小到大，加号后是蓝球。",
    )
    seed_day = DayField(label="公布日期", error_messages=_required("请填公布日期。"))
    seed_where = PlainField(
        label="在哪里可以查到",
        max_length=300,
        error_messages=_required("请写明在哪里可以查到。"),
        help_text="网址，或者报纸的名称、日期和版面。",
    )

    def clean_seed(self) -> str:
        seed = one_writing(self.cleaned_data["seed"])
        if len(seed) < FEWEST_DIGITS:
            raise ValidationError("种子里至少要有六位 1 至 9 的数字。")
        if len(seed) > MOST_OF_A_SEED:  # one sign may hold two digits
            raise ValidationError(
                f"种子里有 {len(seed)} 位 1 至 9 的数字，最多 {MOST_OF_A_SEED} 位；请照公布的填。"
            )
        return seed


class OutcomeForm(forms.Form):
    verdict = forms.ChoiceField(
        label="核查结果",
        choices=Outcome.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages=_required("请选择核查结果。"),
    )
    looked_at = _prose(
        "看了什么、看到什么",
        missing="请写明看了什么、看到什么。",
        max_length=1000,
        help_text="例如：签到表原件第 3 页、与课堂录像核对。组织者看得到；写下的不能改，更正另记一条。",
    )
    after = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def now_seen(self, last: Outcome | None) -> None:
        """The page shows what was found meanwhile: sent again, the form follows upon that."""
        self.data = self.data.copy()
        self.data["after"] = last.pk if last else ""


class WordsForm(forms.Form):
    """Words with which something ends; what for, the page says."""

    words = _prose(
        "结论",
        missing="请写明。",
        max_length=2000,
        help_text="会在公开页公布，请不要写个人的姓名、证件号码。",
    )

    def __init__(self, *args, label: str, missing: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = label
        self.fields["words"].error_messages["required"] = missing
