"""A batch as it reads today: what was sent, what became of each, what was left and why, what can still be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Max

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from registry.batches.models import Batch, BatchItem
from registry.models import Filing, IdentityDecision, ReturnItem
from registry.workflow import RECALL, SEND_UP

S = Filing.State


@dataclass(frozen=True)
class Line:
    """One item, whether this sending was taken back, and why it cannot be (empty: it can)."""

    item: BatchItem
    recalled: Event | None
    objection: str

    @property
    def filing(self) -> Filing:
        return self.item.filing

    @property
    def recallable(self) -> bool:
        return not self.objection


@dataclass(frozen=True)
class Receipt:
    batch: Batch
    sent: list[Line]
    left: list[BatchItem]

    @property
    def recallable(self) -> list[Line]:
        return [line for line in self.sent if line.recallable]

    @property
    def recalled(self) -> list[Line]:
        return [line for line in self.sent if line.recalled]

    @property
    def remaining(self) -> int:
        return len(self.sent) - len(self.recalled)

    @property
    def filed(self) -> int:
        return sum(1 for line in self.sent if line.filing.state == S.FILED)


def receipt(batch: Batch) -> Receipt:
    """A fixed number of queries, however many items."""
    items = list(batch.items.select_related("filing__organisation").defer("filing__draft", "filing__search"))
    sent = [item for item in items if item.sent_id]
    after = _what_followed(sent)
    touched = _touched([item.filing for item in sent])
    lines = [_line(item, after.get(item.filing_id, ()), touched) for item in sent]
    return Receipt(batch, lines, [item for item in items if not item.sent_id])


def _line(item: BatchItem, after: Sequence[Event], touched: set[UUID]) -> Line:
    next_act = next((event for event in after if event.id > item.sent_id), None)
    recalled = next_act if next_act and next_act.action == RECALL.name else None
    if recalled:
        return Line(item, recalled, "已撤回")
    if next_act or item.filing.state != S.AT_CITY:
        return Line(item, None, "市局已办理")
    return Line(item, None, "市局已开始办理" if item.filing_id in touched else "")


def _what_followed(items: Sequence[BatchItem]) -> dict[UUID, list[Event]]:
    """The moves of each filing since the earliest sending, in order."""
    if not items:
        return {}
    keys = [str(item.filing_id) for item in items]
    moves = Event.objects.filter(subject_type=Filing._meta.label_lower, subject_id__in=keys).exclude(after="")
    found: dict[UUID, list[Event]] = {}
    for event in moves.filter(id__gt=min(item.sent_id for item in items)).order_by("id"):
        found.setdefault(UUID(event.subject_id), []).append(event)
    return found


def _touched(filings: Sequence[Filing]) -> set[UUID]:
    """The guard of RECALL, asked of all at once: pinned, decided or looked up by the city since it came."""
    held = [filing.pk for filing in filings if filing.state == S.AT_CITY]
    pins = ReturnItem.objects.filter(filing__in=held, sent_at=None, round=F("filing__round"))
    decisions = IdentityDecision.objects.filter(filing__in=held, at__gt=F("filing__moved_at"))
    acts = Event.objects.filter(
        subject_type=Filing._meta.label_lower,
        subject_id__in=[str(pk) for pk in held],
        actor__assignments__role=Role.CITY,
    ).exclude(action__in=(SEND_UP.name, Event.PAPER))
    last = {
        UUID(row["subject_id"]): row["last"]
        for row in acts.values("subject_id").annotate(last=Max("at")).order_by()
    }
    moved = {filing.pk: filing.moved_at for filing in filings}
    return (
        set(pins.values_list("filing", flat=True))
        | set(decisions.values_list("filing", flat=True))
        | {pk for pk, at in last.items() if at > moved[pk]}
    )
