"""What the yearly report, below, may propose of an appraisal; the enterprise confirms it there."""

from decimal import Decimal

from cqo_portal.wording import day_full
from evaluation.appraisal.models import Decision
from registry.models import Officer
from registry.reports.proposals import Appraised


def decided_of(post: Officer, year: int) -> Appraised | None:
    """The last decision of this post and year."""
    found = Decision.objects.filter(appraisal__post=post, appraisal__year=year).select_related("appraisal")
    last = found.order_by("-number").first()
    if last is None:
        return None
    said = last.content
    reward = f"；{said['reward']}：{said['reward_what']}" if said.get("reward") else ""
    return Appraised(
        groups={group["code"]: Decimal(group["points"]) for group in said["groups"]},
        outcome=said["outcome"],
        result=f"{day_full(last.on)}评价第 {last.number} 版，已知部分 {said['known']}/{said['of']['known']}{reward}",
        address=last.appraisal.get_absolute_url(),
    )
