"""Which imports a person may see: those of the own office."""

from django.db.models import Count, Q, QuerySet

from cqo_portal.accounts.models import AT_AN_OFFICE


class ImportRunQuerySet(QuerySet):
    def visible_to(self, user) -> "ImportRunQuerySet":
        acting = user.acting
        if acting is None or acting.role not in AT_AN_OFFICE:
            return self.none()
        return self.filter(office=acting.office_id)

    def standing(self) -> "ImportRunQuerySet":
        """Runs that still count: neither thrown away nor failed."""
        return self.exclude(state__in=("discarded", "failed"))

    def unfinished(self) -> "ImportRunQuerySet":
        """Runs a worker should be busy with; whether one is, its lock says."""
        return self.filter(state__in=("reading", "applying"))


class ImportRowQuerySet(QuerySet):
    def counts(self) -> dict[str, int]:
        by_outcome = {
            row["outcome"]: row["n"] for row in self.order_by().values("outcome").annotate(n=Count("id"))
        }
        return by_outcome | {"remarked": self.filter(remarked=True).count(), "all": sum(by_outcome.values())}

    def good(self) -> "ImportRowQuerySet":
        return self.filter(~Q(outcome="refused"))
