"""Evaluations beside the other posts of the same identity: the number, and the grade once it is published."""

from collections import defaultdict
from collections.abc import Sequence

from evaluation.models import Evaluation
from registry.same_person import Post

NONE = "没有"


def evaluations_elsewhere(posts: Sequence[Post]) -> list[str]:
    """One cell for each post, with one question for all of them; nothing unpublished is said."""
    officers = [post.officer.pk for post in posts if post.officer]
    found = defaultdict(list)
    runs = Evaluation.objects.filter(application__officer__in=officers).exclude(state=Evaluation.State.CLOSED)
    for run in runs.select_related("application", "decision").defer("application__draft").order_by("number"):
        found[run.application.officer_id].append(_in_words(run))
    return ["、".join(found[post.officer.pk]) or NONE if post.officer else "–" for post in posts]


def _in_words(run: Evaluation) -> str:
    published = run.state == Evaluation.State.PUBLISHED
    decision = getattr(run, "decision", None) if published else None
    return f"{run.number}（{decision.grade}）" if decision else f"{run.number}（未公布）"
