"""An application for whoever may see it: what was said, the papers, the clauses, what may be done now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import is_body
from cqo_portal.audit.models import Event
from cqo_portal.papers.showing import viewing
from cqo_portal.ui.acts import Act, acts_of
from cqo_portal.workflow.engine import open_to
from evaluation.applications import steps
from evaluation.applications.above import notes_on
from evaluation.applications.content import said_in, said_last
from evaluation.applications.pages import returns
from evaluation.applications.pages.form import may_write
from evaluation.applications.pages.head import Head
from evaluation.applications.pages.said import read
from evaluation.applications.rules import grounds_of
from evaluation.applications.signing import signatures
from evaluation.models import Application, Determination, Evaluation
from evaluation.permissions import reviews_applications
from registry.facts import Judgement
from registry.qualification import ClauseResult

VIEWER = {"file": "evaluation:proof", "page_picture": "evaluation:proof-page"}
WORDS = {
    "open": "开始填写",
    "sign": "签写",
    "submit": "提交申请",
    "return": "退回补充",
    "accept": "受理",
    "refuse": "不予受理",
    "withdraw": "撤回申请",
    "discard": "作废草稿",
}


@dataclass(frozen=True)
class Clause:
    """One clause, and what the body decided about it in writing."""

    clause: ClauseResult
    determination: Determination | None
    open: bool


@dataclass(frozen=True)
class Deciding:
    """The reason why an open clause counts as met, as typed, and what is wrong with it."""

    clause: str
    reason: str
    errors: list[str]


def case_page(
    application: Application, user, params: Mapping, *, composing=None, deciding: Deciding | None = None
) -> dict:
    """`composing`, `deciding`: what was typed and could not be kept, so that it stands there again."""
    today, runs = timezone.localdate(), runs_of(application, user)
    page = {
        "application": application,
        "head": Head(application, user, today, runs[-1] if runs else None),
        "steps": buttons_of(application, user, today),
        "writes": may_write(user, application),
        "runs": runs,
        "timeline": timeline(application),
        "refusal": getattr(application, "refusal", None),
        "for_the_body": is_body.test(user),
        "notes": notes_on(application, today),
    }
    if not application.round:
        return page
    return page | _handed_in(application, user, params, composing) | {"deciding": deciding}


def buttons_of(application: Application, user, today: date) -> dict:
    """What may be done now; after the decision nothing is taken back, so the button does not stand there."""
    found = {step.name: step for step in open_to(user, application, steps=steps.BUTTONS.values())}
    if steps.nothing_was_decided(application, today):
        found.pop(steps.WITHDRAW.name, None)
    return found


def _handed_in(application: Application, user, params: Mapping, composing) -> dict:
    said = said_last(application)
    judgement = steps.judged(application, said=said, of_the_person=_knows_the_person(user))
    scheme = judgement.pack.evaluation
    reviewing = application.state == Application.State.SUBMITTED and reviews_applications.test(
        user, application
    )
    papers = list(application.proofs.at_round(application.round))
    viewed = viewing(papers, params)
    pins = returns.composing(application, scheme) if reviewing else []
    clauses = clauses_of(application, judgement)
    submission = application.submissions.get(round=application.round)
    return VIEWER | {
        "parts": read(
            said, rules=judgement.pack, papers=papers, before=said_in(application, application.round - 1)
        ),
        "papers": papers,
        "viewed": viewed,
        "rules": judgement.pack,
        "judgement": judgement,
        "clauses": clauses,
        "decided": sum(each.determination is not None for each in clauses),
        "submission": submission,
        "signatures": signatures(application, submission.digest),
        "reviewing": reviewing,
        "blocked": steps.ACCEPT.reasons_against(application, timezone.localdate()) if reviewing else [],
        "pins": pins,
        "pinned": {pin.item.key for pin in pins},
        "composer": composing
        or (returns.composer(params, scheme=scheme, viewed=viewed, pins=pins) if reviewing else None),
        "grounds": grounds_of(judgement.pack),
        "last_return": returns.last_return(application, said, scheme),
        "asked": returns.asked_now(application, scheme),
        "earlier_returns": returns.earlier_returns(application, scheme),
    }


def _knows_the_person(user) -> bool:
    """The enterprise must not learn from a verdict what is on record against its officer elsewhere."""
    return user.acting.role != Role.ENTERPRISE


def clauses_of(application: Application, judgement: Judgement) -> list[Clause]:
    """A decision is shown beside a clause that the reader sees open, and beside no other."""
    made = application.determinations.filter(round=application.round).select_related("by")
    decided = {each.clause: each for each in made}
    still_open = {clause.key for clause in steps.determinable(judgement)}
    return [
        Clause(
            clause,
            decided.get(clause.key) if clause.key in still_open else None,
            clause.key in still_open and clause.key not in decided,
        )
        for clause in judgement.clauses
    ]


def runs_of(application: Application, user) -> list[Evaluation]:
    """The evaluations of it, oldest first; what of each somebody may know, its own page says."""
    return list(Evaluation.objects.visible_to(user).filter(application=application).order_by("run"))


def timeline(application: Application) -> list[Act]:
    """What was done with it, newest first; how one wrote at it, and who looked, are no acts."""
    events = Event.objects.about(application).filter(action__in=WORDS).order_by("-id")
    return acts_of(events, WORDS)
