"""Personal pages stay out of every cache: offices share computers, and a browser's “back” shows them."""

from django.utils.decorators import sync_only_middleware


@sync_only_middleware
def no_store(get_response):
    """`Cache-Control: no-store` on whatever a signed-in person is sent. Static files never come this far."""

    def middleware(request):
        response = get_response(request)
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware
