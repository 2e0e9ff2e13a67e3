"""What must hold of any pack, and of any set of packs. Each check yields sentences; none means sound."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from itertools import pairwise

from .calendar import Months
from .requirements import BySize, Discretion, Either, Leaf, OfficerDecides, Reading, leaves
from .schema import Disqualification, Duty, EvaluationScheme, RulePack
from .scheme import AppraisalScheme, CertificateRule
from .vocabulary import Size
from .walk import nodes, rules

ZERO, ONE = Decimal(0), Decimal(1)
PLAIN = (str, int, date, Decimal, Enum, Months, type(None))


def faults(packs: Iterable[RulePack]) -> list[str]:
    """Everything wrong with these packs, each fault led by the edition it is found in."""
    packs = tuple(packs)
    single = (f"{pack.edition}: {fault}" for pack in packs for fault in faults_of(pack))
    return [*single, *_faults_between(packs)]


def faults_of(pack: RulePack) -> Iterator[str]:
    if strange := list(_not_a_value(pack)):
        yield from strange
        return  # what is no value cannot be added up
    yield from _says_nothing(pack)
    yield from _repeats_a_key(pack)
    for _, node in nodes(pack):
        for kind, check in CHECKS:
            if isinstance(node, kind):
                yield from check(node)


def _faults_between(packs: tuple[RulePack, ...]) -> Iterator[str]:
    for edition, count in Counter(pack.edition for pack in packs).items():
        if count > 1:
            yield f"{edition}: published {count} times"
    for older, newer in pairwise(packs):
        if older.jurisdiction != newer.jurisdiction:
            continue
        if older.in_force_from >= newer.in_force_from:
            yield f"{newer.edition}: does not begin after {older.edition}"
        if older.in_force_until and older.in_force_until >= newer.in_force_from:
            yield f"{newer.edition}: overlaps {older.edition}"


def _not_a_value(node, path: str = "pack") -> Iterator[str]:
    """A pack holds values: no list to be changed, no function to be run, no float to be wrong."""
    if is_dataclass(node) and not isinstance(node, PLAIN):
        for each in fields(node):
            yield from _not_a_value(getattr(node, each.name), f"{path}.{each.name}")
    elif isinstance(node, tuple | frozenset):
        for item in node:
            yield from _not_a_value(item, path)
    elif not isinstance(node, PLAIN):
        yield f"{path}: {type(node).__name__} is not a value"


def _says_nothing(pack: RulePack) -> Iterator[str]:
    for name in ("jurisdiction", "label", "edition", "title", "source"):
        if not getattr(pack, name).strip():
            yield f"{name} is empty"
    if pack.is_draft and not pack.edition.endswith("-draft"):
        yield "a draft must call itself a draft in its edition"
    for path, clause in rules(pack):
        if not clause.cites.strip():
            yield f"{path} cites nothing"
        if not clause.label.strip():
            yield f"{path} has no label"
    for path, node in nodes(pack):
        if isinstance(node, Reading) and not (node.text.strip() and node.reason.strip()):
            yield f"{path} is a reading without text or reason"


def _repeats_a_key(pack: RulePack) -> Iterator[str]:
    """Keys are addresses; only the alternatives of a BySize may share one."""
    by_size = {id(leaf) for _, node in nodes(pack) if isinstance(node, BySize) for leaf in leaves(node)}
    keys = Counter(
        node.key for _, node in nodes(pack.qualification) if hasattr(node, "key") and id(node) not in by_size
    )
    keys += Counter(ground.key for ground in pack.disqualifications)
    for key, count in keys.items():
        if count > 1:
            yield f"the key {key} stands {count} times"


def _check_either(node: Either) -> Iterator[str]:
    """Discretion is neutral under Every; as an alternative it would satisfy anything."""
    if not all(isinstance(part, Leaf) for part in node.parts) or len(node.parts) < 2:
        yield f"{node.key} must offer at least two leaves"
    if any(isinstance(part, Discretion) for part in node.parts):
        yield f"{node.key} offers discretion as an alternative"


def _check_officer_decides(node: OfficerDecides) -> Iterator[str]:
    if any(isinstance(leaf, Discretion) for leaf in leaves(node)):
        yield f"{node.part.key} leaves discretion to discretion"


def _check_sizes(node: BySize) -> Iterator[str]:
    named = Counter(size for case in node.cases for size in case.sizes)
    if named != Counter(size for size in Size if size is not Size.UNCLASSIFIED):
        yield "every size belongs to exactly one case"


def _check_ground(node: Disqualification) -> Iterator[str]:
    if not node.faults:
        yield f"{node.key} names no fact"
    if node.lasts and node.lasts.months <= 0:
        yield f"{node.key} lasts no time"


def _check_duty(node: Duty) -> Iterator[str]:
    if not (node.hours or node.activities or node.certificate):
        yield f"{node.key} asks for nothing"


def _check_certificate(node: CertificateRule) -> Iterator[str]:
    if not ZERO < node.reapply_by.length.months < node.window_opens.length.months:
        yield "the window must open before the last day to apply again"
    if node.window_opens.length.months >= node.valid_for.length.months:
        yield "the window must open within the validity"
    if not set(node.wait_applies_to) <= set(node.states):
        yield "a wait for a state that does not exist"


def _check_scheme(scheme: EvaluationScheme) -> Iterator[str]:
    yield from _points_add_up(scheme)
    yield from _coefficients_hold(scheme)
    yield from _grades_hold(scheme)


def _points_add_up(scheme: EvaluationScheme) -> Iterator[str]:
    if sum(group.points for group in scheme.groups) != scheme.total:
        yield "the groups do not add up to the total"
    if {row.group for row in scheme.indicators} - {group.code for group in scheme.groups}:
        yield "an indicator belongs to no group"
    if len({row.code for row in scheme.indicators}) != len(scheme.indicators):
        yield "an indicator stands twice"
    for group in scheme.groups:
        if sum(row.points for row in scheme.indicators if row.group == group.code) != group.points:
            yield f"the indicators of {group.code} do not add up"
        if not ZERO <= group.minimum <= group.points:
            yield f"the minimum of {group.code} cannot be reached"


def _coefficients_hold(scheme: EvaluationScheme) -> Iterator[str]:
    values = scheme.coefficients
    if list(values) != sorted(set(values)) or not values or (values[0], values[-1]) != (ZERO, ONE):
        yield "coefficients must ascend from 0 to 1"
    if tuple(value for band in scheme.bands for value in band.coefficients) != values:
        yield "the bands do not hold exactly the coefficients"
    if any(lower.up_to > upper.at_least for lower, upper in pairwise(scheme.bands)):
        yield "two bands overlap"


def _grades_hold(scheme: EvaluationScheme) -> Iterator[str]:
    leasts = [grade.least for grade in scheme.grades]
    if leasts != sorted(set(leasts), reverse=True):
        yield "grades must descend"
    if leasts and leasts[0] > scheme.total:
        yield "the highest grade cannot be reached"
    if leasts and sum(group.minimum for group in scheme.groups) < leasts[-1]:
        yield "the minima do not reach the lowest grade"
    if scheme.ungraded.certificate or scheme.ungraded in scheme.grades:
        yield "the ungraded must not earn a certificate"
    if {code for _, code in scheme.least_grade_advised.by_size} - {grade.code for grade in scheme.grades}:
        yield "a recommendation names no grade"


def _check_appraisal(scheme: AppraisalScheme) -> Iterator[str]:
    if sum(group.points for group in scheme.groups) != scheme.total:
        yield "the appraisal does not add up to its total"
    if sum(group.points for group in scheme.groups if not group.assumed) != scheme.known:
        yield "the known part does not add up"
    for group in scheme.groups:
        if sum(item.points for item in group.items) != group.points:
            yield f"the items of {group.code} do not add up"


CHECKS = (
    (Either, _check_either),
    (OfficerDecides, _check_officer_decides),
    (BySize, _check_sizes),
    (Disqualification, _check_ground),
    (Duty, _check_duty),
    (CertificateRule, _check_certificate),
    (EvaluationScheme, _check_scheme),
    (AppraisalScheme, _check_appraisal),
)
