"""Four cases of dan's officer, run by the body that signs in, each panel led by the expert: written, at the body, decided, published."""

from django.utils import timezone

from cqo_portal.accounts.models import User
from evaluation.decisions import appeals, publishing
from evaluation.decisions.appeals import STEPS as MOVES
from tests.evaluation.decisions import story
from tests.permissions.evaluation_panels import _on_record
from tests.talent.rows import post

STEPS = {"evaluation:appeal-step": MOVES}
SAID = {
    "evaluation:report-autosave": {"t_advice": "多写案例。", "version": "1"},
    "evaluation:report-save": {"t_advice": "多写案例。", "version": "1", "action": "save"},
    "evaluation:report-sign-off": {"sign-name": "陆一鸣", "sign-reservation": ""},
    "evaluation:decision-send-back": {"note": "评语太短。"},
    "evaluation:appeal-new": {"grounds": "评语与材料不符。"},
    "evaluation:review-new": {"grounds": "发现评价组成员与企业有往来。"},
    "evaluation:appeal-step grant": {"note": "应当再看。"},
    "evaluation:appeal-step dismiss": {"note": "评语与材料一致。"},
}

TABLE = """
evaluation:report GET: 302 404 404 404 404 404 404 404 404 200 404 404
evaluation:report POST: 405
evaluation:report-autosave GET: 302/405
evaluation:report-autosave POST: 302 404 404 404 404 404 404 404 404 200 404 404
evaluation:report-save GET: 302/405
evaluation:report-save POST: 302 404 404 404 404 404 404 404 404 302 404 404
evaluation:report-follow GET: 302/405
evaluation:report-follow POST: 302 404 404 404 404 404 404 404 404 302 404 404
evaluation:report-hand-in GET: 302/405
evaluation:report-hand-in POST: 302 404 404 404 404 404 404 404 404 302 404 404
evaluation:report-sign-off GET: 302/405
evaluation:report-sign-off POST: 302 404 404 404 404 404 404 404 404 302 404 404
evaluation:report-pdf GET: 302 404 404 404 404 404 404 404 404 200 404 404
evaluation:report-pdf POST: 405
evaluation:report-signed GET: 302 404 404 404 404 404 404 404 404 200 404 404
evaluation:report-signed POST: 405
evaluation:decision GET: 302 404 404 404 404 404 404 404 200 404 404 404
evaluation:decision POST: 302 404 404 404 404 404 404 404 302 404 404 404
evaluation:decision-send-back GET: 302/405
evaluation:decision-send-back POST: 302 404 404 404 404 404 404 404 302 404 404 404
evaluation:publication GET: 302 404 404 404 404 404 404 404 200 404 404 404
evaluation:publication POST: 302 404 404 404 404 404 404 404 302 404 404 404
evaluation:notice GET: 302 404 200 404 404 403 403 404 200 403 404 404
evaluation:notice POST: 405
evaluation:appeal-new GET: 302 404 200 404 404 403 403 404 403 403 404 404
evaluation:appeal-new POST: 302 404 302 404 404 403 403 404 403 403 404 404
evaluation:review-new GET: 302 404 403 404 404 403 403 404 200 403 404 404
evaluation:review-new POST: 302 404 403 404 404 403 403 404 302 403 404 404
evaluation:appeals GET: 302 200 200 403 403 403 403 200 200 403 403 403
evaluation:appeals POST: 405
evaluation:appeal GET: 302 404 200 404 404 404 404 404 200 404 404 404
evaluation:appeal POST: 405
evaluation:appeal-step grant GET: 302/405
evaluation:appeal-step grant POST: 302 404 403 404 404 404 404 404 302 404 404 404
evaluation:appeal-step dismiss GET: 302/405
evaluation:appeal-step dismiss POST: 302 404 403 404 404 404 404 404 302 404 404 404
evaluation:appeal-step take-back GET: 302/405
evaluation:appeal-step take-back POST: 302 404 302 404 404 404 404 404 403 404 404 404
"""


def objects(people) -> dict:
    staff = User.objects.get(username="body")
    staff.acting = staff.assignments.get()
    himself = User.objects.get(username="expert").assignments.get().person
    firm, today = people.dan.acting.organisation, timezone.localdate()
    _on_record(people, staff)
    officer = firm.officers.in_office().first() or post(firm, name="丁鹏", number="11010119900307100X")
    led = {"leader": himself, "officer": officer, "staff": staff}
    written = story.concluded(people, **led)
    story.put(written)
    at_body, decided = story.handed_in(people, **led), story.decided(people, **led)
    published, appealed = (story.published(people, **led) for _ in range(2))
    appeal = appeals.lodge(appealed.evaluation, "评语与材料不符。", by=people.dan, today=today)
    SAID["evaluation:decision"] = {
        "present": "沈岩",
        "on": today.isoformat(),
        "said": "同意。",
        "seen": at_body.evaluation.report_versions.get().digest,
    }
    SAID["evaluation:publication"] = {"preview": publishing.preview(decided.evaluation, today=today).digest}
    of_the_report, version = {"pk": written.evaluation.pk}, {"pk": written.evaluation.pk, "number": 1}
    pages = "report report-autosave report-save report-follow report-hand-in"
    return {
        **{f"evaluation:{name}": of_the_report for name in pages.split()},
        **{f"evaluation:report-{name}": version for name in ("sign-off", "pdf", "signed")},
        **{
            f"evaluation:{name}": {"pk": at_body.evaluation.pk} for name in ("decision", "decision-send-back")
        },
        "evaluation:publication": {"pk": decided.evaluation.pk},
        **{
            f"evaluation:{name}": {"pk": published.evaluation.pk}
            for name in ("notice", "appeal-new", "review-new")
        },
        "evaluation:appeal": {"pk": appeal.pk},
        **{f"evaluation:appeal-step {step}": {"pk": appeal.pk, "step": step} for step in MOVES},
    }
