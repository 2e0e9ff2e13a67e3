"""The draft of an application: kept as typed, saved with a version, open only where a return unlocked it."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict

from cqo_portal.parties.models import Institution
from cqo_portal.workflow import drafts
from cqo_portal.workflow.drafts import as_query
from evaluation.applications.form import ApplicationForm
from evaluation.applications.rules import OF_A_PAPER, rules_of
from evaluation.applications.sections import address_of
from evaluation.bodies.models import BodyRecord
from evaluation.models import Application, ReturnItem
from registry.models import Officer

S = Application.State
DECLARED_ANEW = ("basic-faults", "basic-no_faults", "basic-plea")


def unlocked(application: Application) -> frozenset[str] | None:
    """The addresses that may be changed now, `proof.` before those of papers; None means all of them.

    A pinned paper opens the papers of everything it supports.
    """
    if application.state == S.DRAFT:
        return None
    if application.state != S.RETURNED:
        return frozenset()
    items = list(returned_items(application))
    return frozenset({item.key for item in items} | _of_pinned_papers(application, items))


def _of_pinned_papers(application: Application, items: list[ReturnItem]) -> set[str]:
    """As the paper was handed in: what it supports may be changed while it is corrected."""
    pinned = {str(item.proof_id) for item in items if item.proof_id and item.key.startswith(OF_A_PAPER)}
    if not pinned:
        return set()
    proofs = application.submissions.get(round=application.round).content["proofs"]
    return {f"{OF_A_PAPER}{code}" for each in proofs if each["id"] in pinned for code in each["supports"]}


def returned_items(application: Application) -> QuerySet:
    """What the body asked for in this round, once it was sent."""
    return application.return_items.filter(round=application.round).exclude(sent_at=None)


def open_papers(application: Application) -> frozenset[str] | None:
    """The codes whose papers may be changed now; None means all of them."""
    opened = unlocked(application)
    if opened is None:
        return None
    return frozenset(key.removeprefix(OF_A_PAPER) for key in opened if key.startswith(OF_A_PAPER))


def is_closed(application: Application) -> bool:
    return unlocked(application) == frozenset()


def merged(application: Application, posted: QueryDict) -> dict[str, list[str]]:
    """The draft with what the browser sent, as far as it may be changed."""
    opened = unlocked(application)

    def is_open(name: str) -> bool:
        return opened is None or address_of(name) in opened

    return drafts.merged(application.draft, posted, is_open=is_open)


def save(application: Application, typed: dict[str, list[str]], *, version: int | None, by) -> Application:
    """Keep what was typed. `version` is the one the page was opened with; None overwrites knowingly."""
    return drafts.save(application, typed, version=version, by=by, along=("organisation", "officer"))


def form_of(
    application: Application, *, today: date, typed: Mapping[str, list[str]] | None = None
) -> ApplicationForm:
    """The form over the draft, with everything that may not be changed locked."""
    typed = application.draft if typed is None else typed
    bodies = bodies_for(application, today=today)
    body = body_typed(typed, bodies)
    return ApplicationForm(
        as_query(typed),
        rules=rules_of(application, today=today, body=body),
        today=today,
        bodies=bodies,
        opened=unlocked(application),
    )


def bodies_for(application: Application, *, today: date) -> QuerySet[Institution]:
    """Those on record today; once it was handed in, the one it went to."""
    if application.body_id:
        return Institution.objects.filter(pk=application.body_id)
    valid = BodyRecord.objects.valid_on(today).values("institution")
    return Institution.objects.filter(pk__in=valid).order_by("pinyin", "pk")


def body_typed(typed: Mapping[str, list[str]], bodies: QuerySet[Institution]) -> Institution | None:
    try:
        return bodies.filter(pk=UUID(typed.get("body-body", [""])[-1])).first()
    except ValueError:
        return None


def first_draft(officer: Officer) -> dict[str, list[str]]:
    """What the same two wrote last time, so that nobody types it again; what they declare they declare anew."""
    last = (
        Application.objects.filter(officer=officer).exclude(draft_version=1).order_by("-created_at").first()
    )
    known = last.draft if last else {}
    return {name: values for name, values in known.items() if name not in DECLARED_ANEW}
