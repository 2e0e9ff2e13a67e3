"""What a return asks for: while it is composed, while it is corrected, and once it was answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cqo_portal.jurisdictions.requirements import leaves
from registry import content, facts
from registry.models import Filing, ReturnItem

# Which clause a return pinned to this address usually rests on; the pack gives the article.
CLAUSE_KEYS = {
    "experience": "experience",
    "officer.education": "education",
    "officer.job_title": "title",
    "officer.trained": "training",
    "proof.training": "training",
    "proof.experience": "experience",
    "proof.education": "education",
    "proof.title": "title",
    "proof.appointment": "appointed-by",
    "appointment.appointed_by": "appointed-by",
    "appointment.term_years": "term",
}


@dataclass(frozen=True)
class Pin:
    number: int
    label: str
    item: ReturnItem


def pins(filing: Filing) -> list[Pin]:
    """The return being composed: numbered, in the order in which it was written."""
    return _numbered(filing.return_items.filter(round=filing.round, sent_at=None))


def _numbered(items: Iterable[ReturnItem]) -> list[Pin]:
    return [Pin(number, content.label_of(item.key), item) for number, item in enumerate(items, start=1)]


def asked_now(filing: Filing) -> list[Pin]:
    """What the last return asked for, while it is being corrected."""
    if filing.state != Filing.State.RETURNED:
        return []
    return _numbered(filing.returned_items.select_related("by"))


@dataclass(frozen=True)
class Answered:
    """One item of the last return, and whether the enterprise changed what it was pinned to."""

    label: str
    item: ReturnItem
    changed: bool


def last_return(filing: Filing) -> list[Answered]:
    """After a resubmission: what had been asked, and whether it was touched at all."""
    if filing.round < 2 or filing.state == Filing.State.RETURNED:
        return []
    items = filing.return_items.filter(round=filing.round - 1).exclude(sent_at=None)
    now, then = facts.content_of(filing), facts.content_before(filing)
    return [Answered(content.label_of(i.key), i, _touched(filing, i.key, now, then)) for i in items]


def _touched(filing: Filing, key: str, now: Mapping, then: Mapping) -> bool:
    section, _, name = key.partition(".")
    if section == "proof":
        return filing.proofs.filter(kind=name, added_in=filing.round).exists()
    if not name:
        return now.get(section) != then.get(section)
    return now[section].get(name) != then[section].get(name)


def clause_of(filing: Filing, key: str) -> str:
    """The article a return pinned to this address usually rests on; empty where the pack names none."""
    rules = facts.judge_submitted(filing).pack
    clauses = [*leaves(rules.qualification), rules.appointed_by, *([rules.term] if rules.term else [])]
    return next((clause.cites for clause in clauses if clause.key == CLAUSE_KEYS.get(key)), "")
