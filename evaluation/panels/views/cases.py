"""The list of cases and the page of one: the same address for everybody, and each sees what concerns him."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cqo_portal.accounts.models import Role
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import open_to
from evaluation.models import Evaluation, Panellist
from evaluation.panels import pages
from evaluation.panels.blocks import actions_for, blocks_for
from evaluation.panels.workflow import RECONVENE
from evaluation.workflow.evaluation import CLOSE

PER_PAGE = 50
MAY_LOOK = frozenset(
    {Role.BODY, Role.EXPERT, Role.ENTERPRISE, Role.OFFICER, Role.COUNTY, Role.CITY, Role.PROVINCE}
)


@require_safe
@login_required
def evaluations(request):
    user, today = request.user, timezone.localdate()
    if user.acting is None or user.acting.role not in MAY_LOOK:
        raise PermissionDenied
    query = pages.CaseQuery(request.GET, user=user, today=today)
    page = keyset(query.rows(), request.GET, order=("-moved_at", "-id"), per_page=PER_PAGE)
    rows = [(row, pages.title_of(row, user), pages.Clock(row, today), pages.grade_for(row)) for row in page]
    words = {"page": page, "rows": rows, "query": query, "tones": pages.TONES}
    words |= {"invitations": pages.invitations_of(user) if user.acting.role == Role.EXPERT else []}
    words |= {"supervises": pages.is_an_authority(user), "applies": pages.is_an_applicant(user)}
    return render(request, "evaluation/panels/evaluations.html", words)


@require_safe
@login_required
def evaluation(request, pk):
    user, today = request.user, timezone.localdate()
    seen = Evaluation.objects.visible_to(user).filter(pk=pk)
    case = seen.select_related(
        "application__organisation", "application__officer", "application__person", "body", "decision"
    ).first()
    if case is None:
        return _to_the_own_invitation(user, pk)
    words = {
        "evaluation": case,
        "title": pages.title_of(case, user),
        "head": pages.Head(case, user, today),
        "tone": pages.TONES.get(case.state, "active"),
        "grade": pages.grade_for(case),
        "steps": _steps(user, case, today),
        "actions": actions_for(user, case, today=today),
        "blocks": blocks_for(user, case, today=today),
        "aside": blocks_for(user, case, today=today, aside=True),
        "applies": pages.is_an_applicant(user),
        "supervises": pages.is_an_authority(user),
    }
    return render(request, "evaluation/panels/evaluation.html", words)


def _steps(user, case: Evaluation, today) -> dict:
    """Beginning stands on the page of the panel; completing is offered to a panel that is short."""
    steps = {step.name: step for step in open_to(user, case, steps=[RECONVENE, CLOSE])}
    if RECONVENE.name in steps and RECONVENE.reasons_against(case, today):
        del steps[RECONVENE.name]
    return steps


def _to_the_own_invitation(user, pk):
    """Whoever was asked, or has left, finds here what was asked of him, and nothing of the case."""
    own = Panellist.objects.visible_to(user).filter(evaluation=pk).first()
    if own is None:
        raise Http404
    return redirect(own)
