"""The board of a panel, its interviews: for the panel; the applicants read when and where they are asked."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cqo_portal.accounts.models import User
from evaluation.consensus.conclusion import STEPS as MOVES
from evaluation.models import Interview
from tests.evaluation import rows
from tests.talent.rows import post

STEPS = {"evaluation:consensus-step": MOVES}
PLANNED = {"kind": "interview", "day": "2099-11-25", "hour": "9:30", "place": "三楼", "plan": "逐项核实"}
SAID = {
    "evaluation:interview-new": PLANNED,
    "evaluation:interview-edit": PLANNED | {"version": "1"},
    "evaluation:interview-record": {"held_on": "2020-01-02", "present": "本人", "notes": "核实。"},
    "evaluation:consensus-cursor": {"row": "7.3"},
    "evaluation:consensus-step deliberate-again": {"note": "补充面试"},
    "evaluation:interview-cancel": {"why": "改期"},
}


def objects(people) -> dict:
    """A panel led by `expert` at its table, about the officer of dan's enterprise, with an interview planned."""
    me = User.objects.get(username="expert").assignments.get()
    if me.person is None:
        me.person = rows.person("专家甲", rows.NUMBERS[0])
        me.save()
    firm = people.dan.acting.organisation
    officer = firm.officers.in_office().first() or post(firm, name="丁鹏", number="11010119900307100X")
    panel = rows.deliberating(people, leader=me.person, officer=officer)
    SAID["evaluation:revise"] = _revision(me.person.name)
    case = {"pk": panel.evaluation.pk}
    paper = rows.readable(panel.evaluation.application, by=people.dan)
    planned = Interview.objects.create(
        evaluation=panel.evaluation,
        kind="interview",
        planned_at=datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("Asia/Shanghai")),
        place="三楼",
        by=panel.leader,
    )
    interview = case | {"interview": planned.pk}
    pages = "consensus consensus-autosave consensus-save consensus-now consensus-cursor revise interviews interview-new"
    return {
        **{f"evaluation:{name}": case for name in pages.split()},
        **{f"evaluation:consensus-step {name}": case | {"step": name} for name in MOVES},
        "evaluation:consensus-proof": case | {"proof": paper.pk, "number": 1},
        "evaluation:interview-edit": interview,
        "evaluation:interview-cancel": interview,
        "evaluation:interview-record": interview,
    }


def _revision(name: str) -> dict[str, str]:
    """The own sheet as it was signed, but for one coefficient."""
    marks = {
        f"r{code.replace('.', '_')}": mark for code, mark in rows.said()["marks"].items() if code != "7.2"
    }
    typed = {"version": "1", "reason": "面试核实。", "name": name}
    typed |= {f"{key}-coefficient": mark["coefficient"] for key, mark in marks.items()}
    typed |= {f"{key}-comment": mark["comment"] for key, mark in marks.items()}
    return typed | {"r7_3-coefficient": "0.65"}


TABLE = """
evaluation:consensus GET: 302 404 404 404 404 404 404 404 404 200 404 404
evaluation:consensus POST: 405
evaluation:consensus-now GET: 302 404 404 404 404 404 404 404 404 200 404 404
evaluation:consensus-now POST: 405
evaluation:consensus-proof GET: 302 404 404 404 404 404 404 404 404 200 404 404
evaluation:consensus-proof POST: 405
evaluation:consensus-autosave GET: 302/405
evaluation:consensus-autosave POST: 302 404 404 404 404 404 404 404 404 200 404 404
evaluation:consensus-save GET: 302/405
evaluation:consensus-save POST: 302 404 404 404 404 404 404 404 404 302 404 404
evaluation:consensus-cursor GET: 302/405
evaluation:consensus-cursor POST: 302 404 404 404 404 404 404 404 404 302 404 404
evaluation:consensus-step open GET: 302/405
evaluation:consensus-step open POST: 302 404 403 404 404 404 404 404 404 302 404 404
evaluation:consensus-step conclude GET: 302/405
evaluation:consensus-step conclude POST: 302 404 403 404 404 404 404 404 404 302 404 404
evaluation:consensus-step deliberate-again GET: 302/405
evaluation:consensus-step deliberate-again POST: 302 404 403 404 404 404 404 404 404 302 404 404
evaluation:revise GET: 302 404 404 404 404 404 404 404 404 200 404 404
evaluation:revise POST: 302 404 404 404 404 404 404 404 404 302 404 404
evaluation:interviews GET: 302 404 200 404 404 404 404 404 404 200 404 404
evaluation:interviews POST: 405
evaluation:interview-new GET: 302 404 403 404 404 404 404 404 404 200 404 404
evaluation:interview-new POST: 302 404 403 404 404 404 404 404 404 302 404 404
evaluation:interview-edit GET: 302 404 403 404 404 404 404 404 404 200 404 404
evaluation:interview-edit POST: 302 404 403 404 404 404 404 404 404 302 404 404
evaluation:interview-cancel GET: 302/405
evaluation:interview-cancel POST: 302 404 403 404 404 404 404 404 404 302 404 404
evaluation:interview-record GET: 302 404 403 404 404 404 404 404 404 200 404 404
evaluation:interview-record POST: 302 404 403 404 404 404 404 404 404 302 404 404
"""
