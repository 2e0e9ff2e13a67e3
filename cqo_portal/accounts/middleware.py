"""In which of their roles a signed-in person acts during this request."""

from django.utils.decorators import sync_only_middleware

SESSION_KEY = "acting"


@sync_only_middleware
def acting(get_response):
    """Set `request.user.acting`: the role chosen in this session, else the first active one.

    The roles come with the user from the database at every request, so one taken away is gone at once.
    """

    def middleware(request):
        if request.user.is_authenticated:
            roles = request.user.roles
            chosen = request.session.get(SESSION_KEY)
            request.user.acting = next((r for r in roles if r.pk == chosen), roles[0] if roles else None)
        return get_response(request)

    return middleware
