"""How this part answers with a PDF and takes words for a step back."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from cqo_portal.workflow.engine import Refused, open_to
from cqo_portal.workflow.notes import Typed, keep, refuse


def as_pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def back_to(request, address: str, obj, step, note: str, refused: Refused) -> None:
    """The words of a refused step stand in its field at `address` again, or in a message where that is gone."""
    obj.refresh_from_db(fields=["state"])
    still_open = bool(open_to(request.user, obj, steps=[step]))
    if still_open:
        keep(request, address, step, Typed(note, list(refused.reasons)))
    refuse(request, refused, "" if still_open else note)
