"""The head of every case: where, whose move, by when with the arithmetic, what next."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.wording import day_long, moment_full, since
from registry import content, deadlines, facts
from registry.clock import age
from registry.editions import edition_for
from registry.models import Filing
from registry.pages.deadline import Deadline, deadline_of, rule_for

S = Filing.State
LIES_IN = ((S.DRAFT, S.RETURNED), (S.AT_COUNTY,), (S.AT_CITY,), (S.FILED,))
APPOINTMENT = ("企业申报", "县级预审", "市级备案", "载入名录")
CHANGE = ("企业报送", "县级预审", "市级备案", "更新名录")  # each level's record is brought up to date


@dataclass(frozen=True)
class CaseHead:
    """Where, whose move, by when with the arithmetic, what next."""

    filing: Filing
    user: object
    said: dict | None = None  # the words of the last round, where the page has read them anyway

    @property
    def title(self) -> str:
        """The fact: whose filing, where it stands, and whether it is the reader's move."""
        county = self.filing.office
        return (
            f"{self.filing.name or '未填姓名'}的{self.filing.get_kind_display()}"
            + {
                S.DRAFT: "撤回修改，还没有重新提交" if self.filing.round else "还没有提交",
                S.AT_COUNTY: "，轮到我局预审" if self.is_mine else f"正在{county.area}预审",
                S.AT_CITY: "，轮到我局备案" if self.is_mine else f"正在{county.parent.area}备案",
                S.RETURNED: "退回补正，轮到您修改" if self.is_mine else "退回补正，等企业修改",
                S.FILED: "已办结",
                S.DISCARDED: "已作废",
            }[self.filing.state]
        )

    @cached_property
    def steps(self) -> list[tuple[str, str]]:
        labels = CHANGE if self.filing.is_change else APPOINTMENT
        if self.filing.state == S.FILED:
            return [(label, "done") for label in labels]
        now = next((n for n, states in enumerate(LIES_IN) if self.filing.state in states), -1)
        return [(label, "done" if n < now else "now" if n == now else "") for n, label in enumerate(labels)]

    @property
    def turn(self) -> str:
        match self.filing.state:
            case S.DRAFT | S.RETURNED:
                return self.filing.organisation.name
            case S.AT_COUNTY:
                return self.filing.office.name
            case S.AT_CITY:
                return self.filing.office.parent.name
            case S.FILED:
                return "已办结"
        return "已作废"

    @property
    def turn_note(self) -> str:
        moved = timezone.localtime(self.filing.moved_at)
        if self.filing.state in (S.FILED, S.DISCARDED):
            return f"{moment_full(moved)} 办结。"
        mine = "您可以办理。" if self.is_mine else ""
        return f"{since(moved, today=timezone.localdate())}{mine}"

    @property
    def is_mine(self) -> bool:
        turn = {
            S.DRAFT: Role.ENTERPRISE,
            S.RETURNED: Role.ENTERPRISE,
            S.AT_COUNTY: Role.COUNTY,
            S.AT_CITY: Role.CITY,
        }
        return self.user.acting is not None and self.user.acting.role == turn.get(self.filing.state)

    @cached_property
    def deadline(self) -> Deadline | None:
        """The clock of a change; of a draft as far as its day was said."""
        if not self.filing.is_change or self.filing.state == S.DISCARDED:
            return None
        return deadline_of(self.filing, self._effective_on, today=timezone.localdate())

    @property
    def _effective_on(self) -> date | None:
        if self.filing.round or self.filing.state != S.DRAFT:
            return self.filing.effective_on
        said = facts.content_of_draft(self.filing, today=timezone.localdate())
        return deadlines.day_of(self.filing.kind, said)

    @cached_property
    def changes(self) -> list[content.Change]:
        """What a change changes, as it was said last: what was, and what is."""
        if not self.filing.is_change or not self.filing.round:
            return []
        return content.changes(self.filing.kind, self._said)

    @cached_property
    def _said(self) -> dict:
        if self.said is not None:
            return self.said
        return facts.content_of(self.filing) if self.filing.round else {}

    @property
    def age(self) -> str:
        """Since the appointment and since the first submission; it goes on when the case comes back or goes up."""
        return age(
            appointed_on=facts.appointed_on(self._said),
            submitted_on=self.filing.submitted_on,
            closed_on=timezone.localdate(self.filing.moved_at)
            if self.filing.state == S.DISCARDED
            else self.filing.filed_on,
            today=timezone.localdate(),
        )

    @property
    def due(self) -> str:
        if self.deadline:
            return self.deadline.words
        return "填好生效日就算出" if self._rule and self.filing.state == S.DRAFT else ""

    @property
    def due_tone(self) -> str:
        return self.deadline.tone if self.deadline else ""

    @property
    def arithmetic(self) -> tuple[str, ...]:
        return self.deadline.clock.parts if self.deadline else ()

    @property
    def due_note(self) -> str:
        if self.deadline:
            clock = self.deadline.clock
            more = clock.moved.arithmetic if clock.provisional else ""
            return f"{clock.rule.label}（{clock.rule.cites}）。{more}"
        if self.filing.state in (S.FILED, S.DISCARDED):
            return ""
        if rule := self._rule:
            return f"{rule.clause.label}（{rule.clause.cites}）：生效后{rule.within}内。"
        way = edition_for(self.filing.office, timezone.localdate()).route
        announced = self.filing.notice_id is not None
        channel = [w for w in way.ways if w.announced_yearly == announced] if way else []
        return f"{channel[0].label}（{channel[0].cites}）。" if channel else ""

    @cached_property
    def _rule(self):
        return rule_for(self.filing.office, today=timezone.localdate()) if self.filing.is_change else None

    @property
    def next(self) -> str:
        county = "上报 → 县级登记，待市级备案" if self.filing.is_change else "上报 → 待市级备案"
        city = "准予备案 → 更新名录" if self.filing.is_change else "准予备案 → 赋备案号，载入名录"
        return {
            S.DRAFT: "提交 → 县级预审",
            S.RETURNED: "补正后重报 → 县级预审",
            S.AT_COUNTY: county,
            S.AT_CITY: city,
            S.FILED: f"备案号 {self.filing.filing_number}",
            S.DISCARDED: "可以重新发起",
        }[self.filing.state]

    @property
    def next_note(self) -> str:
        return {
            S.DRAFT: "草稿自动保存，随时可以离开。",
            S.RETURNED: "只有退回的各项可以改动，其余内容锁定。",
            S.AT_COUNTY: f"退回 → 企业只能改所列各项，重报后为第 {self.filing.round + 1} 轮。",
            S.AT_CITY: f"{self._registered}退回 → 企业补正后先回县级预审，为第 {self.filing.round + 1} 轮。",
            S.FILED: "人员或信息有变化时，请按规定报送。",
            S.DISCARDED: "",
        }[self.filing.state]

    @property
    def _registered(self) -> str:
        return f"县级已登记（{day_long(self.filing.county_on)}）。" if self.filing.county_on else ""
