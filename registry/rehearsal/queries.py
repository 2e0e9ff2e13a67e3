"""Which rehearsals a person may see, and what came of them."""

from django.db.models import Count, F, QuerySet

from cqo_portal.accounts.models import Role
from cqo_portal.audit.append_only import AppendOnlyQuerySet


class RehearsalQuerySet(QuerySet):
    def visible_to(self, user) -> "RehearsalQuerySet":
        """A city sees its own, a province its own and its cities'."""
        match user.acting.role if user.acting else None:
            case Role.CITY:
                return self.filter(office=user.acting.office)
            case Role.PROVINCE:
                own = self.filter(office=user.acting.office)
                return own | self.filter(office__parent=user.acting.office)
        return self.none()

    def running(self) -> "RehearsalQuerySet":
        return self.filter(done_at=None)


class OutcomeQuerySet(AppendOnlyQuerySet):
    def changed(self) -> "OutcomeQuerySet":
        return self.exclude(before=F("after"))

    def matrix(self) -> dict[tuple[str, str], int]:
        """{(before, after): how many}."""
        rows = self.order_by().values_list("before", "after").annotate(count=Count("pk"))
        return {(before, after): count for before, after, count in rows}
