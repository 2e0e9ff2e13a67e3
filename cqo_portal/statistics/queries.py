"""Which published tables and orders a person may see."""

from django.db.models import Q, QuerySet

from cqo_portal.accounts.models import AT_AN_OFFICE, Role
from cqo_portal.audit.append_only import AppendOnlyQuerySet
from cqo_portal.parties.models import Office


def areas_of(user) -> QuerySet[Office]:
    """The offices whose figures somebody may see: the own one and those below it; an administrator those of all."""
    acting = user.acting
    if acting is None:
        return Office.objects.none()
    if acting.role == Role.ADMIN:
        return Office.objects.all()
    return Office.objects.below(acting.office) if acting.role in AT_AN_OFFICE else Office.objects.none()


class YearbookQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user) -> "YearbookQuerySet":
        return self.filter(office__in=areas_of(user))

    def latest_below(self, office: Office, year: int) -> "YearbookQuerySet":
        """The last edition of each office right below."""
        found = self.filter(office__parent=office, year=year)
        return found.order_by("office_id", "-edition").distinct("office_id")


class PublishedQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user) -> "PublishedQuerySet":
        return self.filter(office__in=areas_of(user))

    def for_list(self) -> "PublishedQuerySet":
        return self.select_related("office", "by", "yearbook").defer("content")


class OrderQuerySet(QuerySet):
    def visible_to(self, user) -> "OrderQuerySet":
        """Who ordered it, in the role it was ordered in: a file of people is nobody else's."""
        if user.acting is None:
            return self.none()
        return self.filter(by=user, acting=user.acting)

    def unfinished(self) -> "OrderQuerySet":
        return self.filter(state="waiting")

    def overdue(self, today) -> "OrderQuerySet":
        return self.filter(Q(expires_on__lt=today), state="ready")
