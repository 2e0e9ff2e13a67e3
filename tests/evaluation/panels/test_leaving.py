"""A member falls ill, goes away or falls silent: the case goes on without him, and no conflict is invented for it."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import record
from cqo_portal.notifications.models import Message
from cqo_portal.workflow.engine import Refused, perform
from evaluation.bodies.figures import figures_of
from evaluation.models import Conflict, Evaluation, Proof, Sheet
from evaluation.panels import services
from evaluation.panels.offers import offers
from evaluation.panels.workflow import BUTTONS
from evaluation.workflow.sheet import SET_ASIDE
from tests.cast import browser
from tests.evaluation import rows as core
from tests.evaluation.panels import rows
from tests.evaluation.panels.test_conflicts import sign, supervised
from tests.evaluation.rows import TODAY

pytestmark = pytest.mark.django_db
ILL = "住院手术，家属来电告知，三个月内不能参加。"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


def leave(made, number: int, *, note: str = ILL, by=None):
    return services.leave(made.seat(number), note=note, by=by or made.staff, today=TODAY)


@pytest.mark.parametrize("state", ["convening", "scoring", "consensus", "reporting"])
def test_sight_is_gone_at_once_the_sheet_is_set_aside_and_no_conflict_is_said(people, state):
    made = rows.begun(rows.case(people, experts=5), 5)
    sign(made, 1)
    if state == "convening":
        _back_to_convening(made)
    core.brought_to(made.now(), state)
    assert leave(made, 1).state == "left"
    assert Sheet.objects.get(panellist=made.seat(1)).state == "set_aside"
    assert not Conflict.objects.exists()
    me = made.users[1]
    assert [model.objects.visible_to(me).exists() for model in (Evaluation, Proof, Sheet)] == [False] * 3
    page = browser(me).get(made.seat(1).get_absolute_url()).content.decode()
    assert "评价机构登记您已退出评价组（与回避无关）" in page and "王雪松" not in page
    assert Event.objects.about(made.seat(1)).get(action="leave").note == ILL
    assert Evaluation.objects.visible_to(made.users[2]).exists()  # the control


def _back_to_convening(made) -> None:
    run = made.now()
    record("brought", run, before="scoring", after="convening")
    run.state = "convening"
    run.save(update_fields=["state"])


def test_a_conflict_on_record_goes_by_its_own_name(people):
    """Leaving says that there is none: what the record proves is not let out by that door."""
    made = rows.begun(rows.case(people, experts=5), 5)
    also = Assignment.objects.create(
        user=made.users[1], role=Role.ENTERPRISE, organisation=people.hengtong, active=False
    )
    with pytest.raises(Refused, match="经办人的身份办事。请登记回避，不能按退出办理。"):
        leave(made, 1)
    assert made.seat(1).state == "serving"
    assert leave(made, 2).state == "left"  # the control
    also.delete()
    assert leave(made, 1).state == "left"


def test_the_panel_is_completed_by_somebody_else_and_scores_on(people):
    made = rows.begun(rows.case(people))
    sign(made, 0)
    leave(made, 2)
    perform(BUTTONS["reconvene"], made.evaluation, by=made.staff, today=TODAY)
    offered = {offer.expert.name: offer.obstacles for offer in offers(made.now(), today=TODAY)}
    assert offered == {"陈守仁": ("这次评价里已退出，不再邀请。",), "邓可欣": ()}
    services.propose(made.now(), made.experts[3], leads=False, by=made.staff, today=TODAY)
    services.invite(made.now(), by=made.staff, today=TODAY)
    rows.declared(made, 3)
    perform(BUTTONS["begin"], made.now(), by=made.staff, today=TODAY)
    states = dict(Sheet.objects.values_list("person__name", "state"))
    assert states == {"安一鸣": "signed", "白若兰": "open", "陈守仁": "set_aside", "邓可欣": "open"}


def test_whoever_leads_may_leave_too_and_another_is_named(people):
    made = rows.begun(rows.case(people), 4)
    leave(made, 0)
    assert (
        "评价组还没有组长。请补充成员"
        in browser(made.staff).get(made.evaluation.get_absolute_url()).content.decode()
    )
    perform(BUTTONS["reconvene"], made.evaluation, by=made.staff, today=TODAY)
    services.lead(made.seat(1), by=made.staff)
    perform(BUTTONS["begin"], made.now(), by=made.staff, today=TODAY)


def test_the_body_says_why_on_a_page_of_its_own(people):
    made = rows.begun(rows.case(people))
    path = f"/evaluations/panellists/{made.seat(1).pk}/leave/"
    case = browser(made.staff).get(made.evaluation.get_absolute_url()).content.decode()
    assert f'href="{path}"' in case
    answer = browser(made.staff).post(path, {"note": " "})
    assert answer.status_code == 422 and made.seat(1).state == "serving"
    answer = browser(made.staff).post(path, {"note": ILL}, follow=True).content.decode()
    assert made.seat(1).state == "left" and "白若兰已退出，并已告知本人和组长。" in answer and ILL in answer
    letters = Message.objects.filter(kind="panel-left", channel="inbox")
    assert {letter.recipient for letter in letters} == {made.staff, made.users[0], made.users[1]}
    assert "住院" not in "".join(letter.body for letter in letters)
    again = browser(made.staff).get(path, follow=True).content.decode()
    assert "白若兰现在是“已退出”，没有可退出的。" in again


@pytest.mark.parametrize("who", [0, 1, 2])
def test_it_is_the_body_that_says_so_and_no_expert(people, who):
    made = rows.begun(rows.case(people))
    with pytest.raises(PermissionDenied):
        leave(made, 1, by=made.users[who])


def test_somebody_with_a_conflict_does_not_leave_without_it_being_said(people):
    made = rows.serving(rows.case(people))
    Conflict.objects.create(
        panellist=made.seat(1), source="reported", kind="kinship", said="是其表弟。", by=made.staff
    )
    with pytest.raises(Refused, match="有回避情形：是其表弟。"):
        leave(made, 1)


@pytest.mark.parametrize(
    ("state", "why"), [("at_body", "评价报告已经提交，成员没有要办的事"), ("decided", "已经不在评价组")]
)
def test_once_the_report_is_handed_in_nobody_has_anything_to_leave(people, state, why):
    made = rows.begun(rows.case(people))
    core.brought_to(made.now(), state)
    with pytest.raises(Refused, match=why):
        leave(made, 1)


def test_after_the_body_has_read_the_marks_the_office_reads_why(people):
    """The report was sent back, and somebody does not answer any more."""
    made = rows.begun(rows.case(people), 4)
    supervised(people, made)
    core.brought_to(made.now(), "reporting")
    leave(made, 1)
    path = made.evaluation.get_absolute_url()
    assert "住院" not in browser(people.meng).get(path).content.decode()  # nothing was read yet
    record("hand-in", made.now(), by=made.users[0])
    leave(made, 2, note="两次催办没有回音。")
    assert "两次催办没有回音。" in browser(people.meng).get(path).content.decode()


def test_who_left_is_counted_apart_from_who_was_partial(people):
    made = rows.begun(rows.case(people, experts=5), 5)
    record_of_the_body = supervised(people, made)
    leave(made, 1)
    services.declare_a_conflict(
        made.seat(2), kind="kinship", said="是我的表弟。", by=made.users[2], today=TODAY
    )
    leave(made, 3)
    told = {figure.label: figure.value for figure in figures_of(record_of_the_body)}
    assert (told["成员回避"], told["成员退出"]) == ("1", "2")


def test_the_control_without_a_reason_against_its_author_no_sheet_is_set_aside(people):
    """The step itself still asks: only leaving, with its own reason, goes past that guard."""
    made = rows.begun(rows.case(people))
    with pytest.raises(Refused, match="没有回避情形的评分表不能搁置"):
        perform(SET_ASIDE, Sheet.objects.get(panellist=made.seat(1)), by=made.staff, today=TODAY)
