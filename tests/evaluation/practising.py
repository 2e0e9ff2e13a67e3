"""The shipped calibration case, and experts who score it."""

from cqo_portal.digests import sha256
from evaluation.calibration.load import load_calibration
from evaluation.calibration.services import start
from evaluation.models import CalibrationCase, Sheet
from evaluation.sheets import marks
from tests.evaluation import rows


def shipped() -> CalibrationCase:
    load_calibration()
    return CalibrationCase.objects.get(code="jiangsu-2023-1")


def signed_by(user, case: CalibrationCase, coefficient: str = "0.7", **others: str) -> Sheet:
    """Taken up, filled in and signed by its expert."""
    sheet = rows.filled(start(case, by=user), coefficient, **others)
    digest = sha256(marks.content_of(sheet))
    return marks.sign(sheet, name=sheet.person.name, digest=digest, seen={}, by=user)
