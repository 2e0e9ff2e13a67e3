"""Lists of filings, as their address says: whose turn, which state, which office, which words."""

from collections.abc import Mapping
from functools import cached_property

from django.db.models import Q, QuerySet
from django.http import QueryDict

from cqo_portal.accounts.models import Role
from cqo_portal.parties.models import Office
from cqo_portal.ui.paging import capped
from registry.models import Filing

WORDS = {
    Role.ENTERPRISE: {"mine": "轮到我", "others": "等别人", "all": "全部"},
    Role.COUNTY: {"mine": "轮到我局", "others": "等别人", "all": "全部"},
    Role.CITY: {"mine": "轮到我局", "others": "等别人", "all": "全部"},
}
NO_TURN_OF_THEIR_OWN = {"others": "在办", "all": "全部"}  # a province watches, nothing waits for it


class FilingQuery:
    """`?turn=mine|others|all`, `?state=`, `?kind=`, `?office=`, `?q=`; what is not one of ours counts as not said."""

    def __init__(self, params: Mapping, *, user) -> None:
        self.user = user
        self.role = user.acting.role if user.acting else ""
        self.words = WORDS.get(self.role, NO_TURN_OF_THEIR_OWN)
        self.text = params.get("q", "").strip()[:60]
        self.state = params.get("state") if params.get("state") in dict(self.states) else ""
        self.kind = params.get("kind") if params.get("kind") in dict(self.kinds) else ""
        self.office = params.get("office") if params.get("office") in self._office_codes else ""
        asked = params.get("turn", "")
        self.turn = asked if asked in self.words else self._usual_turn

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.state or self.kind or self.office)

    @property
    def address(self) -> str:
        """The query of the address, as short as it can be said."""
        return spelled_out(turn=self.turn, state=self.state, kind=self.kind, office=self.office, q=self.text)

    @property
    def said(self) -> str:
        """The same in words, for saved queues."""
        area = next((office.area for office in self.offices if office.pk == self.office), "")
        parts = (
            self.words.get(self.turn, ""),
            dict(Filing.State.choices).get(self.state, ""),
            dict(self.kinds).get(self.kind, ""),
            area,
            f"查“{self.text}”" if self.text else "",
        )
        return " · ".join(part for part in parts if part) or "全部"

    @property
    def _usual_turn(self) -> str:
        return "all" if self.narrowed else next(iter(self.words))

    @property
    def order(self) -> tuple[str, ...]:
        return ("moved_at", "id") if self.turn == "mine" else ("-moved_at", "-id")

    @property
    def states(self) -> list[tuple[str, str]]:
        """Nobody but the enterprise sees what was thrown away."""
        hidden = set() if self.role == Role.ENTERPRISE else {Filing.State.DISCARDED}
        return [(code, word) for code, word in Filing.State.choices if code not in hidden]

    kinds = Filing.Kind.choices

    @cached_property
    def offices(self) -> list[Office]:
        """The offices below a city or a province; others have but one."""
        if self.role not in (Role.CITY, Role.PROVINCE):
            return []
        acting = self.user.acting
        return [office for office in acting.offices if office.active and office.pk != acting.office_id]

    @property
    def _office_codes(self) -> set[str]:
        return {office.pk for office in self.offices}

    @cached_property
    def choices(self) -> list[tuple[str, str, str]]:
        """(code, word, how many) of each turn."""
        return [(code, word, capped(self._of_turn(code))) for code, word in self.words.items()]

    def rows(self) -> QuerySet:
        found = self._of_turn(self.turn).for_list()
        if self.state:
            found = found.filter(state=self.state)
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.office:
            found = found.filter(Q(office=self.office) | Q(office__parent=self.office))
        return found.matching(self.text)

    def _of_turn(self, turn: str) -> QuerySet:
        seen = Filing.objects.visible_to(self.user)
        mine = Filing.objects.awaiting(self.user).order_by()
        match turn:
            case "mine":
                return mine
            case "others":
                return seen.under_way().exclude(pk__in=mine.values("pk"))
        return seen


def spelled_out(**params: str) -> str:
    """`standing=active&office=130981`; what is empty is left out."""
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in params.items() if value})
    return query.urlencode()
