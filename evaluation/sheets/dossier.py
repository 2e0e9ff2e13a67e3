"""What lies before whoever scores: the application as it was handed in, or the case experts practise on."""

from cqo_portal.jurisdictions.scheme import Indicator
from evaluation.frozen import scheme_of
from evaluation.models import Proof, Sheet
from evaluation.queries import ProofQuerySet


def sheets_with_their_dossier():
    """Sheets with all that these functions read, in one question."""
    return Sheet.objects.select_related(
        "person",
        "calibration",
        "panellist__evaluation__submission",
        "panellist__evaluation__body",
        "panellist__evaluation__application__organisation",
    ).defer(
        "panellist__evaluation__application__draft",
        "panellist__evaluation__application__search",
        "panellist__evaluation__application__haystack",
    )


def indicator_of(sheet: Sheet, code: str) -> Indicator | None:
    return next((row for row in scheme_of(sheet).indicators if row.code == code), None)


def said_in(sheet: Sheet) -> dict:
    """The content that was handed in; its shape is that of `applications.content.content_of`."""
    if sheet.calibration_id:
        return sheet.calibration.content
    return sheet.panellist.evaluation.submission.content


def proofs_of(sheet: Sheet) -> ProofQuerySet:
    """The papers of the round that is judged; none that came or went with another."""
    if sheet.calibration_id:
        return Proof.objects.filter(calibration=sheet.calibration_id).current()
    evaluation = sheet.panellist.evaluation
    return Proof.objects.filter(application=evaluation.application_id).at_round(evaluation.submission.round)
