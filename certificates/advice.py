"""附录 D at an appointment: the least grade advised for an enterprise of that size. Informative: it warns and never bars."""

from datetime import date

from certificates.models import Certificate
from certificates.queries import ENDS_BY_ITSELF
from cqo_portal.jurisdictions.scheme import EvaluationScheme
from cqo_portal.jurisdictions.vocabulary import Size
from cqo_portal.wording import day_full
from evaluation.bodies import texts
from evaluation.decisions.results import least_advised, reaches
from registry.advice import Advice


def of_size(size: Size) -> Advice | None:
    """What is advised, whoever it will be; None where annex D says nothing of that size."""
    rules = next(iter(texts.evaluating().values()))
    _, least = least_advised(size.value, rules.evaluation)
    if least is None:
        return None
    rule = rules.evaluation.least_grade_advised
    said = f"{size.label}组织聘用、续聘的首席质量官，建议评价等级不低于 {least}；只是建议，不影响备案。"
    return Advice(said, f"{rules.title}{rule.cites}")


def of_person(identity_index: str, size: Size, today: date) -> Advice | None:
    """The same with what is on record of the person: for the offices that look at the filing."""
    if (advised := of_size(size)) is None:
        return None
    held = _held(identity_index, today)
    if held is None:
        return Advice(f"{advised.text}没有在有效期内的评价证书。", advised.cites)
    _, least = least_advised(size.value, _scheme())
    reached = reaches(held.grade, least, _scheme())
    verdict = "达到建议" if reached else "低于建议"
    said = f"{advised.text}持有证书 {held.number}，{held.grade}，到{day_full(held.last_day)}为止：{verdict}。"
    return Advice(said, advised.cites, reached)


def _scheme() -> EvaluationScheme:
    return next(iter(texts.evaluating().values())).evaluation


def _held(identity_index: str, today: date) -> Certificate | None:
    """The one that is in force today."""
    found = Certificate.objects.printed().filter(
        person__identity_index=identity_index, state__in=ENDS_BY_ITSELF, last_day__gte=today
    )
    held = found.with_acts().order_by("-first_day").first()
    return held if held and held.standing_on(today).is_valid else None
