"""The case for whoever may see it: what was said, the papers, the clauses, what may be done now."""

from collections.abc import Mapping
from dataclasses import dataclass

from cqo_portal.audit.models import Event
from cqo_portal.workflow.engine import open_to
from registry import content, facts
from registry.models import Determination, Filing, Proof
from registry.pages.case_head import CaseHead
from registry.pages.returns import last_return, pins
from registry.permissions import decides
from registry.qualification import ClauseResult
from registry.workflow import FILING, RETURN, RETURN_FROM_CITY


def case_page(filing: Filing, user, params: Mapping) -> dict:
    """The case for whoever may see it: what was said, the papers, the clauses, what may be done now."""
    if not filing.round:
        return _draft_case(filing, user)
    said = facts.content_of(filing)
    judgement = facts.judge_submitted(filing)
    steps = open_to(user, filing, steps=FILING.values())
    deciding = any(step in steps for step in (RETURN, RETURN_FROM_CITY)) and decides.test(user, filing)
    papers = list(
        filing.proofs.at_round(filing.round).select_related("uploaded_by").order_by("kind", "uploaded_at")
    )
    pinned = pins(filing) if deciding else []
    asked = params.get("pin", "")
    return {
        "filing": filing,
        "head": CaseHead(filing, user),
        "parts": content.read(said, before=facts.content_before(filing)),
        "judgement": judgement,
        "clauses": clauses_with_decisions(filing, judgement),
        "submission": filing.submissions.get(round=filing.round),
        "papers": papers,
        "viewed": _viewed(papers, params),
        "viewed_page": _page_number(params),
        "steps": steps,
        "deciding": deciding,
        "blocked": _blocked(filing, pinned) if deciding else "",
        "return_step": next((step for step in steps if step in (RETURN, RETURN_FROM_CITY)), None),
        "pins": pinned,
        "pinned": {pin.item.key for pin in pinned},
        "pin_key": asked if deciding and asked in content.known_keys() else "",
        "pin_label": content.label_of(asked) if asked in content.known_keys() else "",
        "revealable": True,
        "last_return": last_return(filing),
        "timeline": timeline(filing),
    }


def _blocked(filing: Filing, pinned: list) -> str:
    """Why the case cannot go on yet, beside the disabled button."""
    if pinned:
        return f"有 {len(pinned)} 个补正项没有发出：先退回企业，或者删去补正项，才能往下办。"
    left = facts.undecided(filing)
    names = "、".join(f"“{clause.label}”" for clause in left)
    return f"{names}尚未符合：请在条款下写认定理由，或者退回企业。" if left else ""


def _draft_case(filing: Filing, user) -> dict:
    return {
        "filing": filing,
        "head": CaseHead(filing, user),
        "steps": open_to(user, filing, steps=FILING.values()),
        "timeline": timeline(filing),
    }


@dataclass(frozen=True)
class ClauseWithDecision:
    clause: ClauseResult
    determination: Determination | None
    open: bool


def clauses_with_decisions(filing: Filing, judgement: facts.Judgement) -> list[ClauseWithDecision]:
    decided = {d.clause: d for d in filing.determinations.filter(round=filing.round).select_related("by")}
    still_open = {clause.key for clause in judgement.open}
    return [
        ClauseWithDecision(c, decided.get(c.key), c.key in still_open and c.key not in decided)
        for c in judgement.clauses
    ]


def is_open_clause(filing: Filing, key: str) -> bool:
    return any(clause.key == key for clause in facts.undecided(filing))


def _viewed(papers: list[Proof], params: Mapping) -> Proof | None:
    asked = params.get("proof", "")
    return next((paper for paper in papers if str(paper.pk) == asked), papers[0] if papers else None)


def _page_number(params: Mapping) -> int:
    typed = params.get("page", "1")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 1


def timeline(filing: Filing) -> list[Event]:
    """Everything that was done with the filing, newest first; looks at personal data are not acts."""
    done = Event.objects.about(filing).exclude(action=Event.LOOK)
    return [event for event in done.order_by("-id") if event.after or event.action == "determine"]
