"""Which imports a person may see: those of the own house, of the kinds the role may import."""

from django.db.models import Count, Q, QuerySet

from cqo_portal.imports.catalogue import kinds_of


class ImportRunQuerySet(QuerySet):
    def visible_to(self, user) -> "ImportRunQuerySet":
        kinds = [kind.code for kind in kinds_of(user)]
        return self.of_house(user.acting).filter(kind__in=kinds) if kinds else self.none()

    def of_house(self, house) -> "ImportRunQuerySet":
        """Of the office or the institution of a role, or of another run."""
        return self.filter(office=house.office_id, institution=house.institution_id)

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
