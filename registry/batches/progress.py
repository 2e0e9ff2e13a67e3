"""How far a notice has come, enterprise by enterprise: each counts once, so that the columns add up to those addressed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from cqo_portal.parties.models import Office, Organisation
from registry.models import Filing
from registry.notices.audience import audience, counties_of
from registry.notices.models import Answer

S = Filing.State

# Code, word: what was handed in and is under way counts (one at most), then what was filed, the answer, a draft.
STANDINGS = {
    "filed": "已备案",
    "at_city": "待市级备案",
    "at_county": "待县级预审",
    "returned": "退回补正",
    "draft": "填写中",
    "unchanged": "答复没有变化",
    "silent": "没有动静",
}


def standings(notice) -> QuerySet:
    """The enterprises a notice addresses, or that filed or answered under it, each with its `standing`.

    What is under way stands where the lists of filings have it, by whichever channel it came: `filing` is that one,
    else the last one filed under the notice.
    """
    own = Filing.objects.filter(organisation=OuterRef("pk"))
    pending, begun = own.under_way().filter(round__gt=0), own.filter(state=S.DRAFT, round=0)
    filed = own.filter(notice=notice, state=S.FILED).order_by("-moved_at")
    answered = Answer.objects.filter(organisation=OuterRef("pk"), notice=notice)
    concerned = Q(pk__in=audience(notice).order_by().values("pk"))
    concerned |= Q(pk__in=Filing.objects.filter(notice=notice).values("organisation"))
    concerned |= Q(pk__in=Answer.objects.filter(notice=notice).values("organisation"))
    return Organisation.objects.filter(concerned, office__parent=notice.office_id).annotate(
        standing=Coalesce(
            Subquery(pending.values("state")[:1]),
            Subquery(filed.values("state")[:1]),
            Case(
                When(Exists(answered), then=Value("unchanged")),
                When(Exists(begun), then=Value("draft")),
                default=Value("silent"),
                output_field=CharField(),
            ),
        ),
        filing=Coalesce(Subquery(pending.values("pk")[:1]), Subquery(filed.values("pk")[:1])),
    )


def silent(notice, *, office) -> QuerySet:
    return standings(notice).filter(standing="silent", office=office)


@dataclass(frozen=True)
class Row:
    """A county, and how many of its enterprises stand where."""

    office: Office | None  # None: the sum
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def addressed(self) -> int:
        return sum(self.counts.values())

    @property
    def answered(self) -> int:
        return self.addressed - self.counts.get("silent", 0) - self.counts.get("draft", 0)

    @property
    def cells(self) -> list[tuple[str, str, int]]:
        return [(code, word, self.counts.get(code, 0)) for code, word in STANDINGS.items()]


@dataclass(frozen=True)
class Board:
    rows: list[Row]
    total: Row
    words = STANDINGS


def board(notice, *, office: Office | None = None) -> Board:
    """By county; `office` narrows it to one. Two queries, however many enterprises."""
    counts: dict[str, dict[str, int]] = {}
    found = standings(notice).filter(office=office) if office else standings(notice)
    for row in found.order_by().values("office", "standing").annotate(count=Count("pk")):
        counts.setdefault(row["office"], {})[row["standing"]] = row["count"]
    offices = [office] if office else list(counties_of(notice))
    rows = [Row(each, counts.get(each.pk, {})) for each in offices]
    total = {code: sum(row.counts.get(code, 0) for row in rows) for code in STANDINGS}
    return Board(rows, Row(None, total))
