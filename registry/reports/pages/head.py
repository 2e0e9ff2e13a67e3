"""The heads: where, whose move, by when with its basis, what next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.parties.models import Office
from cqo_portal.ui.acts import walked
from cqo_portal.wording import day_full, day_long, moment_full, since
from registry.reports.models import AnnualReport
from registry.reports.rollup import Readiness
from registry.reports.schedule import Schedule

S = AnnualReport.State
SOON = 30  # days before the cut-off from which on the page says so


@dataclass(frozen=True, kw_only=True)
class _Clock:
    schedule: Schedule
    today: date
    over: bool  # nothing waits for the cut-off any more

    @property
    def due(self) -> str:
        cut_off, left = self.schedule.cut_off, (self.schedule.cut_off - self.today).days
        if self.over or self.schedule.voluntary:
            return f"{day_full(cut_off)}截止"
        ahead = f"还有 {left} 天" if left > 0 else "今天截止" if left == 0 else f"已过 {-left} 天"
        return f"{cut_off.year}年{day_long(cut_off)}，{ahead}"

    @property
    def due_tone(self) -> str:
        left = (self.schedule.cut_off - self.today).days
        return "" if self.over or self.schedule.voluntary or left > SOON else "soon" if left >= 0 else "late"

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
            return f"{moment_full(moved)} 接收。"
        return f"{since(moved, today=self.today)}{'您可以办理。' if self.is_mine else ''}"

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
    waiting: int  # reports handed in and not yet received
    ready: Readiness

    STEPS = ("企业报送", "县级签报", "市级签报", "省级签报")

    @property
    def signed(self) -> bool:
        return self.over

    @property
    def steps(self) -> list[tuple[str, str]]:
        own = {"county": 1, "city": 2, "province": 3}[self.office.level]
        if self.signed:
            return walked(self.STEPS, own + 1)
        if not self.ready.closed:
            return walked(self.STEPS, 0)
        return walked(self.STEPS, own - 1 if self.ready.unsigned else own)

    @property
    def turn(self) -> str:
        if self.signed:
            above = self.office.parent
            return above.name if above else "已办结"
        if not self.ready.closed:
            return "各企业"
        return named(self.ready.unsigned) or self.office.name

    @property
    def turn_note(self) -> str:
        if self.signed:
            return "本级已经签报，数字锁定。"
        if not self.ready.closed:
            return f"收报中；{self.waiting} 份等县局接收。" if self.waiting else "收报中。"
        if self.ready.unsigned:
            return "还没有签报。"
        if self.ready.undecided:
            return f"{self.ready.undecided} 份截止前报来的没有办理，先接收或者退回。"
        return "可以签报了。" if self.ready.possible else "没有应报企业，不用签报。"

    @property
    def next(self) -> str:
        if self.signed:
            return "以后收到的另列补充名单"
        if not self.ready.closed:
            return "截止后核对、签报 → 数字锁定"
        return "下级签报 → 本级签报 → 数字锁定" if self.ready.unsigned else "签报 → 数字锁定"

    @property
    def next_note(self) -> str:
        return "锁定以后，逾期报送和更正只列在旁边，不再改变数字。"


def named(offices: Sequence[Office]) -> str:
    """东湖区、西山区; of many the first three and how many there are."""
    names = "、".join(one.area for one in offices[:3])
    return f"{names}等 {len(offices)} 处" if len(offices) > 3 else names
