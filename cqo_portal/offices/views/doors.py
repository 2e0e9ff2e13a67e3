"""Who may open a page at all."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied

from cqo_portal.offices.permissions import acts_for_an_office, is_keeper


def for_whom(predicate):
    """A decorator: whoever is signed in but does not satisfy `predicate` gets 403."""

    def decorate(view):
        @login_required
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not predicate.test(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


keeper_only = for_whom(is_keeper)
offices_and_keeper = for_whom(is_keeper | acts_for_an_office)
offices_only = for_whom(acts_for_an_office)


def posted(request):
    """What was sent, or None where nothing was: an empty POST is wrong input too."""
    return request.POST if request.method == "POST" else None
