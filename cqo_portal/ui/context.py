"""The frame of a page: where one can go, as whom one acts, what is unread."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import Prefetch
from django.urls import NoReverseMatch, reverse

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Office

PUBLIC = (
    ("集中备案", "notices:index"),
    ("典型经验", "talent:public"),
    ("公开名录", "desk:public-register"),
    ("学时抽查", "training:public-draws"),
    ("评价机构", "bodies:public"),
    ("证书核验", "verify:ask"),
    ("规则与依据", "rules-index"),
)
REGULATOR = (
    ("工作台", "home"),
    ("备案", "registry:filing-list"),
    ("名录", "desk:register"),
    ("集中备案", "notices:index"),
    ("年报", "reports:index"),
    ("统计", "statistics:index"),
    ("学时", "duties:index"),
    ("监督", "supervision:index"),
    ("人才", "talent:index"),
    ("培训", "training:sessions"),
    ("名单", "lists:index"),
    ("机构", "offices:index"),
)  # the rules stand at the foot of every page: twelve words fit no office's screen
BODIES = (("评价", "bodies:index"),)  # counties record no body

# What a role finds in its navigation: the word and the name of the page.
NAVIGATION: dict[str, tuple[tuple[str, str], ...]] = {
    Role.ENTERPRISE: (
        ("首页", "home"),
        ("备案", "registry:filing-list"),
        ("集中备案", "notices:index"),
        ("年度报告", "reports:index"),
        ("评价申请", "evaluation:applications"),
        ("评价证书", "certificates:index"),
        ("学时", "duties:index"),
        ("典型经验", "talent:index"),
        ("不利事实", "incidents:index"),
        ("规则", "rules-index"),
    ),
    Role.OFFICER: (
        ("我的档案", "home"),
        ("评价申请", "evaluation:applications"),
        ("评价证书", "certificates:index"),
        ("学时", "duties:index"),
        ("培训证书", "training:completions"),
        ("典型经验", "talent:index"),
        ("不利事实", "incidents:index"),
        ("规则", "rules-index"),
    ),
    Role.COUNTY: REGULATOR,
    Role.CITY: (*REGULATOR[:-2], *BODIES, *REGULATOR[-2:]),
    Role.PROVINCE: (*REGULATOR[:-2], *BODIES, *REGULATOR[-2:]),
    Role.BODY: (
        ("首页", "home"),
        ("评价申请", "evaluation:applications"),
        ("评价", "evaluation:evaluations"),
        ("证书", "certificates:index"),
        ("在案情况", "bodies:index"),
        ("时限", "bodies:clocks"),
        ("专家", "experts:index"),
        ("学时确认", "duties:self-reports"),
        ("学时核查", "training:flags"),
        ("规则", "rules-index"),
    ),
    Role.EXPERT: (
        ("首页", "home"),
        ("评价任务", "evaluation:evaluations"),
        ("我的评分", "evaluation:sheets"),
        ("我的打分偏离", "evaluation:deviation"),
        ("我的执业信息", "experts:mine"),
        ("规则", "rules-index"),
    ),
    Role.PROVIDER: (
        ("首页", "home"),
        ("场次", "training:sessions"),
        ("课程", "training:courses"),
        ("学时核查", "training:flags"),
        ("培训证书", "training:completions"),
        ("委托", "training:providers"),
        ("年度报告", "training:provider-reports"),
        ("规则", "rules-index"),
    ),
    Role.ADMIN: (
        ("首页", "home"),
        ("账号与机构", "offices:index"),
        ("统计", "statistics:index"),
        ("提醒", "reminders:forecast"),
        ("放假安排", "desk:calendar"),
        ("运行状况", "doctor"),
        ("规则", "rules-index"),
    ),
}
# Pages without a word of their own in somebody's navigation lie under the page one comes to them from.
LIES_UNDER = (
    ("/certificates/", "desk:register"),
    ("/desk/calendar/", "offices:index"),
    ("/c/", "verify:ask"),
)
# The demonstration opens with those who carry a filing, and an evaluation, from hand to hand; the others lie folded below.
DEMO_FIRST = ("enterprise", "county", "city", "province", "provider", "admin")
DEMO_EVALUATION = ("officer", "enterprise-jx", "body", "expert1", "leader", "province-js")
SEARCHES_THE_REGISTER = frozenset({Role.COUNTY, Role.CITY, Role.PROVINCE})


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class DemoAccount:
    username: str
    name: str
    acts_as: str


class Frame:
    """Everything `base.html` asks for, computed when it asks: a fragment pays for none of it."""

    def __init__(self, request) -> None:
        self.request = request
        # An error page may be drawn before anyone was recognised.
        self.user = getattr(request, "user", None)

    @property
    def acting(self) -> Assignment | None:
        return getattr(self.user, "acting", None)

    @property
    def other_roles(self) -> list[Assignment]:
        return [role for role in getattr(self.user, "roles", ()) if role != self.acting]

    @cached_property
    def nav(self) -> list[Link]:
        entries = NAVIGATION[self.acting.role] if self.acting else PUBLIC
        targets = [(label, url_of(name)) for label, name in entries]
        above = {url: url for _, url in targets if url}
        above = {path: url_of(entry) for path, entry in LIES_UNDER if url_of(entry) in above} | above
        here = above.get(current(self.request.path, list(above)), "")
        return [Link(label, url, url == here) for label, url in targets if url]

    @cached_property
    def search_url(self) -> str:
        may = self.acting is not None and self.acting.role in SEARCHES_THE_REGISTER
        return url_of("desk:register") if may else ""

    @cached_property
    def unread(self) -> int:
        return Message.objects.inbox_of(self.user).unread().count()

    @cached_property
    def place(self) -> str:
        """The city (or province) whose portal this is, for the person who looks at it."""
        office = office_of(self.acting)
        return city_of(office).area if office else getattr(settings, "PLACE", "")

    @property
    def demo(self) -> bool:
        return settings.DEMO

    @property
    def demo_password(self) -> str:
        return settings.DEMO_PASSWORD if settings.DEMO else ""

    @cached_property
    def demo_accounts(self) -> list[DemoAccount]:
        """Who one may be in the demonstration."""
        if not settings.DEMO:
            return []
        roles = Assignment.objects.filter(active=True).select_related("office", "organisation", "person")
        users = User.objects.filter(is_demo=True, is_active=True).order_by("pk")
        return [_as_shown(user) for user in users.prefetch_related(Prefetch("assignments", roles))]

    @property
    def demo_first(self) -> list[DemoAccount]:
        return self._demo_accounts_of(DEMO_FIRST)

    @property
    def demo_evaluation(self) -> list[DemoAccount]:
        return self._demo_accounts_of(DEMO_EVALUATION)

    @property
    def demo_more(self) -> list[DemoAccount]:
        shown = DEMO_FIRST + DEMO_EVALUATION
        return [account for account in self.demo_accounts if account.username not in shown]

    def _demo_accounts_of(self, names: tuple[str, ...]) -> list[DemoAccount]:
        """In the order of the names."""
        known = {account.username: account for account in self.demo_accounts}
        return [known[name] for name in names if name in known]


def frame(request) -> dict[str, Frame]:
    """Context processor: `{{ frame }}` in every template."""
    return {"frame": Frame(request)}


def current(path: str, urls: list[str]) -> str:
    """The entry under which `path` lies: the longest that begins it; the root only itself."""
    above = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(above, key=len, default="")


def url_of(name: str, *args) -> str:
    """The address of a page, or nothing: a page that is not built yet must not take the others down."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def office_of(acting: Assignment | None) -> Office | None:
    if acting is None:
        return None
    return acting.office or (acting.organisation.office if acting.organisation else None)


def city_of(office: Office) -> Office:
    below_a_city = office.level == Office.Level.COUNTY and office.parent is not None
    return office.parent if below_a_city else office


def _as_shown(user: User) -> DemoAccount:
    roles = "；".join(str(role) for role in user.assignments.all())
    return DemoAccount(user.username, user.full_name, roles or "没有岗位")
