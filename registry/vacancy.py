"""A vacancy is a state of an enterprise: somebody held the post, nobody does, and it says since when."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from cqo_portal.parties.models import Organisation
from registry.models import Officer
from registry.record import last_day_of_all


def vacant(organisations: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """Those of them whose last officer left without a successor, with `left_on`: the last day anybody served.

    An enterprise that never had an officer is not vacant: it has filed nothing yet.
    """
    posts = Officer.objects.filter(organisation=OuterRef("pk")).order_by()
    last = posts.exclude(ended_on=None).order_by("-ended_on").values("ended_on")[:1]
    return organisations.filter(Exists(posts), ~Exists(posts.in_office())).annotate(left_on=Subquery(last))


def vacant_since(organisation: Organisation) -> date | None:
    """The first day without an officer; None where somebody serves, or nobody ever did."""
    if organisation.officers.in_office().exists():
        return None
    left_on = last_day_of_all(organisation)
    return left_on + timedelta(days=1) if left_on else None
