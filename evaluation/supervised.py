"""What an office that keeps bodies on record has to look at: their records, how far their cases are. No name, no mark, no grade."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse

from cqo_portal.wording import day_full, grouped
from evaluation.bodies.models import BodyRecord
from evaluation.bodies.pages import ends_soon
from evaluation.models import Appeal, Evaluation
from evaluation.queries import UNDER_WAY

E = Evaluation.State


@dataclass(frozen=True)
class Supervised:
    """`records`: those that hold today, suspended ones too."""

    records: list[BodyRecord]
    today: date
    under_way: int
    late: int
    deciding: int
    publishing: int
    appeals: int

    @property
    def title(self) -> str:
        return f"在案的评价机构 {grouped(len(self.records))} 家，在评 {grouped(self.under_way)} 个"

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """(address, what, how much of it), records that end soon first."""
        return [*self._ending(), *self._of_bodies(), *self._of_cases()]

    def _ending(self) -> Iterator[tuple[str, str, str]]:
        for record in sorted(self.records, key=lambda each: each.last_day or date.max):
            if ends_soon(record, self.today):
                said = f"到{day_full(record.last_day)}为止"
                yield record.get_absolute_url(), f"{record.institution}的登记快到期", said

    def _of_bodies(self) -> Iterator[tuple[str, str, str]]:
        if self.records:
            suspended = sum(each.state == BodyRecord.State.SUSPENDED for each in self.records)
            more = f"，其中 {grouped(suspended)} 家暂停" if suspended else ""
            said = f"{grouped(len(self.records))} 家{more}"
            yield f"{reverse('bodies:index')}?turn=filed", "在案的评价机构", said

    def _of_cases(self) -> Iterator[tuple[str, str, str]]:
        index = reverse("evaluation:evaluations")
        late = f"，{grouped(self.late)} 个已过期限" if self.late else ""
        for stage, what, number, more in (
            ("under_way", "在评", self.under_way, late),
            (E.AT_BODY, "等机构作出评价决定", self.deciding, ""),
            (E.DECIDED, "已作决定、等机构公布", self.publishing, ""),
            ("done", "申诉、复核没有办结", self.appeals, ""),
        ):
            if number:
                yield f"{index}?stage={stage}", what, f"{grouped(number)} 个{more}"


def supervised(user, *, today: date) -> Supervised:
    """Where no body was ever on record there is no case either, so that one question is all."""
    recorded = list(BodyRecord.objects.visible_to(user).filter(first_day__isnull=False).for_list())
    if not recorded:
        return Supervised([], today, 0, 0, 0, 0, 0)
    records = [each for each in recorded if each.standing_on(today) in ("holding", "suspended")]
    cases = Evaluation.objects.visible_to(user)
    found = cases.order_by().aggregate(
        under_way=Count("pk", filter=Q(state__in=UNDER_WAY)),
        late=Count("pk", filter=Q(state__in=UNDER_WAY, due_on__lt=today)),
        deciding=Count("pk", filter=Q(state=E.AT_BODY)),
        publishing=Count("pk", filter=Q(state=E.DECIDED)),
    )
    appeals = Appeal.objects.pending().filter(evaluation__in=cases.order_by().values("pk")).count()
    return Supervised(records, today, appeals=appeals, **found)
