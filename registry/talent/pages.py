"""What the pages of experience and talent show: lists as their address says, heads of cases, buttons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from cqo_portal import wording
from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.jurisdictions import NoSuchRule
from cqo_portal.jurisdictions.purposes import Purpose, provision_for
from cqo_portal.jurisdictions.vocabulary import PoolBasis
from cqo_portal.parties.models import Office
from cqo_portal.reference import expertise as fields
from cqo_portal.ui.acts import Act, acts_of, walked
from cqo_portal.wording import day_full
from cqo_portal.workflow.engine import Transition, open_to
from registry.editions import edition_for
from registry.models import Filing, Officer
from registry.talent.models import Case, Pairing, PoolEntry

C, P = Case.State, Pairing.State
DECIDES = frozenset({Role.COUNTY, Role.CITY})
LOOKS = frozenset({Role.ENTERPRISE, Role.COUNTY, Role.CITY, Role.PROVINCE, Role.OFFICER})


# ── heads, buttons, what was done ─────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Head:
    """For `components/case_head.html`."""

    steps: list[tuple[str, str]]
    turn: str
    turn_note: str = ""
    due: str = ""
    due_tone: str = ""
    due_note: str = ""
    next: str = ""
    next_note: str = ""
    arithmetic: tuple[str, ...] = ()


@dataclass(frozen=True)
class Button:
    step: Transition
    url: str
    primary: bool


def buttons(user, obj: Model, steps: Iterable[Transition], *, route: str, primary: frozenset[str]):
    """What this person may do now, the usual thing first."""
    found = [
        Button(step, reverse(route, args=[obj.pk, step.name]), step.name in primary)
        for step in open_to(user, obj, steps=steps)
    ]
    return sorted(found, key=lambda button: not button.primary)


def timeline(obj: Model, words: Mapping[str, str]) -> list[Act]:
    events = Event.objects.about(obj).exclude(action=Event.LOOK).order_by("-id")
    return acts_of(events, words)


def since(moment) -> str:
    return wording.since(timezone.localtime(moment), today=timezone.localdate())


def clause_on_experience(office: Office, *, today: date):
    """The provision on benchmarks there, or None."""
    try:
        return provision_for(edition_for(office, today), Purpose.SHARE_EXPERIENCE)
    except NoSuchRule:
        return None


# ── cases ─────────────────────────────────────────────────────────────────────────────────────
CASE_STEPS = ("撰写", "县局报送", "市局遴选", "公布")
CASE_PLACE = {C.DRAFT: 0, C.AT_COUNTY: 1, C.AT_CITY: 2, C.SELECTED: 3, C.PUBLISHED: 3}
CASE_NEXT = {
    C.DRAFT: ("提交 → 县局报送", "文中写到的首席质量官本人同意后才能提交。"),
    C.AT_COUNTY: ("报送 → 市局遴选", "县局也可以写明理由退回修改。"),
    C.AT_CITY: ("选为标杆，或者不予入选", "不予入选须写理由，企业和县局看得到。"),
    C.SELECTED: ("公布 → 不登录也能读到", "公布以前还可以撤下。"),
    C.PUBLISHED: ("可以安排结对", "市局撤下或者本人收回同意，公众就看不到了。"),
    C.DECLINED: ("可以另写一篇", ""),
    C.WITHDRAWN: ("可以另写一篇", ""),
    C.DISCARDED: ("可以另写一篇", ""),
}
TONES = {
    "draft": "draft",
    "at_county": "at_county",
    "at_city": "at_city",
    "selected": "active",
    "published": "met",
    "declined": "unknown",
    "withdrawn": "ended",
    "discarded": "discarded",
    "proposed": "mine",
    "mentor_agreed": "mine",
    "learner_agreed": "mine",
    "under_way": "active",
    "cancelled": "ended",
    "closed": "met",
    "in_pool": "active",
    "left": "ended",
}


def case_head(case: Case) -> Head:
    over = case.state in (C.PUBLISHED, C.DECLINED, C.WITHDRAWN, C.DISCARDED)
    author = case.office.name if case.by_county else case.organisation.name
    turns = {C.DRAFT: author, C.AT_COUNTY: case.office.name}
    city = case.office.parent.name if case.office.parent else case.office.name
    what, note = CASE_NEXT[case.state]
    return Head(
        steps=walked(CASE_STEPS, CASE_PLACE.get(case.state, -1), over=case.state == C.PUBLISHED),
        turn=case.get_state_display() if over else turns.get(case.state, city),
        turn_note=f"{day_full(timezone.localtime(case.moved_at))}办结。" if over else since(case.moved_at),
        next=what,
        next_note=note,
    )


@dataclass(frozen=True)
class Named:
    """An officer named in a case and the word given on just this text, or None."""

    officer: Officer
    consent: object | None


def named_in(case: Case) -> list[Named]:
    said = case.consents()
    return [Named(each, said.get(each.pk)) for each in case.officers.select_related("organisation")]


class CaseQuery:
    """`?turn=mine|all`, `?state=`, `?q=`; what is not one of ours counts as not said."""

    def __init__(self, params: Mapping, *, user) -> None:
        self.user, self.role = user, user.acting.role
        self.text = params.get("q", "").strip()[:60]
        self.state = params.get("state") if params.get("state") in C.values else ""
        words = {"mine": "轮到我局" if self.role in DECIDES else "轮到我", "all": "全部"}
        self.words = words if self.role in {*DECIDES, Role.ENTERPRISE} else {"all": "全部"}
        asked = params.get("turn", "")
        self.turn = asked if asked in self.words else "all"

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.state)

    states = C.choices

    @cached_property
    def waiting(self) -> int:
        return Case.objects.awaiting(self.user).count() if "mine" in self.words else 0

    def rows(self) -> QuerySet:
        mine = self.turn == "mine"
        found = Case.objects.awaiting(self.user) if mine else Case.objects.visible_to(self.user)
        found = found.filter(state=self.state) if self.state else found.exclude(state=C.DISCARDED)
        return found.for_list().matching(self.text)


# ── pairings ──────────────────────────────────────────────────────────────────────────────────
PAIRING_STEPS = ("市局提出", "双方同意", "结对中", "结束")


def pairing_head(pairing: Pairing, *, today: date) -> Head:
    places = {P.UNDER_WAY: 2, P.CLOSED: 3}
    waits = pairing.state in (P.PROPOSED, P.MENTOR_AGREED, P.LEARNER_AGREED)
    turns = {
        P.PROPOSED: f"{pairing.mentor.name}、{pairing.learner.name}",
        P.MENTOR_AGREED: pairing.learner.name,
        P.LEARNER_AGREED: pairing.mentor.name,
        P.UNDER_WAY: "双方",
    }
    nexts = {P.UNDER_WAY: "记录每次活动；到期由市局写结果"}
    left = (pairing.ends_on - today).days
    under_way = pairing.state == P.UNDER_WAY
    return Head(
        steps=walked(
            PAIRING_STEPS, 1 if waits else places.get(pairing.state, -1), over=pairing.state == P.CLOSED
        ),
        turn=turns.get(pairing.state, pairing.get_state_display()),
        turn_note=since(pairing.moved_at) if waits or under_way else "",
        due=f"{day_full(pairing.begins_on)}至{day_full(pairing.ends_on)}",
        due_tone="late" if under_way and left < 0 else "",
        due_note=f"已过 {-left} 天，请市局写结果。" if under_way and left < 0 else "",
        next="双方都同意 → 开始" if waits else nexts.get(pairing.state, "可以另行安排"),
        next_note="任一方不同意须写理由。" if waits else "",
    )


def grounds_for(officer: Officer) -> tuple[Case | None, PoolEntry | None]:
    """Why this officer is a benchmark: the latest published case that names him, a live pool entry."""
    case = officer.cases.published().order_by("-published_on", "-id").first()
    return case, PoolEntry.objects.live().filter(person=officer.person_id).order_by("id").first()


# ── the pool ──────────────────────────────────────────────────────────────────────────────────
class PoolQuery:
    """`?field=`, `?basis=`, `?office=`, `?who=free|all|left`, `?q=`."""

    WHO = {"all": "在库", "free": "今天有空", "left": "已出库"}

    def __init__(self, params: Mapping, *, user, today: date) -> None:
        self.user, self.today = user, today
        self.text = params.get("q", "").strip()[:60]
        self.field = params.get("field") if params.get("field") in fields.names() else ""
        self.basis = params.get("basis") if params.get("basis") in {b.value for b in PoolBasis} else ""
        self.who = params.get("who") if params.get("who") in self.WHO else "all"
        codes = {office.pk for office in self.offices}
        self.office = params.get("office") if params.get("office") in codes else ""

    fields = property(lambda self: fields.grouped())
    bases = property(lambda self: [(basis.value, basis.label) for basis in PoolBasis])

    @cached_property
    def offices(self) -> list[Office]:
        office = self.user.acting.office
        if office is None or self.user.acting.role == Role.COUNTY:
            return []
        return list(Office.objects.below(office).filing())

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.field or self.basis or self.office or self.who != "all")

    def rows(self) -> QuerySet:
        seen = PoolEntry.objects.visible_to(self.user)
        match self.who:
            case "free":
                seen = seen.available(day=self.today)
            case "left":
                seen = seen.exclude(state="in_pool")
            case _:
                seen = seen.live()
        chosen = Q(fields__contains=[self.field]) if self.field else Q()
        chosen &= Q(basis=self.basis) if self.basis else Q()
        chosen &= Q(office=self.office) if self.office else Q()
        return seen.filter(chosen).for_list().matching(self.text)


def in_doubt(user) -> list[PoolEntry]:
    """In the own pool as trained, although every certificate is void: whoever keeps it decides."""
    if user.acting.role not in (Role.CITY, Role.PROVINCE):
        return []
    return list(
        PoolEntry.objects.without_a_certificate().filter(city=user.acting.office).order_by("pinyin", "id")
    )


@dataclass(frozen=True)
class OnRecord:
    """What is known of a person before he is put into the pool."""

    posts: list[Officer]
    filings: list[Filing]
    cases: list[Case]
    entries: list[PoolEntry]


def on_record(officer: Officer, *, user) -> OnRecord:
    posts = Officer.objects.visible_to(user).filter(person=officer.person_id).for_list()
    filings = Filing.objects.visible_to(user).filter(officer__person=officer.person_id).for_list()
    return OnRecord(
        posts=list(posts.order_by("-appointed_on", "-id")),
        filings=list(filings.order_by("-filed_on", "-id")),
        cases=list(Case.objects.published().filter(officers__person=officer.person_id).for_list().distinct()),
        entries=list(PoolEntry.objects.visible_to(user).filter(person=officer.person_id).order_by("-id")),
    )
