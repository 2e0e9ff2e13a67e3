"""Lists of applications, as their address says: whose turn, which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Prefetch, QuerySet

from cqo_portal.accounts.models import Role
from cqo_portal.ui.paging import capped_each
from evaluation.applications.pages.head import Due, due_of, look_of, stage_of
from evaluation.models import Application, Evaluation

S = Application.State
TABS = {  # (code, word, states)
    Role.BODY: (
        ("review", "待形式审查", (S.SUBMITTED,)),
        ("completing", "等申请人补充", (S.RETURNED,)),
        ("accepted", "已受理", (S.ACCEPTED,)),
        ("over", "不予受理、已撤回", (S.REFUSED, S.WITHDRAWN)),
        ("all", "全部", tuple(S)),
    ),
    "": (
        ("mine", "轮到我方", (S.DRAFT, S.RETURNED)),
        ("others", "等评价机构", (S.SUBMITTED, S.ACCEPTED)),
        ("all", "全部", tuple(S)),
    ),
}
OLDEST_FIRST = ("review", "completing")


@dataclass(frozen=True)
class Row:
    application: Application
    look: str
    word: str
    due: Due | None


class ApplicationQuery:
    """`?tab=`, `?q=`; what is not one of ours counts as not said."""

    def __init__(self, params: Mapping, *, user, today: date) -> None:
        self.user, self.today = user, today
        role = user.acting.role if user.acting else ""
        self.for_the_body = role == Role.BODY
        self.tabs = TABS.get(role, TABS[""])
        self.text = params.get("q", "").strip()[:60]
        asked = params.get("tab", "")
        usual = "all" if self.text or not self.for_the_body else "review"
        self.tab = asked if asked in {code for code, _, _ in self.tabs} else usual

    @property
    def order(self) -> tuple[str, ...]:
        return ("moved_at", "id") if self.tab in OLDEST_FIRST else ("-moved_at", "-id")

    @property
    def word(self) -> str:
        return next(word for code, word, _ in self.tabs if code == self.tab)

    @cached_property
    def choices(self) -> list[tuple[str, str, str]]:
        """(code, word, how many) of each tab."""
        counts = capped_each([self._of(code) for code, _, _ in self.tabs], beside=self.user)
        return [(code, word, count) for (code, word, _), count in zip(self.tabs, counts, strict=True)]

    def rows(self) -> QuerySet:
        runs = Prefetch("evaluations", Evaluation.objects.order_by("-run"), to_attr="runs")
        return self._of(self.tab).for_list().prefetch_related(runs).matching(self.text)

    def _of(self, tab: str) -> QuerySet:
        states = next(states for code, _, states in self.tabs if code == tab)
        return Application.objects.visible_to(self.user).filter(state__in=states)

    def shown(self, application: Application) -> Row:
        run = application.runs[0] if application.runs else None
        return Row(
            application,
            look_of(application, run, for_the_body=self.for_the_body),
            stage_of(application, run),
            due_of(application, run, today=self.today),
        )
