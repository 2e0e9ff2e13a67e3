"""Which batches a person may see."""

from django.db.models import Q

from cqo_portal.accounts.models import Role
from cqo_portal.audit.append_only import AppendOnlyQuerySet


class BatchQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user) -> "BatchQuerySet":
        """The only door: a county its own, the city and the province those below them, others nothing."""
        acting = user.acting
        match acting.role if acting else "":
            case Role.COUNTY:
                return self.filter(office=acting.office)
            case Role.CITY:
                return self.filter(office__parent=acting.office)
            case Role.PROVINCE:
                return self.filter(office__parent__parent=acting.office)
        return self.filter(Q(pk__in=[]))

    def for_list(self) -> "BatchQuerySet":
        return self.select_related("office", "notice", "by")
