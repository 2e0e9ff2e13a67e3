"""What waits for whom after the consensus: for desks, in the shape of `evaluation.panels.queries.waits_for`."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.wording import day_long, grouped
from evaluation.bodies.figures import Figure, add_figures
from evaluation.bodies.models import BodyRecord
from evaluation.models import Appeal, Evaluation, Panellist, ReportVersion, SignOff
from evaluation.panels.queries import Waits

A, E = Appeal.State, Evaluation.State


def waits_for(user, *, today: date) -> Waits:
    """Reports to write and to sign off, decisions, publications, appeals; what waits for nobody is left out."""
    of_role = {
        Role.BODY: _of_a_body,
        Role.EXPERT: _of_an_expert,
        Role.ENTERPRISE: _of_the_applicants,
        Role.OFFICER: _of_the_applicants,
    }
    rows = of_role.get(user.acting.role, lambda user, today: ())(user, today)
    return tuple((url, what, said) for url, what, said, number in rows if number)


def _of_a_body(user, today: date) -> Iterator:
    index, appeals = reverse("evaluation:evaluations"), reverse("evaluation:appeals")
    cases = Evaluation.objects.visible_to(user).order_by()
    found = cases.aggregate(
        deciding=Count("pk", filter=Q(state=E.AT_BODY)),
        late=Count("pk", filter=Q(state=E.AT_BODY, due_on__lt=today)),
        publishing=Count("pk", filter=Q(state=E.DECIDED)),
    )
    asked = Appeal.objects.awaiting(user).order_by()
    lodged = asked.aggregate(all=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
    yield (
        f"{index}?stage=at_body",
        "作出评价决定",
        f"{grouped(found['deciding'])} 份报告待审议{_late(found['late'])}",
        found["deciding"],
    )
    yield (
        f"{index}?stage=decided",
        "公布评价结果",
        f"{grouped(found['publishing'])} 个待公布",
        found["publishing"],
    )
    yield (
        f"{appeals}?state=lodged",
        "答复申诉",
        f"{grouped(lodged['all'])} 件待答复{_late(lodged['late'])}",
        lodged["all"],
    )


@add_figures
def figures(record: BodyRecord) -> list[Figure]:
    """Appeals, for the office that supervises the body: how many wait, how the others ended, and what it reviewed itself."""
    lodged, own = Q(state=A.LODGED, kind=Appeal.Kind.APPEAL), Q(kind=Appeal.Kind.REVIEW)
    found = (
        Appeal.objects.filter(evaluation__body=record.institution_id)
        .order_by()
        .aggregate(
            waiting=Count("pk", filter=lodged),
            late=Count("pk", filter=lodged & Q(due_on__lt=timezone.localdate())),
            granted=Count("pk", filter=Q(state=A.GRANTED) & ~own),
            dismissed=Count("pk", filter=Q(state=A.DISMISSED) & ~own),
            withdrawn=Count("pk", filter=Q(state=A.WITHDRAWN) & ~own),
            own=Count("pk", filter=own),
        )
    )
    late = f"其中 {grouped(found['late'])} 件已过期限" if found["late"] else "都在期限以内"
    how = (
        f"同意复评 {grouped(found['granted'])} 件，不予支持 {grouped(found['dismissed'])} 件；"
        f"另有申诉人撤回 {grouped(found['withdrawn'])} 件，主动复核 {grouped(found['own'])} 件"
    )
    return [
        Figure("申诉待答复", grouped(found["waiting"]), late if found["waiting"] else ""),
        Figure("申诉已答复", grouped(found["granted"] + found["dismissed"]), how),
    ]


def _late(number: int) -> str:
    return f"，{grouped(number)} 件已过期限" if number else ""


def _of_an_expert(user, today: date) -> Iterator:
    index = f"{reverse('evaluation:evaluations')}?stage=reporting"
    last = (
        ReportVersion.objects.filter(evaluation=OuterRef("evaluation")).order_by("-number").values("pk")[:1]
    )
    signed = SignOff.objects.filter(panellist=OuterRef("pk"), version=OuterRef("last"))
    seats = Panellist.objects.serving().filter(person=user.acting.person_id, evaluation__state=E.REPORTING)
    leading = seats.filter(is_leader=True).count()
    asked = seats.annotate(last=Subquery(last)).filter(last__isnull=False)
    signing = asked.exclude(Exists(signed)).count()
    yield index, "编制评价报告", f"{grouped(leading)} 份由您编制", leading
    yield index, "会签评价报告", f"{grouped(signing)} 份待您会签", signing


def _of_the_applicants(user, today: date) -> Iterator:
    """A result one may still appeal against (`appeals.why_not`, of many at once); the soonest end is said."""
    later = Evaluation.objects.filter(application=OuterRef("application"), run__gt=OuterRef("run"))
    open_ = Evaluation.objects.visible_to(user).filter(state=E.PUBLISHED, due_on__gte=today)
    open_ = open_.exclude(appeals__state="lodged").exclude(Exists(later.exclude(state=E.CLOSED)))
    ends = list(open_.order_by("due_on").values_list("due_on", flat=True))
    said = f"{grouped(len(ends))} 个已公布，截至{day_long(ends[0])}当日可以申诉" if ends else ""
    yield f"{reverse('evaluation:evaluations')}?stage=done", "评价结果", said, len(ends)
