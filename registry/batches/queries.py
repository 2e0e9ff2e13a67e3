"""Which batches a person may see."""

from cqo_portal.accounts.scope import within_area
from cqo_portal.audit.append_only import AppendOnlyQuerySet


class BatchQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user) -> "BatchQuerySet":
        """The only door: a county its own, the city and the province those below them, others nothing."""
        return self.filter(within_area(user.acting)) if user.acting else self.none()

    def for_list(self) -> "BatchQuerySet":
        return self.select_related("office", "notice", "by")
