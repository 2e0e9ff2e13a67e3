"""What applications ask of somebody, for the desk."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from cqo_portal.wording import grouped
from evaluation.applications.pages.head import Due, due_of
from evaluation.models import Application


def to_write(user, *, today: date) -> list[tuple[Application, Due | None]]:
    """Drafts and returned applications of those who apply, each with its clock."""
    found = Application.objects.awaiting(user).for_list()
    return [(each, due_of(each, None, today=today)) for each in found]


@dataclass(frozen=True)
class ToReview:
    """How many applications wait for the body, and how many of them are late."""

    count: int
    late: int

    @property
    def words(self) -> str:
        late = f"，其中 {grouped(self.late)} 件已过期限" if self.late else ""
        return f"{grouped(self.count)} 件待形式审查{late}"


def to_review(user, *, today: date) -> ToReview:
    waiting = Application.objects.awaiting(user).order_by()
    return ToReview(**waiting.aggregate(count=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today))))
