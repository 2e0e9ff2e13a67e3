"""Judge a post that stands in the register by any edition: from what was accepted, and what was entered since."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from cqo_portal.jurisdictions.schema import RulePack
from cqo_portal.jurisdictions.vocabulary import Level, Rank, Size
from registry.facts import facts_from, sized_by
from registry.findings import Verdict
from registry.models import Officer
from registry.qualification import Explanation, explain
from registry.shown import Declared, Facts, TrainingCertificate
from training import completions


def judge_post(
    officer: Officer,
    content: Mapping,
    *,
    papers: frozenset[str],
    recorded: tuple[Declared, ...],
    certificates: Mapping[str, TrainingCertificate],
    rules: RulePack,
    on: date,
) -> Explanation:
    """How `rules` see the post on `on`. `content` is what its filing said; empty for an imported post.

    `recorded`: the facts on record against the officer and the enterprise, whenever they came to be known.
    `certificates`: the training certificates of the officer that stand, by number.
    """
    shown = _as_it_stands(officer, content, papers=papers, rules=rules, on=on)
    typed = content.get("officer", {}).get("training_certificate") or ""
    certificate = certificates.get(completions.NUMBERS.as_kept(typed))
    return explain(rules, replace(shown, recorded=recorded, training_certificate=certificate))


def _as_it_stands(
    officer: Officer, content: Mapping, *, papers: frozenset[str], rules: RulePack, on: date
) -> Facts:
    """The accepted words, brought to `on`; education and title as the register has them now."""
    sized, _ = sized_by(content.get("enterprise", {}))
    said = facts_from(content, rules=rules, papers=papers, sized=sized, today=on)
    return replace(
        said,
        on=on,
        education=Level(officer.education) if officer.education else said.education,
        title=Rank(officer.title) if officer.title else said.title,
        size=Size(officer.organisation.size),
        disqualifications=said.disqualifications if content else None,
        appointment=said.appointment if content else None,
    )


def difference(before: Explanation, after: Explanation) -> list[dict[str, str]]:
    """The clauses of the later edition that carry its verdict, where the verdict is another one; worst first."""
    if before.verdict is after.verdict:
        return []
    if after.verdict > before.verdict:  # what held it back before has gone: name those clauses
        return [_line(clause) for clause in before.clauses if clause.verdict is before.verdict]
    return [_line(c) for c in after.clauses if c.verdict is after.verdict and c.verdict < Verdict.MET]


def _line(clause) -> dict[str, str]:
    return {
        "key": clause.key,
        "cites": clause.cites,
        "label": clause.label,
        "verdict": clause.verdict.value,
        "why": clause.why,
    }
