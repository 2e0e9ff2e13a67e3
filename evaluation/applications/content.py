"""What an application says, complete in itself: later registers, packs and forms do not change it.

{"body", "officer", "known", "recommendation", "report", "declared", "note", "plea",
 "self_assessment": {code: {"band", "coefficient", "text"}}, "proofs": [{"id", "name", "digest", "pages", "supports"}]}
"""

from collections.abc import Iterable, Mapping
from datetime import date

from evaluation.applications.draft import form_of
from evaluation.applications.form import ApplicationForm
from evaluation.applications.known import known_of
from evaluation.models import Application, Proof


def content_of(application: Application, *, today: date, form: ApplicationForm | None = None) -> dict:
    """The words of the draft as far as they are valid, with what the register knows and the papers there are now."""
    form = form or form_of(application, today=today)
    said = form.said()
    basic, body = said["basic"], said["body"].get("body")
    return {
        "body": {"id": str(body.pk), "name": body.name} if body else None,
        "officer": _officer(application),
        "known": known_of(application.officer),
        "recommendation": said["recommendation"].get("text", ""),
        "report": said["report"].get("text", ""),
        "declared": {"faults": basic.get("faults", []), "none": basic.get("no_faults", False)},
        "note": basic.get("note", ""),
        "plea": basic.get("plea", ""),
        "self_assessment": {row.code: _assessed(said[row.code]) for row in form.rows if said[row.code]},
        "proofs": [proof_of(paper) for paper in application.proofs.current()],
    }


def _officer(application: Application) -> dict:
    post, firm = application.officer, application.organisation
    return {
        "name": post.name,
        "post": post.post,
        "appointed_on": post.appointed_on.isoformat(),
        "organisation": firm.name,
        "credit_code": firm.credit_code,
    }


def _assessed(said: Mapping) -> dict:
    band, coefficient = said.get("band"), said.get("coefficient")
    chosen = {"band": int(band), "coefficient": coefficient} if band and coefficient else {}
    return chosen | {"text": said.get("text", "")}


def proof_of(paper: Proof) -> dict:
    return {
        "id": str(paper.pk),
        "name": paper.name,
        "digest": paper.digest,
        "pages": paper.pages,
        "supports": sorted(paper.supports),
    }


def covered(proofs: Iterable[Mapping], codes: Iterable[str]) -> int:
    """How many of these have at least one paper."""
    supported = {code for each in proofs for code in each["supports"]}
    return sum(code in supported for code in codes)


def said_last(application: Application) -> dict:
    """What was handed in in the last round; an empty dict while nothing was."""
    return said_in(application, application.round) or {}


def said_in(application: Application, number: int) -> dict | None:
    found = application.submissions.filter(round=number).first() if number else None
    return found.content if found else None
