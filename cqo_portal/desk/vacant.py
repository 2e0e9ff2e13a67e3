"""Enterprises whose officer left without a successor, as the register lists them."""

from django.db.models import OuterRef, QuerySet, Subquery

from cqo_portal.parties.models import Organisation
from registry import vacancy
from registry.models import Officer
from registry.queries import organisations_visible_to


def vacant(user) -> QuerySet[Organisation]:
    """What the user may see, with `left_on`, and who held the post last: `last_name`, `last_post`."""
    last = Officer.objects.filter(organisation=OuterRef("pk")).order_by("-ended_on", "-id")
    found = vacancy.vacant(organisations_visible_to(user)).select_related("office")
    return found.defer("search", "haystack").annotate(
        last_name=Subquery(last.values("name")[:1]), last_post=Subquery(last.values("pk")[:1])
    )
