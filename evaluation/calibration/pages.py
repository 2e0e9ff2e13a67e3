"""Which cases there are, how far one has come with them, and which is due."""

from dataclasses import dataclass

from evaluation.models import CalibrationCase, Sheet
from evaluation.panels.practice import unpractised


@dataclass(frozen=True)
class Own:
    """A case, and the own sheet of it; None as long as it was not taken up."""

    case: CalibrationCase
    sheet: Sheet | None


def own_cases(user) -> list[Own]:
    """Newest first."""
    mine = {sheet.calibration_id: sheet for sheet in _practised(user)}
    return [Own(case, mine.get(case.pk)) for case in _cases()]


def due_for(user) -> CalibrationCase | None:
    """What the desk reminds of: the newest case of an edition whose panels this expert could not begin with yet."""
    me = user.acting.person_id
    if me is None:
        return None
    newest = {case.rule_edition: case for case in reversed(_cases())}
    return next((case for edition, case in newest.items() if me in unpractised({me}, edition)), None)


def _cases() -> list[CalibrationCase]:
    return list(CalibrationCase.objects.defer("content", "reference").order_by("-at", "code"))


def _practised(user):
    mine = Sheet.objects.visible_to(user).filter(person=user.acting.person_id, calibration__isnull=False)
    return mine.select_related("calibration").defer("calibration__content", "calibration__reference")
