"""What applications ask of somebody, for the desk."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Prefetch, Q, Value, When
from django.urls import reverse

from cqo_portal.wording import grouped
from evaluation.applications.pages.head import due_of, look_of, stage_of
from evaluation.frozen import scheme_of
from evaluation.models import Application, Evaluation

S = Application.State
SHOWN = 5
TO_WRITE = (S.DRAFT, S.RETURNED)
ON_THE_DESK = (*TO_WRITE, S.SUBMITTED, S.ACCEPTED)


@dataclass(frozen=True)
class Standing:
    """One application as those who apply find it on their desk. `said`: the clock, the grade, or what is still to do."""

    application: Application
    url: str
    look: str
    word: str
    said: str
    tone: str = ""

    @property
    def is_to_write(self) -> bool:
        return self.application.state in TO_WRITE


def of_applicants(user, *, today: date) -> list[Standing]:
    """Those to write first, then the latest: where each is, and the grade once it is published."""
    runs = Evaluation.objects.select_related("decision").order_by("-run")
    found = Application.objects.visible_to(user).filter(state__in=ON_THE_DESK).for_list()
    found = found.prefetch_related(Prefetch("evaluations", runs, to_attr="runs"))
    theirs_last = Case(When(state__in=TO_WRITE, then=Value(0)), default=Value(1))
    return [_standing(each, today) for each in found.order_by(theirs_last, "-moved_at", "id")[:SHOWN]]


def _standing(application: Application, today: date) -> Standing:
    run = application.runs[0] if application.runs else None
    look, word = look_of(application, run, for_the_body=False), stage_of(application, run)
    due = due_of(application, run, today=today)
    if application.state in TO_WRITE:
        url = reverse("evaluation:application-edit", args=[application.pk])
    else:
        url = (run or application).get_absolute_url()
    said = str(due) if due else _said(application, run)
    return Standing(application, url, look, word, said, due.tone if due else "")


def _said(application: Application, run: Evaluation | None) -> str:
    if application.state == S.DRAFT:
        return "还没有提交"
    if run and run.state == Evaluation.State.PUBLISHED:
        return f"结果：{scheme_of(run).label_of(run.decision.grade)}"
    return ""


def to_review(user, *, today: date) -> tuple[tuple[str, str, str], ...]:
    """(address, what, how much of it waits) for the body; empty where nothing does.

    What was returned and is not completed in time stays the applicants' move: it is said, so that the body may ask.
    """
    waiting = Application.objects.visible_to(user).filter(state__in=[S.SUBMITTED, S.RETURNED]).order_by()
    submitted, late = Q(state=S.SUBMITTED), Q(due_on__lt=today)
    found = waiting.aggregate(
        count=Count("pk", filter=submitted),
        late=Count("pk", filter=submitted & late),
        uncompleted=Count("pk", filter=Q(state=S.RETURNED) & late),
    )
    where, rows = reverse("evaluation:applications"), []
    if found["count"]:
        overdue = f"，其中 {grouped(found['late'])} 件已过期限" if found["late"] else ""
        rows.append((where, "评价申请", f"{grouped(found['count'])} 件待形式审查{overdue}"))
    if found["uncompleted"]:
        said = f"{grouped(found['uncompleted'])} 件退回后逾期没有补充"
        rows.append((f"{where}?tab=completing", "评价申请", said))
    return tuple(rows)
