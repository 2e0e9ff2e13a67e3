"""What the register and the training ledger know of the person, and how 5.1 and 8.2 see it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.utils import timezone

from cqo_portal.jurisdictions.schema import RulePack
from evaluation.applications.rules import grounds_of
from evaluation.models import Application
from registry.facts import Judgement, facts_from
from registry.held_against import recorded_against
from registry.models import Officer
from registry.qualification import explain
from registry.shown import Declared, TrainingCertificate
from training import completions

S = Application.State
CLOSED = (S.ACCEPTED, S.REFUSED, S.WITHDRAWN)


def known_of(officer: Officer) -> dict:
    """In the shape a filing says things: its accepted words, with education and title as the register has them now."""
    filing = officer.filing
    said = filing.submissions.order_by("round").last().content if filing and filing.round else {}
    told = said.get("officer", {})
    papers = filing.proofs.current().values_list("kind", flat=True).distinct() if filing else []
    return {
        "officer": {
            "education": officer.education or told.get("education"),
            "graduated": told.get("graduated"),
            "job_title": officer.title or told.get("job_title"),
            "trained": told.get("trained"),
        },
        "experience": said.get("experience", []),
        "papers": sorted(papers),
        "training_certificate": _certificate(officer),
    }


def _certificate(officer: Officer) -> dict | None:
    newest = completions.standing_of([officer.person_id]).order_by("-issued_on", "-id").first()
    if newest is None:
        return None
    return {
        "number": newest.number,
        "provider": str(newest.organiser),
        "issued_on": newest.issued_on.isoformat(),
    }


def judge(
    application: Application, content: Mapping, *, rules: RulePack, on: date, of_the_person: bool
) -> Judgement:
    """5.1 and 8.2 against what was said and what is on record; what nobody knows cannot be told.

    `of_the_person`: facts found against the officer weigh too. An enterprise must not learn them from a verdict.
    """
    known, certificate = content["known"], content["known"]["training_certificate"]
    shown = facts_from(known, rules=rules, papers=frozenset(known["papers"]), sized=None, today=on)
    facts = replace(
        shown,
        appointment=None,
        disqualifications=_declared(content["declared"], rules),
        recorded=recorded_against(
            identity_index=application.person.identity_index if of_the_person else "",
            organisation=application.organisation_id,
            at=application.moved_at if application.state in CLOSED else None,
        ),
        training_certificate=certificate
        and TrainingCertificate(
            number=certificate["number"],
            provider=certificate["provider"],
            issued_on=date.fromisoformat(certificate["issued_on"]),
        ),
    )
    return Judgement(rules, explain(rules, facts), None)


def _declared(said: Mapping, rules: RulePack) -> tuple[Declared, ...] | None:
    """None: nothing was declared yet."""
    if not said["faults"]:
        return () if said["none"] else None
    ticked = [ground for ground in grounds_of(rules) if ground.key in said["faults"]]
    return tuple(Declared(ground.faults[0]) for ground in ticked)


def handed_in_on(application: Application) -> date:
    """The day of the last round: on that day it is judged."""
    at = application.submissions.filter(round=application.round).values_list("at", flat=True).get()
    return timezone.localdate(at)
