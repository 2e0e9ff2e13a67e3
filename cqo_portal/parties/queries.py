"""Finding people, organisations and offices."""

from django.db.models import Q, QuerySet

from cqo_portal.parties.search import asked, fold


class SearchableQuerySet(QuerySet):
    """Rows with a `haystack` (folded text of everything searchable) and its grams in `search`."""

    def matching(self, query: str) -> "SearchableQuerySet":
        """Rows in which what was typed really occurs; everything for an empty query."""
        ways = asked(query)
        if "\0" in query:  # no column can hold it, PostgreSQL refuses even to look for it
            return self.none()
        if not ways:
            return self if not fold(query) else self.none()
        narrowed = Q()
        for way in ways:
            narrowed |= Q(search__contains=way)
        return self.filter(narrowed, haystack__contains=fold(query))


class OfficeQuerySet(QuerySet):
    def below(self, office) -> "OfficeQuerySet":
        """The office itself and all under it; three levels are all there are."""
        return self.filter(Q(pk=office.pk) | Q(parent=office.pk) | Q(parent__parent=office.pk))

    def filing(self) -> "OfficeQuerySet":
        """Active offices an enterprise can belong to."""
        return self.filter(active=True, level="county")
