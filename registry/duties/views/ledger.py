"""A person's ledger, and the same as a statement to take away."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cqo_portal.accounts.models import AT_AN_OFFICE, Role
from cqo_portal.exports.answers import table_as
from registry.duties import statements
from registry.duties.looking import LEDGER, STATEMENT, note_look
from registry.duties.page import Ledger, asked_year, ledger_of
from registry.duties.queries import people_visible_to
from training.reporting import with_what_became_of_it


@require_safe
@login_required
def index(request):
    """One's own ledger; for whoever looks after officers those who are short; for a body what it is asked to confirm."""
    role = request.user.acting.role if request.user.acting else None
    if role == Role.OFFICER:
        return redirect("duties:ledger", request.user.acting.person_id)
    if role == Role.BODY:
        return redirect("duties:self-reports")
    if role == Role.ENTERPRISE or role in AT_AN_OFFICE:
        return redirect("duties:short")
    raise PermissionDenied


def _ledger(request, pk, *, what: str) -> Ledger:
    """The ledger the address asks for; that somebody else looks is noted."""
    person, today = get_object_or_404(people_visible_to(request.user), pk=pk), timezone.localdate()
    if request.method == "GET":  # asking for the head alone shows nobody anything
        note_look(person, by=request.user, what=what, today=today)
    year = asked_year(request.GET.get("year", ""), today=today)
    return ledger_of(person, user=request.user, year=year, today=today)


@require_safe
@login_required
def ledger(request, pk):
    page = _ledger(request, pk, what=LEDGER)
    own = request.user.acting.role == Role.OFFICER
    sent = page.person.self_reports.filter(year=page.year).for_list().order_by("-at")
    reports = list(with_what_became_of_it(sent)) if own else []
    shown = {"ledger": page, "own": own, "reports": reports}
    return render(request, "duties/ledger.html", shown)


@require_safe
@login_required
def statement_pdf(request, pk):
    """学时证明: the year of one person, set as a document."""
    page = _ledger(request, pk, what=STATEMENT)
    made = statements.as_pdf(page, made_at=timezone.now())
    answer = HttpResponse(made, content_type="application/pdf")
    name = f"学时证明-{page.person.name}-{page.year}.pdf"
    answer.headers["Content-Disposition"] = content_disposition_header(True, name)
    return answer


@require_safe
@login_required
def statement_xlsx(request, pk):
    page = _ledger(request, pk, what=STATEMENT)
    return table_as(
        "xlsx",
        headers=statements.headers(page),
        rows=statements.rows(page),
        name=f"学时证明-{page.person.name}-{page.year}",
        notes=statements.notes(page, made_at=timezone.localtime()),
    )
