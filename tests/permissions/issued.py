"""Certificates of the body that signs in, for officers of dan's: in force and sent, waiting for its paper, to be sent, to be issued."""

from django.utils import timezone

from certificates.issuing.numbering import take
from certificates.issuing.ordering import order
from certificates.models import Evidence
from certificates.pages.issuing import key_of
from cqo_portal.accounts.models import User
from cqo_portal.papers.accepting import accept
from tests.cast import organisation, picture
from tests.certificates import rows
from tests.evaluation.decisions import story
from tests.talent.rows import post

SAID = {
    "certificates:code": {"code": "OTHER"},
    "certificates:act": {
        "seen": "2",  # it was suspended and resumed
        "ground": "misconduct",
        "effective_on": timezone.localdate().isoformat(),
        "reason": "市场监督管理局查明的事实。",
        "evidence": "苏市监罚〔2026〕18号",
    },
    "certificates:abandon": {"note": "姓名写错了。"},
}

TABLE = """
certificates:index GET: 302 200 200 200 200 200 200 200 200 403 403 403
certificates:index POST: 405
certificates:issue GET: 302 403 403 403 403 403 403 403 200 403 403 403
certificates:issue POST: 302 403 403 403 403 403 403 403 302 403 403 403
certificates:code GET: 302/405
certificates:code POST: 302 403 403 403 403 403 403 403 302 403 403 403
certificates:batch GET: 302 404 404 404 404 404 404 404 200 404 404 404
certificates:batch POST: 405
certificates:batch-send GET: 302 404 404 404 404 404 404 404 200 404 404 404
certificates:batch-send POST: 302 404 404 404 404 404 404 404 302 404 404 404
certificates:certificate GET: 302 404 200 404 200 200 200 404 200 404 404 404
certificates:certificate POST: 405
certificates:pdf GET: 302 404 200 404 200 200 200 404 200 404 404 404
certificates:pdf POST: 405
certificates:act GET: 302 404 403 404 403 403 403 404 200 404 404 404
certificates:act POST: 302 404 403 404 403 403 403 404 302 404 404 404
certificates:abandon GET: 302/405
certificates:abandon POST: 302 404 404 404 404 404 404 404 302 404 404 404
certificates:send GET: 302 404 404 404 403 403 403 404 200 404 404 404
certificates:send POST: 302 404 404 404 403 403 403 404 302 404 404 404
certificates:renew GET: 302/405
certificates:renew POST: 302 404 302 404 403 403 403 404 403 404 404 404
certificates:evidence GET: 302 404 200 404 200 200 200 404 200 404 404 404
certificates:evidence POST: 405
"""


def objects(people) -> dict:
    staff = User.objects.get(username="body")
    staff.acting = staff.assignments.get()
    himself = User.objects.get(username="expert").assignments.get().person
    firm, today = people.dan.acting.organisation, timezone.localdate()
    officer = firm.officers.in_office().first() or post(firm, name="丁鹏", number="11010119900307100X")
    next_door = organisation(people.offices["130922"], code="91130922MA0ABCD01N", name="青县远景模具有限公司")
    another = post(next_door, name="邓书意", number="320102197601010015")
    led = {"leader": himself, "staff": staff}
    one, second, fresh, third = (
        rows.with_code(story.published(people, officer=each, **led), "CZPJ")
        for each in (officer, officer, another, another)
    )
    held = rows.sent(rows.of(one.evaluation.decision, by=staff), by=staff)
    paper = (accept(picture(shade=77)), "处罚决定书.png")
    rows.done("suspend", held, on=today, by=staff, papers=(paper,))
    rows.done("resume", held, on=today, by=staff)
    unsent = rows.of(fresh.evaluation.decision, by=staff)
    waiting = order([second.evaluation.decision], by=staff)
    made = take(waiting.orders.get().pk)
    SAID["certificates:issue"] = {"decision": key_of(third.evaluation.decision)}
    return {
        "certificates:batch": {"pk": unsent.order.batch_id},
        "certificates:batch-send": {"pk": unsent.order.batch_id},
        **{f"certificates:{name}": {"pk": held.pk} for name in ("certificate", "pdf", "renew")},
        "certificates:act": {"pk": held.pk, "kind": "suspend"},
        "certificates:abandon": {"pk": made.pk},
        "certificates:send": {"pk": unsent.pk},
        "certificates:evidence": {"pk": Evidence.objects.get().pk},
    }
