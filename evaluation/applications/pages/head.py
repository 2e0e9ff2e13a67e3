"""The head of an application: where, whose move, by when, what next. Of the panel's work only the stage is said."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils import timezone

from cqo_portal.ui.acts import walked
from cqo_portal.ui.due import Due
from cqo_portal.wording import moment_full, since
from evaluation.applications.rules import grounds_of, rules_of
from evaluation.models import Application, Evaluation
from evaluation.permissions import applies, reviews_applications
from evaluation.workflow.appeal import days_to_appeal

S = Application.State
E = Evaluation.State
STEPS = ("提交申请", "形式审查", "评价", "公布结果")
OVER = (S.REFUSED, S.WITHDRAWN, S.DISCARDED)


def stage_of(application: Application, run: Evaluation | None) -> str:
    """As people say where it stands: of an accepted one where the evaluation is."""
    if application.state == S.ACCEPTED and run:
        return run.get_state_display()
    return application.get_state_display()


def look_of(application: Application, run: Evaluation | None, *, for_the_body: bool) -> str:
    """A state of `ui.STATES` that looks as this one should."""
    match application.state:
        case S.SUBMITTED:
            return "mine" if for_the_body else "waiting"
        case S.ACCEPTED:
            return "met" if run is None or run.state == E.PUBLISHED else "waiting"
        case S.REFUSED:
            return "unmet"
        case S.WITHDRAWN:
            return "discarded"
    return application.state


def due_of(application: Application, run: Evaluation | None, *, today: date) -> Due | None:
    """Of the application while it is reviewed, then of the evaluation."""
    if application.state == S.ACCEPTED:
        on = run.due_on if run and run.state not in (E.PUBLISHED, E.CLOSED) else None
    else:
        on = application.due_on if application.state in (S.SUBMITTED, S.RETURNED) else None
    return Due(on, today) if on else None


@dataclass(frozen=True)
class Head:
    """`run`: the latest evaluation of the application, if there is one."""

    application: Application
    user: object
    today: date
    run: Evaluation | None = None

    @property
    def title(self) -> str:
        name = f"{self.application.name}的评价申请"
        match self.application.state:
            case S.DRAFT:
                return f"{name}，还没有提交"
            case S.SUBMITTED:
                return f"{name}，轮到本机构审查" if self.is_mine else f"{name}，正在形式审查"
            case S.RETURNED:
                return f"{name}，轮到您补充" if self.is_mine else f"{name}，等申请人补充"
            case S.ACCEPTED if self.run:
                return f"{name}，{self.run.get_state_display()}"
        return f"{name}，{self.application.get_state_display()}"

    @property
    def is_mine(self) -> bool:
        match self.application.state:
            case S.DRAFT | S.RETURNED:
                return applies.test(self.user, self.application)
            case S.SUBMITTED:
                return reviews_applications.test(self.user, self.application)
        return False

    @property
    def steps(self) -> list[tuple[str, str]]:
        match self.application.state:
            case S.SUBMITTED:
                return walked(STEPS, 1)
            case S.REFUSED:
                return [(STEPS[0], "done"), ("不予受理", "now")]
            case S.WITHDRAWN | S.DISCARDED:
                return [(self.application.get_state_display(), "now")]
            case S.ACCEPTED:
                return walked(STEPS, self._stage)
        return walked(STEPS, 0)

    @property
    def _stage(self) -> int:
        return {E.DECIDED: 3, E.PUBLISHED: 4}.get(self.run.state if self.run else "", 2)

    @property
    def turn(self) -> str:
        match self.application.state:
            case S.DRAFT | S.RETURNED:
                return f"{self.application.organisation.name}、{self.application.name}"
            case S.SUBMITTED:
                return self.application.body.name
            case S.ACCEPTED if self.run is None or self.run.state not in (E.PUBLISHED, E.CLOSED):
                return self.application.body.name
        return "已办结"

    @property
    def turn_note(self) -> str:
        moved = timezone.localtime(self._moved_at)
        if self.turn == "已办结":
            return f"{moment_full(moved)} 办结。"
        return f"{since(moved, today=self.today)}{'您可以办理。' if self.is_mine else ''}"

    @property
    def _moved_at(self):
        return (
            self.run.moved_at
            if self.run and self.application.state == S.ACCEPTED
            else self.application.moved_at
        )

    @property
    def _due(self) -> Due | None:
        return due_of(self.application, self.run, today=self.today)

    @cached_property
    def _appeal(self) -> tuple[str, str] | None:
        """Whoever sees an application sees its appeals too."""
        if self.run is None or self.run.state != E.PUBLISHED:
            return None
        return days_to_appeal(self.run, self.today, sees_appeals=True)

    @property
    def due(self) -> str:
        return self._appeal[0] if self._appeal else str(self._due or "")

    @property
    def due_tone(self) -> str:
        return self._due.tone if self._due else ""

    @property
    def due_note(self) -> str:
        if self._appeal:
            return self._appeal[1]
        return "评价机构自定的时限，按工作日计；逾期只提示。" if self._due else ""

    @property
    def next(self) -> str:
        return {
            S.DRAFT: "两方签写 → 提交 → 形式审查",
            S.SUBMITTED: "受理 → 组建评价组",
            S.RETURNED: "补充（改过的由两方重新签写）→ 再次提交",
            S.ACCEPTED: self._next_of_the_evaluation,
            S.REFUSED: self._after_a_refusal,
            S.WITHDRAWN: "可以另行申请",
            S.DISCARDED: "可以重新发起",
        }[self.application.state]

    @property
    def _after_a_refusal(self) -> str:
        """Time cures the ground that has one; the others stand, by our reading, unless the finding itself falls."""
        if self.application.state != S.REFUSED:
            return ""
        held, rules = self.application.refusal.ground, rules_of(self.application, today=self.today)
        ground = next(each for each in grounds_of(rules) if each.key == held)
        if ground.lasts:
            return f"自认定之日起满 {ground.lasts}后，可以另行申请"
        return "这一情形没有年限（推定）；所据认定被撤销、改变的，可以另行申请"

    @property
    def _next_of_the_evaluation(self) -> str:
        order = [E.CONVENING, E.SCORING, E.CONSENSUS, E.REPORTING, E.AT_BODY, E.DECIDED, E.PUBLISHED]
        if self.run is None or self.run.state not in order[:-1]:
            return "评价已经结束"
        following = order[order.index(self.run.state) + 1]
        return f"{self.run.get_state_display()} → {E(following).label}"

    @property
    def next_note(self) -> str:
        return {
            S.DRAFT: "草稿自动保存，随时可以离开；签写以后再改，须重新签写。",
            S.SUBMITTED: f"也可以退回补充（申请人只能改所列各处，重报后为第 {self.application.round + 1} 轮），或者不予受理（8.2）。",
            S.RETURNED: "只有退回的各处可以改动，其余内容锁定。",
            S.ACCEPTED: "评价决定作出以前，申请人可以撤回申请。" if not self._decided else "",
        }.get(self.application.state, "")

    @property
    def _decided(self) -> bool:
        return self.run is not None and self.run.state in (E.DECIDED, E.PUBLISHED)
