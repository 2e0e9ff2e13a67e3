"""By which text an application is judged, and which addresses it has: sections, indicators, papers."""

from datetime import date

from cqo_portal.jurisdictions import pack, pack_on
from cqo_portal.jurisdictions.requirements import Reading
from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.jurisdictions.scheme import Band, EvaluationScheme, Indicator
from cqo_portal.jurisdictions.vocabulary import Bars, Nature
from cqo_portal.parties.models import Institution
from evaluation.bodies import texts
from evaluation.bodies.standing import text_of
from evaluation.models import Application

BASIC = "5.1"  # a paper may support the basic requirements beside, or instead of, an indicator
OF_A_PAPER = "proof."


def rules_of(application: Application, *, today: date, body: Institution | None = None) -> RulePack:
    """The edition that was frozen; of a draft today's of the body that was chosen, or the one text that evaluates."""
    if application.rule_edition:
        return pack(application.rule_edition)
    known = text_of(body) if body else next(iter(texts.evaluating().values()))
    return pack_on(known.jurisdiction, today)


def codes_of(scheme: EvaluationScheme) -> list[str]:
    """What a paper may support, in the order of the page."""
    return [BASIC, *(row.code for row in scheme.indicators)]


def label_of(code: str, scheme: EvaluationScheme) -> str:
    """`7.4.4 学习能力`; of the basic requirements their own words."""
    return next((f"{row.code} {row.label}" for row in scheme.indicators if row.code == code), "5.1 基本要求")


def descriptor(band: Band, row: Indicator) -> str:
    """What this degree looks like: in what is done, or in what came of it."""
    return band.performance if row.nature is Nature.PERFORMANCE else band.result


def grounds_of(rules: RulePack) -> list:
    """The grounds on which a body refuses (8.2)."""
    return [ground for ground in rules.disqualifications if ground.bars is Bars.EVALUATION]


def reading_of_refusals(rules: RulePack) -> Reading | None:
    """Why a body refuses on these grounds and no other."""
    return next((each.reading for each in rules.provisions if each.key == "refusal"), None)
