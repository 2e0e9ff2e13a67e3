"""What holds for every answer: personal pages stay out of caches, and nobody is left at an address without a page."""

import inspect
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.urls import Resolver404, resolve, reverse
from django.utils.decorators import sync_only_middleware
from django_htmx.http import HttpResponseClientRedirect

from cqo_portal.ui.pages import not_allowed, too_large


@sync_only_middleware
def no_store(get_response):
    """`Cache-Control: no-store` on whatever a signed-in person is sent: offices share computers, “back” shows them.

    Static files never come this far.
    """

    def middleware(request):
        response = get_response(request)
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


@sync_only_middleware
def bounded(get_response):
    """What is larger than anything its address takes is refused by the length it announces, before a byte is read.

    Without a length (`Transfer-Encoding: chunked`) nothing is taken: no browser sends a form like that.
    """

    def middleware(request):
        if "Transfer-Encoding" in request.headers:
            return too_large(request, status=411)
        length = int(request.META.get("CONTENT_LENGTH") or 0)  # digits alone: gunicorn asks that
        if length and length > (most := _most(request)):
            return too_large(request, most=most)
        return get_response(request)

    return middleware


def _most(request) -> int:
    limits = settings.BODY_MAX_BYTES
    most = limits[max((path for path in limits if request.path.startswith(path)), key=len)]
    return most if request.user.is_authenticated else min(most, settings.BODY_MAX_BYTES_UNKNOWN)


@sync_only_middleware
def only_pages(get_response):
    """An address that only takes forms has a page to say so, and nobody is sent to it (`?next=` after signing in)."""

    def middleware(request):
        response = get_response(request)
        if response.status_code == 405 and request.method in ("GET", "POST") and not request.htmx:
            return not_allowed(request, response, back=page_above(request.path))
        if response.status_code in (302, 303) and takes_forms_only(response.headers["Location"]):
            response.headers["Location"] = page_above(response.headers["Location"])
        return response

    return middleware


SIGNED_OUT = "您已经退出登录（可能在另一个窗口），刚才的这一步没有办理，登录以后请再办一次。"
# Fields in which people write sentences, under whatever prefix; numbers and papers never go into the letter below.
SENTENCES = frozenset(
    {
        "because",
        "comment",
        "evidence",
        "facts",
        "finding",
        "goal",
        "grounds",
        "note",
        "notes",
        "plan",
        "plea",
        "present",
        "reason",
        "reservation",
        "result",
        "said",
        "sentence",
        "statement",
        "text",
        "what",
        "why",
    }
)


@sync_only_middleware
def hand_back(get_response):
    """Who was signed out meanwhile and sends a form is told so, and gets back the sentences, to copy them.

    Only a page that is left by the act: drafts save themselves and have their own way (`autosave.js`).
    """

    def middleware(request):
        response = get_response(request)
        if (
            request.method == "POST"
            and not request.user.is_authenticated
            and request.headers.get("Sec-Fetch-Mode") == "navigate"
            and _leads_to_signing_in(response)
        ):
            written = [
                said for name, typed in request.POST.items() if _is_prose(name) and (said := typed.strip())
            ]
            messages.warning(request, _told(written))
        return response

    return middleware


@sync_only_middleware
def sign_in_on_a_whole_page(get_response):
    """Who was signed out meanwhile is led away from the page as a whole: htmx would put the form to sign in where a
    fragment was, on the projector in front of a class. Back leads the page itself, not the address of the fragment.
    """

    def middleware(request):
        response = get_response(request)
        if request.htmx and _leads_to_signing_in(response):
            page = request.htmx.current_url_abs_path or page_above(request.path)
            return HttpResponseClientRedirect(redirect_to_login(page).url)
        return response

    return middleware


def _is_prose(name: str) -> bool:
    return name.rpartition("-")[2] in SENTENCES


def _leads_to_signing_in(response) -> bool:
    return response.status_code == 302 and urlsplit(response.headers["Location"]).path == reverse(
        settings.LOGIN_URL
    )


def _told(written: list[str]) -> str:
    words = "".join(f"“{said[:1000]}”" for said in written)
    return f"{SIGNED_OUT}写过的话在这里，可以复制：{words}" if words else SIGNED_OUT


def page_above(address: str) -> str:
    """The nearest page above an address: of `/batches/preview/` the list of batches."""
    parts = urlsplit(address).path.strip("/").split("/")
    above = (f"/{'/'.join(parts[:length])}/" for length in range(len(parts) - 1, 0, -1))
    return next((path for path in above if _view_of(path) and not takes_forms_only(path)), "/")


def takes_forms_only(address: str) -> bool:
    """Whether it is one of our own addresses and there is nothing to read there."""
    parts = urlsplit(address)
    view = None if parts.netloc else _view_of(parts.path)
    return view is not None and _methods_of(view) == ("POST",)


def _view_of(path: str):
    try:
        return resolve(path).func
    except Resolver404:
        return None


@cache
def _methods_of(view) -> tuple[str, ...]:
    """What `require_POST` and its like were told; Django keeps it in their closure and nowhere else."""
    while inspect.isfunction(view):
        if told := inspect.getclosurevars(view).nonlocals.get("request_method_list"):
            return tuple(told)
        view = getattr(view, "__wrapped__", None)
    return ()
