"""Which appraisals a person may see: the enterprise its own, the officer what was decided of him, offices none.

The text makes the appraisal the enterprise's own; what an office is told of it stands in the annual report, where the
enterprise confirms it.
"""

from django.db.models import QuerySet

from cqo_portal.accounts.models import Role


class AppraisalQuerySet(QuerySet):
    def visible_to(self, user) -> "AppraisalQuerySet":
        acting = user.acting
        if acting is not None and acting.role == Role.ENTERPRISE:
            return self.filter(post__organisation=acting.organisation_id)
        if acting is not None and acting.role == Role.OFFICER:
            return self.filter(post__person=acting.person_id, round__gt=0)
        return self.none()

    def for_list(self) -> "AppraisalQuerySet":
        return self.select_related("post__organisation").defer("draft", "post__search", "post__haystack")
