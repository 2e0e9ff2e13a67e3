"""Whose hours somebody may see. Hours follow the person: the employer of today sees every line, the former one none."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from cqo_portal.accounts.models import Role
from cqo_portal.parties.models import Person
from registry.models import Officer


def people_visible_to(user) -> QuerySet[Person]:
    """Oneself; those in office at the own enterprise, or in the own area."""
    acting = user.acting
    if acting is None:
        return Person.objects.none()
    if acting.role == Role.OFFICER:
        return Person.objects.filter(pk=acting.person_id)
    posts = Officer.objects.visible_to(user).in_office().filter(person=OuterRef("pk"))
    return Person.objects.filter(Exists(posts))


def posts_shown(person: Person, *, user, year: int) -> list[Officer]:
    """The posts whose duties the user sees: to the person all that were held in the year, to others theirs in office."""
    posts = Officer.objects.visible_to(user).filter(person=person)
    if user.acting.role == Role.OFFICER:
        posts = posts.filter(Q(ended_on=None) | Q(ended_on__gte=date(year, 1, 1)))
    else:
        posts = posts.in_office()
    posts = posts.filter(appointed_on__lte=date(year, 12, 31))
    posts = posts.select_related("organisation", "office__parent", "person")
    return list(posts.defer("search", "haystack").order_by("-appointed_on", "id"))
