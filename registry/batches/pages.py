"""The pages of sending up: what waits, what is chosen, and what stays behind with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import QueryDict
from django.urls import reverse

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
    "留待下一批上报。",
)
SHARED = "reason-shared"  # the name of the field that speaks for all that were left unticked without a word of their own
REASON = PlainField(max_length=300, error_messages={"required": "请写明这一件为什么不上报。"})
REMARK = PlainField(max_length=300, required=False)


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
    def address(self) -> str:
        """Where one chooses, of the same filings."""
        return reverse("batches:choose") + (f"?notice={self.code}" if self.code else "")

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


@dataclass(frozen=True)
class Preview:
    """Many filings at one glance before the one act."""

    scope: Scope
    chosen: list[Waiting]
    left: list[Left]
    gone: list[str] = field(default_factory=list)  # ticked, and not to be sent any more: sentences
    shared: str = ""  # the reason for all that has none of its own, as typed
    shared_error: str = ""
    usual_reasons = USUAL_REASONS

    @property
    def held(self) -> list[Left]:
        """What cannot go: the reason is what the check found."""
        return [row for row in self.left if row.waiting.objection]

    @property
    def unticked(self) -> list[Left]:
        """What could go and was not ticked: somebody says why."""
        return [row for row in self.left if row.waiting.ready]

    @property
    def shares(self) -> bool:
        return len(self.unticked) > 1 or bool(self.shared)

    @property
    def mistakes(self) -> list[tuple[str, str, str]]:
        """Where one reason may stand for all, the many that have none are one mistake."""
        of_all = [(f"id_{SHARED}", "共用的理由", self.shared_error)] if self.shared_error else []
        wrong = [row for row in self.left if row.error and (row.reason.strip() or not of_all)]
        return of_all + [(f"id_{row.name}", row.waiting.filing.organisation.name, row.error) for row in wrong]


def choose_page(scope: Scope, *, today: date, posted: QueryDict | None = None, none: bool = False) -> dict:
    """Everything ready is ticked, or nothing; or what was ticked before, and the reasons typed go along."""
    rows = scope.waiting(today=today)
    ready = {row.token for row in rows if row.ready and not none}
    return {
        "scope": scope,
        "ticked": ready if posted is None else ready & _ticked(posted),
        "typed": _typed(posted) if posted else [],
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
    shared = posted.get(SHARED, "")
    left = [
        _left(row, posted, checked=checked, needed=row.ready and not shared.strip())
        for row in rows
        if row.token not in taken
    ]
    shown = Preview(scope, chosen, left, _gone(rows, ticked - taken), shared)
    return replace(shown, shared_error=_shared_error(shown)) if checked else shown


def _shared_error(shown: Preview) -> str:
    missing = [row for row in shown.unticked if row.error and not row.reason.strip()]
    if shown.shares and missing:
        return f"有 {len(missing)} 件没有写理由，请逐件写明，或者在这里写一个共用的理由。"
    return said_and_error(shown.shared, REMARK)[1]


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


def _left(row: Waiting, posted: QueryDict, *, checked: bool, needed: bool) -> Left:
    typed = posted.get(f"reason-{row.filing.pk}", "")
    error = said_and_error(typed, REASON if needed else REMARK)[1]
    return Left(row, typed, error if checked else "")


def _typed(posted: QueryDict) -> list[tuple[str, str]]:
    """The reasons typed so far, to be sent along."""
    return [(name, said) for name, said in posted.items() if name.startswith("reason-") and said.strip()]


def reason_and_error(typed: str) -> tuple[str, str]:
    return said_and_error(typed, REASON)


def said_and_error(typed: str, plain: PlainField) -> tuple[str, str]:
    try:
        return plain.clean(typed), ""
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


def reasons(posted: QueryDict) -> tuple[dict[UUID, str], str, bool]:
    """({filing left behind: reason, may be empty}, the shared reason, whether all of them can be read)."""
    shared, wrong = said_and_error(posted.get(SHARED, ""), REMARK)
    found, readable = {}, not wrong
    for text in posted.getlist("left"):
        if key := key_of(text):
            found[key], error = said_and_error(posted.get(f"reason-{key}", ""), REMARK)
            readable = readable and not error
    return found, shared, readable


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
