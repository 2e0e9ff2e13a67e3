"""An enterprise's own appraisal of its officer: from points to a result. Decimal in, Decimal out: no ORM, no clock.

There is no grade and no pass line: a total, the sums of the groups, and apart from both the part of it whose points
the text itself gives.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cqo_portal.jurisdictions.scheme import AppraisalItem, AppraisalScheme
from cqo_portal.wording import plain_decimal

Points = Mapping[str, Decimal]  # code of an item -> points given

# The text says how many points an item has and not in which steps they are given. An item has two to five: halves
# tell apart what an appraiser can tell apart, add up exactly, and finer ones would feign a precision nobody has.
STEP = Decimal("0.5")
ZERO = Decimal(0)


class Unappraisable(ValueError):
    """The points do not fit the scheme; each sentence names an item."""

    def __init__(self, *sentences: str):
        super().__init__("".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Result:
    """Points by group, all together, and of the groups that are no reading of ours."""

    groups: Mapping[str, Decimal]
    total: Decimal
    known: Decimal


@dataclass(frozen=True)
class Known:
    """What is on record of one fact: whether the item is met, the arithmetic, and where it stands.

    `met` is None where the record cannot tell: then nothing is proposed.
    """

    met: bool | None
    why: str
    source: str


def proposed(item: AppraisalItem, known: Known | None) -> Decimal | None:
    """A fact is there or not: all points of its item, or none; None where the record cannot tell."""
    if known is None or known.met is None:
        return None
    return item.points if known.met else ZERO


def appraise(points: Points, scheme: AppraisalScheme) -> Result:
    """The result of points for every item. Raises `Unappraisable`."""
    if sentences := tuple(against(points, scheme)):
        raise Unappraisable(*sentences)
    return so_far(points, scheme)


def so_far(points: Points, scheme: AppraisalScheme) -> Result:
    """The sums of what was given up to now: what is missing adds nothing."""
    groups = {
        group.code: sum((points.get(item.code, ZERO) for item in group.items), ZERO)
        for group in scheme.groups
    }
    known = sum((groups[group.code] for group in scheme.groups if not group.assumed), ZERO)
    return Result(groups, sum(groups.values(), ZERO), known)


def against(points: Points, scheme: AppraisalScheme) -> Iterator[str]:
    """Why these points cannot be added up: one for every item, for no other, each within its measure."""
    items = {item.code: item for item in items_of(scheme)}
    for code in points.keys() - items.keys():
        yield f"没有编号为“{code}”的评价项目。"
    for code, item in items.items():
        if code not in points:
            yield f"缺少 {code} {item.label}的得分。"
        elif fault := fault_of(item, points[code]):
            yield f"{code} {item.label}：{fault}"


def fault_of(item: AppraisalItem, points: Decimal) -> str:
    """Why an item cannot have these points, or ""."""
    if not points.is_finite() or points < ZERO or points > item.points:
        return f"这一项是 0 至 {plain_decimal(item.points)} 分，请核对。"
    return "" if points % STEP == ZERO else "按半分打分，例如 3 或 3.5。"


def items_of(scheme: AppraisalScheme) -> Iterator[AppraisalItem]:
    return (item for group in scheme.groups for item in group.items)
