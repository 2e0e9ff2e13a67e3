"""The panels somebody served on, once they are over: what he signed blind, how far from the others, and when.

Only of published evaluations. Until then a case can come back to its panel, or be completed by a member who has still
to score without knowing anything: no distance may be known as long as another mark can follow.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Sum

from evaluation.agreement import Distance, distance
from evaluation.consensus.marks import first_marks_in
from evaluation.frozen import scheme_of
from evaluation.models import Evaluation, Sheet, SignedSheet
from evaluation.panel import Marks

OVER = Evaluation.State.PUBLISHED


@dataclass(frozen=True)
class Served:
    """One panel of one member. `by_group`: {group code: distance} of the groups a panel judges."""

    evaluation: Evaluation
    opened_at: datetime  # the sheet was given out
    last_saved_at: datetime | None  # of the first save nothing is kept
    saves: int
    signed_at: datetime
    distance: Distance
    by_group: Mapping[str, Distance]


def served_by(people: Collection[UUID], user) -> dict[UUID, list[Served]]:
    """{person: panels, the earliest signed first}, of the evaluations `user` sees: a body those it ran itself.

    Two questions, however many people and panels.
    """
    signed = list(_signed_blind(people, user))
    marks = first_marks_in({each.sheet.panellist.evaluation_id for each in signed})
    found = defaultdict(list)
    for each in signed:
        found[each.sheet.person_id].append(_served(each, marks[each.sheet.panellist.evaluation_id]))
    return dict(found)


def _signed_blind(people: Collection[UUID], user):
    over = Evaluation.objects.visible_to(user).filter(state=OVER).order_by()
    mine = Sheet.objects.counted().filter(person__in=people, panellist__evaluation__in=over.values("pk"))
    first = SignedSheet.objects.first_of_each().filter(sheet__in=mine).defer("content")
    return (
        first.select_related("sheet__panellist__evaluation")
        .annotate(saves=Sum("sheet__marks__version"), last_saved_at=Max("sheet__marks__saved_at"))
        .order_by("at", "id")
    )


def _served(signed: SignedSheet, marks: Marks) -> Served:
    seat = signed.sheet.panellist
    scheme, me = scheme_of(seat.evaluation), str(seat.pk)
    judged = (group.code for group in scheme.groups if not group.by_finding)
    return Served(
        seat.evaluation,
        signed.sheet.opened_at,
        signed.last_saved_at,
        signed.saves or 0,
        signed.at,
        distance(marks, me, scheme),
        {code: distance(marks, me, scheme, code) for code in judged},
    )
