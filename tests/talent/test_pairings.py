"""Pairing: a benchmark officer and a smaller enterprise, agreed by both, written down, closed."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction
from django.urls import reverse

from cqo_portal.jurisdictions.vocabulary import Size
from cqo_portal.notifications.models import Message
from cqo_portal.parties.models import Organisation
from cqo_portal.workflow.engine import Refused, perform
from registry.talent import services
from registry.talent.forms import is_smaller
from registry.talent.models import Meeting, Pairing
from registry.talent.workflow import CANCEL_PAIRING, PAIRING
from tests.cast import browser, user
from tests.talent.rows import TODAY, brought, post, small

pytestmark = pytest.mark.django_db
SAID = {"goal": "三个月内把来料不合格率降到 1% 以下。", "begins_on": "2026-11-20", "ends_on": "2027-02-20"}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def two(people):
    """The benchmark officer, and the clerk of a smaller enterprise."""
    officer = post(people.hengtong)
    brought(people, until="published", officers=(officer,))
    learner = small(people)
    return officer, learner, user("xiao", "enterprise", organisation=learner)


def paired(people, two, *, until: str = "proposed") -> Pairing:
    officer, learner, xiao = two
    said = {"learner": learner, "goal": SAID["goal"], "size_reason": ""}
    said |= {"begins_on": TODAY, "ends_on": date(2027, 2, 20)}
    case = officer.cases.get()
    pairing = services.pair(officer, said, case=case, entry=None, by=people.meng)
    for state, step, by in (
        ("mentor_agreed", "agree-as-mentor", people.liu),
        ("under_way", "join-as-learner", xiao),
    ):
        if pairing.state == until:
            break
        pairing = perform(PAIRING[step], pairing, by=by, today=TODAY)
        assert pairing.state == state
    return pairing


def test_the_life_of_a_pairing_is_this_table():
    lines = sorted(
        f"{source} {step.name} {step.target}" for step in PAIRING.values() for source in step.source
    )
    assert lines == [
        "learner_agreed cancel cancelled",
        "learner_agreed decline declined",
        "learner_agreed join-as-mentor under_way",
        "mentor_agreed cancel cancelled",
        "mentor_agreed decline declined",
        "mentor_agreed join-as-learner under_way",
        "proposed agree-as-learner learner_agreed",
        "proposed agree-as-mentor mentor_agreed",
        "proposed cancel cancelled",
        "proposed decline declined",
        "under_way cancel cancelled",
        "under_way close closed",
    ]


@pytest.mark.parametrize(
    ("one", "than", "smaller"),
    [
        ("small", "medium", True),
        ("micro", "large", True),
        ("medium", "medium", False),
        ("large", "medium", False),
        ("unclassified", "large", False),
        ("small", "unclassified", False),
    ],
)
def test_smaller_is_below_on_the_scale_and_unclassified_is_nowhere(one, than, smaller):
    assert is_smaller(Organisation(size=one), than=Organisation(size=than)) is smaller
    assert [size.value for size in Size] == ["large", "medium", "small", "micro", "unclassified"]


def test_proposed_agreed_by_both_logged_and_closed(people, two):
    officer, learner, xiao = two
    path = reverse("talent:pairing-new", args=[officer.pk])
    answer = browser(people.meng).post(path, SAID | {"learner": str(learner.pk)})
    pairing = Pairing.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/talent/pairings/{pairing.pk}/")
    assert {m.recipient.username for m in Message.objects.filter(kind="pairing-proposed")} == {"liu", "xiao"}
    assert (pairing.mentor, pairing.case.name[:6]) == (people.hengtong, "用控制图把焊")
    browser(xiao).post(reverse("talent:pairing-step", args=[pairing.pk, "agree-as-learner"]))
    browser(people.liu).post(reverse("talent:pairing-step", args=[pairing.pk, "join-as-mentor"]))
    log = reverse("talent:meeting", args=[pairing.pk])
    browser(xiao).post(log, {"held_on": "2026-11-20", "what": "看了进货检验。", "result": "列出 6 处要改。"})
    closing = reverse("talent:pairing-close", args=[pairing.pk])
    answer = browser(people.meng).post(closing, {"outcome": "partly", "note": "不合格率降到 1.4%。"})
    pairing.refresh_from_db()
    assert (pairing.state, pairing.outcome) == ("closed", "partly")
    page = browser(people.liu).get(pairing.get_absolute_url()).content.decode()
    for words in ("看了进货检验。", "列出 6 处要改。", "部分达到", "不合格率降到 1.4%。"):
        assert words in page
    body = Message.objects.filter(kind="pairing-closed").first().body
    assert "部分达到" in body and "不合格率降到 1.4%" in body


def test_one_side_alone_begins_nothing(people, two):
    pairing = paired(people, two, until="mentor_agreed")
    with pytest.raises(Refused):
        perform(PAIRING["agree-as-mentor"], pairing, by=people.liu)
    with pytest.raises(PermissionDenied):
        perform(PAIRING["join-as-learner"], pairing, by=people.liu)
    assert perform(PAIRING["join-as-learner"], pairing, by=two[2]).state == "under_way"


def test_a_side_that_does_not_want_to_says_why(people, two):
    pairing = paired(people, two)
    with pytest.raises(Refused, match="请写明理由"):
        perform(PAIRING["decline"], pairing, by=two[2])
    assert perform(PAIRING["decline"], pairing, by=two[2], note="年内没有人手。").state == "declined"
    assert "年内没有人手" in Message.objects.filter(kind="pairing-declined").first().body


def test_an_enterprise_that_is_not_smaller_needs_a_reason(people, two):
    officer, learner, _ = two
    learner.size = "medium"
    learner.save()
    path = reverse("talent:pairing-new", args=[officer.pk])
    answer = browser(people.meng).post(path, SAID | {"learner": str(learner.pk)})
    assert answer.status_code == 422
    assert "受助企业为中型，标杆企业为中型，看不出受助企业更小" in answer.content.decode()
    said = SAID | {"learner": str(learner.pk), "size_reason": "新建厂，还没有质量部。"}
    assert browser(people.meng).post(path, said).status_code == 302


def test_what_is_missing_is_said_by_its_name_beside_the_field(people, two):
    answer = browser(people.meng).post(reverse("talent:pairing-new", args=[two[0].pk]), {})
    assert answer.status_code == 422
    for sentence in ("请选择受助企业。", "请填写目标。", "请填写结束日期。"):
        assert sentence in answer.content.decode()
    assert "novalidate" in answer.content.decode()  # the browser's own sentences are in its own language


def test_an_officer_without_case_or_entry_is_no_benchmark(people):
    officer = post(people.hengtong)
    answer = browser(people.meng).get(reverse("talent:pairing-new", args=[officer.pk]), follow=True)
    assert "没有已公布的典型经验，也不在人才库" in answer.content.decode()
    brought(people, until="published", officers=(officer,))  # the control
    assert browser(people.meng).get(reverse("talent:pairing-new", args=[officer.pk])).status_code == 200


def test_the_same_two_are_paired_once_at_a_time(people, two):
    officer, _, _ = two
    path, said = reverse("talent:pairing-new", args=[officer.pk]), SAID | {"learner": str(two[1].pk)}
    browser(people.meng).post(path, said)
    again = browser(people.meng).post(path, said | {"goal": "另外写的目标。"})
    assert again.status_code == 422
    assert "已经在结对，不用再建" in again.content.decode()
    perform(CANCEL_PAIRING, Pairing.objects.get(), by=people.meng, note="重来。")
    assert browser(people.meng).post(path, said | {"goal": "重新写的目标。"}).status_code == 302


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ends_on": "2026-11-01"}, "结束日期早于开始日期2026年11月20日"),
        ({"begins_on": "2026-01-01", "ends_on": "2026-02-01"}, "结束日期已经过去"),
        ({"learner": "x"}, "受助企业"),
        ({"goal": ""}, "目标"),
        ({"begins_on": "2026-02-30"}, "没有 2026年2月30日 这一天"),
    ],
)
def test_a_mistake_stands_beside_the_field(people, two, change, said):
    path = reverse("talent:pairing-new", args=[two[0].pk])
    answer = browser(people.meng).post(path, SAID | {"learner": str(two[1].pk)} | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Pairing.objects.exists()


@pytest.mark.parametrize(
    ("day", "status"), [("2026-11-20", 302), ("2026-11-21", 422), ("2026-11-19", 422), ("昨天", 422)]
)
def test_only_what_has_happened_is_written_down(people, two, day, status):
    pairing = paired(people, two, until="under_way")
    path = reverse("talent:meeting", args=[pairing.pk])
    answer = browser(people.liu).post(path, {"held_on": day, "what": "去了一趟。", "result": ""})
    assert answer.status_code == status
    assert Meeting.objects.count() == (1 if status == 302 else 0)


def test_what_was_written_down_stays(people, two):
    pairing = paired(people, two, until="under_way")
    services.log_meeting(pairing, {"held_on": TODAY, "what": "去了。", "result": ""}, by=people.liu)
    with pytest.raises(InternalError), transaction.atomic():
        super(type(Meeting.objects.all()), Meeting.objects.all()).update(what="没去。")


def test_before_both_agreed_and_after_the_end_nothing_is_logged(people, two):
    pairing, said = paired(people, two), {"held_on": TODAY, "what": "去了。", "result": ""}
    with pytest.raises(Refused, match="结对期间才能记录"):
        services.log_meeting(pairing, said, by=people.liu)
    with pytest.raises(PermissionDenied):
        services.log_meeting(pairing, said, by=people.dan)
    pairing = perform(PAIRING["agree-as-mentor"], pairing, by=people.liu)
    pairing = perform(PAIRING["join-as-learner"], pairing, by=two[2])
    assert services.log_meeting(pairing, said, by=people.liu)


def test_the_city_alone_closes_and_only_with_an_outcome(people, two):
    pairing = paired(people, two, until="under_way")
    path = reverse("talent:pairing-close", args=[pairing.pk])
    assert browser(people.liu).post(path, {"outcome": "reached", "note": "好"}).status_code == 403
    assert browser(people.qing).post(path, {"outcome": "reached", "note": "好"}).status_code == 403
    assert browser(people.dan).post(path, {"outcome": "reached", "note": "好"}).status_code == 404
    for said in ({"note": "好"}, {"outcome": "reached"}, {"outcome": "best", "note": "好"}):
        assert browser(people.meng).post(path, said).status_code == 422
    assert Pairing.objects.get().state == "under_way"
    assert browser(people.meng).post(path, {"outcome": "reached", "note": "好"}).status_code == 302
    assert Pairing.objects.get().outcome == "reached"
    again = browser(people.meng).post(path, {"outcome": "not_reached", "note": "不好"}, follow=True)
    assert "已由 meng 于" in again.content.decode()
    assert Pairing.objects.get().outcome == "reached"


def test_when_the_officer_has_left_nobody_agrees_any_more(people, two):
    pairing = paired(people, two)
    officer = two[0]
    officer.ended_on = TODAY
    officer.save()
    with pytest.raises(Refused, match="已于2026年11月20日离任"):
        perform(PAIRING["agree-as-mentor"], pairing, by=people.liu)
    officer.ended_on = None
    officer.save()
    assert perform(PAIRING["agree-as-mentor"], pairing, by=people.liu).state == "mentor_agreed"


def test_the_list_asks_the_same_number_of_questions_for_one_and_three(people, two, django_assert_num_queries):
    client = browser(people.meng)
    officer, learner, _ = two
    for number in range(3):
        paired(people, (officer, learner, None))
        if number != 1:
            with django_assert_num_queries(6):
                assert client.get("/talent/pairings/").status_code == 200
        perform(CANCEL_PAIRING, Pairing.objects.exclude(state="cancelled").get(), by=people.meng, note="x")
