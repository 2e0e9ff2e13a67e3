"""The case experts practise on: taken up, scored on a sheet like any other, and then compared."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from evaluation.calibration import pages, services
from evaluation.calibration.comparison import compare
from evaluation.experts.permissions import speaks_for_himself
from evaluation.models import CalibrationCase, Sheet, SignedSheet


def _for_experts(request) -> None:
    if not speaks_for_himself.test(request.user):
        raise PermissionDenied


@require_safe
@login_required
def calibration(request):
    _for_experts(request)
    page = {"cases": pages.own_cases(request.user), "due": pages.due_for(request.user)}
    return render(request, "evaluation/calibration/cases.html", page)


@login_required
@require_POST
def start(request, pk):
    _for_experts(request)
    case = get_object_or_404(CalibrationCase, pk=pk)
    return redirect(services.start(case, by=request.user))


@require_safe
@login_required
def comparison(request, pk):
    """Not before the own sheet is signed: until then the reference is shown to nobody."""
    _for_experts(request)
    mine = Sheet.objects.visible_to(request.user).filter(person=request.user.acting.person_id)
    signed = SignedSheet.objects.filter(sheet__in=mine, sheet__calibration=pk)
    found = get_object_or_404(signed.select_related("sheet__calibration"))
    return render(request, "evaluation/calibration/comparison.html", {"compared": compare(found)})
