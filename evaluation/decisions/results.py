"""评价结果 as those read it whom it concerns: from the version of the report that was decided on, and from nothing else.

The grade, the points of each group, what failed, what was agreed to say: never a single expert's mark, never who sat on
the panel. 8.3 and 4.1 want results open and whoever judges impartial: openness is owed about the result and its
reasons; names would make experts reachable for whom they judged, and the candidate could already name a conflict with
nobody else than the body, which answers for its panel (6.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cqo_portal.jurisdictions.scheme import EvaluationScheme
from cqo_portal.jurisdictions.vocabulary import Size
from evaluation.decisions.content import public_texts
from evaluation.frozen import scheme_by
from evaluation.models import Decision, Evaluation, Publication


@dataclass(frozen=True)
class Result:
    """`appeal_until`: the last day to appeal; None before it is published."""

    evaluation: Evaluation
    decision: Decision
    content: Mapping
    publication: Publication | None = None

    @property
    def grade(self) -> str:
        return self.decision.grade

    @property
    def grade_label(self) -> str:
        return self.content["grade_label"]

    @property
    def total(self) -> Decimal:
        return Decimal(self.content["total"])

    @property
    def groups(self) -> list[tuple[Mapping, Decimal, str]]:
        """[(group, points earned, the sign before its minimum)]."""
        return [
            (group, Decimal(group["earned"]), "=" if group["exact"] else "≥")
            for group in self.content["groups"]
        ]

    @property
    def failed(self) -> list[Mapping]:
        return self.content["failed"]

    @property
    def comments(self) -> list[tuple[str, str]]:
        return [(where, text) for where, text in public_texts(self.content) if text]

    @property
    def advice(self) -> str:
        return advised(self.content)

    @property
    def appeal_until(self) -> date | None:
        return self.evaluation.due_on if self.publication else None


def result_of(evaluation: Evaluation) -> Result | None:
    """Once it is decided; who may see it before it is published asks the caller."""
    found = (
        Decision.objects.filter(evaluation=evaluation)
        .select_related("report", "publication")
        .defer("report__pdf")
        .first()
    )
    if found is None:
        return None
    return Result(evaluation, found, found.report.content, getattr(found, "publication", None))


# ── annex D: advice, never a bar ──────────────────────────────────────────────────────────────
def advised(content: Mapping) -> str:
    """What annex D recommends for an organisation of this size, and whether the grade reaches it; one sentence."""
    scheme = scheme_by(content["case"]["edition"])
    rule = scheme.least_grade_advised
    size, least = least_advised(content["case"]["size"], scheme)
    if least is None:
        return f"所在组织的规模没有划分，{rule.cites}没有建议的最低等级。"
    verdict = "达到建议" if reaches(content["grade"], least, scheme) else "低于建议"
    return (
        f"{rule.cites}建议{size.label}组织聘用、续聘的首席质量官不低于 {least}；"
        f"这次是 {content['grade_label']}，{verdict}。这只是建议，不影响评价结果。"
    )


def least_advised(size: str, scheme: EvaluationScheme) -> tuple[Size | None, str | None]:
    """(the size, the least grade advised for it); (None, None) where annex D says nothing."""
    return next(
        ((each, code) for each, code in scheme.least_grade_advised.by_size if each.value == size),
        (None, None),
    )


def reaches(grade: str, least: str, scheme: EvaluationScheme) -> bool:
    return _rank(grade, scheme) >= _rank(least, scheme)


def _rank(grade: str, scheme: EvaluationScheme) -> int:
    ranked = [scheme.ungraded, *sorted(scheme.grades, key=lambda each: each.least)]
    return [each.code for each in ranked].index(grade)
