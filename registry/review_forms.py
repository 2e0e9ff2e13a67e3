"""What an office writes while it reviews a case: pins, phrases, whether it is the same person."""

from django import forms

from cqo_portal.ui.fields import PlainField, ProseField
from registry import content
from registry.models import Filing, IdentityDecision, Proof, ReturnItem
from registry.sections import ALL_SECTIONS

WRITE_WHAT = "请写明这一处须改正什么。"


class PinForm(forms.Form):
    """One thing to correct: at an address, at the page that is being looked at (`on_page`), or an item said anew."""

    key = forms.CharField(max_length=60)
    reason = ProseField(label="须改正什么", max_length=1000, error_messages={"required": WRITE_WHAT})
    item = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    viewed = forms.UUIDField(required=False)
    viewed_page = forms.IntegerField(required=False, min_value=1, max_value=9999)
    on_page = forms.BooleanField(required=False)
    phrase = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    keep = forms.BooleanField(required=False)

    def __init__(self, *args, filing: Filing, **kwargs) -> None:
        self.filing = filing
        super().__init__(*args, **kwargs)

    def clean_key(self) -> str:
        if self.cleaned_data["key"] not in content.known_keys():
            raise forms.ValidationError("没有这一栏，请从内容右边的标记重新指出。")
        return self.cleaned_data["key"]

    def clean(self):
        said = self.cleaned_data
        said["proof"] = said["page"] = None
        if said.get("on_page"):
            said["proof"], said["page"] = self._page(said.get("viewed"), said.get("viewed_page") or 1)
            if said.get("key", "").startswith("proof.") and said["proof"]:
                said["key"] = f"proof.{said['proof'].kind}"

    def _page(self, viewed, number: int) -> tuple[Proof | None, int | None]:
        paper = self.filing.proofs.at_round(self.filing.round).filter(pk=viewed).first() if viewed else None
        if paper is None or number > paper.pages:
            self.add_error("on_page", "没有这一页，请在材料里重新翻到要指出的一页。")
            return None, None
        return paper, number

    def waiting(self) -> ReturnItem | None:
        """The item that is said anew, if it is one of this round and was not sent."""
        wanted = self.cleaned_data.get("item")
        return self.filing.return_items.filter(pk=wanted, round=self.filing.round, sent_at=None).first()


class PhraseForm(forms.Form):
    """A sentence an office keeps for itself."""

    key = forms.ChoiceField(label="用在哪里")
    text = PlainField(
        label="常用语", max_length=300, min_length=4, help_text="写明哪里不对、要改成什么或补什么。"
    )
    cites = PlainField(label="依据", max_length=60, required=False, help_text="例如：第六条。")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = [("", "请选择"), *places()]
        self.fields["key"].error_messages["required"] = "请选择用在哪里。"
        self.fields["text"].error_messages["required"] = "请填写常用语。"


def places() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every address a phrase may be kept for, by section; a section's own line holds for all of it."""
    groups = []
    for section in ALL_SECTIONS:
        inputs = [(f"{section.code}.{name}", str(field.label)) for name, field in section.base_fields.items()]
        groups.append((section.title, [(section.code, f"{section.title}（各栏）"), *inputs]))
    papers = [("proof", "证明材料（各类）"), *((f"proof.{kind.value}", kind.label) for kind in Proof.Kind)]
    return [*groups, ("质量工作经历", [("experience", "质量工作经历")]), ("证明材料", papers)]


def place_label(key: str) -> str:
    return next((label for _, group in places() for code, label in group if code == key), key)


class SamePersonForm(forms.Form):
    verdict = forms.ChoiceField(
        label="认定",
        choices=IdentityDecision.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择认定的结果。"},
    )
    reason = ProseField(
        label="理由",
        max_length=1000,
        min_length=2,
        rows=3,
        error_messages={"required": "请写明认定的理由。"},
        help_text="企业看不到。例如：已与原单位核实，兼任两家。",
    )
    posts = forms.CharField(widget=forms.HiddenInput, max_length=4000)

    def clean_posts(self) -> list[str]:
        return [key for key in self.cleaned_data["posts"].split(",") if key]
