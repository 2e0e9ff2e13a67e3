"""Courses, sessions, rosters, postings: held by the house of the role provider, which the city commissioned."""

from datetime import date

from cqo_portal.accounts.models import Assignment
from cqo_portal.workflow.engine import perform
from tests.cast import IDENTITY, picture
from tests.training import rows
from training import evidence
from training.workflow import CANCEL, POST

STEPS = {"training:session-step": {CANCEL.name: CANCEL}}
COURSE = {"name": "统计过程控制实务", "kind": "continuing", "active": "on"}
SESSION = {
    "held": "own_pace",
    "place": "学习平台",
    "trainer": "苏慕白",
    "first_day": "2026-10-17",
    "last_day": "2026-10-17",
    "hours-0": "6",
    "meetings-TOTAL_FORMS": "0",
    "meetings-INITIAL_FORMS": "0",
}
SAID = {
    "training:course-new": COURSE,
    "training:course-edit": COURSE | {"name": "改过的课程名称", "kind": "initial"},
    "training:session-new": SESSION,
    "training:session-edit": SESSION,
    "training:roster-check": {"identity_number": IDENTITY},
    "training:roster-add": {"identity_number": IDENTITY, "hours-0": "6"},
    "training:roster-correct": {"hours-0": "3"},
    "training:entry-reverse": {"reason": "误登"},
    "training:posting-reverse": {"reason": "误登", "expected": "1"},
}

TABLE = """
training:sessions GET: 302 403 403 200 200 200 200 403 403 403 200 403
training:sessions POST: 405
training:courses GET: 302 403 403 200 200 200 200 403 403 403 200 403
training:courses POST: 405
training:course-new GET: 302 403 403 200 200 200 200 403 403 403 200 403
training:course-new POST: 302 403 403 302 302 302 302 403 403 403 302 403
training:course-edit GET: 302 404 404 404 404 403 403 404 404 404 200 404
training:course-edit POST: 302 404 404 404 404 403 403 404 404 404 302 404
training:session-new GET: 302 403 403 302 302 302 302 403 403 403 200 403
training:session-new POST: 302 403 403 302 302 302 302 403 403 403 302 403
training:session GET: 302 404 404 404 404 200 200 404 404 404 200 404
training:session POST: 405
training:session-edit GET: 302 404 404 404 404 403 403 404 404 404 200 404
training:session-edit POST: 302 404 404 404 404 403 403 404 404 404 302 404
training:roster-check GET: 302/405
training:roster-check POST: 302 404 404 404 404 403 403 404 404 404 200 404
training:roster-add GET: 302/405
training:roster-add POST: 302 404 404 404 404 403 403 404 404 404 200 404
training:roster-correct GET: 302 404 404 404 404 403 403 404 404 404 200 404
training:roster-correct POST: 302 404 404 404 404 403 403 404 404 404 302 404
training:roster-drop GET: 302/405
training:roster-drop POST: 302 404 404 404 404 403 403 404 404 404 302 404
training:roster-settle GET: 302/405
training:roster-settle POST: 302 404 404 404 404 403 403 404 404 404 302 404
training:roster-paste GET: 302 404 404 404 404 403 403 404 404 404 200 404
training:roster-paste POST: 302 404 404 404 404 403 403 404 404 404 422 404
training:roster-upload GET: 302 404 404 404 404 403 403 404 404 404 200 404
training:roster-upload POST: 302 404 404 404 404 403 403 404 404 404 422 404
training:roster-template GET: 302 404 404 404 404 403 403 404 404 404 200 404
training:roster-template POST: 405
training:session-post GET: 302 404 404 404 404 403 403 404 404 404 200 404
training:session-post POST: 302 404 404 404 404 403 403 404 404 404 409 404
training:session-entries GET: 302 404 404 404 404 200 200 404 404 404 200 404
training:session-entries POST: 405
training:session-attendance-pdf GET: 302 404 404 404 404 200 200 404 404 404 200 404
training:session-attendance-pdf POST: 405
training:session-attendance-xlsx GET: 302 404 404 404 404 200 200 404 404 404 200 404
training:session-attendance-xlsx POST: 405
training:session-evidence GET: 302 404 404 404 404 200 200 404 404 404 200 404
training:session-evidence POST: 302 404 404 404 404 403 403 404 404 404 422 404
training:session-evidence-file GET: 302 404 404 404 404 200 200 404 404 404 200 404
training:session-evidence-file POST: 405
training:session-evidence-page GET: 302 404 404 404 404 200 200 404 404 404 200 404
training:session-evidence-page POST: 405
training:session-evidence-remove GET: 302/405
training:session-evidence-remove POST: 302 404 404 404 404 403 403 404 404 404 302 404
training:signing GET: 302 404 404 404 404 403 403 404 404 404 200 404
training:signing POST: 405
training:entry-reverse GET: 302 404 404 404 404 200 403 404 404 404 200 404
training:entry-reverse POST: 302 404 404 404 404 302 403 404 404 404 302 404
training:posting-reverse GET: 302 404 404 404 404 200 403 404 404 404 200 404
training:posting-reverse POST: 302 404 404 404 404 302 403 404 404 404 302 404
training:sign GET: 410
training:sign POST: 410
training:session-step cancel GET: 302/405
training:session-step cancel POST: 302 404 404 404 404 403 403 404 404 404 302 404
"""


def objects(people) -> dict:
    """A session with somebody on its roster, one that was posted, and an empty one to cancel."""
    of = Assignment.objects.filter(user__username="provider").select_related("user", "institution").first()
    if of is None:  # a world without the twelve
        return {}
    provider = of.user.acting_as(of)
    rows.commission(of.institution, people.offices["130900"], by=people.meng)
    held, done = (rows.session(provider, day=date(2026, 10, day)) for day in (17, 18))
    empty = rows.session(provider, day=date(2026, 10, 19))
    paper = {"pk": evidence.attach(held, picture(), by=provider).pk}
    line, _ = rows.came(held, rows.person("李四")), rows.came(done, rows.person("赵六"))
    done = perform(POST, done, by=provider)
    SESSION["course"] = str(held.course_id)
    of_the_posted = {"pk": done.pk}
    of_the_line, of_the_session = {"pk": held.pk, "line": line.pk}, {"pk": held.pk}
    return {
        "training:course-edit": {"pk": held.course_id},
        "training:session-step cancel": {"pk": empty.pk, "step": "cancel"},
        "training:session-entries": of_the_posted,
        "training:session-attendance-pdf": of_the_posted,
        "training:session-attendance-xlsx": of_the_posted,
        "training:session-evidence-file": paper,
        "training:session-evidence-page": paper | {"number": 1},
        "training:session-evidence-remove": paper,
        "training:entry-reverse": {"pk": done.entries.get().pk},
        "training:posting-reverse": {"pk": done.postings.get().pk},
        "training:sign": {"code": "of-another-day"},
        **dict.fromkeys(
            ("training:roster-correct", "training:roster-drop", "training:roster-settle"), of_the_line
        ),
        **dict.fromkeys(
            (
                "training:session",
                "training:session-edit",
                "training:session-evidence",
                "training:session-post",
                "training:roster-check",
                "training:roster-add",
                "training:roster-paste",
                "training:roster-upload",
                "training:roster-template",
                "training:signing",
            ),
            of_the_session,
        ),
    }
