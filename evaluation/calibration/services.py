"""Taking up the case: from then on its sheet is written and signed like any other."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cqo_portal.audit.record import record
from evaluation.experts.permissions import speaks_for_himself
from evaluation.models import CalibrationCase, Sheet


@transaction.atomic
def start(case: CalibrationCase, *, by) -> Sheet:
    """The own sheet of this case, made when it is first asked for."""
    if not speaks_for_himself.test(by):
        raise PermissionDenied
    sheet, made = Sheet.objects.get_or_create(
        person=by.acting.person, calibration=case, defaults={"rule_edition": case.rule_edition}
    )
    if made:
        record("start-calibration", sheet, by=by, after=sheet.state, rule_edition=case.rule_edition)
    return sheet
