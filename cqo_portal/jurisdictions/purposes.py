"""What the product does with a provision that carries no number: found by key, edition by edition.

Beside the editions and not in them, because what was published must keep its fingerprint.
"""

from .schema import Provision, RulePack
from .vocabulary import Labelled


class Purpose(Labelled):
    SUGGEST_REPLACEMENT = "suggest_replacement", "建议撤换"
    SHARE_EXPERIENCE = "share_experience", "标杆与经验"


class Ground(Labelled):
    """Why an authority may suggest that an enterprise appoint somebody else."""

    INTEGRITY = "integrity", "违反操守"
    NOT_PERFORMING = "not_performing", "未有效履职"
    UNFIT = "unfit", "不再符合任职标准"


SERVES: dict[str, Purpose] = {
    "cz-10-2": Purpose.SUGGEST_REPLACEMENT,
    "cz-17": Purpose.SHARE_EXPERIENCE,
}
GROUNDS: dict[str, tuple[Ground, ...]] = {
    "cz-10-2": (Ground.INTEGRITY, Ground.NOT_PERFORMING, Ground.UNFIT),
}


def provision_for(pack: RulePack, purpose: Purpose) -> Provision | None:
    """The provision of this edition that serves the purpose; None where the text knows nothing of it."""
    return next((each for each in pack.provisions if SERVES.get(each.key) is purpose), None)


def grounds_of(provision: Provision) -> tuple[Ground, ...]:
    return GROUNDS.get(provision.key, ())
