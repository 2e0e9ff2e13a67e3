"""What the texts say about bodies: which of them evaluate, and their chapter on bodies. Asks the packs, knows no model."""

from functools import cache

from cqo_portal.jurisdictions import all_packs
from cqo_portal.jurisdictions.schema import Duty, PanelRule, Provision, RulePack
from cqo_portal.jurisdictions.vocabulary import Recurrence

BODIES = "bodies"  # the key of the provision


@cache
def evaluating() -> dict[str, RulePack]:
    """Of each jurisdiction whose text evaluates officers by a body, the latest edition that does."""
    return {pack.jurisdiction: pack for pack in all_packs() if pack.evaluation is not None}


def chapter(pack: RulePack) -> Provision:
    return next(each for each in pack.provisions if each.key == BODIES)


def panel(pack: RulePack) -> PanelRule:
    return pack.evaluation.panel


def continuing(pack: RulePack) -> Duty | None:
    """What a certificate year asks of its holder, counted in activities; None where the text asks none."""
    asked = (each for each in pack.training if each.every is Recurrence.CERTIFICATE_YEAR and each.activities)
    return next(asked, None)


def least_activities(pack: RulePack) -> int:
    duty = continuing(pack)
    return duty.activities if duty else 0
