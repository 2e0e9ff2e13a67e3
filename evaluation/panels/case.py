"""What the panel itself puts on the page of a case."""

from django.urls import reverse

from evaluation.panels import pages
from evaluation.panels.blocks import Action, add_action, add_block
from evaluation.panels.workflow import is_being_convened
from evaluation.permissions import runs_it, serves

add_block("evaluation/panels/_progress.html", pages.progress_for, order=10)
add_block("evaluation/panels/_members.html", pages.members_for, order=20)
add_block("evaluation/panels/_findings.html", pages.findings_for, order=25)
add_block("evaluation/panels/_history.html", pages.history_for, order=90, aside=True)


@add_action
def build(user, evaluation, today) -> Action | None:
    if not (is_being_convened(evaluation) and runs_it.test(user, evaluation)):
        return None
    return Action("组建评价组", reverse("evaluation:panel", args=[evaluation.pk]), icon="user", primary=True)


@add_action
def own_seat(user, evaluation, today) -> Action | None:
    """The own statement, and where a conflict that came up later is declared."""
    if not serves.test(user, evaluation):
        return None
    seat = evaluation.panellists.serving().get(person=user.acting.person_id)
    return Action("回避声明", seat.get_absolute_url())
