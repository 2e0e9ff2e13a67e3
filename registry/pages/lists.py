"""Lists of filings, as their address says."""

from collections.abc import Mapping

from django.db.models import QuerySet

from registry.models import Filing


class FilingQuery:
    """A list of filings as its address says: `?turn=mine|others|all`, `?state=`, `?q=`."""

    TURNS = (("mine", "轮到我"), ("others", "等别人"), ("all", "全部"))

    def __init__(self, params: Mapping) -> None:
        self.text = params.get("q", "").strip()[:60]
        self.state = params.get("state") if params.get("state") in Filing.State.values else ""
        asked = params.get("turn", "")
        self.turn = asked if asked in dict(self.TURNS) else ("all" if self.text or self.state else "mine")

    @property
    def order(self) -> tuple[str, ...]:
        return ("moved_at", "id") if self.turn == "mine" else ("-moved_at", "-id")

    def apply(self, filings: QuerySet, *, user) -> QuerySet:
        mine = Filing.objects.awaiting(user).order_by().values("pk")
        if self.turn == "mine":
            filings = filings.filter(pk__in=mine)
        elif self.turn == "others":
            filings = filings.under_way().exclude(pk__in=mine)
        if self.state:
            filings = filings.filter(state=self.state)
        return filings.matching(self.text)
