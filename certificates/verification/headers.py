"""What every public answer tells caches, search engines and browsers."""

from functools import wraps

from django.http import HttpResponse, JsonResponse

YEAR = 365 * 24 * 60 * 60


def unlisted(view):
    """No search engine lists it."""

    @wraps(view)
    def answered(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answered


def kept_nowhere(view):
    """Answers are of a moment, and about a person: no cache keeps them and no search engine lists them."""

    @wraps(view)
    def answered(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    return unlisted(answered)


def of_no_other_site(view):
    """Machines ask for JSON, and pages of ours: a page elsewhere that has its visitors ask uses up their tries, and ours."""

    @wraps(view)
    def answered(request, *args, **kwargs):
        if request.headers.get("Sec-Fetch-Site", "none") in ("cross-site", "same-site"):
            return JsonResponse({"state": "refused"}, status=403)
        return view(request, *args, **kwargs)

    return answered


def to_save(response: HttpResponse) -> HttpResponse:
    """A file to keep: should a browser show it all the same, it is not shown as a page of ours."""
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
