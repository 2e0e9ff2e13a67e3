"""The head of every case: where, whose move, by when with the arithmetic, what next."""

from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from cqo_portal.accounts.models import Role
from registry.editions import edition_for
from registry.models import Filing

S = Filing.State


@dataclass(frozen=True)
class CaseHead:
    """Where, whose move, by when with the arithmetic, what next."""

    filing: Filing
    user: object

    STEPS = (
        ("企业申报", (S.DRAFT, S.RETURNED)),
        ("县级预审", (S.AT_COUNTY,)),
        ("市级备案", (S.AT_CITY,)),
        ("载入名录", (S.FILED,)),
    )

    @cached_property
    def steps(self) -> list[tuple[str, str]]:
        now = next((n for n, (_, states) in enumerate(self.STEPS) if self.filing.state in states), -1)
        if self.filing.state == S.FILED:
            return [(label, "done") for label, _ in self.STEPS]
        return [
            (label, "done" if n < now else "now" if n == now else "")
            for n, (label, _) in enumerate(self.STEPS)
        ]

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
        if self.filing.state in (S.FILED, S.DISCARDED):
            return f"{timezone.localtime(self.filing.moved_at):%Y-%m-%d %H:%M} 办结。"
        days = (timezone.localdate() - timezone.localdate(self.filing.moved_at)).days
        since = f"{timezone.localtime(self.filing.moved_at):%Y-%m-%d %H:%M} 起"
        mine = "您可以办理。" if self.is_mine else ""
        return f"{since}，{f'已 {days} 天。' if days else '今天到。'}{mine}"

    @property
    def is_mine(self) -> bool:
        turn = {
            S.DRAFT: Role.ENTERPRISE,
            S.RETURNED: Role.ENTERPRISE,
            S.AT_COUNTY: Role.COUNTY,
            S.AT_CITY: Role.CITY,
        }
        return self.user.acting is not None and self.user.acting.role == turn.get(self.filing.state)

    due = ""
    due_tone = ""
    arithmetic: tuple[str, ...] = ()

    @property
    def due_note(self) -> str:
        if self.filing.state in (S.FILED, S.DISCARDED):
            return ""
        way = edition_for(self.filing.office, timezone.localdate()).route
        voluntary = [w for w in way.ways if not w.announced_yearly] if way else []
        return f"{voluntary[0].label}（{voluntary[0].cites}）。" if voluntary else ""

    @property
    def next(self) -> str:
        return {
            S.DRAFT: "提交 → 县级预审",
            S.RETURNED: "补正后重报 → 县级预审",
            S.AT_COUNTY: "上报 → 市局赋备案号",
            S.AT_CITY: "准予备案 → 赋备案号、入册",
            S.FILED: f"备案号 {self.filing.filing_number}",
            S.DISCARDED: "可以重新发起",
        }[self.filing.state]

    @property
    def next_note(self) -> str:
        return {
            S.DRAFT: "草稿自动保存，随时可以离开。",
            S.RETURNED: "只有退回的各项可以改动，其余内容锁定。",
            S.AT_COUNTY: f"退回 → 企业只能改所列各项，重报后为第 {self.filing.round + 1} 轮。",
            S.AT_CITY: f"退回 → 企业补正后先回县级预审，为第 {self.filing.round + 1} 轮。",
            S.FILED: "人员或信息有变化时，请按规定报送。",
            S.DISCARDED: "",
        }[self.filing.state]
