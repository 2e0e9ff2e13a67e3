"""The pages of sending up: what waits, what is chosen, and what stays behind with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import QueryDict

from cqo_portal.ui.fields import PlainField
from registry.batches.models import Batch, BatchItem
from registry.batches.waiting import MOST, Waiting, waiting_at
from registry.models import Filing
from registry.notices.models import Notice

VOLUNTARY = "voluntary"
USUAL_REASONS = (  # offered to be chosen, never filled in: the officer says why
    "等企业补交材料。",
    "正在核对原件。",
    "正在与其他部门核实。",
    "已联系企业，等企业确认。",
)
REASON = PlainField(max_length=300, error_messages={"required": "请写明这一件为什么不上报。"})


@dataclass(frozen=True)
class Scope:
    """Of which filings a batch is made: `?notice=` a notice's key, `voluntary`, or nothing for all."""

    user: object
    asked: str

    @cached_property
    def choices(self) -> list[tuple[str, str, int]]:
        """(code, word, how many wait)."""
        rows = Filing.objects.awaiting(self.user).order_by().values("notice").annotate(count=Count("pk"))
        counts = {row["notice"]: row["count"] for row in rows}
        notices = Notice.objects.filter(pk__in=[key for key in counts if key]).order_by("-opens_on", "id")
        found = [("", "全部", sum(counts.values()))]
        found += [(str(each.pk), each.title, counts[each.pk]) for each in notices]
        return found + ([(VOLUNTARY, "主动备案", counts[None])] if None in counts else [])

    @cached_property
    def notice(self) -> Notice | None:
        key = key_of(self.asked)
        return Notice.objects.visible_to(self.user).filter(pk=key).first() if key else None

    @property
    def code(self) -> str:
        return str(self.notice.pk) if self.notice else VOLUNTARY if self.asked == VOLUNTARY else ""

    @property
    def label(self) -> str:
        return self.notice.title if self.notice else "主动备案" if self.code else "全部待预审的备案"

    def waiting(self, *, today: date) -> list[Waiting]:
        return waiting_at(self.user, today=today, notice=self.notice, voluntary=self.code == VOLUNTARY)


@dataclass(frozen=True)
class Left:
    """A filing that stays behind: the reason as typed so far, and what is wrong with it."""

    waiting: Waiting
    reason: str
    error: str = ""

    @property
    def name(self) -> str:
        return f"reason-{self.waiting.filing.pk}"

    @property
    def offered(self) -> list[str]:
        """What may be chosen: first what the check itself found."""
        return [*filter(None, [self.waiting.objection[:300]]), *USUAL_REASONS]


@dataclass(frozen=True)
class Preview:
    """Many filings at one glance before the one act."""

    scope: Scope
    chosen: list[Waiting]
    left: list[Left]
    gone: list[str] = field(default_factory=list)  # ticked, and not to be sent any more: sentences

    @property
    def mistakes(self) -> list[tuple[str, str, str]]:
        return [
            (f"id_{row.name}", row.waiting.filing.organisation.name, row.error)
            for row in self.left
            if row.error
        ]


def choose_page(scope: Scope, *, today: date) -> dict:
    rows = scope.waiting(today=today)
    return {
        "scope": scope,
        "ready": [row for row in rows if row.ready],
        "unready": [row for row in rows if not row.ready],
        "most": MOST,
        "is_cut": len(rows) == MOST,
    }


def preview(scope: Scope, posted: QueryDict, *, today: date, checked: bool = False) -> Preview:
    """What would be sent now. `checked`: the reasons were handed in, so a missing one is a mistake."""
    rows = scope.waiting(today=today)
    ticked = _ticked(posted)
    chosen = [row for row in rows if row.ready and row.token in ticked]
    taken = {row.token for row in chosen}
    left = [_left(row, posted, checked=checked) for row in rows if row.token not in taken]
    return Preview(scope, chosen, left, _gone(rows, ticked - taken))


def _gone(rows: list[Waiting], missing: set[str]) -> list[str]:
    here = {str(row.filing.pk): row for row in rows}
    said = []
    for key in sorted(token.partition(":")[0] for token in missing):
        if row := here.get(key):
            said.append(
                f"{row.filing.organisation.name}：{row.objection or '企业刚刚重新提交，请重新核对。'}"
            )
        else:
            said.append("有一件已经由同事办理，或者被企业撤回，不在待预审的件里了。")
    return said


def _left(row: Waiting, posted: QueryDict, *, checked: bool) -> Left:
    typed = posted.get(f"reason-{row.filing.pk}", "")
    return Left(row, typed, reason_and_error(typed)[1] if checked else "")


def reason_and_error(typed: str) -> tuple[str, str]:
    try:
        return REASON.clean(typed), ""
    except ValidationError as error:
        return "", " ".join(error.messages)


def mistakes_in_recall(chosen: Sequence[UUID], typed: str, *, error: str) -> list[tuple[str, str, str]]:
    """What stands in the summary: (control, label, sentence)."""
    found = [] if chosen else [("", "", "请至少勾选一件再撤回。")]
    if error:
        found.append(("recall-why", "", error if typed.strip() else "请写明撤回的理由。"))
    return found


def _ticked(posted: QueryDict) -> set[str]:
    return {token for token in posted.getlist("chosen") if key_of(token.partition(":")[0])}


def chosen_rounds(posted: QueryDict) -> dict[UUID, int]:
    """{filing: round as looked at}; what is not one of ours is dropped."""
    found = {}
    for token in posted.getlist("chosen"):
        key, _, number = token.partition(":")
        if key_of(key) and number.isascii() and number.isdigit() and len(number) < 6:
            found[key_of(key)] = int(number)
    return found


def reasons(posted: QueryDict) -> tuple[dict[UUID, str], bool]:
    """({filing left behind: reason}, whether every one has its reason)."""
    found, complete = {}, True
    for text in posted.getlist("left"):
        if key := key_of(text):
            found[key], error = reason_and_error(posted.get(f"reason-{key}", ""))
            complete = complete and not error
    return found, complete


def keys(posted: QueryDict, name: str) -> list[UUID]:
    return [key for text in posted.getlist(name) if (key := key_of(text))]


def key_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except (ValueError, AttributeError):
        return None


def batch_of(chosen: Mapping[UUID, int], user) -> Batch | None:
    """The batch that holds just these already: the second press of a double click finds the first one's work."""
    holding = BatchItem.objects.filter(filing__in=chosen, sent__isnull=False).order_by("-id")
    item = holding.select_related("batch").first()
    if item is None or not Batch.objects.visible_to(user).filter(pk=item.batch_id).exists():
        return None
    sent = dict(item.batch.items.filter(sent__isnull=False).values_list("filing", "round"))
    return item.batch if sent == dict(chosen) else None
