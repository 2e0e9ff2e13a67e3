"""What applications ask of somebody, for the desk."""

from datetime import date

from django.db.models import Count, Q
from django.urls import reverse

from cqo_portal.wording import grouped
from evaluation.applications.pages.head import Due, due_of
from evaluation.models import Application


def to_write(user, *, today: date) -> list[tuple[Application, Due | None]]:
    """Drafts and returned applications of those who apply, each with its clock."""
    found = Application.objects.awaiting(user).for_list()
    return [(each, due_of(each, None, today=today)) for each in found]


def to_review(user, *, today: date) -> tuple[str, str, str]:
    """(address, what, how much of it waits) for the body."""
    waiting = Application.objects.awaiting(user).order_by()
    found = waiting.aggregate(count=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
    late = f"，其中 {grouped(found['late'])} 件已过期限" if found["late"] else ""
    return (
        reverse("evaluation:applications"),
        "评价申请",
        f"{grouped(found['count'])} 件待形式审查{late}",
    )
