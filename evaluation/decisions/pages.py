"""What the pages of a report, a decision and an appeal show, and to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.http import Http404
from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.jurisdictions import pack
from cqo_portal.ui.due import Due
from cqo_portal.wording import day_full, day_long, moment_full, since
from evaluation.bodies.standing import learning_asked
from evaluation.decisions import appeals, versions, working
from evaluation.decisions.content import SECTIONS, content_of, lacking
from evaluation.decisions.deciding import GUARDS
from evaluation.decisions.forms import ReportForm, SignOffForm
from evaluation.decisions.results import Result, advised, result_of
from evaluation.decisions.versions import HAND_IN
from evaluation.frozen import scheme_of
from evaluation.models import Appeal, Evaluation, Panellist, Report, ReportVersion, SignOff
from evaluation.panels.pages import Head
from evaluation.permissions import applies, leads, runs_it, serves
from evaluation.queries import HANDED_IN, EvaluationQuerySet

E = Evaluation.State
REPORTED = (E.REPORTING, *HANDED_IN)


# ── who may read a report ─────────────────────────────────────────────────────────────────────
def reported_to(user) -> EvaluationQuerySet:
    """Cases whose report this person may read: of the own panel, and of the own body once it is handed in."""
    role = user.acting and user.acting.role
    states = {Role.EXPERT: REPORTED, Role.BODY: HANDED_IN}.get(role, ())
    found = Evaluation.objects.visible_to(user).filter(state__in=states)
    return found.select_related(
        "application__organisation", "application__person", "submission", "body"
    ).defer("application__draft")


def versions_for(user, evaluation: Evaluation) -> list[ReportVersion]:
    """Newest first. The body reads what was handed in; what the panel tried on its way there is the panel's own."""
    found = list(evaluation.report_versions.defer("pdf").select_related("by").order_by("-number"))
    if user.acting.role != Role.BODY:
        return found
    moments = Event.objects.about(evaluation).filter(action="hand-in").values_list("at", flat=True)
    handed_in = {next((each.pk for each in found if each.at <= at), None) for at in moments}
    return [each for each in found if each.pk in handed_in]


# ── a version, as it is read ──────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Document:
    version: ReportVersion
    signatures: list[SignOff]

    @property
    def content(self) -> Mapping:
        return self.version.content

    @property
    def total(self) -> Decimal:
        return Decimal(self.content["total"])

    @property
    def rows(self) -> list[tuple[Mapping, Decimal]]:
        return [(row, Decimal(row["earned"])) for row in self.content["rows"]]

    @property
    def groups(self) -> list[tuple[Mapping, Decimal, str]]:
        return [
            (each, Decimal(each["earned"]), "=" if each["exact"] else "≥") for each in self.content["groups"]
        ]

    @property
    def parts(self) -> list[tuple[str, str]]:
        said = self.content["sections"]
        return [(each.label, said[each.key]) for each in SECTIONS if said[each.key]]

    @property
    def reservations(self) -> list[SignOff]:
        return [each for each in self.signatures if each.reservation]

    @property
    def advice(self) -> str:
        return advised(self.content)


def document_of(version: ReportVersion | None) -> Document | None:
    if version is None:
        return None
    return Document(version, list(version.sign_offs.select_related("panellist").order_by("id")))


# ── the page of the report ────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class ReportPage:
    evaluation: Evaluation
    user: object
    typed: object = None  # of the working copy
    sign: SignOffForm | None = None

    @cached_property
    def writes(self) -> bool:
        return self.evaluation.state == E.REPORTING and leads.test(self.user, self.evaluation)

    @cached_property
    def report(self) -> Report | None:
        return working.shown(self.evaluation) if self.writes else None

    @cached_property
    def outcome(self):
        return working.last_outcome(self.evaluation)

    @cached_property
    def form(self) -> ReportForm | None:
        if not self.writes:
            return None
        return ReportForm(self.typed, scheme=scheme_of(self.outcome), texts=self.report.sections["texts"])

    @cached_property
    def versions(self) -> list[ReportVersion]:
        return versions_for(self.user, self.evaluation)

    @cached_property
    def document(self) -> Document | None:
        return document_of(self.versions[0] if self.versions else None)

    @cached_property
    def seat(self) -> Panellist | None:
        if not serves.test(self.user, self.evaluation):
            return None
        return (
            self.evaluation.panellists.serving()
            .select_related("person")
            .get(person=self.user.acting.person_id)
        )

    @property
    def own(self) -> SignOff | None:
        if self.document is None or self.seat is None:
            return None
        return next((each for each in self.document.signatures if each.panellist_id == self.seat.pk), None)

    @property
    def may_sign(self) -> bool:
        asked = self.evaluation.state == E.REPORTING and self.document and self.seat
        return bool(asked) and self.own is None

    @cached_property
    def members(self) -> list[tuple[Panellist, SignOff | None]]:
        """Everybody who serves, with what was signed of the last version."""
        signed = {each.panellist_id: each for each in self.document.signatures} if self.document else {}
        serving = self.evaluation.panellists.serving().select_related("person")
        return [(each, signed.get(each.pk)) for each in serving]

    @cached_property
    def missing(self) -> list[str]:
        """What stands between the working copy and a version."""
        if not self.writes:
            return []
        if not working.rests_on_the_last_outcome(self.report, self.outcome):
            return ["合议有了新的结论，请先按新的结论更新报告。"]
        return lacking(content_of(self.evaluation, self.outcome, self.report.sections["texts"]))

    @property
    def is_behind(self) -> bool:
        return self.writes and not working.rests_on_the_last_outcome(self.report, self.outcome)

    @property
    def unsent(self) -> bool:
        """The working copy says something else than the last version."""
        if not self.writes or self.document is None or self.is_behind:
            return False
        now = content_of(self.evaluation, self.outcome, self.report.sections["texts"])
        return now != self.document.content

    @cached_property
    def against(self) -> list[str]:
        """What stands between the last version and handing it in."""
        return HAND_IN.reasons_against(self.evaluation, timezone.localdate()) if self.writes else []

    def page(self) -> dict:
        sign = self.sign
        if sign is None and self.may_sign:
            sign = SignOffForm(person=self.seat.person.name, prefix="sign")
        return {
            "evaluation": self.evaluation,
            "page": self,
            "form": self.form,
            "report": self.report,
            "version": self.report.version if self.report else None,
            "document": self.document,
            "sign": sign if self.may_sign else None,
            "head": Head(self.evaluation, self.user, timezone.localdate()),
        }


# ── the page of the decision ──────────────────────────────────────────────────────────────────
def reasons_against_deciding(evaluation: Evaluation, today: date) -> list[str]:
    return [said for guard in GUARDS if (said := guard(evaluation, today))]


# ── blocks of the case ────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Stage:
    """For the panel and the body: how far the report is."""

    number: int
    signed: int
    of: int


def stage_for(user, evaluation: Evaluation, today: date) -> Stage | None:
    """The panel from the conclusion on, its body once the report is handed in; None for everybody else."""
    if evaluation.state not in REPORTED:
        return None
    if not (
        serves.test(user, evaluation) or (evaluation.state in HANDED_IN and runs_it.test(user, evaluation))
    ):
        return None
    version = versions.last_version(evaluation)
    serving = evaluation.panellists.serving()
    return Stage(
        version.number if version else 0,
        serving.filter(sign_offs__version=version).count() if version else 0,
        serving.count(),
    )


@dataclass(frozen=True)
class Told:
    """The published result. `whole`: for those it concerns and the body; an office reads grade, number and days."""

    result: Result
    whole: bool
    appeals: str  # a sentence for the applicants: until when, or why not any more
    learning: str  # another: what a certificate will ask of its holder
    superseded: str


def result_for(user, evaluation: Evaluation, today: date) -> Told | None:
    """Once it is published: whole for the applicants and the body, grade and days for an office, nothing for experts.

    An expert reads the report he signed; what became of it is told to those whom it concerns.
    """
    if evaluation.state != E.PUBLISHED or user.acting.role == Role.EXPERT:
        return None
    if (result := result_of(evaluation)) is None:
        return None
    own = applies.test(user, evaluation.application)
    whole = own or user.acting.role == Role.BODY
    return Told(
        result,
        whole,
        _until(evaluation, today) if own else "",
        _learning(evaluation, result) if own else "",
        _superseded(evaluation),
    )


def _learning(evaluation: Evaluation, result: Result) -> str:
    """Nothing where there is no grade, so that no certificate follows."""
    return "" if result.failed else learning_asked(evaluation.body, pack(evaluation.rule_edition))


def _until(evaluation: Evaluation, today: date) -> str:
    if (against := appeals.why_not(evaluation, today)) is not None:
        return against
    if evaluation.due_on is None:
        return "对结果有异议的，可以提出申诉。"
    due = Due(evaluation.due_on, today)
    return f"对结果有异议的，可以提出申诉，截至{day_long(due.on)}当日，{due.ahead if due.left else '今天是最后一天'}。"


def _superseded(evaluation: Evaluation) -> str:
    later = appeals.standing_decision(evaluation.application)
    if later is None or later.evaluation_id == evaluation.pk:
        return ""
    return f"{day_full(later.publication.on)}公布了第 {later.evaluation.run} 次评价的结果（{later.evaluation.number}），以那一次为准；这一次留作记录。"


def appeals_for(user, evaluation: Evaluation, today: date) -> list[Appeal] | None:
    seen = Appeal.objects.visible_to(user).filter(evaluation=evaluation)
    return list(seen.select_related("run")) or None


def because_of(user, evaluation: Evaluation, today: date) -> Appeal | None:
    """On the page of another run: what it was begun for."""
    if evaluation.run == 1:
        return None
    return Appeal.objects.visible_to(user).filter(run=evaluation).select_related("evaluation").first()


@dataclass(frozen=True)
class AppealHead:
    """For `components/case_head.html`: an appeal from its lodging to the result of the panel it led to."""

    appeal: Appeal
    user: object
    today: date

    @property
    def _panels(self) -> bool:
        return self.appeal.state == Appeal.State.GRANTED

    @property
    def _published(self) -> bool:
        return self._panels and self.appeal.run.state == E.PUBLISHED

    @property
    def _answered(self) -> bool:
        return self.appeal.state != Appeal.State.LODGED

    @property
    def steps(self) -> list[tuple[str, str]]:
        begun = "提出" if self.appeal.kind == Appeal.Kind.APPEAL else "开始复核"
        steps = [(begun, "done")]
        if self.appeal.kind == Appeal.Kind.APPEAL:
            said = "撤回" if self.appeal.state == Appeal.State.WITHDRAWN else "答复"
            steps.append((said, "done" if self._answered else "now"))
        if self._panels or not self._answered:
            panel = "done" if self._published else "now" if self._panels else ""
            steps += [("另组评价组", panel), ("公布", "done" if self._published else "")]
        return steps

    @property
    def turn(self) -> str:
        if self._panels and not self._published:
            return "另组的评价组"
        if self._answered:
            return "已办结"
        return "贵机构" if self.user.acting.role == Role.BODY else self.appeal.evaluation.body.name

    @property
    def turn_note(self) -> str:
        moved_at = timezone.localtime(self.appeal.moved_at)
        return (
            since(moved_at, today=self.today) if self.turn != "已办结" else f"{moment_full(moved_at)} 办结。"
        )

    @property
    def _due(self) -> Due | None:
        return Due(self.appeal.due_on, self.today) if self.appeal.due_on and not self._answered else None

    @property
    def due(self) -> str:
        if self._due:
            return str(self._due)
        if self._published:
            return "已公布"
        return "按另组的评价各步的期限" if self._panels else self.appeal.get_state_display()

    @property
    def due_tone(self) -> str:
        return self._due.tone if self._due else ""

    @property
    def due_note(self) -> str:
        return "工作日由评价机构自定，逾期只作提示。" if self._due else ""

    @property
    def next(self) -> str:
        if self._published:
            return "以后公布的结果为准"
        if self._panels:
            return "重新评分 → 公布"
        return "原结果不变" if self._answered else "同意，另组评价组；或者不予支持"

    @property
    def next_note(self) -> str:
        if self._panels and not self._published:
            return "对同一份申请材料评，原成员不参加。"
        return "" if self._answered else "提出的人和所在组织会收到答复和理由。"


def appeal_or_404(user, pk) -> Appeal:
    found = Appeal.objects.visible_to(user).for_list().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
