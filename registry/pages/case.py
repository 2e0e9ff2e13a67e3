"""The case for whoever may see it: what was said, the papers, the clauses, what may be done now."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from cqo_portal.accounts.models import AT_AN_OFFICE
from cqo_portal.audit.models import Event
from cqo_portal.workflow.engine import open_to
from registry import advice, content, facts, same_person, trained
from registry.held_against import identity_index
from registry.models import Determination, Filing, Proof
from registry.pages import returns
from registry.pages.case_head import CaseHead
from registry.pages.returns import Composer, Page
from registry.permissions import decides
from registry.qualification import ClauseResult
from registry.review_forms import SamePersonForm
from registry.same_person import Comparison
from registry.workflow import FILING, RETURN, RETURN_FROM_CITY


def case_page(
    filing: Filing, user, params: Mapping, *, composing: Composer | None = None, person_form=None
) -> dict:
    """The case for whoever may see it: what was said, the papers, the clauses, what may be done now.

    `composing`, `person_form`: what was typed and could not be kept, so that it stands there again.
    """
    if not filing.round:
        return _draft_case(filing, user)
    said = facts.content_of(filing)
    an_office = decides.test(user, filing)
    judgement = facts.judge_submitted(filing, of_the_person=user.acting.role in AT_AN_OFFICE)
    steps = open_to(user, filing, steps=FILING.values())
    deciding = an_office and any(step in steps for step in (RETURN, RETURN_FROM_CITY))
    papers = list(
        filing.proofs.at_round(filing.round).select_related("uploaded_by").order_by("kind", "uploaded_at")
    )
    viewed = _viewed(papers, params)
    clauses = clauses_with_decisions(filing, judgement)
    comparison = same_person.shown_to(user, filing) if an_office else None
    items = returns.items_of(filing)
    pinned = returns.pins(filing, items) if deciding else []
    open_form = composing or (
        returns.composer(filing, params, user=user, viewed=viewed, pins=pinned) if deciding else None
    )
    return {
        "filing": filing,
        "head": CaseHead(filing, user, said),
        "parts": content.read(said, before=facts.content_before(filing)),
        "changes": content.changes(filing.kind, said),
        "judgement": judgement,
        "advice": _advice(filing, said, judgement) if user.acting.role in AT_AN_OFFICE else judgement.advice,
        "trainings": trained.on_record(filing, said) if user.acting.role in AT_AN_OFFICE else None,
        "clauses": clauses,
        "decided": sum(entry.determination is not None for entry in clauses),
        "submission": filing.submissions.get(round=filing.round),
        "papers": papers,
        "pins_by_paper": [(paper, returns.pins_by_paper(pinned)[paper.pk]) for paper in papers],
        "viewed": viewed,
        "steps": steps,
        "deciding": deciding,
        "blocked": _blocked(pinned, clauses, comparison) if deciding else "",
        "return_step": next((step for step in steps if step in (RETURN, RETURN_FROM_CITY)), None),
        "pins": pinned,
        "pinned": {pin.item.key for pin in pinned},
        "pins_here": [pin for pin in pinned if viewed and pin.page == viewed],
        "composer": open_form,
        "paper_kinds": Proof.Kind.choices,
        "revealable": True,
        "last_return": returns.last_return(filing, items),
        "earlier_returns": returns.earlier_returns(filing, items),
        "timeline": timeline(filing, for_an_office=an_office),
        **(_same_person(filing, comparison, person_form) if an_office else {}),
    }


def _advice(filing: Filing, said: Mapping, judgement: facts.Judgement) -> list[advice.Advice]:
    """With what is on record of the person: an enterprise must not learn that of a stranger."""
    size = judgement.sized.size if judgement.sized else None
    return advice.on_person(identity_index(filing, said), size, timezone.localdate()) if size else []


def _same_person(filing: Filing, found: Comparison | None, form) -> dict:
    """Where the same identity serves elsewhere: for the offices that decide, nobody else."""
    return {
        "comparison": found,
        "person_form": form or SamePersonForm(initial={"posts": ",".join(found.keys) if found else ""}),
        "person_decisions": same_person.decisions_in(filing),
    }


def _blocked(pinned: list, clauses: list, comparison: Comparison | None) -> str:
    """Why the case cannot go on yet, beside the disabled button."""
    if pinned:
        return f"有 {len(pinned)} 个补正项没有发出：先退回企业，或者删去补正项，才能往下办。"
    left = [entry.clause for entry in clauses if entry.open]
    names = "、".join(f"“{clause.label}”" for clause in left)
    open_clauses = f"{names}尚未符合：请在条款下写认定理由，或者退回企业。" if left else ""
    return f"{open_clauses}{same_person.against(comparison) or ''}" if comparison else open_clauses


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


def _viewed(papers: list[Proof], params: Mapping) -> Page | None:
    asked = params.get("proof", "")
    paper = next((paper for paper in papers if str(paper.pk) == asked), papers[0] if papers else None)
    return Page(paper, min(_page_number(params), paper.pages)) if paper else None


def _page_number(params: Mapping) -> int:
    typed = params.get("page", "1")
    return max(int(typed), 1) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 1


def timeline(filing: Filing, *, for_an_office: bool = False) -> list[Event]:
    """Everything that was done with the filing, newest first; looks at personal data are not acts.

    What an office makes of a person's other posts is for offices only.
    """
    said = {"determine", "check"} | ({"same-person"} if for_an_office else set())
    done = Event.objects.about(filing).exclude(action=Event.LOOK)
    return [event for event in done.order_by("-id") if event.after or event.action in said]
