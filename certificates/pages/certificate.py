"""One certificate, for whoever may see it: how it stands, what is printed, what was done, what comes next."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from certificates import renewal
from certificates.grounds import ground
from certificates.issuing.sending import SENT_WHILE
from certificates.learning import Learning, learning_of
from certificates.life.acts import why_closed
from certificates.models import Act, Certificate
from certificates.permissions import certifies
from certificates.validity import Standing
from certificates.verification.lookup import successor_of
from cqo_portal.accounts.models import Role
from cqo_portal.jurisdictions.vocabulary import CertificateState
from cqo_portal.wording import day_full, grouped
from evaluation.decisions.appeals import under_appeal
from registry.models import Officer

S = Certificate.State
APPLICANTS = (Role.OFFICER, Role.ENTERPRISE)
LABELS = {
    Act.Kind.SUSPEND: "暂停",
    Act.Kind.RESUME: "恢复",
    Act.Kind.DISCONTINUE: "中止",
    Act.Kind.VOID: "声明作废",
    Act.Kind.RECOVER: "登记收回",
}


@dataclass(frozen=True)
class Entry:
    """One line of what happened, newest first. `reason` and `papers` are for those who may see the certificate."""

    said: str
    on: date
    by: str
    act: Act | None = None

    @property
    def ground(self) -> str:
        return ground(self.act.ground).label if self.act and self.act.ground else ""


@dataclass(frozen=True)
class CertificatePage:
    certificate: Certificate
    user: object
    today: date

    @cached_property
    def standing(self) -> Standing:
        return self.certificate.standing_on(self.today)

    @property
    def is_made(self) -> bool:
        return hasattr(self.certificate, "rendering")

    @property
    def words(self) -> dict:
        return self.certificate.imprint.words

    @property
    def acts_for_it(self) -> bool:
        """Whether this person acts for the body in this cause."""
        return certifies.test(self.user, self.certificate)

    @cached_property
    def tells_why(self) -> bool:
        """Whether reasons and documents of acts are for this person."""
        return Certificate.objects.told_why_to(self.user).filter(pk=self.certificate.pk).exists()

    @cached_property
    def appealed(self) -> bool:
        """An appeal against the result is under way, for those whom that concerns."""
        concerned = self.user.acting.role in (*APPLICANTS, Role.BODY)
        return concerned and self.tells_why and under_appeal(self.certificate.decision.evaluation)

    # ── the head ──────────────────────────────────────────────────────────────────────────────
    @property
    def steps(self) -> list[tuple[str, str]]:
        made, sent = self.is_made, self.certificate.sent_at is not None
        if not made:
            lost = self.certificate.state == S.VOID
            return [("给号", "done"), ("作废" if lost else "制证", "done" if lost else "now")]
        over = not self.standing.is_valid and self.standing.state is not CertificateState.SUSPENDED
        return [
            ("签发", "done"),
            ("发送", "done" if sent else "now"),
            ("在有效期", "done" if over else "now" if sent else ""),
            (self.standing.state.label if over else "再评价", "now" if over else ""),
        ]

    @property
    def turn(self) -> str:
        if self.certificate.state == S.PREPARED:
            return "系统"
        if self.certificate.sent_at is None and self.certificate.state in SENT_WHILE:
            return "评价机构" if self.user.acting.role != Role.BODY else "贵机构"
        if self._in_the_window:
            return "您方" if self.may_renew else "持证人"
        return "现在不用办"

    @property
    def turn_note(self) -> str:
        if self.certificate.state == S.PREPARED:
            return self.certificate.trouble or "正在排版、签名，通常不到一分钟。"
        if self.turn in ("贵机构", "评价机构"):
            return "已经签发、可以核验；发送以后本人和所在组织才收到通知、看得到，才能办理暂停、中止。"
        return "可以申请再评价。" if self._in_the_window else ""

    @property
    def _in_the_window(self) -> bool:
        return self.standing.is_valid and self.today >= self.certificate.reapply_opens

    @property
    def due(self) -> str:
        if self.standing.is_valid:
            left = (self.certificate.last_day - self.today).days
            ahead = f"还有 {grouped(left)} 天" if left else "今天是最后一天"
            return f"截至{day_full(self.certificate.last_day)}当日，{ahead}"
        return f"{day_full(self.certificate.last_day)}（含当日）为止" if self.is_made else ""

    @property
    def due_tone(self) -> str:
        if not self.standing.is_valid or self.today < self.certificate.reapply_opens:
            return ""
        return "late" if self.today > self.certificate.reapply_by else "soon"

    @property
    def due_note(self) -> str:
        rule = self.certificate.rule
        return f"自签发之日起 {rule.valid_for.length}（{rule.valid_for.cites}），暂停不延长。"

    @property
    def next(self) -> str:
        if not self.is_made:
            return "制成以后生效"
        if self.successor:
            return f"新证书 {self.successor.number}"
        if self.standing.is_valid:
            return f"{day_full(self.certificate.reapply_opens)}起可以申请再评价"
        if self.waits_until:
            return f"{day_full(self.waits_until)}起可以重新申请"
        return (
            "恢复，或者中止、作废"
            if self.standing.state is CertificateState.SUSPENDED
            else "可以重新申请评价"
        )

    @property
    def next_note(self) -> str:
        if not self.standing.is_valid:
            return ""
        rule = self.certificate.rule
        return f"应当在{day_full(self.certificate.reapply_by)}（含当日）以前申请（{rule.reapply_by.cites}）。"

    @cached_property
    def waits_until(self) -> date | None:
        return renewal.waits_until(self.certificate, self.today)

    @cached_property
    def successor(self) -> Certificate | None:
        return successor_of(self.certificate)

    # ── what was done, and may be done ────────────────────────────────────────────────────────
    @cached_property
    def history(self) -> list[Entry]:
        acts = [
            Entry(LABELS.get(act.kind, act.get_kind_display()), act.effective_on, str(act.by), act)
            for act in self.certificate.acts.select_related("by", "successor").prefetch_related("papers")
        ]
        return [*reversed(acts), Entry("颁发", self.certificate.first_day, self.certificate.body.name)]

    @property
    def may(self) -> list[tuple[str, str]]:
        """(kind, label) of the acts that are open to this person now."""
        if not self.acts_for_it or not self.is_made:
            return []
        found = self.certificate
        return [
            (kind.value, label) for kind, label in LABELS.items() if not why_closed(kind, found, self.today)
        ]

    @property
    def may_send(self) -> bool:
        waiting = self.certificate.sent_at is None and self.certificate.state in SENT_WHILE
        return waiting and self.acts_for_it

    @property
    def may_abandon(self) -> bool:
        return self.certificate.state == S.PREPARED and self.acts_for_it

    # ── the years ahead ───────────────────────────────────────────────────────────────────────
    @cached_property
    def learning(self) -> Learning | None:
        told = self.is_made and self.tells_why
        return learning_of(self.certificate, today=self.today) if told else None

    @cached_property
    def may_renew(self) -> Officer | None:
        """The post for which one may apply again from here."""
        if self.user.acting.role not in APPLICANTS or not self.is_made:
            return None
        return renewal.may_begin(self.certificate, self.user, self.today)
