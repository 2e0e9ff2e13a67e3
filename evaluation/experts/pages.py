"""What the pages of experts show: lists as their address says, and what was said of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import QuerySet

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.parties.models import Person
from cqo_portal.reference import expertise
from evaluation.experts.models import DECLARED, Confirmation, Declared, Expert
from evaluation.experts.permissions import goes_on_with
from evaluation.experts.queries import may_be_engaged
from registry.models import Officer

TONES = {"engaged": "active", "ended": "ended"}
WORDS = {
    "engage": "聘任",
    "end": "解聘",
    "availability": "本人更新专长和承担意愿",
    "open-account": "开设账号",
}
TITLES = {"employment": "任职经历", "interest": "利害关系", "lecture": "授课场次"}


class Query:
    """`?field=`, `?q=`; what is not one of ours counts as not said."""

    def __init__(self, params: Mapping, *, user, today: date) -> None:
        self.user, self.today = user, today
        self.text = params.get("q", "").strip()[:60]
        self.field = params.get("field") if params.get("field") in expertise.names() else ""

    fields = property(lambda self: expertise.grouped())

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.field)


class ExpertQuery(Query):
    """And `?who=engaged|free|ended`."""

    WHO = {"engaged": "在聘", "free": "今天可以承担", "ended": "已解聘"}

    def __init__(self, params: Mapping, **kwargs) -> None:
        super().__init__(params, **kwargs)
        self.who = params.get("who") if params.get("who") in self.WHO else "engaged"

    @property
    def narrowed(self) -> bool:
        return super().narrowed or self.who != "engaged"

    def rows(self) -> QuerySet[Expert]:
        seen = Expert.objects.visible_to(self.user)
        match self.who:
            case "free":
                seen = seen.engaged().free_on(self.today)
            case "ended":
                seen = seen.filter(state="ended")
            case _:
                seen = seen.engaged()
        seen = seen.filter(fields__contains=[self.field]) if self.field else seen
        return seen.for_list().matching(self.text)


class PoolQuery(Query):
    def rows(self) -> QuerySet:
        return may_be_engaged(day=self.today, field=self.field).for_list().matching(self.text)

    @cached_property
    def engaged(self) -> set:
        """Keys of the people this body has engaged: they are few, pools are long."""
        held = Expert.objects.visible_to(self.user).engaged()
        return set(held.values_list("person_id", flat=True))


@dataclass(frozen=True)
class Row:
    """An expert in the list: whether he has an account to act with, and said this year that nothing is missing."""

    expert: Expert
    free: bool
    account: bool
    confirmed: bool


def rows_of(page, *, today: date) -> list[Row]:
    people = [expert.person_id for expert in page]
    accounts = set(with_accounts().filter(person__in=people).values_list("person_id", flat=True))
    confirmed = Confirmation.objects.filter(person__in=people, year=today.year)
    said = set(confirmed.values_list("person_id", flat=True))
    return [
        Row(each, each.is_free_on(today), each.person_id in accounts, each.person_id in said) for each in page
    ]


def with_accounts() -> QuerySet[Assignment]:
    """Roles in which somebody can act as an expert now."""
    return Assignment.objects.filter(role=Role.EXPERT, active=True, user__is_active=True)


# ── what was said of one ──────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Said:
    """The last word of a thread; whether the reader may go on with it."""

    row: Declared
    mine: bool

    @property
    def may_end(self) -> bool:
        return self.mine and hasattr(self.row, "ends") and self.row.ends is None

    @property
    def withdrawn(self) -> bool:
        return self.row.act == Declared.Act.WITHDRAWN


@dataclass(frozen=True)
class Part:
    """One kind of declaration, for `experts/_declared.html`."""

    kind: str
    title: str
    rows: list[Said]


def declared_of(person: Person, *, user) -> list[Part]:
    parts, may = [], {}
    for kind, model in DECLARED.items():
        seen = model.objects.visible_to(user).last_words().filter(person=person).select_related("institution")
        rows = list(seen.select_related("institution", "session") if kind == "lecture" else seen)
        for row in rows:  # all that one side said of one person is gone on with by the same people
            if row.institution_id not in may:
                may[row.institution_id] = goes_on_with.test(user, row)
        said = [Said(row, row.act != Declared.Act.WITHDRAWN and may[row.institution_id]) for row in rows]
        parts.append(Part(kind, TITLES[kind], said))
    return parts


def posts_of(person: Person) -> list[Officer]:
    """What the register knows of his employers: said nowhere else, and weighed all the same."""
    return list(person.posts.select_related("organisation").order_by("-appointed_on", "-id"))


def timeline(expert: Expert) -> list[tuple[str, Event]]:
    events = Event.objects.about(expert).exclude(action=Event.LOOK).order_by("-id")
    return [(WORDS.get(event.action, event.action), event) for event in events]
