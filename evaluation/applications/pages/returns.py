"""What a return asks for: while it is composed, while it is answered, and what became of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from django import forms

from cqo_portal.jurisdictions.scheme import EvaluationScheme
from cqo_portal.ui.fields import ProseField
from evaluation.applications import draft
from evaluation.applications.content import said_in
from evaluation.applications.pages.said import supporting
from evaluation.applications.rules import BASIC, OF_A_PAPER, codes_of, label_of
from evaluation.applications.sections import TITLES
from evaluation.models import Application, Proof, ReturnItem

THIS_PAGE = "page"  # `?pin=page`: the page that is being looked at
PINNABLE = ("recommendation", "basic", "report")
CITES = {"recommendation": "8.1 a)", "basic": "5.1", "report": "8.1 b)"}


def addresses(scheme: EvaluationScheme) -> list[str]:
    """Every address a return may be pinned to."""
    rows = [row.code for row in scheme.indicators]
    return [*PINNABLE, *rows, *(f"{OF_A_PAPER}{code}" for code in codes_of(scheme))]


def label_of_address(key: str, scheme: EvaluationScheme) -> str:
    if key.startswith(OF_A_PAPER):
        return f"{label_of(key.removeprefix(OF_A_PAPER), scheme)}的材料"
    return TITLES.get(key) or label_of(key, scheme)


def cites_of(key: str, scheme: EvaluationScheme) -> str:
    """The article a return pinned here rests on."""
    if key.startswith(OF_A_PAPER):
        return "5.1" if key == f"{OF_A_PAPER}{BASIC}" else "8.1 c)"
    return CITES.get(key) or next(row.cites for row in scheme.indicators if row.code == key)


@dataclass(frozen=True)
class Pin:
    number: int
    label: str
    item: ReturnItem

    @property
    def sentence(self) -> str:
        """As it stands beside an input."""
        where = f"{self.item.proof.name}{self.page_words}：" if self.item.proof else ""
        return f"{where}{self.item.reason}"

    @property
    def page_words(self) -> str:
        return f" 第 {self.item.page} 页" if self.item.page else ""


def pins_of(items: Iterable[ReturnItem], scheme: EvaluationScheme) -> list[Pin]:
    return [
        Pin(number, label_of_address(item.key, scheme), item) for number, item in enumerate(items, start=1)
    ]


def composing(application: Application, scheme: EvaluationScheme) -> list[Pin]:
    """The return being composed."""
    waiting = application.return_items.filter(round=application.round, sent_at=None)
    return pins_of(waiting.select_related("proof", "by"), scheme)


def asked_now(application: Application, scheme: EvaluationScheme) -> list[Pin]:
    """What the last return asked for, while it is being answered."""
    if application.state != Application.State.RETURNED:
        return []
    return pins_of(draft.returned_items(application).select_related("proof", "by"), scheme)


def asked_at(pins: Iterable[Pin]) -> dict[str, str]:
    """{address: everything that was asked there}, for the words beside an input."""
    said = defaultdict(list)
    for pin in pins:
        said[pin.item.key].append(pin.sentence)
    return {key: "；".join(sentences) for key, sentences in said.items()}


# ── composing ─────────────────────────────────────────────────────────────────────────────────
class PinForm(forms.Form):
    """One thing to complete: at an address, or at the page that is being looked at (`key` is `page`)."""

    key = forms.CharField(max_length=60)
    reason = ProseField(max_length=1000, error_messages={"required": "请写明须补充什么。"})
    paper = forms.UUIDField(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=9999)

    def __init__(self, *args, application: Application, scheme: EvaluationScheme, **kwargs) -> None:
        self.application, self.scheme = application, scheme
        super().__init__(*args, **kwargs)

    def clean(self):
        said = self.cleaned_data
        said["proof"] = None
        if said.get("key") == THIS_PAGE:
            said["proof"] = self._paper()
            said["key"] = f"{OF_A_PAPER}{said['proof'].supports[0]}" if said["proof"] else ""
        else:
            said["page"] = None
        if said.get("key") and said["key"] not in addresses(self.scheme):
            self.add_error("key", "没有这一栏，请从内容右边的标记重新指出。")

    def _paper(self) -> Proof | None:
        said = self.cleaned_data
        papers = self.application.proofs.at_round(self.application.round)
        paper = papers.filter(pk=said["paper"]).first() if said.get("paper") else None
        if paper is None or not said.get("page") or said["page"] > paper.pages:
            self.add_error("page", "没有这一页，请在材料里重新翻到要指出的一页。")
            return None
        return paper


@dataclass(frozen=True)
class Composer:
    """The open form of one pin: where it points, and what stands in it."""

    key: str
    label: str
    reason: str = ""
    errors: list[str] = field(default_factory=list)


def composer(params: Mapping, *, scheme: EvaluationScheme, viewed, pins: list[Pin]) -> Composer | None:
    """The form that `?pin=<address>` or `?pin=page` opens, with what was written there already."""
    key = params.get("pin", "")
    if key == THIS_PAGE and viewed:
        paper, number = viewed
        written = [p for p in pins if (p.item.proof_id, p.item.page) == (paper.pk, number)]
        label = f"{paper.name} 第 {number} 页"
    elif key in addresses(scheme):
        written = [p for p in pins if p.item.key == key and p.item.proof_id is None]
        label = label_of_address(key, scheme)
    else:
        return None
    return Composer(key, label, written[0].item.reason if written else "")


# ── answered ──────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Answered:
    """One item of the last return, and whether what stands there now is something else."""

    pin: Pin
    changed: bool


def last_return(application: Application, now: Mapping, scheme: EvaluationScheme) -> list[Answered]:
    """What had been asked last, and what became of it in the words `now`."""
    sent = application.return_items.exclude(sent_at=None).select_related("proof", "by")
    items = list(sent.filter(round__lt=application.round))
    last = max((item.round for item in items), default=0)
    if application.state == Application.State.RETURNED or not last:
        return []
    return answered([item for item in items if item.round == last], said_in(application, last), now, scheme)


def answered(
    items: Iterable[ReturnItem], then: Mapping, now: Mapping, scheme: EvaluationScheme
) -> list[Answered]:
    return [
        Answered(pin, _said_at(pin.item, then) != _said_at(pin.item, now)) for pin in pins_of(items, scheme)
    ]


def _said_at(item: ReturnItem, content: Mapping):
    """What a content says at the address of an item."""
    if item.proof_id:
        return [each for each in content["proofs"] if each["id"] == str(item.proof_id)]
    if item.key.startswith(OF_A_PAPER):
        return supporting(item.key.removeprefix(OF_A_PAPER), content)
    if item.key == "basic":
        return content["declared"], content["note"], content["plea"]
    return content["self_assessment"].get(item.key) or content.get(item.key)


def earlier_returns(application: Application, scheme: EvaluationScheme) -> list[tuple[int, list[Pin]]]:
    """[(round, what was asked)] of every return that was sent, newest first."""
    sent = application.return_items.exclude(sent_at=None).select_related("proof", "by")
    grouped = groupby(sent.order_by("-round", "id"), key=lambda item: item.round)
    return [(number, pins_of(items, scheme)) for number, items in grouped]
