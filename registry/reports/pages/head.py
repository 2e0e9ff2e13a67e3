"""The heads: where, whose move, by when with its basis, what next."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.parties.models import Office
from cqo_portal.ui.templatetags.ui import day_long
from registry.reports.models import AnnualReport, RollUp
from registry.reports.schedule import Schedule

S = AnnualReport.State
SOON = 30  # days before the cut-off from which on the page says so


def walked(steps: tuple[str, ...], now: int) -> list[tuple[str, str]]:
    return [(label, "done" if n < now else "now" if n == now else "") for n, label in enumerate(steps)]


@dataclass(frozen=True, kw_only=True)
class _Clock:
    schedule: Schedule
    today: date
    over: bool  # nothing waits for the cut-off any more

    @property
    def due(self) -> str:
        cut_off, left = self.schedule.cut_off, (self.schedule.cut_off - self.today).days
        if self.over:
            return f"{cut_off.isoformat()} 截止"
        ahead = f"还有 {left} 天" if left > 0 else "今天截止" if left == 0 else f"已过 {-left} 天"
        return f"{cut_off.year}年{day_long(cut_off)}，{ahead}"

    @property
    def due_tone(self) -> str:
        left = (self.schedule.cut_off - self.today).days
        return "" if self.over or left > SOON else "soon" if left >= 0 else "late"

    @property
    def due_note(self) -> str:
        return self.schedule.basis


@dataclass(frozen=True, kw_only=True)
class ReportHead(_Clock):
    report: AnnualReport
    user: object
    over: bool = False

    STEPS = ("企业报送", "县级接收", "计入汇总")

    @property
    def steps(self) -> list[tuple[str, str]]:
        return walked(self.STEPS, {S.AT_COUNTY: 1, S.RECEIVED: 3}.get(self.report.state, 0))

    @property
    def turn(self) -> str:
        match self.report.state:
            case S.AT_COUNTY:
                return self.report.office.name
            case S.RECEIVED:
                return "已办结"
        return self.report.organisation.name

    @property
    def turn_note(self) -> str:
        moved = timezone.localtime(self.report.moved_at)
        if self.report.state == S.RECEIVED:
            return f"{moved:%Y-%m-%d %H:%M} 接收。"
        days = (self.today - moved.date()).days
        mine = "您可以办理。" if self.is_mine else ""
        return f"{moved:%Y-%m-%d %H:%M} 起，{f'已 {days} 天。' if days > 0 else '今天到。'}{mine}"

    @property
    def is_mine(self) -> bool:
        acting = self.user.acting
        turn = {S.AT_COUNTY: Role.COUNTY, S.RECEIVED: ""}.get(self.report.state, Role.ENTERPRISE)
        return acting is not None and acting.role == turn

    @property
    def next(self) -> str:
        return {
            S.DRAFT: "报送 → 县级接收",
            S.RETURNED: "补正后重报 → 县级接收",
            S.REOPENED: "改好后重报 → 县级接收",
            S.AT_COUNTY: "接收 → 计入县、市、省汇总",
            S.RECEIVED: f"{self.report.year} 年度已报",
        }[self.report.state]

    @property
    def next_note(self) -> str:
        return {
            S.DRAFT: "草稿自动保存，随时可以离开。",
            S.RETURNED: "只有退回的部分可以改动，其余内容锁定。",
            S.REOPENED: "新版接收之前，原来的一版仍然有效。",
            S.AT_COUNTY: f"退回 → 企业只改所列部分，重报后为第 {self.report.round + 1} 版。",
            S.RECEIVED: "截止前可以重新填报；截止后只能更正，更正不改变锁定的数字。",
        }[self.report.state]


@dataclass(frozen=True, kw_only=True)
class RollUpHead(_Clock):
    office: Office
    roll_up: RollUp | None
    waiting: int  # reports on the desk, or offices below that have not signed
    user: object

    STEPS = ("企业报送", "县级签报", "市级签报", "省级签报")

    @property
    def signed(self) -> bool:
        return self.over

    @property
    def steps(self) -> list[tuple[str, str]]:
        own = {"county": 1, "city": 2, "province": 3}[self.office.level]
        if self.signed:
            return walked(self.STEPS, own + 1)
        return walked(self.STEPS, own if self.today > self.schedule.cut_off else 0)

    @property
    def turn(self) -> str:
        if self.signed:
            above = self.office.parent
            return above.name if above else "已办结"
        return self.office.name if self.today > self.schedule.cut_off else "各企业"

    @property
    def turn_note(self) -> str:
        if self.signed:
            return "本级已经签报，数字锁定。"
        if self.today <= self.schedule.cut_off:
            return f"收报中；{self.waiting} 份等县局接收。" if self.waiting else "收报中。"
        return "可以签报了。" if not self.waiting else ""

    @property
    def next(self) -> str:
        if self.signed:
            return "以后收到的另列补充名单"
        return "截止后核对、签报 → 数字锁定" if self.today <= self.schedule.cut_off else "签报 → 数字锁定"

    @property
    def next_note(self) -> str:
        return "锁定以后，逾期报送和更正只列在旁边，不再改变数字。"
