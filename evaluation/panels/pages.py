"""What the pages of a case show: where it is and whose move it is, who sits on the panel, what happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.scope import DOWN_TO
from cqo_portal.audit.models import Event
from cqo_portal.parties.models import Organisation
from cqo_portal.ui.acts import Act
from cqo_portal.ui.due import Due
from cqo_portal.wording import moment_full, since
from evaluation import convening
from evaluation.models import Application, Evaluation, Panellist, Sheet
from evaluation.panels.blocks import words_added
from evaluation.permissions import leads, runs_it, serves
from evaluation.queries import UNDER_WAY
from evaluation.workflow.appeal import days_to_appeal
from evaluation.workflow.evaluation import EVALUATION, THE_PANEL_STANDS, may_be_opened, rule_of
from evaluation.workflow.panellist import PANELLIST

E = Evaluation.State
P = Panellist.State
STAGES = (E.CONVENING, E.SCORING, E.CONSENSUS, E.REPORTING, E.AT_BODY, E.DECIDED)
STEPS = {
    E.CONVENING: "组建",
    E.SCORING: "评分",
    E.CONSENSUS: "合议",
    E.REPORTING: "报告",
    E.AT_BODY: "决定",
    E.DECIDED: "公布",
}
TONES = {E.PUBLISHED: "met", E.CLOSED: "discarded"}


def is_an_authority(user) -> bool:
    return user.acting.role in DOWN_TO


def is_an_applicant(user) -> bool:
    return user.acting.role in (Role.ENTERPRISE, Role.OFFICER)


# ── where the case is ─────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Clock:
    """By when the stage is to be done; being late is shown and changes nothing."""

    evaluation: Evaluation
    today: date

    @property
    def runs(self) -> bool:
        return self.evaluation.due_on is not None and self.evaluation.state in UNDER_WAY

    @property
    def due(self) -> Due:
        return Due(self.evaluation.due_on, self.today)

    @property
    def tone(self) -> str:
        return self.due.tone if self.runs else ""

    def __str__(self) -> str:
        return str(self.due) if self.runs else ""


@dataclass(frozen=True)
class Head:
    """For `components/case_head.html`: the same for everybody who sees the case, but for who is called 您."""

    evaluation: Evaluation
    user: object
    today: date

    @property
    def steps(self) -> list[tuple[str, str]]:
        state = self.evaluation.state
        if state not in STAGES:
            done = "done" if state == E.PUBLISHED else ""
            return [(word, done) for word in STEPS.values()]
        now = STAGES.index(state)
        return [
            (STEPS[each], "done" if n < now else "now" if n == now else "") for n, each in enumerate(STAGES)
        ]

    @property
    def turn(self) -> str:
        match self.evaluation.state:
            case E.CONVENING | E.AT_BODY | E.DECIDED:
                ours = self.user.acting.role == Role.BODY
                return "贵机构" if ours else self.evaluation.body.name
            case E.SCORING:
                if _writes(self.user, self.evaluation):
                    return "您：独立评分"
                return "您：打开合议" if self._opens else "评价组各成员"
            case E.CONSENSUS | E.REPORTING:
                mine = leads.test(self.user, self.evaluation)
                return "您：评价组组长" if mine else "评价组"
        return "已办结" if self.evaluation.state == E.PUBLISHED else self.evaluation.get_state_display()

    @property
    def _opens(self) -> bool:
        """All have signed, and whoever looks leads; to everybody else that they have is not said."""
        return leads.test(self.user, self.evaluation) and may_be_opened(self.evaluation, self.today)

    @property
    def turn_note(self) -> str:
        moved_at = timezone.localtime(self.evaluation.moved_at)
        match self.evaluation.state:
            case E.PUBLISHED:
                return f"{moment_full(moved_at)} 公布。"
            case E.CLOSED:
                return f"{moment_full(moved_at)} 终止。"
        return since(moved_at, today=self.today)

    @cached_property
    def clock(self) -> Clock:
        return Clock(self.evaluation, self.today)

    @cached_property
    def _appeal(self) -> tuple[str, str] | None:
        if self.evaluation.state != E.PUBLISHED:
            return None
        sees = self.user.acting.role == Role.BODY or is_an_applicant(self.user)
        return days_to_appeal(self.evaluation, self.today, sees_appeals=sees)

    @property
    def due(self) -> str:
        return self._appeal[0] if self._appeal else str(self.clock)

    due_tone = property(lambda self: self.clock.tone)

    @property
    def due_note(self) -> str:
        if self._appeal:
            return self._appeal[1]
        return "工作日由评价机构自定，逾期只作提示。" if self.clock.runs else ""

    @property
    def next(self) -> str:
        return {
            E.CONVENING: "专家签署回避声明 → 独立评分",
            E.SCORING: "都签署以后 → 合议",
            E.CONSENSUS: "形成结论 → 编制报告",
            E.REPORTING: "成员会签 → 提交评价机构",
            E.AT_BODY: "作出决定 → 公布",
            E.DECIDED: "公布，通知本人和所在组织",
            E.PUBLISHED: "已通知本人和所在组织",
            E.CLOSED: "记录全部保留",
        }[self.evaluation.state]

    @property
    def next_note(self) -> str:
        return {
            E.CONVENING: f"连组长至少 {rule_of(self.evaluation).least} 人，都声明以后才能开始。",
            E.SCORING: "各自评分；签署以前，谁也看不到别人的。",
        }.get(self.evaluation.state, "")


def title_of(evaluation: Evaluation, user) -> str:
    """The office that supervises reads the enterprise and no name."""
    application = evaluation.application
    if is_an_authority(user):
        return f"{application.organisation.name}首席质量官的评价"
    return f"{application.name}的评价"


def grade_for(evaluation: Evaluation) -> str:
    """The grade once it is published; nothing before."""
    decision = getattr(evaluation, "decision", None)
    return decision.grade if decision and evaluation.state == E.PUBLISHED else ""


# ── blocks of the page ────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Progress:
    """How many of the members signed. Nothing else is known of sheets while the panel scores."""

    signed: int
    of: int


def progress_for(user, evaluation: Evaluation, today: date) -> Progress | None:
    """For the body and the leader alone. Another member reads it not even after signing: his page would depend on others."""
    if evaluation.state != E.SCORING:
        return None
    if not (runs_it.test(user, evaluation) or leads.test(user, evaluation)):
        return None
    sheets = Sheet.objects.counted().filter(panellist__evaluation=evaluation)
    found = sheets.aggregate(of=Count("pk"), signed=Count("pk", filter=Q(state=Sheet.State.SIGNED)))
    return Progress(found["signed"], found["of"])


def _writes(user, evaluation: Evaluation) -> bool:
    return serves.test(user, evaluation) and _own_sheets(user, evaluation, Sheet.State.OPEN).exists()


def _own_sheets(user, evaluation: Evaluation, state: str) -> QuerySet[Sheet]:
    mine = Sheet.objects.counted().filter(panellist__evaluation=evaluation, person=user.acting.person_id)
    return mine.filter(state=state)


@dataclass(frozen=True)
class Members:
    """`whole`: whoever runs it sees everybody who was ever named, and why somebody left; a member who serves."""

    panellists: list[Panellist]
    whole: bool
    convenes: bool
    short: str


def members_for(user, evaluation: Evaluation, today: date) -> Members | None:
    seats = evaluation.panellists.select_related("person")
    if runs_it.test(user, evaluation):
        rows = list(seats.prefetch_related("conflicts", "statement"))
        return Members(rows, True, evaluation.state == E.CONVENING, _short(evaluation, rows))
    if serves.test(user, evaluation):
        return Members(list(seats.serving()), False, False, "")
    return None


def _short(evaluation: Evaluation, rows: list[Panellist]) -> str:
    """Whether a panel that has begun is too small to go on."""
    if evaluation.state not in THE_PANEL_STANDS:
        return ""
    serving = [row for row in rows if row.state == P.SERVING]
    if few := convening.too_few(len(serving), rule_of(evaluation)):
        return f"{few}请补充成员；补充的成员签署以前，已签的评分表都不显示。"
    leaderless = convening.without_one_leader(sum(row.is_leader for row in serving))
    return f"{leaderless}请补充成员，并指定组长。" if leaderless else ""


# What the record calls an act; only these are shown, so that nothing of a sheet can come in by this way.
WORDS = {name: step.label for name, step in EVALUATION.items()} | {
    "recuse-after-report": "报告提交以后登记回避",
    "leave-after-report": "报告提交以后成员退出",
    "choose-aggregation": "选定合成方式",
    "take-up": "受理申请，开始评价",
    "rule-out": "认定不是同一人／同一单位",
}
OF_MEMBERS = {name: step.label for name, step in PANELLIST.items()} | {
    "propose": "拟请",
    "lead": "指定为组长",
    "no-longer-leads": "不再任组长",
}


def history_for(user, evaluation: Evaluation, today: date) -> list[Act] | None:
    """For whoever runs it: every act about the case and its members, newest first. Acts about sheets are no part of it."""
    if not runs_it.test(user, evaluation):
        return None
    names = {str(pk): name for pk, name in evaluation.panellists.values_list("pk", "person__name")}
    about = Q(
        subject_type="evaluation.evaluation", subject_id=str(evaluation.pk), action__in=WORDS | words_added()
    )
    members = Q(subject_type="evaluation.panellist", subject_id__in=names, action__in=OF_MEMBERS)
    return [_act(event, names) for event in Event.objects.filter(about | members).order_by("-id")]


def _act(event: Event, names: Mapping[str, str]) -> Act:
    if event.action == "rule-out":
        return Act(f"{WORDS[event.action]}：{event.data['name']}，“{event.data['said']}”", event)
    name = names.get(event.subject_id)
    words = WORDS | words_added()
    return Act(f"{OF_MEMBERS[event.action]}：{name}" if name else words[event.action], event)


def findings_for(user, evaluation: Evaluation, today: date) -> list[Event] | None:
    """For the office that supervises: members who went after the body had read the report."""
    if not is_an_authority(user):
        return None
    after = ["recuse-after-report", "leave-after-report"]
    return list(Event.objects.about(evaluation).filter(action__in=after)) or None


# ── lists ─────────────────────────────────────────────────────────────────────────────────────
class CaseQuery:
    """`?stage=`, `?late=1`, `?q=`; what is not one of ours counts as not said."""

    def __init__(self, params: Mapping, *, user, today: date) -> None:
        self.user, self.today = user, today
        self.text = params.get("q", "").strip()[:60]
        self.late = params.get("late") == "1"
        asked = params.get("stage", "")
        self.stage = asked if asked in self.words else "all"

    @property
    def words(self) -> dict[str, str]:
        stages = {each.value: each.label for each in STAGES}
        more = {"under_way": "在评"} if not self.is_a_body else {"overdue": "逾期未答复"}
        return stages | more | {"done": "已公布", "closed": "已终止", "all": "全部"}

    @property
    def is_a_body(self) -> bool:
        return self.user.acting.role == Role.BODY

    @cached_property
    def choices(self) -> list[tuple[str, str, int]]:
        """Stages in which something lies, and the one that was asked for."""
        found = (
            self._seen()
            .order_by()
            .aggregate(**{f"in_{word}": _count(self._where(word)) for word in self.words})
        )
        rows = [(code, word, found[f"in_{code}"]) for code, word in self.words.items()]
        return [row for row in rows if row[2] or row[0] in (self.stage, "all")]

    def rows(self) -> QuerySet:
        found = self._seen().filter(self._where(self.stage)).for_list().select_related("decision")
        if self.late:
            found = found.filter(due_on__lt=self.today, state__in=UNDER_WAY)
        return found.filter(self._matching()) if self.text else found

    def _seen(self) -> QuerySet:
        return Evaluation.objects.filter(
            pk__in=Evaluation.objects.visible_to(self.user).order_by().values("pk")
        )

    def _where(self, stage: str) -> Q:
        match stage:
            case "all":
                return Q()
            case "under_way":
                return Q(state__in=UNDER_WAY)
            case "overdue":
                asked = Panellist.objects.to_be_answered().filter(answer_by__lt=self.today)
                return Q(Exists(asked.filter(evaluation=OuterRef("pk"))))
            case "done":
                return Q(state=E.PUBLISHED)
        return Q(state=stage)

    def _matching(self) -> Q:
        """An office finds by enterprise and number: a name would tell whose case it is."""
        number = Q(number__icontains=self.text) if "\0" not in self.text else Q(pk__in=[])
        if is_an_authority(self.user):
            firms = Organisation.objects.matching(self.text)
            return number | Q(application__organisation__in=firms.order_by().values("pk"))
        return number | Q(application__in=Application.objects.matching(self.text).order_by().values("pk"))


def _count(where: Q) -> Count:
    return Count("pk", filter=where) if where else Count("pk")


def invitations_of(user) -> list[Panellist]:
    """What an expert was asked and has not answered; the soonest first."""
    asked = Panellist.objects.visible_to(user).to_be_answered()
    asked = asked.select_related("evaluation__body", "evaluation__application__organisation")
    return list(asked.order_by("answer_by", "id"))
