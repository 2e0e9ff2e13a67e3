"""Hours: somebody in office in wang's county, and a report the officer sent there, with one paper."""

from datetime import date

from cqo_portal.accounts.models import User
from cqo_portal.parties.models import Person
from tests.cast import IDENTITY
from tests.desk.rows import enterprise
from tests.duties import rows
from tests.training.rows import person
from training.workflow import SELF_REPORT

STEPS = {"duties:self-report-step": SELF_REPORT}
SAID = {
    "duties:short-export": {"format": "xlsx", "purpose": "报市局年度统计"},
    "duties:self-report-step refuse": {"note": "材料看不清"},
}


def objects(people) -> dict:
    county = people.offices["130981"]
    serves = rows.post(county, who=person("欧阳慕青"), at=enterprise(county, 77))
    himself = Person.objects.get(identity_index=Person.index_of("resident", IDENTITY))
    by = User.objects.get(username="officer")
    by = by.acting_as(by.assignments.get())
    report = rows.report(himself, to=county, by=by, on=date(2026, 9, 5), papers=(90,))
    ledger, sent = {"pk": serves.person_id}, {"pk": report.pk}
    paper = {"pk": report.evidence.get().pk}
    return {
        **{f"duties:{name}": ledger for name in ("ledger", "statement-pdf", "statement-xlsx")},
        "duties:self-report": sent,
        "duties:evidence-attach": sent,
        "duties:evidence": paper,
        "duties:evidence-page": paper | {"number": 1},
        **{f"duties:self-report-step {name}": sent | {"step": name} for name in SELF_REPORT},
    }


TABLE = """
duties:index GET: 302 302 302 302 302 302 302 302 302 403 403 403
duties:index POST: 405
duties:ledger GET: 302 404 404 200 404 200 200 404 404 404 404 404
duties:ledger POST: 405
duties:statement-pdf GET: 302 404 404 200 404 200 200 404 404 404 404 404
duties:statement-pdf POST: 405
duties:statement-xlsx GET: 302 404 404 200 404 200 200 404 404 404 404 404
duties:statement-xlsx POST: 405
duties:short GET: 302 200 200 200 200 200 200 403 403 403 403 403
duties:short POST: 405
duties:short-export GET: 302 200 200 200 200 200 200 403 403 403 403 403
duties:short-export POST: 302 200 200 200 200 200 200 403 403 403 403 403
duties:self-reports GET: 302 403 403 200 200 200 200 200 200 403 403 403
duties:self-reports POST: 405
duties:self-report-new GET: 302 403 403 403 403 403 403 200 403 403 403 403
duties:self-report-new POST: 302 403 403 403 403 403 403 422 403 403 403 403
duties:self-report GET: 302 404 404 200 404 200 200 200 404 404 404 404
duties:self-report POST: 405
duties:evidence-attach GET: 302/405
duties:evidence-attach POST: 302 404 404 403 404 403 403 422 404 404 404 404
duties:evidence GET: 302 404 404 200 404 200 200 200 404 404 404 404
duties:evidence POST: 405
duties:evidence-page GET: 302 404 404 200 404 200 200 200 404 404 404 404
duties:evidence-page POST: 405
duties:self-report-step confirm GET: 302/405
duties:self-report-step confirm POST: 302 404 404 302 404 403 403 403 404 404 404 404
duties:self-report-step refuse GET: 302/405
duties:self-report-step refuse POST: 302 404 404 302 404 403 403 403 404 404 404 404
duties:self-report-step withdraw GET: 302/405
duties:self-report-step withdraw POST: 302 404 404 403 404 403 403 302 404 404 404 404
"""
