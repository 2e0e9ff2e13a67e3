"""The days of an evaluation: an invitation to answer, a sheet to sign, a paper to bring, a review to make."""

from collections.abc import Callable, Collection
from datetime import date

from django.db.models import F, QuerySet

from cqo_portal.accounts.models import Role
from cqo_portal.notifications.catalogue import Group
from cqo_portal.reminders.catalogue import Audience, Reminder, add
from cqo_portal.reminders.stages import Stage, Stages
from cqo_portal.reminders.told import tell_with
from evaluation.models import Application, Evaluation, Panellist, Sheet

CLOSE = Stages((Stage(-1, "明天截止"), Stage(1, "已经逾期", urgent=True)))
SOON = Stages((Stage(-3, "还有 3 天"), Stage(-1, "明天截止", urgent=True), Stage(1, "已经逾期", urgent=True)))


def invitations(first: date, last: date) -> list[QuerySet]:
    waiting = Panellist.objects.to_be_answered().filter(answer_by__range=(first, last))
    return [waiting.annotate(falls_on=F("answer_by"))]


def sheets_unsigned(first: date, last: date) -> list[QuerySet]:
    scoring = Sheet.objects.filter(
        state=Sheet.State.OPEN,
        panellist__state=Panellist.State.SERVING,
        panellist__evaluation__state=Evaluation.State.SCORING,
        panellist__evaluation__due_on__range=(first, last),
    )
    return [scoring.annotate(falls_on=F("panellist__evaluation__due_on"))]


def papers_to_bring(first: date, last: date) -> list[QuerySet]:
    back = Application.objects.filter(state=Application.State.RETURNED, due_on__range=(first, last))
    return [back.annotate(falls_on=F("due_on"))]


def reviews_to_make(first: date, last: date) -> list[QuerySet]:
    here = Application.objects.filter(state=Application.State.SUBMITTED, due_on__range=(first, last))
    return [here.annotate(falls_on=F("due_on"))]


def _by_the_clocks(_: Collection) -> dict:
    return {}


def _applications() -> QuerySet:
    return Application.objects.select_related("organisation", "body").defer("draft", "search", "haystack")


EXPERT = Audience(Role.EXPERT, "person")
OFFICER, ENTERPRISE = Audience(Role.OFFICER, "person"), Audience(Role.ENTERPRISE, "organisation")
BODY = Audience(Role.BODY, "body")
CLOCKS = "评价机构公布的时限，T/JSQA 194—2024 8.1"


def _of(
    code: str,
    label: str,
    *,
    stages: Stages,
    to: tuple[Audience, ...],
    due: Callable,
    subjects: Callable,
    **more,
) -> Reminder:
    return Reminder(
        code=code, label=label, clause=CLOCKS, group=Group.EVALUATION, stages=stages, audiences=to,
        due=due, subjects=subjects, cites=_by_the_clocks, **more,
    )  # fmt: skip


add(
    _of("invitation-unanswered", "评价组邀请还没有答复", stages=CLOSE, to=(EXPERT,), due=invitations,
        subjects=lambda: Panellist.objects.select_related("evaluation__body", "person"), confidential=True),
    _of("sheet-unsigned", "评分表还没有签署", stages=SOON, to=(EXPERT,), due=sheets_unsigned,
        subjects=lambda: Sheet.objects.select_related("panellist__evaluation__body", "person"), confidential=True),
    _of("application-to-complete", "评价申请等您补充材料", stages=SOON, to=(OFFICER, ENTERPRISE), due=papers_to_bring,
        subjects=_applications),
    _of("application-to-review", "形式审查期限", stages=CLOSE, to=(BODY,), due=reviews_to_make, subjects=_applications),
)  # fmt: skip

tell_with(Evaluation, lambda run: (run.panellists.all(), Sheet.objects.filter(panellist__evaluation=run)))
