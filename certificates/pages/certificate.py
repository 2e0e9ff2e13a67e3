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
from certificates.validity import Standing, Wait, last_day
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
        if not self.is_made:
            lost = self.certificate.state == S.VOID
            return [("给号", "done"), ("作废" if lost else "制证", "done" if lost else "now")]
        if not self.certificate.sent_at and not self.is_over:
            return [("签发", "done"), ("发送", "now"), ("在有效期", ""), ("再评价", "")]
        begun = [("签发", "done"), ("发送", "done")] if self.certificate.sent_at else [("签发", "done")]
        if self.is_over:
            return [*begun, (self.standing.state.label, "now")]
        return [*begun, ("在有效期" if self.standing.is_valid else "暂停", "now"), ("再评价", "")]

    @property
    def is_over(self) -> bool:
        return self.is_made and self.standing.state not in (
            CertificateState.VALID,
            CertificateState.SUSPENDED,
        )

    @property
    def is_suspended(self) -> bool:
        return self.standing.state is CertificateState.SUSPENDED

    @property
    def _is_to_send(self) -> bool:
        return self.certificate.sent_at is None and self.certificate.state in SENT_WHILE

    @property
    def turn(self) -> str:
        if self.certificate.state == S.PREPARED:
            return "系统"
        if self._is_to_send or self.is_suspended:
            return "评价机构" if self.user.acting.role != Role.BODY else "贵机构"
        if self._in_the_window:
            return "您方" if self.may_renew else "持证人"
        return "现在不用办"

    @property
    def turn_note(self) -> str:
        if self.certificate.state == S.PREPARED:
            return self.certificate.trouble or "正在排版、签名，通常不到一分钟。"
        if self._is_to_send:
            return "已经签发、可以核验；发送以后本人和所在组织才收到通知、看得到，才能办理暂停、中止。"
        if self.is_suspended:
            return "查清以后恢复，或者中止、作废。"
        if not self._in_the_window:
            return ""
        return "再评价申请已经开始。" if self.is_begun else "可以申请再评价。"

    @property
    def _in_the_window(self) -> bool:
        return self.standing.is_valid and self.today >= self.certificate.reapply_opens

    @property
    def _is_late(self) -> bool:
        return self._in_the_window and self.today > self.certificate.reapply_by

    @property
    def due(self) -> str:
        """Of one in force: when it ends, or by when to apply for the next one."""
        found = self.certificate
        if self._in_the_window and not self._is_late:
            return (
                f"应在{day_full(found.reapply_by)}（含当日）以前申请，{_ahead(found.reapply_by, self.today)}"
            )
        if self.standing.is_valid and self.is_made:
            return f"截至{day_full(found.last_day)}当日，{_ahead(found.last_day, self.today)}"
        if self.is_suspended:
            return f"截至{day_full(found.last_day)}当日，暂停不延长"
        if self.is_over:
            return f"{day_full(self.standing.since)}起{self.standing.state.label}"
        return "还没有制成" if found.state == S.PREPARED else "编号已作废"

    @property
    def due_tone(self) -> str:
        return "late" if self._is_late else "soon" if self._in_the_window else ""

    @property
    def due_note(self) -> str:
        if not self.is_made:
            return ""
        found, rule = self.certificate, self.certificate.rule
        if self.is_over:
            over = self.standing.state is CertificateState.EXPIRED
            return "" if over else f"原定到{day_full(found.last_day)}（含当日）为止。"
        if self._in_the_window:
            return f"到期前 {rule.reapply_by.length}（{rule.reapply_by.cites}）；证书到{day_full(found.last_day)}（含当日）为止。"
        if found.last_day != last_day(found.first_day, rule):
            return "补发的证书，到期日与原证书相同。"
        return f"自签发之日起 {rule.valid_for.length}（{rule.valid_for.cites}），暂停不延长。"

    @property
    def next(self) -> str:
        if not self.is_made:
            return "制成以后生效" if self.certificate.state == S.PREPARED else "这个决定可以重新发证"
        if self.successor:
            return f"新证书 {self.successor.number}"
        if self.is_suspended:
            return "恢复，或者中止、作废"
        if self._in_the_window:
            return "再评价" if self.is_begun else "申请再评价"
        if self.standing.is_valid:
            return f"{day_full(self.certificate.reapply_opens)}起可以申请再评价"
        return f"{day_full(self.wait.ends)}起可以重新申请" if self.wait else "可以重新申请评价"

    @property
    def next_note(self) -> str:
        found, rule = self.certificate, self.certificate.rule
        if self.wait and not self.successor:
            ahead = f"，即{day_full(self.wait.ends)}起，才能重新申请" if self.is_suspended else ""
            return f"自{day_full(self.wait.begins)}起满 {rule.wait_after_loss.length}（{rule.wait_after_loss.cites}）{ahead}。"
        if self._is_late:
            return (
                f"应当在{day_full(found.reapply_by)}（含当日）以前申请（{rule.reapply_by.cites}），已经逾期；"
                f"仍可申请，到期以前没有新证书的，证书失效。"
            )
        if self.standing.is_valid and self.is_made and not self._in_the_window:
            return f"应当在{day_full(found.reapply_by)}（含当日）以前申请（{rule.reapply_by.cites}）。"
        return ""

    @cached_property
    def wait(self) -> Wait | None:
        return renewal.wait_of(self.certificate, self.today) if self.is_made else None

    @cached_property
    def successor(self) -> Certificate | None:
        return successor_of(self.certificate)

    @cached_property
    def linked(self) -> set:
        """The earlier and the next one, as far as this person may see them."""
        others = {
            self.certificate.replaces_id,
            *(act.successor_id for act in self.certificate.acts.all()),
        } - {None}
        seen = Certificate.objects.visible_to(self.user).filter(pk__in=others) if others else ()
        return {each.pk for each in seen}

    # ── what was done, and may be done ────────────────────────────────────────────────────────
    @cached_property
    def history(self) -> list[Entry]:
        acts = [
            Entry(LABELS.get(act.kind, act.get_kind_display()), act.effective_on, str(act.by), act)
            for act in self.certificate.acts.select_related("by", "successor").prefetch_related("papers")
        ]
        if not self.is_made:
            return acts[::-1]
        return [*reversed(acts), Entry("颁发", self.certificate.first_day, self.certificate.body.name)]

    @property
    def may(self) -> list[tuple[str, str]]:
        """(kind, label) of the acts that are open to this person now."""
        if not self.acts_for_it:
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

    @cached_property
    def is_begun(self) -> bool:
        """Whether another application of the holder is under way, as far as that is this person's concern."""
        return self.may_renew is not None and not renewal.is_to_be_begun(
            self.certificate, self.user, self.today
        )


def _ahead(day: date, today: date) -> str:
    return f"还有 {grouped((day - today).days)} 天" if day > today else "今天是最后一天"
