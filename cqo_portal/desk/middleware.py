"""Who works through a list stays in it: an act on a page leads back to that page with the list in its address."""

from urllib.parse import urlsplit, urlunsplit

from django.http import QueryDict


def keep_the_list(get_response):
    """After a POST from a page opened out of a list, a redirect to that same page takes the list along.

    The list is read from the Referer, which the browser sends to its own origin only; without it nothing is lost
    but the way to the next row.
    """

    def handle(request):
        response = get_response(request)
        if request.method == "POST" and response.status_code in (302, 303):
            response.headers["Location"] = _with_the_list(response.headers["Location"], request)
        return response

    return handle


def _with_the_list(target: str, request) -> str:
    came, goes = urlsplit(request.headers.get("Referer", "")), urlsplit(target)
    if came.netloc != request.get_host() or goes.netloc or came.path != goes.path:
        return target
    told, kept = QueryDict(came.query), QueryDict(goes.query, mutable=True)
    for name in ("from", "at"):
        if told.get(name) and name not in kept:
            kept[name] = told[name][:2000]
    return urlunsplit(goes._replace(query=kept.urlencode()))
