"""The case experts practise on: for experts alone; `expert` has signed one and may take up another."""

from cqo_portal.accounts.models import User
from evaluation.calibration.services import start
from evaluation.models import CalibrationCase
from tests.evaluation import rows

TABLE = """
evaluation:calibration GET: 302 403 403 403 403 403 403 403 403 200 403 403
evaluation:calibration POST: 405
evaluation:calibration-comparison GET: 302 403 403 403 403 403 403 403 403 200 403 403
evaluation:calibration-comparison POST: 405
evaluation:calibration-start GET: 302/405
evaluation:calibration-start POST: 302 403 403 403 403 403 403 403 403 302 403 403
"""


def objects(people) -> dict:
    account = User.objects.get(username="expert")
    role = account.assignments.get()
    if role.person is None:
        role.person = rows.person("专家甲", rows.NUMBERS[0])
        role.save()
    expert = account.acting_as(role)
    done, fresh = (_case(code) for code in ("done", "fresh"))
    rows.signed(start(done, by=expert), by=expert)
    return {
        "evaluation:calibration-comparison": {"pk": done.pk},
        "evaluation:calibration-start": {"pk": fresh.pk},
    }


def _case(code: str) -> CalibrationCase:
    reference = {row.code: {"coefficient": "0.5", "why": "商定。"} for row in rows.SCHEME.indicators}
    return CalibrationCase.objects.create(
        code=code, name="练习", rule_edition=rows.EDITION, content=rows.content(), reference=reference
    )
