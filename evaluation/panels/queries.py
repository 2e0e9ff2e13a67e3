"""What waits for whom: for desks, and for the figures an office reads of a body."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse

from cqo_portal.wording import grouped
from evaluation.bodies.figures import Figure, add_figures
from evaluation.bodies.models import BodyRecord
from evaluation.models import Evaluation, Panellist

E = Evaluation.State
P = Panellist.State
Waits = tuple[tuple[str, str, str], ...]  # (address, what, how much of it waits)


def waits_for(user, *, today: date) -> Waits:
    """What a body has to do about panels, as the desk says it; what waits for nobody is left out."""
    return tuple((url, what, said) for url, what, said, number in _waiting(user, today) if number)


def _waiting(user, today: date) -> Iterator[tuple[str, str, str, int]]:
    cases = Evaluation.objects.visible_to(user).order_by()
    found = cases.aggregate(
        convening=Count("pk", filter=Q(state=E.CONVENING)),
        late=Count("pk", filter=Q(state=E.CONVENING, due_on__lt=today)),
    )
    asked = Panellist.objects.visible_to(user).to_be_answered().filter(answer_by__lt=today).order_by().count()
    index = reverse("evaluation:evaluations")
    late = f"，{grouped(found['late'])} 个已过期限" if found["late"] else ""
    said = f"{grouped(found['convening'])} 个待组建{late}"
    yield f"{index}?stage=convening", "组建评价组", said, found["convening"]
    yield f"{index}?stage=overdue", "专家逾期未答复", f"{grouped(asked)} 份邀请", asked


@add_figures
def figures(record: BodyRecord) -> list[Figure]:
    """How many cases lie where: numbers, nobody's name, no result that is not published."""
    counts = dict(
        Evaluation.objects.filter(body=record.institution_id)
        .order_by()
        .values_list("state")
        .annotate(number=Count("pk"))
    )
    gone = Panellist.objects.filter(evaluation__body=record.institution_id).order_by()
    seats = gone.aggregate(
        recused=Count("pk", filter=Q(state=P.RECUSED)), left=Count("pk", filter=Q(state=P.LEFT))
    )
    index = reverse("evaluation:evaluations")
    under_way = sum(counts.get(each, 0) for each in E.values if each not in (E.PUBLISHED, E.CLOSED))
    return [
        Figure("在评", grouped(under_way), "已受理、还没有公布", f"{index}?stage=under_way"),
        Figure("已公布", grouped(counts.get(E.PUBLISHED, 0)), "评价结果已公布", f"{index}?stage=done"),
        Figure("已终止", grouped(counts.get(E.CLOSED, 0)), "没有结果", f"{index}?stage=closed"),
        Figure("成员回避", grouped(seats["recused"]), "有应当回避的情形"),
        Figure("成员退出", grouped(seats["left"]), "因病、出差等，与回避无关"),
    ]
