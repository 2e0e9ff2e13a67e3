"""In which of their roles a signed-in person acts during this request."""

from django.utils.decorators import sync_only_middleware

SESSION_KEY = "acting"


@sync_only_middleware
def acting(get_response):
    """Set `request.user.acting`: the role chosen in this session, else the first active one.

    It is read from the database at every request, so a role taken away is gone at once.
    """

    def middleware(request):
        if request.user.is_authenticated:
            roles = list(
                request.user.assignments.filter(active=True)
                .select_related(
                    "office__parent__parent", "organisation__office__parent__parent", "person", "institution"
                )
                .order_by("id")
            )
            chosen = request.session.get(SESSION_KEY)
            request.user.roles = roles
            request.user.acting = next((r for r in roles if r.pk == chosen), roles[0] if roles else None)
        return get_response(request)

    return middleware
