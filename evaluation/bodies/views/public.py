"""Which bodies are on record: for anybody, without signing in."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cqo_portal.accounts.permissions import is_body
from cqo_portal.ui.paging import keyset
from evaluation.bodies import pages
from evaluation.bodies.models import BodyRecord
from evaluation.bodies.permissions import supervises_bodies

PER_PAGE = 50


@require_safe
def bodies(request):
    """Name, office, document, since when. Nothing of what they handed in, nobody's name."""
    today = timezone.localdate()
    page = keyset(
        BodyRecord.objects.public_on(today).for_list(),
        request.GET,
        order=("first_day", "id"),
        per_page=PER_PAGE,
    )
    rows = [(row, *pages.look(row, today)) for row in page]
    keeps = request.user.is_authenticated and (is_body | supervises_bodies).test(
        request.user
    )  # whoever has more pages of bodies to go back to
    return render(request, "bodies/public.html", {"page": page, "rows": rows, "keeps_records": keeps})
