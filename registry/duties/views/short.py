"""Who is short of hours: of an area, or of the own enterprise."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cqo_portal.accounts.permissions import is_enterprise
from cqo_portal.exports.forms import ExportForm
from registry.duties.listing import ShortExport, ShortQuery, page_of
from training.permissions import is_office

looks_after_officers = is_office | is_enterprise


def _query(request) -> ShortQuery:
    if not looks_after_officers.test(request.user):
        raise PermissionDenied
    return ShortQuery(request.GET, user=request.user, today=timezone.localdate())


@require_safe
@login_required
def short(request):
    query = _query(request)
    page, rows = page_of(query)
    years = [query.today.year - n for n in range(4)]
    return render(request, "duties/short.html", {"query": query, "page": page, "rows": rows, "years": years})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def export(request):
    """The list as it is filtered, for a purpose that is written down."""
    made = ShortExport(_query(request))
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and made.count and not made.too_many:
        said = {"purpose": form.cleaned_data["purpose"], "as_format": form.cleaned_data["format"]}
        made.note(**said)
        return made.answer(**said)
    page = {"export": made, "form": form}
    return render(request, "duties/export.html", page, status=422 if form.errors else 200)
