"""How marks lay over the years: everybody of himself, a body of those it engaged and by its own panels alone."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cqo_portal.accounts.permissions import is_body
from cqo_portal.ui.paging import keyset
from evaluation.experts.models import Expert
from evaluation.experts.permissions import speaks_for_himself
from evaluation.retrospect import pages

PER_PAGE = 50


@require_safe
@login_required
def own(request):
    if not speaks_for_himself.test(request.user):
        raise PermissionDenied
    return render(request, "evaluation/retrospect/record.html", pages.own_page(request.user))


def _engaged(request):
    """By name, and in no other order: this is no ranking."""
    if not is_body.test(request.user):
        raise PermissionDenied
    return Expert.objects.visible_to(request.user).engaged()


@require_safe
@login_required
def experts(request):
    page = keyset(_engaged(request).for_list(), request.GET, order=("pinyin", "id"), per_page=PER_PAGE)
    words = {"page": page, "rows": pages.rows_of(page.rows, request.user)}
    return render(request, "evaluation/retrospect/experts.html", words)


@require_safe
@login_required
def expert(request, pk):
    found = get_object_or_404(_engaged(request), pk=pk)
    return render(request, "evaluation/retrospect/record.html", pages.expert_page(found, request.user))
