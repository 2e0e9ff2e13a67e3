"""Two may have one name: what rests on a name alone may be found, in writing, to be about somebody else."""

import re
from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cqo_portal.accounts.models import Assignment, Role
from cqo_portal.audit.models import Event
from cqo_portal.digests import sha256
from cqo_portal.workflow.engine import Refused, perform
from evaluation.experts.models import Employment, Interest, Lecture
from evaluation.models import Coincidence
from evaluation.panels import services
from evaluation.panels.facts import detected
from evaluation.panels.offers import offers
from evaluation.panels.workflow import BUTTONS
from tests.cast import browser
from tests.evaluation.panels import rows
from tests.evaluation.panels.test_conflicts import RELATIONS, is_kin, taught
from tests.evaluation.rows import TODAY

pytestmark = pytest.mark.django_db
REASON = "专家申报的王雪松生于 1962 年，是另一人，\n已核对身份证。"
KIN = "与王雪松有亲属关系（本人申报）：与被评价人姓名相同。"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def made(people):
    """Four experts; the first declared a tie to somebody of the candidate's name."""
    case = rows.case(people)
    is_kin(people, case, case.experts[0].person)
    return case


def against(made, number: int = 0) -> tuple:
    person = made.experts[number].person
    return detected(made.evaluation, [person], day=TODAY)[person.pk]


def address(made, finding, number: int = 0) -> str:
    keys = [made.evaluation.pk, made.experts[number].person_id, finding.fingerprint]
    return reverse("evaluation:rule-out", args=keys)


def ruled_out(made, finding, *, reason=REASON, by=None) -> Coincidence:
    return services.rule_out(
        made.evaluation,
        made.experts[0].person,
        finding.fingerprint,
        reason=reason,
        by=by or made.staff,
        today=TODAY,
    )


def panel(made) -> str:
    return browser(made.staff).get(f"/evaluations/{made.evaluation.pk}/panel/").content.decode()


def test_until_then_it_stands_in_the_way_and_the_way_out_is_beside_it(made):
    (finding,) = against(made)
    page = panel(made)
    assert finding.sentence == KIN and KIN in page
    assert f'<a href="{address(made, finding)}">不是同一人／同一单位' in page
    with pytest.raises(Refused, match="姓名相同"):
        services.propose(made.evaluation, made.experts[0], leads=True, by=made.staff, today=TODAY)


def test_ruled_out_with_a_reason_the_expert_serves_to_the_end(made):
    (finding,) = against(made)
    answer = browser(made.staff).post(address(made, finding), {"reason": REASON})
    assert (answer.status_code, answer["Location"]) == (302, f"/evaluations/{made.evaluation.pk}/panel/")
    assert [offer.is_open for offer in offers(made.evaluation, today=TODAY)] == [True] * 4
    rows.begun(made)
    assert made.now().state == "scoring" and made.seat(0).state == "serving"


def test_who_when_why_and_of_what_is_kept_and_stands_in_the_history(made):
    (finding,) = against(made)
    kept = ruled_out(made, finding)
    assert (kept.said, kept.reason, kept.by, kept.at.date()) == (KIN, REASON, made.staff, TODAY)
    assert kept.fingerprint == sha256({"kind": "declared", "sentence": KIN})
    event = Event.objects.about(made.evaluation).get(action="rule-out")
    assert (event.actor, event.note) == (made.staff, REASON)
    assert event.data == {
        "person": str(made.experts[0].person_id),
        "name": "安一鸣",
        "said": KIN,
        "fingerprint": kept.fingerprint,
    }
    for page in (panel(made), browser(made.staff).get(made.evaluation.get_absolute_url()).content.decode()):
        assert KIN in page and "是另一人，<br>已核对身份证。" in page and "安一鸣" in page


def test_the_reason_is_asked_for_and_nothing_is_done_without(made):
    (finding,) = against(made)
    for reason, said in (("  ", "请写明怎样核实不是同一人或同一单位。"), ("查" * 2001, "2000")):
        answer = browser(made.staff).post(address(made, finding), {"reason": reason})
        page = answer.content.decode()
        assert answer.status_code == 422 and said in page and reason.strip() in page
    assert not Coincidence.objects.exists()


def test_another_finding_is_judged_anew(people, made):
    ruled_out(made, *against(made))
    assert against(made) == ()
    taught(people, made, 0)
    (course,) = against(made)
    assert course.by_name and "按姓名相符" in course.sentence
    ruled_out(made, course)
    assert against(made) == ()


def test_an_employer_of_the_same_name_may_be_another_one(people):
    made = rows.case(people)
    Employment.objects.create(
        person=made.experts[0].person, name=people.hengtong.name, begins=date(2015, 1, 1), by=made.users[0]
    )
    (finding,) = against(made)
    assert f"与被评价人同在{people.hengtong.name}（按名称相符）" in finding.sentence
    ruled_out(made, finding, reason="同名的另一家，统一社会信用代码不同。")
    assert against(made) == ()


@pytest.mark.parametrize(
    "relate", [each for each in RELATIONS if each is not is_kin], ids=lambda relate: relate.__name__
)
def test_what_is_proven_is_never_ruled_out(people, relate):
    made = rows.case(people)
    relate(people, made, made.experts[0].person)
    (finding,) = against(made)
    assert address(made, finding) not in panel(made)
    with pytest.raises(Refused, match="不是只凭姓名或名称比对出来的"):
        ruled_out(made, finding)
    answer = browser(made.staff).post(address(made, finding), {"reason": REASON}, follow=True)
    assert "写过的话在这里，可以复制" in answer.content.decode()
    Coincidence.objects.create(  # not even by a row that should not be there
        evaluation=made.evaluation,
        person=made.experts[0].person,
        said=finding.sentence,
        fingerprint=finding.fingerprint,
        reason="？",
        by=made.staff,
    )
    assert against(made) == (finding,)


def test_nor_what_the_expert_declared_of_a_course_nor_an_earlier_panel(people):
    made = rows.begun(rows.case(people))
    perform(BUTTONS["close"], made.now(), by=made.staff, note="重新申请。", today=TODAY)
    later = rows.case(people)
    held = taught(people, later, 0)
    Lecture.objects.create(person=later.experts[0].person, session=held, by=later.users[0])
    found = against(later)
    assert [each.by_name for each in found] == [False, False]
    for finding in found:
        with pytest.raises(Refused, match="不是只凭姓名"):
            ruled_out(later, finding)


def test_it_is_said_of_this_case_only(people, made):
    ruled_out(made, *against(made))
    perform(BUTTONS["close"], made.now(), by=made.staff, note="重新申请。", today=TODAY)
    later = rows.case(people)
    assert [each.sentence for each in against(later)] == [KIN]


def test_only_whoever_runs_the_case_says_so_and_nobody_of_himself(people, made):
    (finding,) = against(made)
    for other in (people.liu, people.meng, made.users[0], made.users[1]):
        with pytest.raises(PermissionDenied):
            ruled_out(made, finding, by=other)
    Assignment.objects.create(user=made.staff, role=Role.EXPERT, person=made.experts[0].person)
    with pytest.raises(Refused, match="请同事办理"):
        ruled_out(made, finding)


def test_once_the_panel_stands_nothing_is_ruled_out(people):
    made = rows.begun(rows.case(people))
    is_kin(people, made, made.experts[0].person)
    (finding,) = against(made)
    with pytest.raises(Refused, match="评价组已经组成"):
        ruled_out(made, finding)
    window = browser(made.staff)
    page = window.post(address(made, finding), {"reason": REASON}, follow=True).content.decode()
    assert "评价组已经组成" in page and "已核对身份证" in page
    assert window.get(address(made, finding)).status_code == 302


def test_said_a_second_time_it_is_gone_and_the_words_are_handed_back(made):
    (finding,) = against(made)
    window = browser(made.staff)
    assert window.get(address(made, finding)).status_code == 200  # the control
    ruled_out(made, finding)
    page = window.post(address(made, finding), {"reason": "另一句。"}, follow=True).content.decode()
    assert "这一情形现在没有了，或者已经认定过" in page and "“另一句。”" in page
    assert Coincidence.objects.count() == 1


@pytest.mark.parametrize("missing", ["a reason", "the first time"])
def test_the_database_asks_the_same(made, missing):
    kept = ruled_out(made, *against(made))
    again = {"evaluation": kept.evaluation, "person": kept.person, "said": kept.said, "by": kept.by}
    again |= (
        {"reason": "", "fingerprint": "0"}
        if missing == "a reason"
        else {
            "reason": "又一次。",
            "fingerprint": kept.fingerprint,
        }
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Coincidence.objects.create(**again)


# ── asked at once ─────────────────────────────────────────────────────────────────────────────
def test_all_who_are_asked_are_compared_once_and_before_the_record_is_held(people):
    made = rows.named(rows.case(people), 4)
    with CaptureQueriesContext(connection) as asked:
        services.invite(made.evaluation, by=made.staff, today=TODAY)
    said = [each["sql"] for each in asked.captured_queries]
    held = next(n for n, sql in enumerate(said) if "pg_advisory_xact_lock" in sql)
    compared = [n for n, sql in enumerate(said) if re.search(r'FROM "experts_interest"', sql)]
    assert len(compared) == 1 and compared[0] < held


def test_where_one_of_them_is_partial_nobody_is_asked(people):
    made = rows.named(rows.case(people), 3)
    Interest.objects.create(person=made.experts[2].person, kind="kinship", name="王雪松", by=made.users[2])
    with pytest.raises(Refused, match="陈守仁有应当回避的情形"):
        services.invite(made.evaluation, by=made.staff, today=TODAY)
    assert {made.seat(n).state for n in range(3)} == {"proposed"}
