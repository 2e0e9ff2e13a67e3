"""Providers on record, certificates of training, yearly reports: meng's city commissioned the provider who signs in."""

from datetime import date

from cqo_portal.accounts.models import User
from cqo_portal.parties.models import Person
from tests.cast import CODES, IDENTITY, TODAY
from tests.training import rows
from tests.training.certified import held, issued, with_code
from training import provider_reports
from training.models import ProviderReport
from training.workflow import PROVIDER_REPORT_BUTTONS

STEPS = {"training:provider-report-step": PROVIDER_REPORT_BUTTONS}
SAID = {
    "training:provider-new": {"name": "新登记的学校", "credit_code": CODES[2], "code": "XDJ"},
    "training:provider-edit": {"name": "沧州质量培训学校", "credit_code": CODES[2], "code": "CZPX"},
    "training:commission-new": {"document": "新文号", "first_day": "2027-01-01", "last_day": ""},
    "training:commission-end": {"ended_on": TODAY.isoformat(), "reason": "资格到期"},
    "training:completion-void": {"reason": "印错"},
    "training:provider-report-start": {"year": "2023", "office": "130900"},
    "training:provider-report-step return": {"note": "请补充"},
}

TABLE = """
training:providers GET: 302 403 403 200 200 200 200 403 403 403 302 403
training:providers POST: 405
training:provider-new GET: 302 403 403 403 403 200 200 403 403 403 403 403
training:provider-new POST: 302 403 403 403 403 302 302 403 403 403 403 403
training:provider GET: 302 403 403 200 200 200 200 403 403 403 200 403
training:provider POST: 405
training:provider-edit GET: 302 403 403 403 403 200 200 403 403 403 403 403
training:provider-edit POST: 302 403 403 403 403 302 302 403 403 403 403 403
training:commission-new GET: 302 403 403 403 403 200 200 403 403 403 403 403
training:commission-new POST: 302 403 403 403 403 302 302 403 403 403 403 403
training:commission-end GET: 302 404 404 403 403 200 403 404 404 404 403 404
training:commission-end POST: 302 404 404 403 403 302 403 404 404 404 403 404
training:completions GET: 302 200 200 200 200 200 200 200 403 403 200 403
training:completions POST: 405
training:completion GET: 302 200 404 200 404 200 200 200 404 404 200 404
training:completion POST: 405
training:completion-pdf GET: 302 200 404 200 404 200 200 200 404 404 200 404
training:completion-pdf POST: 405
training:completion-void GET: 302/405
training:completion-void POST: 302 403 404 403 404 302 403 403 404 404 302 404
training:session-completions GET: 302 403 403 404 404 404 404 403 403 403 200 403
training:session-completions POST: 302 403 403 404 404 404 404 403 403 403 302 403
training:provider-reports GET: 302 403 403 200 200 200 200 403 403 403 200 403
training:provider-reports POST: 405
training:provider-report-start GET: 302/405
training:provider-report-start POST: 302 403 403 403 403 403 403 403 403 403 302 403
training:provider-report GET: 302 404 404 404 404 200 200 404 404 404 200 404
training:provider-report POST: 405
training:provider-report-hand-in GET: 302/405
training:provider-report-hand-in POST: 302 404 404 404 404 404 404 404 404 404 302 404
training:provider-report-pdf GET: 302 404 404 404 404 200 200 404 404 404 200 404
training:provider-report-pdf POST: 405
training:provider-report-step receive GET: 302/405
training:provider-report-step receive POST: 302 404 404 404 404 302 403 404 404 404 403 404
training:provider-report-step return GET: 302/405
training:provider-report-step return POST: 302 404 404 404 404 302 403 404 404 404 403 404
"""


def objects(people) -> dict:
    """Two of a session: one holds a certificate (who signs in as officer), one does not yet; a report in each hand."""
    provider = User.objects.get(username="provider")
    provider = with_code(provider.acting_as(provider.assignments.get()))
    institution = provider.acting.institution
    office = people.offices["130900"]
    commission = rows.commission(institution, office, by=people.meng, first_day=date(2023, 1, 1))
    officer = Person.objects.get(identity_index=Person.index_of("resident", IDENTITY))
    other = rows.person("李四")
    session = held(provider, officer, other)
    (completion,) = issued(session, officer, by=provider)
    SAID["training:session-completions"] = {"person": str(other.pk)}
    sent, draft = (
        provider_reports.open_report(institution, office, year, by=provider) for year in (2024, 2025)
    )
    shown, draft_shown = (provider_reports.counted(institution, year).digest for year in (2024, 2025))
    said = {"remarks": "", "signed_name": "provider"}
    sent = provider_reports.hand_in(sent, shown=shown, **said, by=provider, today=TODAY)
    SAID["training:provider-report-hand-in"] = said | {"shown": draft_shown}
    assert sent.state == ProviderReport.State.HANDED_IN
    of_one = {
        name: {"pk": institution.pk}
        for name in ("training:provider", "training:provider-edit", "training:commission-new")
    }
    papers = ("training:completion", "training:completion-pdf", "training:completion-void")
    steps = {
        f"training:provider-report-step {step}": {"pk": sent.pk, "step": step}
        for step in PROVIDER_REPORT_BUTTONS
    }
    return {
        **of_one,
        **steps,
        **{name: {"pk": completion.pk} for name in papers},
        "training:commission-end": {"pk": commission.pk},
        "training:session-completions": {"pk": session.pk},
        "training:provider-report": {"pk": sent.pk},
        "training:provider-report-pdf": {"pk": sent.pk, "number": 1},
        "training:provider-report-hand-in": {"pk": draft.pk},
    }
