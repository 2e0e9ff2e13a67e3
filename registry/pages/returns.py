"""What a return asks for: while it is composed, while it is corrected, and once it was answered."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cqo_portal.jurisdictions.requirements import leaves
from registry import content, facts
from registry.draft import COMPANIONS
from registry.models import Filing, Phrase, Proof, ReturnItem
from registry.phrases import offered

# Which clause a return pinned to this address usually rests on; the pack gives the article.
CLAUSE_KEYS = {
    "experience": "experience",
    "officer.education": "education",
    "officer.job_title": "title",
    "officer.trained": "training",
    "proof.training": "training",
    "proof.experience": "experience",
    "proof.education": "education",
    "proof.title": "title",
    "proof.appointment": "appointed-by",
    "appointment.appointed_by": "appointed-by",
    "appointment.term_years": "term",
}
THIS_PAGE = "page"  # `?pin=page`: the page that is being looked at


@dataclass(frozen=True)
class Page:
    """One page of a paper, to be shown as a picture."""

    proof: Proof
    number: int

    @property
    def label(self) -> str:
        return f"{self.proof.get_kind_display()} 第 {self.number} 页"


@dataclass(frozen=True)
class Pin:
    """One thing to correct; `times`: how often it has been asked for, this time included."""

    number: int
    label: str
    item: ReturnItem
    times: int = 1

    @property
    def page(self) -> Page | None:
        return page_of(self.item)

    @property
    def evidence(self) -> Page | None:
        """The page that lies beside a field; of a pinned page the label says it already."""
        return None if is_of_a_paper(self.item.key) else self.page

    @property
    def sentence(self) -> str:
        """As it stands beside an input."""
        where = f"{self.label}：" if is_of_a_paper(self.item.key) and self.page else ""
        return f"{f'（第 {self.times} 次要求）' if self.times > 1 else ''}{where}{self.item.reason}"


def is_of_a_paper(key: str) -> bool:
    return key.startswith("proof.")


def page_of(item: ReturnItem) -> Page | None:
    return Page(item.proof, item.page) if item.proof_id and item.page else None


def label_of(item: ReturnItem) -> str:
    page = page_of(item)
    return page.label if page and is_of_a_paper(item.key) else content.label_of(item.key)


def times_asked(items: Iterable[ReturnItem]) -> dict[int, int]:
    """{item: how often it was asked for by then}. `items`: every item of one filing."""
    before = {item.pk: item.repeats_id for item in items}
    return {pk: _length(pk, before) for pk in before}


def _length(pk: int, before: Mapping[int, int | None]) -> int:
    length = 1
    while (pk := before.get(pk)) is not None:
        length += 1
    return length


def items_of(filing: Filing) -> list[ReturnItem]:
    """Every item of every round, with what a page says about it."""
    return list(filing.return_items.select_related("by", "proof").prefetch_related("checks__by"))


def pins(filing: Filing, items: list[ReturnItem] | None = None) -> list[Pin]:
    """The return being composed: numbered, in the order in which it was written."""
    items = items_of(filing) if items is None else items
    return _numbered([i for i in items if i.round == filing.round and i.sent_at is None], items)


def _numbered(chosen: Iterable[ReturnItem], items: Iterable[ReturnItem]) -> list[Pin]:
    times = times_asked(items)
    return [Pin(number, label_of(item), item, times[item.pk]) for number, item in enumerate(chosen, start=1)]


def asked_now(filing: Filing) -> list[Pin]:
    """What the last return asked for, while it is being corrected."""
    if filing.state != Filing.State.RETURNED:
        return []
    items = items_of(filing)
    return _numbered([i for i in items if i.round == filing.round and i.sent_at], items)


def asked_at(returned: Iterable[Pin]) -> dict[str, str]:
    """{address: everything that was asked there}, for the words beside an input."""
    said: dict[str, list[str]] = {}
    for pin in returned:
        said.setdefault(pin.item.key, []).append(pin.sentence)
    return {key: "；".join(sentences) for key, sentences in said.items()}


# ── composing ─────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Composer:
    """The open form of one pin: where it points, what stands in it, which phrases are at hand."""

    key: str
    label: str
    reason: str
    phrases: list[Phrase]
    on_page: bool = False
    item: ReturnItem | None = None
    phrase: Phrase | None = None
    errors: list[str] = field(default_factory=list)


def composer(
    filing: Filing, params: Mapping, *, user, viewed: Page | None, pins: list[Pin]
) -> Composer | None:
    """The form that `?pin=<address>`, `?pin=page` or `?item=<number>` opens, if it is one of ours."""
    item = next((p.item for p in pins if str(p.item.pk) == params.get("item", "")), None)
    asked = item.key if item else params.get("pin", "")
    on_page = asked == THIS_PAGE and viewed is not None
    key = f"proof.{viewed.proof.kind}" if on_page else asked
    if key not in content.known_keys():
        return None
    item = item or _pinned_there(pins, key, viewed if on_page else None)
    return Composer(
        key=key,
        label=label_of(item) if item else viewed.label if on_page else content.label_of(key),
        reason=item.reason if item else "",
        phrases=offered(filing, key, user=user),
        on_page=on_page,
        item=item,
    )


def _pinned_there(pins: list[Pin], key: str, page: Page | None) -> ReturnItem | None:
    """What was written there already: a field has one pin, a paper one for each page and one as a whole."""
    for pin in pins:
        of_a_paper = is_of_a_paper(pin.item.key)
        if pin.item.key == key and (not of_a_paper or _same_page(pin.item, page)):
            return pin.item
    return None


def _same_page(item: ReturnItem, page: Page | None) -> bool:
    there = (item.proof_id, item.page)
    return there == ((page.proof.pk, page.number) if page else (None, None))


# ── answered ──────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Answered:
    """One item of the last return: what stood there and what stands there now, and what the officer says of it."""

    label: str
    item: ReturnItem
    changed: bool
    times: int = 1
    was: str = ""
    now: str = ""
    old_pages: tuple[Page, ...] = ()
    new_pages: tuple[Page, ...] = ()
    asked_again: ReturnItem | None = None

    @cached_property
    def check(self):
        return next(reversed(self.item.checks.all()), None)

    @property
    def verdict(self) -> str:
        """`unfixed`: asked again in this round; `fixed`: an officer said so; else nobody has said yet."""
        if self.asked_again:
            return "unfixed"
        return "fixed" if self.check and self.check.fixed else ""

    @property
    def of_a_paper(self) -> bool:
        return is_of_a_paper(self.item.key)

    @property
    def input_id(self) -> str:
        """Where on the form it is put right."""
        if self.of_a_paper:
            return f"paper-{self.item.key.removeprefix('proof.')}"
        section, _, name = self.item.key.partition(".")
        return f"id_{section}-{name}" if name else f"s-{section}"

    @property
    def same_masked(self) -> bool:
        """A sealed value changed in the part that is masked: both sides look alike."""
        return (
            self.changed and not self.of_a_paper and self.was == self.now and self.item.key in content.SEALED
        )


def last_return(filing: Filing, items: list[ReturnItem] | None = None) -> list[Answered]:
    """After a resubmission: what had been asked last, and what became of it."""
    if filing.state in (Filing.State.RETURNED, Filing.State.DRAFT):
        return []
    items = items_of(filing) if items is None else items
    asked = _asked_last(items, before=filing.round)
    return _answers(filing, asked, items, now=facts.content_of(filing), number=filing.round)


def untouched(filing: Filing, said: Mapping) -> list[Answered]:
    """Before a resubmission: what was asked last and stands there as it stood. `said`: the draft's words."""
    items, number = items_of(filing), filing.round + 1  # the round that is about to be submitted
    answers = _answers(filing, _asked_last(items, before=number), items, now=said, number=number)
    return [answer for answer in answers if not answer.changed]


def _asked_last(items: Iterable[ReturnItem], *, before: int) -> list[ReturnItem]:
    sent = [item for item in items if item.sent_at and item.round < before]
    last = max((item.round for item in sent), default=0)
    return [item for item in sent if item.round == last]


def _answers(
    filing: Filing, asked: list[ReturnItem], items: list[ReturnItem], *, now: Mapping, number: int
) -> list[Answered]:
    """What became of each by round `number`, whose words are `now`."""
    if not asked:
        return []
    then = _words(filing, asked[0].round)
    papers, times = list(filing.proofs.order_by("uploaded_at", "pk")), times_asked(items)
    again = {item.repeats_id: item for item in items if item.round == number and not item.sent_at}
    return [
        Answered(
            label=label_of(item),
            item=item,
            times=times[item.pk],
            asked_again=again.get(item.pk),
            **(_papers(item, papers, number) if is_of_a_paper(item.key) else _fields(item.key, then, now)),
        )
        for item in asked
    ]


def _words(filing: Filing, number: int) -> dict:
    return filing.submissions.get(round=number).content


def _fields(key: str, then: Mapping, now: Mapping) -> dict:
    together = {key, *COMPANIONS.get(key, ())}
    changed = any(_value(then, each) != _value(now, each) for each in together)
    return {"changed": changed, "was": _in_words(key, then), "now": _in_words(key, now)}


def _value(said: Mapping, key: str):
    section, _, name = key.partition(".")
    return said.get(section, {}).get(name) if name else said.get(section)


def _in_words(key: str, said: Mapping) -> str:
    if key == "experience":
        return content.experience_in_words(said) or "（空）"
    return content.as_words(key, _value(said, key)) or "（空）"


def _papers(item: ReturnItem, papers: list[Proof], now: int) -> dict:
    """Before: the pinned page, or the papers of that kind; after: those of that kind that came since."""
    ours = [paper for paper in papers if f"proof.{paper.kind}" == item.key]
    new = [p for p in ours if item.round < p.added_in <= now and _lies_there(p, now)]
    old = [p for p in ours if p.added_in <= item.round and _lies_there(p, item.round)]
    before = (page_of(item),) if item.page else tuple(Page(paper, 1) for paper in old)
    after = tuple(Page(paper, min(item.page or 1, paper.pages)) for paper in new)
    taken_away = not all(_lies_there(paper, now) for paper in old)
    return {"changed": bool(new) or taken_away, "old_pages": before, "new_pages": after}


def _lies_there(paper: Proof, number: int) -> bool:
    """Whether a paper that had come by that round had not been removed by then."""
    return paper.removed_in is None or paper.removed_in > number


@dataclass(frozen=True)
class Earlier:
    """One item of an earlier round, and how it went on."""

    label: str
    item: ReturnItem
    times: int
    asked_again_in: int | None
    fixed: bool


@dataclass(frozen=True)
class Round:
    number: int
    items: list[Earlier]

    @property
    def sent_at(self):
        return self.items[0].item.sent_at

    @property
    def by(self):
        return self.items[0].item.by


def earlier_returns(filing: Filing, items: list[ReturnItem] | None = None) -> list[Round]:
    """Every return that was sent, newest first."""
    items = items_of(filing) if items is None else items
    times, again = times_asked(items), {i.repeats_id: i.round for i in items if i.repeats_id}
    sent = [item for item in items if item.sent_at]
    rounds = sorted({item.round for item in sent}, reverse=True)
    return [Round(n, [_earlier(i, times, again) for i in sent if i.round == n]) for n in rounds]


def _earlier(item: ReturnItem, times: Mapping[int, int], again: Mapping[int, int]) -> Earlier:
    check = next(reversed(item.checks.all()), None)
    return Earlier(label_of(item), item, times[item.pk], again.get(item.pk), bool(check and check.fixed))


def pins_by_paper(pins: Iterable[Pin]) -> Counter:
    """How many pins point at each paper, for its tab."""
    return Counter(pin.item.proof_id for pin in pins if pin.item.proof_id)


def clause_of(filing: Filing, key: str) -> str:
    """The article a return pinned to this address usually rests on; empty where the pack names none."""
    rules = facts.judge_submitted(filing).pack
    clauses = [*leaves(rules.qualification), rules.appointed_by, *([rules.term] if rules.term else [])]
    return next((clause.cites for clause in clauses if clause.key == CLAUSE_KEYS.get(key)), "")
