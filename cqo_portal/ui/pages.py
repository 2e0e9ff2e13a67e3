"""Pages that belong to no app: what went wrong and what to do now, and the page of all components."""

import logging

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from cqo_portal.ui import specimens
from cqo_portal.ui.templatetags.ui import STANDINGS, STATES, filesize

UNSAID = "送来的内容没有写明长度（Content-Length），没有接收。"
log = logging.getLogger(__name__)


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Every component with every look it has, in both themes."""
    return render(
        request,
        "ui/style.html",
        {
            "colours": specimens.COLOURS,
            "states": STATES,
            "standings": STANDINGS,
            "icons": specimens.icon_names(),
            "clauses": specimens.CLAUSES,
            "form": specimens.specimen_form(),
        },
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    # Drawn without the request: its host or its cookies may be what is wrong with it.
    return HttpResponse(render_to_string("400.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"reason": _said(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def not_allowed(request: HttpRequest, refused: HttpResponse, *, back: str) -> HttpResponse:
    """The refusal, 405 with what is allowed, said in words; `back` is the page where one works."""
    page = {"back": back, "asked": request.method == "GET"}
    refused.content = render_to_string("405.html", page, request)
    return refused


def too_large(request: HttpRequest, *, most: int = 0, status: int = 413) -> HttpResponse:
    """413, or 411 where no length was said. Drawn without the request: nothing of it is read."""
    said = f"送来的内容超过 {filesize(most)}，没有接收。" if most else UNSAID
    if request.path.endswith(".json"):
        told = {"state": "too_large", "sentence": said}
        return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})
    return HttpResponse(render_to_string("413.html", {"most": most, "said": said}), status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    log.warning("CSRF check failed on %s: %s", request.path, reason)
    if request.htmx and not request.user.is_authenticated:  # its cookie ended with the session's
        return redirect_to_login(request.path)
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor request: either may be what has just failed."""
    try:
        return HttpResponseServerError(render_to_string("500.html"))
    except Exception:  # the page about a failure must not fail
        log.exception("the error page could not be drawn")
        return HttpResponseServerError("系统出了问题，您已经保存的内容不会丢失。请稍后再试。")


def _said(exception: Exception) -> str:
    """A refusal written for a person is shown; Django's own English is not."""
    words = str(exception)
    return words if any("\u4e00" <= sign <= "\u9fff" for sign in words) else ""
