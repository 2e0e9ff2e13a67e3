"""Who hears of a notice: the county offices it reaches, and everybody who files for an enterprise it addresses."""

from django.db.models import Q, QuerySet

from cqo_portal.accounts.models import Assignment, Role, User
from cqo_portal.notifications.catalogue import Kind, add
from registry.notices.audience import audience, counties_of


def county_posts(notice) -> QuerySet:
    return Assignment.objects.filter(
        active=True, user__is_active=True, role=Role.COUNTY, office__in=counties_of(notice)
    )


def enterprise_posts(notice) -> QuerySet:
    return Assignment.objects.filter(
        active=True, user__is_active=True, role=Role.ENTERPRISE, organisation__in=audience(notice).order_by()
    )


def everybody_concerned(notice) -> QuerySet:
    posts = Q(pk__in=county_posts(notice).values("user")) | Q(pk__in=enterprise_posts(notice).values("user"))
    return User.objects.filter(posts)


add(
    Kind("notice-published", recipients=everybody_concerned),
    Kind("notice-withdrawn", recipients=everybody_concerned),
    Kind("notice-amended", recipients=lambda amendment: everybody_concerned(amendment.notice)),
)
