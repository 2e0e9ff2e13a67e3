"""What the pages of a suggestion show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.ui.acts import Act, acts_of
from cqo_portal.ui.due import Due
from cqo_portal.wording import day_full, moment_full, since
from registry.incidents.models import Incident
from registry.supervision.models import Suggestion
from registry.supervision.workflow import SUGGESTION

S = Suggestion.State
STEPS = ("起草", "送达", "企业答复", "办结")
TONES = {
    S.DRAFT: "draft",
    S.DELIVERED: "mine",
    S.REPLIED: "active",
    S.CLOSED: "met",
    S.DISCARDED: "discarded",
}
WORDS = {name: step.label for name, step in SUGGESTION.items()} | {
    "write": "起草",
    "edit": "修改草稿",
    "open": "企业首次打开（回执）",
    "follow-up": "跟踪记录",
}
HIDDEN_OUTSIDE = ("write", "edit", "follow-up")  # what the office did for itself


@dataclass(frozen=True)
class Head:
    """For `components/case_head.html`."""

    suggestion: Suggestion
    today: date

    arithmetic: tuple[str, ...] = ()

    @property
    def steps(self) -> list[tuple[str, str]]:
        now = {S.DRAFT: 0, S.DELIVERED: 2, S.REPLIED: 3}.get(self.suggestion.state, -1)
        over = self.suggestion.state == S.CLOSED
        return [
            (name, "done" if over or n < now else "now" if n == now else "") for n, name in enumerate(STEPS)
        ]

    @property
    def turn(self) -> str:
        match self.suggestion.state:
            case S.DELIVERED:
                return self.suggestion.organisation.name
            case S.DRAFT | S.REPLIED:
                return self.suggestion.issuer.name
        return self.suggestion.get_outcome_display() or self.suggestion.get_state_display()

    @property
    def turn_note(self) -> str:
        when = timezone.localtime(self.suggestion.moved_at)
        if self.suggestion.state in (S.CLOSED, S.DISCARDED):
            return f"{moment_full(when)} 办结。"
        return since(when, today=self.today)

    @property
    def _clock(self) -> Due:
        return Due(self.suggestion.reply_by, self.today)

    @property
    def due(self) -> str:
        if self.suggestion.state in (S.CLOSED, S.DISCARDED):
            return "已办结"
        if self.suggestion.state == S.REPLIED:
            return (
                f"{day_full(self.suggestion.reply_by)}，已在期内答复" if self.on_time else "已答复，晚于期限"
            )
        return f"{day_full(self.suggestion.reply_by)}，{self._clock.ahead}"

    @property
    def on_time(self) -> bool:
        reply = getattr(self.suggestion, "reply", None)
        return reply is None or timezone.localdate(reply.at) <= self.suggestion.reply_by

    @property
    def due_tone(self) -> str:
        return self._clock.tone if self.suggestion.state == S.DELIVERED else ""

    due_note = "答复期限由发出建议的局定，条款没有规定天数。"

    @property
    def next(self) -> str:
        return {
            S.DRAFT: "送达 → 企业答复",
            S.DELIVERED: "企业答复 → 本局跟踪、办结",
            S.REPLIED: "跟踪 → 办结",
            S.CLOSED: "已告知企业和本人",
            S.DISCARDED: "可以另行起草",
        }[self.suggestion.state]

    next_note = "是建议，不是免职；换不换由企业决定。"


def timeline(suggestion: Suggestion, *, user) -> list[Act]:
    """Every act; those outside the offices see what concerned them, not how the office worked."""
    events = Event.objects.about(suggestion).exclude(action=Event.LOOK).order_by("-id")
    if not sees_the_file(user):
        events = events.exclude(action__in=HIDDEN_OUTSIDE)
    return acts_of(events, WORDS)


def sees_the_file(user) -> bool:
    return user.acting is not None and user.acting.role in (Role.COUNTY, Role.CITY, Role.PROVINCE)


def incidents_of(suggestion: Suggestion, *, user) -> list[tuple]:
    """[(fact on record, whether this person may open it)], in the words that stood when it was cited."""
    cited = list(suggestion.incidents.select_related("organisation").order_by("found_on", "id"))
    seen = Incident.objects.visible_to(user).filter(pk__in=[each.pk for each in cited])
    open_to = set(seen.values_list("pk", flat=True)) if cited else set()
    return [(each, each.pk in open_to) for each in cited]


def incidents_url() -> str:
    """The page of incidents, once there is one."""
    try:
        return reverse("incidents:index")
    except NoReverseMatch:
        return ""


class SuggestionQuery:
    """`?turn=mine|late|all`, `?q=`; what is not one of ours counts as not said."""

    WORDS = {"mine": "轮到我局", "late": "逾期未答复", "all": "全部"}

    def __init__(self, params: Mapping, *, user, today: date) -> None:
        self.user, self.today, self.role = user, today, user.acting.role
        self.text = params.get("q", "").strip()[:60]
        self.words = self.WORDS if self.role in (Role.COUNTY, Role.CITY) else {"all": "全部"}
        asked = params.get("turn", "")
        self.turn = asked if asked in self.words else "all"

    @cached_property
    def choices(self) -> list[tuple[str, str, int]]:
        return [(code, word, self._of(code).count()) for code, word in self.words.items()]

    def rows(self) -> QuerySet:
        return self._of(self.turn).for_list().matching(self.text)

    def _of(self, turn: str) -> QuerySet:
        seen = Suggestion.objects.visible_to(self.user).exclude(state=S.DISCARDED)
        if turn == "mine":
            return Suggestion.objects.awaiting(self.user)
        return seen.late(self.today) if turn == "late" else seen
