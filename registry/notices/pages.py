"""What each page of a notice shows."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.conf import settings
from django.template.loader import render_to_string

from cqo_portal.accounts.permissions import is_enterprise
from registry.notices.audience import Reached, by_county, list_year
from registry.notices.clause import announced_way, rules_for
from registry.notices.messages import county_posts, enterprise_posts
from registry.notices.models import Notice
from registry.notices.permissions import issues, regulates
from registry.notices.queries import Owed, owed


@dataclass(frozen=True)
class NoticePage:
    """A notice for whoever reads it: the public, the enterprise that owes something, the offices."""

    notice: Notice
    user: object
    today: date

    @cached_property
    def rules(self):
        return rules_for(self.notice, self.today)

    @property
    def way(self):
        return announced_way(self.rules)

    @cached_property
    def amendments(self) -> list:
        return list(self.notice.amendments.select_related("by"))

    @property
    def _known(self):
        """The person who signed in, or None: predicates ask for a role."""
        return self.user if self.user.is_authenticated else None

    @property
    def issues(self) -> bool:
        return issues.test(self._known, self.notice)

    @property
    def regulates(self) -> bool:
        """Sees how far it has come: the offices of the same city and province."""
        return (
            regulates(self.user) and Notice.objects.concerning(self.user).filter(pk=self.notice.pk).exists()
        )

    @property
    def is_draft(self) -> bool:
        return self.notice.state == Notice.State.DRAFT

    @property
    def phase(self) -> str:
        """upcoming, open, closed — by the date alone — or the state, where it is not published."""
        if self.notice.state != Notice.State.PUBLISHED:
            return self.notice.state
        if self.today < self.notice.opens_on:
            return "upcoming"
        return "open" if self.today <= self.notice.until else "closed"

    @property
    def when(self) -> str:
        """Where the window stands, in words."""
        match self.phase:
            case "upcoming":
                return f"还没有开始，{(self.notice.opens_on - self.today).days} 天后开始"
            case "open":
                left = (self.notice.until - self.today).days
                return f"正在进行，还有 {left} 天" if left else "正在进行，今天截止"
            case "closed":
                return "已经截止，仍可以随时主动备案"
            case Notice.State.WITHDRAWN:
                return "已撤回" if self.notice.published_at else "草稿已作废"
        return "草稿，只有本局看得到"

    @cached_property
    def owed(self) -> Owed | None:
        """What it asks of the enterprise that reads it, while the window is open."""
        if not self.is_enterprise:
            return None
        found = owed(self.user.acting.organisation, today=self.today)
        return next((each for each in found if each.notice.pk == self.notice.pk), None)

    @property
    def is_enterprise(self) -> bool:
        return is_enterprise.test(self._known)

    @cached_property
    def reached(self) -> list[Reached]:
        return by_county(self.notice)

    @property
    def reached_total(self) -> int:
        return sum(each.count for each in self.reached)

    @cached_property
    def list_year(self) -> int | None:
        return list_year(self.notice)

    @cached_property
    def announcement(self) -> "Announcement":
        return announcement(self.notice)


@dataclass(frozen=True)
class Announcement:
    """The message as it will be sent, and to how many."""

    title: str
    body: str
    county_accounts: int
    enterprise_accounts: int
    enterprises_with_account: int


def announcement(notice: Notice) -> Announcement:
    words = {"subject": notice, "public_url": settings.PUBLIC_URL}
    posts = enterprise_posts(notice).order_by()
    return Announcement(
        title=" ".join(render_to_string("mail/notice-published/subject.txt", words).split()),
        body=render_to_string("mail/notice-published/body.txt", words).strip(),
        county_accounts=county_posts(notice).order_by().values("user").distinct().count(),
        enterprise_accounts=posts.values("user").distinct().count(),
        enterprises_with_account=posts.values("organisation").distinct().count(),
    )
