"""Which entries of the yearly lists a person may see, and the sets others count by."""

from django.db.models import Q, QuerySet

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.scope import within_area


class ListedQuerySet(QuerySet):
    def visible_to(self, user) -> "ListedQuerySet":
        acting = user.acting
        if acting is None:
            return self.none()
        if acting.role == Role.ENTERPRISE:
            return self.filter(organisation=acting.organisation_id)
        return self.filter(within_area(acting, "organisation__office"))

    def standing(self) -> "ListedQuerySet":
        return self.filter(ended_at=None)

    def matching(self, query: str) -> "ListedQuerySet":
        """By name, pinyin or code of the enterprise."""
        organisations = self.model._meta.get_field("organisation").related_model.objects
        return self.filter(organisation__in=organisations.matching(query).values("pk")) if query else self

    def for_list(self) -> "ListedQuerySet":
        return self.select_related("organisation__office", "by", "ended_by").defer(
            "organisation__search", "organisation__haystack"
        )


class AboveScaleQuerySet(ListedQuerySet):
    def of(self, year: int, *, kind: str | None = None) -> "AboveScaleQuerySet":
        """The list of a year as it stands: the denominator of coverage. One entry per enterprise and kind."""
        found = self.standing().filter(year=year)
        return found.filter(kind=kind) if kind else found

    def around(self, county) -> "AboveScaleQuerySet":
        """Of the whole city of a county: who draws the list up draws it up for all of them."""
        within = Q(organisation__office=county)
        if county.is_in_a_city:
            within |= Q(organisation__office__parent=county.parent_id)
        return self.filter(within)


class AwardQuerySet(ListedQuerySet):
    def of(self, year: int, *, level: str | None = None) -> "AwardQuerySet":
        """The awards granted in a year."""
        found = self.standing().filter(year=year)
        return found.filter(level=level) if level else found

    def up_to(self, year: int) -> "AwardQuerySet":
        """Who holds an award in that year: it was granted then or before."""
        return self.standing().filter(year__lte=year)
