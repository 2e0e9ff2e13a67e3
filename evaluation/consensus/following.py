"""Who follows a meeting asks every few seconds: has anything changed, and where is the leader? One light question."""

from typing import NamedTuple

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from evaluation.models import Evaluation, Panellist, SignedSheet


class Stamp(NamedTuple):
    """`table` changes whenever anything on the table does, and tells nothing of it; `cursor`: the indicator, or ""."""

    table: str
    cursor: str


def stamp_of(evaluations: QuerySet[Evaluation], pk) -> Stamp | None:
    """Of the one of `evaluations` (which the person may follow) with this key; None where there is none."""
    signed = SignedSheet.objects.filter(sheet__panellist__evaluation=OuterRef("pk")).order_by()
    serving = Panellist.objects.filter(evaluation=OuterRef("pk")).order_by()
    found = (
        evaluations.filter(pk=pk)
        .annotate(
            written=Coalesce(F("deliberation__version"), 0),
            at=Coalesce(F("deliberation__cursor"), Value("")),
            signed=Subquery(
                signed.values("sheet__panellist__evaluation").annotate(n=Count("pk")).values("n")
            ),
            serving=Subquery(
                serving.values("evaluation").annotate(n=Count("pk", filter=Q(state="serving"))).values("n")
            ),
        )
        .values_list("state", "written", "signed", "serving", "at")
        .first()
    )
    if found is None:
        return None
    *table, cursor = found
    return Stamp(".".join(str(part or 0) for part in table), cursor)
