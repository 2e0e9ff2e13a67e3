"""What one session gave to whom, to take away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cqo_portal.exports.answers import table_as
from training import attendance
from training.models import Session
from training.views.sessions import visible


def _noted(request, pk, *, as_what: str) -> Session:
    session = visible(request, pk)
    if request.method == "GET":  # asking for the head alone takes nothing away
        attendance.note_taken(session, by=request.user, as_what=as_what)
    return session


@require_safe
@login_required
def as_pdf(request, pk):
    if visible(request, pk).entries.filter(reverses=None).count() > attendance.MOST_PRINTED:
        messages.error(request, f"超过 {attendance.MOST_PRINTED} 笔的不排成 PDF，请下载 Excel。")
        return redirect("training:session-entries", pk)
    session = _noted(request, pk, as_what="PDF")
    made = attendance.as_pdf(session, made_at=timezone.now())
    answer = HttpResponse(made, content_type="application/pdf")
    name = f"{attendance.TITLE}-{session.number}.pdf"
    answer.headers["Content-Disposition"] = content_disposition_header(True, name)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@require_safe
@login_required
def as_xlsx(request, pk):
    session = _noted(request, pk, as_what="Excel")
    return table_as(
        "xlsx",
        headers=attendance.HEADERS,
        rows=attendance.rows(session),
        name=f"{attendance.TITLE}-{session.number}",
        notes=attendance.notes(session, made_at=timezone.localtime()),
    )
