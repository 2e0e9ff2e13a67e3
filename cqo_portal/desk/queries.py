"""What a person finds on the desk: what awaits them, what awaits others, what was said to them.

Counts of what is under way go by the index of the queue; what only grows is counted up to a limit.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.db.models import Count, F, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from certificates.pages import desk as certificates
from cqo_portal.accounts.models import Role, User
from cqo_portal.desk import dossier, register
from cqo_portal.desk.register import Post, posts_of
from cqo_portal.desk.saved import Shown, pinned
from cqo_portal.jurisdictions.schema import RulePack, Way
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Office
from cqo_portal.reference.files import read
from cqo_portal.reference.queries import calendar_alarm
from cqo_portal.ui.paging import capped
from cqo_portal.wording import day_full, grouped
from evaluation.applications.pages import desk as applications
from evaluation.applications.pages.desk import Standing
from evaluation.appraisal import pages as appraising
from evaluation.bodies import pages as bodies
from evaluation.bodies.models import BodyRecord
from evaluation.calibration.pages import due_for as practice_due
from evaluation.decisions import queries as decisions
from evaluation.experts.models import Confirmation
from evaluation.models import CalibrationCase
from evaluation.panels.queries import Waits, waits_for
from evaluation.sheets.listing import Waiting, waiting_for
from evaluation.supervised import Supervised, supervised
from registry import content
from registry.editions import edition_or_none
from registry.models import Filing, Officer
from registry.notices.queries import Owed, owed, unanswered
from registry.pages.case_head import CaseHead
from registry.pages.lists import FilingQuery
from registry.rehearsal.page import Shelf
from registry.reports.pages.report import Year, owed_reports
from registry.supervision.models import Suggestion
from registry.talent.models import PoolEntry
from registry.vacancy import vacant_since
from training.models import Entry as LedgerEntry
from training.models import Flag, SelfReport, Session

SHOWN_ON_THE_DESK = 12
MESSAGES_SHOWN = 6
ENDING_SHOWN = 6
S = Filing.State
UNDER_WAY = (S.AT_COUNTY, S.AT_CITY, S.RETURNED, S.DRAFT)  # a regulator sees a draft only after a withdrawal


def days_since(moment: datetime, *, today: date) -> int:
    return max((today - timezone.localdate(moment)).days, 0)


def inbox(user) -> list[Message]:
    return list(Message.objects.inbox_of(user)[:MESSAGES_SHOWN])


# ── a regulator's desk ────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Lies:
    """How many filings lie in one state, how many of them are back after a correction, and since when the oldest."""

    count: int = 0
    again: int = 0
    oldest: int = 0


@dataclass(frozen=True)
class Queued:
    """A row of the queue: the filing and how long it has lain here."""

    filing: Filing
    days: int


@dataclass(frozen=True)
class RegulatorDesk:
    user: object
    today: date
    lies: Mapping[str, Lies]
    queue: list[Queued]
    in_office: str
    ending_count: str
    ending: list[Post]
    messages: list[Message]
    areas: list["Area"] = field(default_factory=list)
    editions: list[RulePack] = field(default_factory=list)  # begin soon or began, and were not rehearsed here
    queues: list[Shown] = field(default_factory=list)
    turn: FilingQuery | None = None  # the list the queue is the beginning of
    named_otherwise: list[Officer] = field(default_factory=list)  # the same person has another name elsewhere
    hours_reported: Lies = Lies()  # self-reports that wait for this county
    flags: str = "0"  # hours that wait for a look: of this office, for a county of the one above it
    bodies_asking: Lies = Lies()  # records of evaluation bodies that wait for this office
    supervised: Supervised | None = None  # the bodies on record here or below, and how far their cases are

    template = "desk/regulator.html"
    ending_days = register.ENDING_WITHIN.days

    @property
    def office(self) -> Office:
        return self.user.acting.office

    @property
    def level(self) -> str:
        return self.user.acting.role

    @property
    def mine(self) -> Lies:
        """What lies with this very office; a province has no move of its own."""
        return self.lies[{Role.COUNTY: S.AT_COUNTY, Role.CITY: S.AT_CITY}.get(self.level, "")]

    @property
    def decides(self) -> bool:
        return self.level in (Role.COUNTY, Role.CITY)

    @property
    def others(self) -> int:
        mine = {Role.COUNTY: S.AT_COUNTY, Role.CITY: S.AT_CITY}.get(self.level)
        return sum(lies.count for state, lies in self.lies.items() if state in UNDER_WAY and state != mine)

    @property
    def title(self) -> str:
        if not self.decides and self.in_office == "0" and not self.others and self.supervised.records:
            return self.supervised.title  # of a province whose text knows evaluations and no filings
        if not self.decides:
            return f"{self.office.area}在办 {grouped(self.others)} 件，在任首席质量官 {self.in_office} 人"
        if not self.mine.count:
            return "没有轮到我局的备案"
        oldest = f"，最久已 {self.mine.oldest} 天" if self.mine.oldest else "，都是今天到的"
        return f"轮到我局的 {grouped(self.mine.count)} 件{oldest}"

    @property
    def where_the_work_is(self) -> str:
        """For an empty queue: who has it instead."""
        said = {
            S.AT_COUNTY: "县级预审",
            S.AT_CITY: "市级备案",
            S.RETURNED: "企业补正",
            S.DRAFT: "企业撤回修改",
        }
        lying = [
            f"待{word} {grouped(self.lies[state].count)} 件"
            for state, word in said.items()
            if self.lies[state].count
        ]
        return f"现在{'，'.join(lying)}。" if lying else "企业提交后会出现在这里，并发消息通知。"

    @property
    def rule_of_time(self) -> Way | None:
        """The clause that says within what time a filing goes on."""
        route = self.rules.route if self.rules else None
        return next((way for way in route.ways if not way.announced_yearly), None) if route else None

    @cached_property
    def rules(self) -> RulePack | None:
        return edition_or_none(self.office, self.today)

    @property
    def rest(self) -> int:
        return self.mine.count - len(self.queue)


@dataclass(frozen=True)
class Area:
    """A county of the city, or a city of the province, with what lies where."""

    office: Office
    lies: Mapping[str, int]
    in_office: int

    @property
    def under_way(self) -> int:
        return sum(self.lies.values())


def regulator_desk(user, *, today: date) -> RegulatorDesk:
    seen, officers = Filing.objects.visible_to(user), Officer.objects.visible_to(user)
    soon = register.ending(officers, today=today)
    queue = Filing.objects.awaiting(user).for_list()[:SHOWN_ON_THE_DESK]
    return RegulatorDesk(
        user=user,
        today=today,
        lies=_what_lies_where(seen, today=today),
        queue=[Queued(filing, days_since(filing.moved_at, today=today)) for filing in queue],
        in_office=capped(officers.in_office()),
        ending_count=capped(soon),
        ending=posts_of(soon.for_list().order_by("term_ends", "id")[:ENDING_SHOWN], today=today),
        messages=inbox(user),
        areas=_areas(user.acting.office) if user.acting.role != Role.COUNTY else [],
        editions=Shelf(user.acting.office, today).waiting if user.acting.role == Role.CITY else [],
        queues=pinned(user, today=today),
        turn=FilingQuery({"turn": "mine"}, user=user),
        named_otherwise=_named_otherwise(officers) if user.acting.role != Role.PROVINCE else [],
        hours_reported=_hours_reported(user, today=today) if user.acting.role == Role.COUNTY else Lies(),
        flags=capped(_flags(user.acting)),
        bodies_asking=_bodies_asking(user, today=today) if user.acting.role != Role.COUNTY else Lies(),
        supervised=supervised(user, today=today) if user.acting.role != Role.COUNTY else None,
    )


def _bodies_asking(user, *, today: date) -> Lies:
    found = BodyRecord.objects.awaiting(user).order_by().aggregate(count=Count("pk"), oldest=Min("moved_at"))
    return Lies(found["count"], oldest=days_since(found["oldest"], today=today) if found["oldest"] else 0)


def _hours_reported(user, *, today: date) -> Lies:
    waiting = SelfReport.objects.visible_to(user).waiting().order_by()
    found = waiting.aggregate(count=Count("pk"), oldest=Min("at"))
    return Lies(found["count"], oldest=days_since(found["oldest"], today=today) if found["oldest"] else 0)


def _flags(acting) -> QuerySet:
    if acting.role == Role.COUNTY:
        return Flag.objects.of_own_house(acting).unsettled()
    return Flag.objects.to_settle(acting)


def _named_otherwise(officers: QuerySet) -> list[Officer]:
    found = officers.named_otherwise_elsewhere().for_list().order_by("pinyin", "id")
    return list(found[:SHOWN_ON_THE_DESK])


def _what_lies_where(seen: QuerySet, *, today: date) -> Mapping[str, Lies]:
    rows = (
        seen.filter(state__in=UNDER_WAY)
        .order_by()
        .values("state")
        .annotate(count=Count("pk"), again=Count("pk", filter=Q(round__gt=1)), oldest=Min("moved_at"))
    )
    found = {
        row["state"]: Lies(row["count"], row["again"], days_since(row["oldest"], today=today)) for row in rows
    }
    return defaultdict(Lies, found)


def _areas(office: Office) -> list[Area]:
    """Two grouped counts and one list: joining both counts to the offices would multiply them."""
    below = list(Office.objects.filter(parent=office, active=True).order_by("code"))
    by = "office" if office.level == Office.Level.CITY else "office__parent"
    scope = {f"{by}__parent": office}
    lying = Filing.objects.filter(**scope, round__gt=0, state__in=UNDER_WAY).order_by()
    lies: dict[str, dict[str, int]] = defaultdict(dict)
    for row in lying.values("state", area=F(by)).annotate(count=Count("pk")):
        lies[row["area"]][row["state"]] = row["count"]
    held = (
        Officer.objects.filter(**scope).in_office().order_by().values(area=F(by)).annotate(count=Count("pk"))
    )
    in_office = {row["area"]: row["count"] for row in held}
    return [Area(each, lies[each.pk], in_office.get(each.pk, 0)) for each in below]


# ── the enterprise's desk ─────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Asked:
    """One thing the office asks to correct, under the words that stand beside the input."""

    label: str
    item: object


@dataclass(frozen=True)
class EnterpriseDesk:
    user: object
    today: date
    filing: Filing | None
    asked: list[Asked]
    post: Post | None
    messages: list[Message]
    owed: list[Owed] = field(default_factory=list)  # what open notices ask for
    vacant_since: date | None = None  # the first day nobody served; None also where nobody ever did
    suggestions: list[Suggestion] = field(default_factory=list)  # delivered, and waiting for an answer
    reports: list[Year] = field(default_factory=list)  # years whose report is still to be handed in
    applications: list[Standing] = field(default_factory=list)  # of evaluations, with their stage

    template = "desk/enterprise.html"

    @property
    def results(self) -> Waits:
        """Published results one may still appeal against; certificates one should apply for again."""
        said = {"today": self.today}
        return (*decisions.waits_for(self.user, **said), *certificates.waits_for(self.user, **said))

    @property
    def organisation(self):
        return self.user.acting.organisation

    @property
    def state(self) -> str:
        return self.filing.state if self.filing else ""

    @property
    def must_act(self) -> bool:
        return self.state in (S.DRAFT, S.RETURNED)

    @property
    def title(self) -> str:
        match self.state:
            case S.RETURNED:
                return f"轮到您补正 {len(self.asked)} 项"
            case S.DRAFT if self.filing.is_change and not self.filing.round:
                return f"您有 1 件{self.filing.get_kind_display()}没有提交"
            case S.DRAFT if self.filing.round:
                return "您撤回的备案还没有重新提交"
            case S.DRAFT:
                return "您有 1 件草稿没有提交"
            case S.AT_COUNTY | S.AT_CITY:
                step = "预审" if self.state == S.AT_COUNTY else "备案"
                what = self.filing.get_kind_display() if self.filing.is_change else "备案"
                return f"{self.filing.name}的{what}正在{self._holder.area}{step}，您现在不用操作"
        waiting = unanswered(self.owed)
        if self.post and waiting and not self.should_begin:
            return f"现任首席质量官{self.post.officer.name}；集中备案通告等您答复，{waiting[0].left}"
        return self._title_of_the_post

    @property
    def _holder(self) -> Office:
        return self.filing.office if self.state == S.AT_COUNTY else self.filing.office.parent

    @property
    def _title_of_the_post(self) -> str:
        if self.vacant_since:
            return f"首席质量官岗位空缺，自 {day_full(self.vacant_since)}起"
        if self.post is None:
            return "还没有备案首席质量官"
        name, ends = self.post.officer.name, day_full(self.post.officer.term_ends)
        match self.post.standing:
            case "late":
                return f"首席质量官{name}的任期已于 {ends}届满，请续聘或者另行任命"
            case "ending":
                left = f"还有 {self.post.days_left} 天" if self.post.days_left else "今天"
                return f"首席质量官{name}的任期{left}届满（{ends}）"
        something = self.reports or self.appraisals or self.writes
        return f"现任首席质量官{name}，任期至 {ends}{'' if something else '，无待办'}"

    @property
    def writes(self) -> bool:
        return any(each.is_to_write for each in self.applications)

    @property
    def head(self):
        return CaseHead(self.filing, self.user) if self.filing else None

    @property
    def should_begin(self) -> bool:
        return self.filing is None and (self.post is None or self.post.standing in ("late", "ending"))

    @cached_property
    def rules(self) -> RulePack | None:
        return edition_or_none(self.organisation.office, self.today)

    @cached_property
    def appraisals(self) -> list[appraising.Row]:
        """Of this year, still to be decided, late in the year."""
        return appraising.owed(self.organisation, self.rules, today=self.today)


def enterprise_desk(user, *, today: date) -> EnterpriseDesk:
    under_way = Filing.objects.visible_to(user).under_way().for_list().select_related("office__parent")
    filing = under_way.first()
    held = Officer.objects.visible_to(user).in_office().for_list().first()
    return EnterpriseDesk(
        user=user,
        today=today,
        filing=filing,
        asked=_asked(filing) if filing and filing.state == S.RETURNED else [],
        post=Post(held, today) if held else None,
        messages=inbox(user),
        owed=owed(user.acting.organisation, today=today),
        vacant_since=None if held else vacant_since(user.acting.organisation),
        suggestions=list(Suggestion.objects.awaiting(user).for_list()),
        reports=owed_reports(user.acting.organisation, today=today),
        applications=applications.of_applicants(user, today=today),
    )


def _asked(filing: Filing) -> list[Asked]:
    return [Asked(content.label_of(item.key), item) for item in filing.returned_items]


# ── the officer's desk ────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class OfficerDesk:
    user: object
    today: date
    posts: list[Post]
    looks: dossier.ReadLog
    messages: list[Message]
    entries: list[PoolEntry] = field(default_factory=list)  # in a talent pool
    applications: list[Standing] = field(default_factory=list)  # of evaluations, with their stage
    appraisals: list[appraising.Row] = field(default_factory=list)  # what enterprises decided of the officer

    template = "desk/officer.html"

    @property
    def results(self) -> Waits:
        """Published results one may still appeal against; certificates one should apply for again."""
        said = {"today": self.today}
        return (*decisions.waits_for(self.user, **said), *certificates.waits_for(self.user, **said))

    @property
    def writes(self) -> bool:
        return any(each.is_to_write for each in self.applications)

    @property
    def current(self) -> Post | None:
        return next((post for post in self.posts if not post.officer.ended_on), None)

    @property
    def former(self) -> list[Post]:
        return [post for post in self.posts if post is not self.current]

    @property
    def title(self) -> str:
        if self.current is None:
            return "您现在没有在任的首席质量官岗位"
        officer = self.current.officer
        if self.current.standing == "late":
            return f"您在{officer.organisation}的任期已于 {day_full(officer.term_ends)}届满"
        return f"您任{officer.organisation}首席质量官，任期至 {day_full(officer.term_ends)}"


def officer_desk(user, *, today: date) -> OfficerDesk:
    held = list(Officer.objects.visible_to(user).for_list().order_by("-appointed_on", "-id"))
    return OfficerDesk(
        user=user,
        today=today,
        posts=posts_of(held, today=today),
        looks=dossier.looks_at(held, user=user) if held else dossier.ReadLog([]),
        messages=inbox(user),
        entries=list(PoolEntry.objects.visible_to(user).for_list()),
        applications=applications.of_applicants(user, today=today),
        appraisals=appraising.decided_rows(user),
    )


# ── everybody else's ──────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class OtherDesk:
    """Roles whose work is yet to come for the most part, and who has none: what will come, and what there is already."""

    user: object
    today: date
    messages: list[Message]

    template = "desk/other.html"

    @property
    def coming(self) -> tuple[str, ...]:
        does = {code: tuple(acts) for code, _, _, _, acts in read("roles")["roles"]}
        return does[self.user.acting.role] if self.user.acting else ()

    @property
    def title(self) -> str:
        return "您的账号还没有岗位"


def other_desk(user, *, today: date) -> OtherDesk:
    return OtherDesk(user, today, inbox(user))


@dataclass(frozen=True)
class BodyDesk(OtherDesk):
    """Whoever evaluates: its record, its panels, what officers ask it to confirm, what is asked of it."""

    reported: int
    flags: int
    record: bodies.Reminder | None
    to_review: Waits
    panels: Waits

    @property
    def title(self) -> str:
        if self.record:
            return self.record.title
        if work := next(iter((*self.to_review, *self.panels)), None):
            _, what, waiting = work
            return f"{what}：{waiting}"
        if self.reported:
            return f"待确认的自报学时 {grouped(self.reported)} 份"
        return f"待核查的学时 {grouped(self.flags)} 项" if self.flags else "现在没有要办的"

    @property
    def coming(self) -> tuple[str, ...]:
        """Everything the role does is open."""
        return ()

    @property
    def waits(self) -> tuple[tuple[str, str, str], ...]:
        """(address, what, how much of it waits)."""
        work = (
            *self.to_review,
            *self.panels,
            (reverse("duties:self-reports"), "学时确认", f"{grouped(self.reported)} 份待确认"),
            (reverse("training:flags"), "学时核查", f"{grouped(self.flags)} 项待核查"),
        )
        return ((self.record.url, "在案情况", self.record.waits), *work) if self.record else work


@dataclass(frozen=True)
class ExpertDesk:
    """Whoever scores: what one was asked to, sheets to sign, and where one's panels meet. Nothing of any other sheet."""

    user: object
    today: date
    waiting: Waiting
    confirmed: bool  # what conflicts rest on, once a year
    practice: CalibrationCase | None  # to be scored before the first panel
    messages: list[Message]
    reports: Waits  # to write, to sign off

    template = "desk/expert.html"

    @property
    def title(self) -> str:
        if self.user.acting.person_id is None:
            return "您的评价专家岗位还没有写明本人，请联系系统管理员"
        if self.waiting.sheets:
            return f"待签署的评分表 {len(self.waiting.sheets)} 份"
        if self.waiting.to_open:
            return f"评分表都已签署，请打开合议：{self.waiting.to_open[0].application.name}"
        if self.waiting.invitations:
            return f"待答复的邀请 {len(self.waiting.invitations)} 份"
        if self.reports:
            _, what, waiting = self.reports[0]
            return f"{what}：{waiting}"
        if talking := [meeting for meeting in self.waiting.meetings if meeting.at is None]:
            return f"合议已打开：{talking[0].evaluation.application.name}"
        if not self.confirmed:
            return f"请作 {self.today.year} 年度执业信息确认"
        return "第一次参加评价以前，请先评校准案例" if self.practice else "没有待签署的评分表"


def expert_desk(user, *, today: date) -> ExpertDesk:
    confirmed = Confirmation.objects.filter(person=user.acting.person_id, year=today.year).exists()
    waiting = waiting_for(user, now=timezone.now())
    practice, reports = practice_due(user), decisions.waits_for(user, today=today)
    return ExpertDesk(user, today, waiting, confirmed, practice, inbox(user), reports)


def body_desk(user, *, today: date) -> BodyDesk:
    reported = SelfReport.objects.visible_to(user).waiting().order_by().count()
    flags = Flag.objects.of_own_house(user.acting).unsettled().order_by().count()
    reminder = bodies.reminder(user, today=today)
    to_review = applications.to_review(user, today=today)
    panels = (
        *waits_for(user, today=today),
        *decisions.waits_for(user, today=today),
        *certificates.waits_for(user, today=today),
    )
    return BodyDesk(user, today, inbox(user), reported, flags, reminder, to_review, panels)


@dataclass(frozen=True)
class ProviderDesk:
    """Whoever trains: sessions to post, those to come, and entries that wait for an office."""

    user: object
    today: date
    to_post: list[Session]
    to_post_count: str
    coming: list[Session]
    held: list[LedgerEntry]
    messages: list[Message]

    template = "desk/provider.html"

    @property
    def title(self) -> str:
        if self.to_post:
            return f"有 {self.to_post_count} 场结束了还没有入账"
        return f"没有待入账的场次，还有 {len(self.coming)} 场要上" if self.coming else "没有待入账的场次"


def provider_desk(user, *, today: date) -> ProviderDesk:
    ours = Session.objects.of_organiser(user.acting)
    to_post = ours.to_post(today)
    held = LedgerEntry.objects.visible_to(user).held().select_related("session", "person")
    return ProviderDesk(
        user=user,
        today=today,
        to_post=list(to_post.for_list().order_by("last_day", "id")[:SHOWN_ON_THE_DESK]),
        to_post_count=capped(to_post),
        coming=list(ours.coming(today).for_list().order_by("first_day", "id")[:SHOWN_ON_THE_DESK]),
        held=list(held.prefetch_related("flags").order_by("-id")[:SHOWN_ON_THE_DESK]),
        messages=inbox(user),
    )


@dataclass(frozen=True)
class AdministratorDesk:
    """No case is decided here: accounts, offices, and what nobody else looks after."""

    user: object
    today: date
    messages: list[Message]
    active: int
    disabled: int

    template = "desk/administrator.html"
    title = "账号、机构与参考数据"


def administrator_desk(user, *, today: date) -> AdministratorDesk:
    counts = User.objects.aggregate(
        active=Count("pk", filter=Q(is_active=True)), disabled=Count("pk", filter=Q(is_active=False))
    )
    return AdministratorDesk(user, today, inbox(user), **counts)


DESKS = {
    Role.ADMIN: administrator_desk,
    Role.ENTERPRISE: enterprise_desk,
    Role.COUNTY: regulator_desk,
    Role.CITY: regulator_desk,
    Role.PROVINCE: regulator_desk,
    Role.OFFICER: officer_desk,
    Role.PROVIDER: provider_desk,
    Role.BODY: body_desk,
    Role.EXPERT: expert_desk,
}


def desk_of(user, *, today: date):
    role = user.acting.role if user.acting else None
    return DESKS.get(role, other_desk)(user, today=today)


def alarm_for(user, *, today: date) -> str | None:
    """What a city, a province or an administrator must know before it does harm: a year without its days off."""
    concerned = user.acting is not None and user.acting.role in (Role.CITY, Role.PROVINCE, Role.ADMIN)
    return calendar_alarm(today=today) if concerned else None
