"""Bodies at the city: the one of the twelve is on record and writes its next record; one is suspended, one asks."""

from datetime import date

from cqo_portal.accounts.models import User
from evaluation.bodies import services
from evaluation.bodies.workflow import BUTTONS
from tests.bodies import rows

OURS, OTHERS, THIRDS = "52131000MJ081234XH", "52320000MJ50123412", "52130900MJ07234510"
STEPS = {"bodies:step": BUTTONS}
SAID = {
    "bodies:file": {"document": "冀市监质〔2026〕8号", "first_day": "2099-01-01", "last_day": ""},
    "bodies:clocks": {
        "formal_review": "5",
        "completion": "15",
        "convening": "10",
        "scoring": "12",
        "report": "10",
        "decision": "10",
        "appeal_lodging": "15",
        "appeal_answer": "30",
        "aggregation": "mean",
        "panel_size": "5",
        "activities": "2",
    },
} | {f"bodies:step {name}": {"note": "查明"} for name in BUTTONS if name != "submit"}

TABLE = """
bodies:index GET: 302 403 403 403 403 200 200 403 200 403 403 403
bodies:index POST: 405
bodies:public GET: 200
bodies:public POST: 405
bodies:clocks GET: 302 403 403 403 403 403 403 403 200 403 403 403
bodies:clocks POST: 302 403 403 403 403 403 403 403 302 403 403 403
bodies:new GET: 302 403 403 403 403 403 403 403 302 403 403 403
bodies:new POST: 302 403 403 403 403 403 403 403 422 403 403 403
bodies:record GET: 302 404 404 404 404 200 200 404 200 404 404 404
bodies:record POST: 405
bodies:edit GET: 302 404 404 404 404 404 404 404 200 404 404 404
bodies:edit POST: 302 404 404 404 404 404 404 404 302 404 404 404
bodies:file GET: 302 404 404 404 404 200 403 404 404 404 404 404
bodies:file POST: 302 404 404 404 404 302 403 404 404 404 404 404
bodies:papers GET: 302 404 404 404 404 404 404 404 200 404 404 404
bodies:papers POST: 302 404 404 404 404 404 404 404 422 404 404 404
bodies:paper-file GET: 302 404 404 404 404 200 200 404 200 404 404 404
bodies:paper-file POST: 405
bodies:paper-remove GET: 302/405
bodies:paper-remove POST: 302 404 404 404 404 404 404 404 302 404 404 404
bodies:paper-page GET: 302 404 404 404 404 200 200 404 200 404 404 404
bodies:paper-page POST: 405
bodies:step submit GET: 302/405
bodies:step submit POST: 302 404 404 404 404 404 404 404 302 404 404 404
bodies:step return GET: 302/405
bodies:step return POST: 302 404 404 404 404 302 403 404 404 404 404 404
bodies:step suspend GET: 302/405
bodies:step suspend POST: 302 404 404 404 404 302 403 404 403 404 404 404
bodies:step resume GET: 302/405
bodies:step resume POST: 302 404 404 404 404 302 403 404 404 404 404 404
bodies:step end GET: 302/405
bodies:step end POST: 302 404 404 404 404 302 403 404 403 404 404 404
"""


def objects(people) -> dict:
    held = User.objects.filter(username="body").first()
    if held is None:  # a world without the twelve
        return {}
    body = held.acting_as(held.assignments.get())
    city = people.offices["130900"]
    filed = rows.filed(body, people.meng, code=OURS, last_day=date(2098, 12, 31))
    of_qing = rows.filed(rows.body("青县评价所", username="b2"), people.meng, code=THIRDS)
    suspended = rows.step("suspend", of_qing, by=people.meng)
    asking = rows.submitted(rows.body("泊头评价所", username="b3"), city, credit_code=OTHERS)
    written = rows.draft(body, city, credit_code=OURS)
    paper = {"pk": written.papers.first().pk}
    SAID["bodies:edit"] = rows.typed(city, credit_code=OURS, authority="沧州市科学技术局") | {
        "seen": services.version_of(written)
    }
    of = {"submit": written, "return": asking, "suspend": filed, "resume": suspended, "end": filed}
    return {
        "bodies:record": {"pk": filed.pk},
        "bodies:edit": {"pk": written.pk},
        "bodies:file": {"pk": asking.pk},
        "bodies:papers": {"pk": written.pk},
        "bodies:paper-file": {"pk": filed.papers.first().pk},
        "bodies:paper-page": {"pk": filed.papers.first().pk, "number": 1},
        "bodies:paper-remove": paper,
        **{f"bodies:step {name}": {"pk": record.pk, "step": name} for name, record in of.items()},
    }
