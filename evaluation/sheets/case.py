"""What sheets put on the page of a case: the way to the own one."""

from django.urls import reverse

from evaluation.models import Evaluation, Sheet
from evaluation.panels.blocks import Action, add_action
from evaluation.permissions import serves


@add_action
def own_sheet(user, evaluation, today) -> Action | None:
    """Of whoever serves, once sheets are given out."""
    if evaluation.state == Evaluation.State.CONVENING or not serves.test(user, evaluation):
        return None
    mine = Sheet.objects.counted().filter(panellist__evaluation=evaluation, person=user.acting.person_id)
    if (sheet := mine.first()) is None:
        return None
    url, writes = reverse("evaluation:sheet", args=[sheet.pk]), sheet.state == Sheet.State.OPEN
    return Action(
        "独立评分" if writes else "我的评分表", url, icon="edit" if writes else "doc", primary=writes
    )
