"""Who qualifies, clause by clause, and why. Values in, values out: no ORM, no clock.

Three verdicts, UNMET < UNKNOWN < MET: `Every` is the least of its parts, `Either` the greatest. "Cannot tell" sends
to a person, never to an automatic refusal. What is left to an officer's discretion stands above the three, so that
the least never chooses it: it does not enter the overall verdict.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from cqo_portal.jurisdictions.requirements import (
    BySize,
    Clause,
    Either,
    Every,
    OfficerDecides,
    Reading,
    Requirement,
)
from cqo_portal.jurisdictions.schema import RulePack

from .experience import Period
from .findings import Finding, Ruler, Verdict, find, find_appointment, find_ground
from .shown import Appointment, Declared, Facts, QualityCertificate

__all__ = [
    "Appointment",
    "ClauseResult",
    "Declared",
    "Explanation",
    "Facts",
    "Period",
    "QualityCertificate",
    "Ruler",
    "Verdict",
    "explain",
    "judge",
]

SIZE_IS_OPEN = "企业规模未提供；按较宽的一档可能符合，请补充规模后再定。"


@dataclass(frozen=True, kw_only=True)
class ClauseResult(Finding):
    """One line on the page. `key` is stable within an edition; `parts` are the alternatives of an either-or."""

    key: str
    cites: str
    label: str
    readings: tuple[Reading, ...] = ()
    parts: tuple["ClauseResult", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Explanation:
    edition: str
    on: date
    verdict: Verdict
    clauses: tuple[ClauseResult, ...]

    @property
    def met_from(self) -> date | None:
        """The day from which everything is met if only time passes; None if it already is, or never will be."""
        days = [clause.met_from for clause in self.clauses if clause.verdict < Verdict.MET]
        return max(days) if days and all(days) else None

    @property
    def tally(self) -> dict[Verdict, int]:
        """How many clauses of each verdict, worst first; a verdict nobody got is left out."""
        counted = Counter(clause.verdict for clause in self.clauses)
        return {verdict: counted[verdict] for verdict in Verdict if counted[verdict]}


def judge(requirement: Requirement, facts: Facts) -> Verdict:
    match requirement:
        case Every(parts):
            return min((judge(part, facts) for part in parts), default=Verdict.MET)
        case Either(parts):
            return max((judge(part, facts) for part in parts), default=Verdict.UNMET)
        case OfficerDecides(part, where):
            verdict = judge(part, facts)
            left_open = verdict is Verdict.UNMET and judge(where, facts) is Verdict.MET
            return Verdict.DISCRETION if left_open else verdict
        case BySize():
            verdict = judge(_asked(requirement, facts), facts)
            return Verdict.UNKNOWN if _size_could_help(requirement, facts, verdict) else verdict
        case leaf:
            return find(leaf, facts).verdict


def explain(pack: RulePack, facts: Facts) -> Explanation:
    """Every clause with its verdict, in the order of the text, and what they amount to together."""
    clauses = (
        *_lines(pack.qualification, facts),
        *_appointment(pack, facts),
        *(_result(ground, find_ground(ground, facts)) for ground in pack.disqualifications),
    )
    overall = min((clause.verdict for clause in clauses), default=Verdict.MET)
    return Explanation(edition=pack.edition, on=facts.on, verdict=min(overall, Verdict.MET), clauses=clauses)


def _appointment(pack: RulePack, facts: Facts) -> Iterator[ClauseResult]:
    if facts.appointment is not None:
        yield _result(pack.appointed_by, find_appointment(pack.appointed_by, facts))


def _lines(requirement: Requirement, facts: Facts) -> Iterator[ClauseResult]:
    """The tree laid flat: an either-or is one line, a choice by size the lines of the set that applies."""
    match requirement:
        case Every(parts):
            for part in parts:
                yield from _lines(part, facts)
        case Either():
            yield _either(requirement, facts)
        case OfficerDecides():
            yield _left_to_officer(requirement, facts)
        case BySize():
            yield from _by_size(requirement, facts)
        case leaf:
            yield _result(leaf, find(leaf, facts))


def _either(clause: Either, facts: Facts) -> ClauseResult:
    parts = tuple(_result(part, find(part, facts)) for part in clause.parts)
    verdict = max(part.verdict for part in parts)
    deciding = parts if verdict < Verdict.MET else [part for part in parts if part.verdict is verdict]
    finding = Finding(
        verdict=verdict,
        value="；".join(part.value for part in deciding),
        threshold=" 或 ".join(f"{part.label}" for part in parts),
        why="".join(part.why for part in deciding) + ("有一即可。" if verdict is Verdict.MET else ""),
        met_from=min((part.met_from for part in parts if part.met_from), default=None),
    )
    readings = tuple(reading for part in parts for reading in part.readings)
    return replace(_result(clause, finding), parts=parts, readings=readings)


def _left_to_officer(requirement: OfficerDecides, facts: Facts) -> ClauseResult:
    (line,) = _lines(requirement.part, facts)
    verdict = judge(requirement, facts)
    if verdict is line.verdict:
        return line
    return replace(
        line,
        verdict=verdict,
        why=f"{line.why}{requirement.reading.text}",
        readings=(*line.readings, requirement.reading),
    )


def _by_size(requirement: BySize, facts: Facts) -> Iterator[ClauseResult]:
    """An unclassified size gets the strictest set; one that was not shown leaves open what it could settle."""
    asked = _asked(requirement, facts)
    settled = any(facts.size in case.sizes for case in requirement.cases)
    could_help = _size_could_help(requirement, facts, judge(asked, facts))
    for line in _lines(asked, facts):
        if not settled:
            line = replace(line, readings=(*line.readings, requirement.unclassified))
        if could_help and line.verdict is Verdict.UNMET:
            line = replace(line, verdict=Verdict.UNKNOWN, why=f"{line.why}{SIZE_IS_OPEN}")
        yield line


def _asked(requirement: BySize, facts: Facts) -> Requirement:
    strictest = requirement.cases[0]
    return next((case for case in requirement.cases if facts.size in case.sizes), strictest).asks


def _size_could_help(requirement: BySize, facts: Facts, strict: Verdict) -> bool:
    return (
        facts.size is None
        and strict is Verdict.UNMET
        and any(judge(case.asks, facts) > Verdict.UNMET for case in requirement.cases)
    )


def _result(clause: Clause, finding: Finding) -> ClauseResult:
    return ClauseResult(
        key=clause.key,
        cites=clause.cites,
        label=clause.label,
        readings=(clause.reading,) if clause.reading else (),
        **vars(finding),
    )
