"""What is due is a function of the data and the day: however often, and after whatever pause, it is asked."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine

from cqo_portal.accounts.models import User
from cqo_portal.notifications.models import Message
from cqo_portal.reminders import catalogue
from cqo_portal.reminders.catalogue import reminder
from cqo_portal.reminders.scan import due, scan
from registry.models import Filing, Officer
from tests.cast import browser, user
from tests.evaluation.rows import moved
from tests.reports.world import office

ENDS = date(2029, 9, 20)  # three years from 21 September 2026: the usual term
pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(people):
    people.filing(until="filed")
    User.objects.filter(pk=people.liu.pk).update(email="liu@example.com")
    return Officer.objects.get()


def said() -> list[tuple]:
    told = Message.objects.filter(kind="term-ends").order_by("id")
    return list(told.values_list("recipient__username", "channel", "stage", "due_on", "late", "state"))


def test_the_term_ends_where_it_is_thought_to(officer):
    assert officer.term_ends == ENDS


def test_nobody_is_told_before_the_first_stage(officer):
    assert scan(ENDS - timedelta(days=91)) == 0
    assert said() == []


def test_on_its_day_everybody_who_holds_the_role_is_told_in_both_ways(officer, people):
    second = user("liu2", "enterprise", organisation=people.hengtong)
    user("gone", "enterprise", organisation=people.hengtong).assignments.update(active=False)
    assert scan(ENDS - timedelta(days=90)) == 2
    assert said() == [
        ("liu", "inbox", "-90", ENDS, False, "sent"),
        ("liu", "email", "-90", ENDS, False, "waiting"),
        (second.username, "inbox", "-90", ENDS, False, "sent"),
    ]
    letter = Message.objects.filter(kind="term-ends").first()
    assert letter.title.startswith("王雪松 的首席质量官任期2029年9月20日届满")
    assert "《沧州市企业首席质量官管理办法》第五条" in letter.body
    assert letter.cites == "《沧州市企业首席质量官管理办法》第五条"
    assert letter.url == officer.get_absolute_url()


@pytest.mark.parametrize("times", [1, 2, 50])
def test_however_often_a_day_the_rows_are_the_same(officer, times, monkeypatch):
    monkeypatch.setattr(
        catalogue, "_reminders", {"term-ends": reminder("term-ends")}
    )  # fifty of all take half a minute
    told = [scan(ENDS - timedelta(days=30)) for _ in range(times)]
    assert told == [1] + [0] * (times - 1)
    assert said() == [
        ("liu", "inbox", "-30", ENDS, False, "sent"),
        ("liu", "email", "-30", ENDS, False, "waiting"),
    ]


def test_what_three_silent_days_missed_is_told_once_and_marked_late(officer):
    for after in (2, 3, 4):
        scan(ENDS - timedelta(days=30) + timedelta(days=after))
    assert said() == [
        ("liu", "inbox", "-30", ENDS, True, "sent"),
        ("liu", "email", "-30", ENDS, True, "waiting"),
    ]


def test_every_stage_is_said_once_over_the_whole_time(officer):
    for day in (-91, -90, -89, -31, -30, -8, -7, 0, 1, 2, 30, 31):
        scan(ENDS + timedelta(days=day))
    assert [each[2] for each in said() if each[1] == "inbox"] == ["-90", "-30", "-7", "+1"]
    assert [each[5] for each in said() if each[1] == "inbox"] == ["struck"] * 4  # nobody read them in time


def test_what_was_seen_to_is_struck_out_in_the_inbox_and_not_said_again(officer):
    scan(ENDS - timedelta(days=30))
    Officer.objects.update(term_ends=ENDS + timedelta(days=365))
    assert scan(ENDS - timedelta(days=29)) == 0
    inbox = Message.objects.get(kind="term-ends", channel="inbox")
    assert (inbox.state, inbox.error) == ("struck", "已经办了，或者不再需要。")
    assert not Message.objects.inbox_of(inbox.recipient).unread().filter(pk=inbox.pk).exists()


def test_what_somebody_has_read_stays_as_it_was(officer):
    scan(ENDS - timedelta(days=30))
    Message.objects.filter(kind="term-ends", channel="inbox").update(read_at="2029-08-22T08:00:00+08:00")
    Officer.objects.update(term_ends=ENDS + timedelta(days=365))
    scan(ENDS - timedelta(days=29))
    assert Message.objects.get(kind="term-ends", channel="inbox").state == "sent"


def test_a_later_day_is_another_cause(officer):
    scan(ENDS - timedelta(days=30))
    later = ENDS + timedelta(days=10)
    Officer.objects.update(term_ends=later)
    scan(later - timedelta(days=30))
    assert [each[2:4] for each in said() if each[1] == "inbox"] == [("-30", ENDS), ("-30", later)]


def test_a_change_that_lies_with_the_county_has_been_seen_to(officer, people):
    day = ENDS - timedelta(days=30)
    made = Filing.objects.create(
        organisation=people.hengtong, office=people.offices["130981"], created_by=people.liu,
        kind="renewal", post=officer, state="draft",
    )  # fmt: skip
    assert len(list(due(day))) == 1  # a draft has not been handed in
    Filing.objects.filter(pk=made.pk).update(receipt_number="BG-1", round=1, submitted_on=date(2029, 8, 1))
    moved(Filing.objects.get(pk=made.pk), "at_county")
    assert list(due(day)) == []


def test_what_was_settled_and_comes_back_in_the_same_stage_is_said_again(officer):
    day = ENDS - timedelta(days=30)
    scan(day)
    Officer.objects.update(term_ends=ENDS + timedelta(days=365))
    scan(day + timedelta(days=1))
    assert [each[5] for each in said()] == ["struck", "waiting"]
    Message.objects.filter(channel="email").update(state="sent")  # it had left before
    Officer.objects.update(term_ends=ENDS)
    assert scan(day + timedelta(days=2)) == 1
    assert [each[5] for each in said()] == ["sent", "sent"]
    assert scan(day + timedelta(days=2)) == 0


def test_due_asks_the_same_number_of_questions_for_one_and_three(officer, people, django_assert_num_queries):
    day = ENDS - timedelta(days=30)
    with django_assert_num_queries(68):
        assert len(list(due(day))) == 1
    for number in (2, 3):
        user(f"liu{number}", "enterprise", organisation=people.hengtong)
        province = office(f"4{number}0000", "甲省", "province", None, "hubei")  # more cities, and other rules
        city = office(f"4{number}0100", "江城市", "city", province, "hubei")
        office(f"4{number}0101", "东湖区", "county", city, "hubei")
    with django_assert_num_queries(68):
        assert len(list(due(day))) == 3


def test_a_kind_that_fails_keeps_no_other_from_being_said(officer, monkeypatch, people):
    broken = replace(reminder("annual-report-due"), due=lambda first, last: 1 / 0)
    monkeypatch.setitem(catalogue._reminders, "annual-report-due", broken)
    with pytest.raises(ExceptionGroup) as failed:
        scan(ENDS - timedelta(days=30))
    assert failed.group_contains(ZeroDivisionError)
    assert "reminders: annual-report-due" in failed.value.exceptions[0].__notes__
    assert [each[0] for each in said() if each[1] == "inbox"] == ["liu"]
    page = browser(user("guan", "admin")).get("/doctor/").content.decode()
    assert "算不出来：年度报告还没有报送" in page


def test_the_doctor_says_what_is_not_written_down_yet(officer):
    operator = user("guan", "admin")
    with time_machine.travel("2029-08-21T06:00:00+08:00", tick=False):
        assert "今天的还有 1 条没有写下" in browser(operator).get("/doctor/").content.decode()
        scan(date(2029, 8, 21))
        assert "今天该说的都已写下" in browser(operator).get("/doctor/").content.decode()
