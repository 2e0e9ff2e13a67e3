"""Signing in by QR: a code holds for minutes, and the answer never tells what is known of a number."""

import re
from datetime import date
from decimal import Decimal as D

import pytest
import time_machine
from django.test import Client

from cqo_portal.accounts.models import Role
from cqo_portal.audit.models import Event
from cqo_portal.parties.models import Person
from cqo_portal.workflow.engine import Refused, perform
from tests.cast import browser, user
from tests.training import rows
from training import services, signing
from training.checks import hours_for
from training.models import RosterLine
from training.views import signing as views
from training.workflow import CANCEL

DAY = date(2026, 11, 20)
MORNING, AFTERNOON = (rows.at(DAY, 9), rows.at(DAY, 12)), (rows.at(DAY, 14), rows.at(DAY, 16))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-20T09:00:00+08:00", tick=False) as clock:
        yield clock


@pytest.fixture
def tan(people):
    made = rows.provider()
    rows.commission(made.acting.institution, people.offices["130900"], by=people.meng)
    return made


@pytest.fixture
def held(tan):
    return rows.session(tan, hours={None: "6"}, times=(MORNING, AFTERNOON), day=DAY)


@pytest.fixture
def wang():
    return rows.person()


def scanned(meeting) -> str:
    return f"/training/sign/{signing.code_of(meeting)}/"


def sign(meeting, name: str, number: str, *, client: Client | None = None, **more):
    client, path = client or Client(), scanned(meeting)
    ticket = re.search('name="form" value="([^"]+)"', client.get(path).content.decode())[1]
    typed = {"form": ticket, "name": name, "identity_kind": "resident", "identity_number": number}
    return client.post(path, typed | more)


class TestTheCode:
    def test_the_projector_shows_a_code_for_each_meeting_that_is_open(self, held, tan, clock):
        path = f"/training/sessions/{held.pk}/signing/"
        page = browser(tan).get(path).content.decode()
        assert page.count('class="qr-wall"') == 1
        assert "2026-11-20 13:30 起可以签到。" in page
        assert 'hx-trigger="every 60s"' in page
        clock.move_to("2026-11-20T15:00:00+08:00")
        page = browser(tan).get(path, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in page
        assert "已下课，签到已经结束。" in page

    @pytest.mark.parametrize(("at", "offered"), [("16:00", True), ("16:01", False)])
    def test_the_session_offers_it_until_the_last_meeting_is_over(self, held, tan, clock, at, offered):
        clock.move_to(f"2026-11-20T{at}:00+08:00")
        page = browser(tan).get(f"/training/sessions/{held.pk}/").content.decode()
        assert (f"/training/sessions/{held.pk}/signing/" in page) is offered

    def test_a_minute_later_it_is_another_code(self, held, tan, clock):
        path = f"/training/sessions/{held.pk}/signing/"
        first = browser(tan).get(path).content.decode()
        clock.shift(60)
        second = browser(tan).get(path).content.decode()
        drawn = [re.search('class="dark" d="(M[^"]+)"', page)[1] for page in (first, second)]
        assert drawn[0] != drawn[1]

    @pytest.mark.parametrize(("age", "status"), [(179, 200), (180, 200), (181, 410)])
    def test_it_holds_for_three_minutes(self, held, clock, age, status):
        path = scanned(held.meetings.first())
        clock.shift(age)
        assert Client().get(path).status_code == status

    @pytest.mark.parametrize(
        ("at", "status"),
        [("08:29:59", 410), ("08:30:00", 200), ("12:00:00", 200), ("12:00:01", 410)],
    )
    def test_from_half_an_hour_before_the_meeting_until_its_end(self, held, clock, at, status):
        clock.move_to(f"2026-11-20T{at}+08:00")
        assert Client().get(scanned(held.meetings.first())).status_code == status

    @pytest.mark.parametrize("code", ["x", "MQ:1:x", "%00", "a" * 2000], ids=lambda code: code[:8])
    def test_what_is_not_ours_is_the_same_closed_page(self, held, code):
        answer = Client().get(f"/training/sign/{code}/")
        assert answer.status_code in (404, 410)
        if answer.status_code == 410:
            assert "这个签到码用不了了，请再扫一次" in answer.content.decode()

    def test_a_cancelled_session_takes_nobody(self, held, tan):
        path = scanned(held.meetings.first())
        browser(tan).post(f"/training/sessions/{held.pk}/steps/cancel/", {"note": "停课"})
        assert Client().get(path).status_code == 410

    def test_whoever_scanned_in_time_has_ten_minutes_to_type(self, held, wang, clock):
        client, path = Client(), scanned(held.meetings.first())
        ticket = re.search('name="form" value="([^"]+)"', client.get(path).content.decode())[1]
        typed = {"form": ticket, "name": wang.name, "identity_number": wang.identity_number}
        clock.shift(601)
        assert client.post(path, typed).status_code == 410
        clock.shift(-1)
        assert client.post(path, typed).status_code == 200
        assert held.roster.count() == 1
        code_for_form = typed | {"form": signing.code_of(held.meetings.first())}
        assert client.post(path, code_for_form).status_code == 410  # one is not the other


class TestSigning:
    def test_known_unknown_and_another_name_get_the_same_answer(self, held, wang):
        meeting, client = held.meetings.first(), Client()
        answers = [
            sign(meeting, name, number, client=client)
            for name, number in (
                ("王雪松", wang.identity_number),
                ("李建国", rows.identity(905)),
                ("王雪松", wang.identity_number),
            )
        ]
        other = rows.person("赵六")
        answers.append(sign(meeting, "赵七", other.identity_number, client=client))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        assert "已收下您的签到" in answers[0].content.decode()
        lines = {line.name: (line.person.name, line.in_doubt) for line in held.roster.all()}
        assert lines == {"王雪松": ("王雪松", False), "李建国": ("李建国", False), "赵七": ("赵六", True)}

    def test_meetings_add_up_on_one_line(self, held, wang, clock):
        morning, afternoon = held.meetings.all()
        sign(morning, "王雪松", wang.identity_number)
        line = held.roster.get()
        # 180 of 300 minutes: 3.6 hours, in whole quarters 3.5
        assert (line.hours, line.meetings, line.source) == (D("3.5"), [morning.pk], "signed")
        clock.move_to("2026-11-20T13:45:00+08:00")
        for _ in range(2):
            sign(afternoon, "王雪松", wang.identity_number)
        line = held.roster.get()
        assert (line.hours, line.meetings) == (D(6), [morning.pk, afternoon.pk])
        assert Event.objects.about(held).filter(action="sign-in").count() == 2

    def test_of_two_classes_each_has_its_line(self, tan, wang):
        held = rows.session(tan, hours={1: "2", 2: "1"}, times=(MORNING,), day=DAY)
        sign(held.meetings.get(), "王雪松", wang.identity_number)
        assert [(line.course_class, line.hours) for line in held.roster.all()] == [(1, D(2)), (2, D(1))]

    def test_what_the_organiser_wrote_stays(self, held, wang):
        line = rows.came(held, wang, "2")
        sign(held.meetings.first(), "王雪松", wang.identity_number)
        line.refresh_from_db()
        assert (line.hours, line.meetings, held.roster.count()) == (D(2), [], 1)

    def test_what_the_organiser_corrected_stays_and_came_by_signing_all_the_same(
        self, held, tan, wang, clock
    ):
        """王雪松 was there all day, which the organiser knows; 李四 is the control."""
        other = rows.person("李四")
        morning, afternoon = held.meetings.all()
        for who in (wang, other):
            sign(morning, who.name, who.identity_number)
        services.correct_line(held.roster.get(person=wang), hours=D(5), meetings=[], by=tan)
        page = browser(tan).get(f"/training/sessions/{held.pk}/").content.decode()
        assert page.count("<span>扫码签到，已改正</span>") == 1
        clock.move_to("2026-11-20T13:45:00+08:00")
        for who in (wang, other):
            sign(afternoon, who.name, who.identity_number)
        corrected, control = held.roster.get(person=wang), held.roster.get(person=other)
        assert (corrected.hours, corrected.meetings) == (D(5), [])
        assert (control.hours, control.meetings) == (D(6), [morning.pk, afternoon.pk])
        clock.move_to("2026-11-20T16:00:00+08:00")
        rows.posted(held, by=tan, today=DAY)
        assert (wang.entries.get().hours, wang.entries.get().source) == (D(5), "signed")

    def test_whoever_is_signed_in_taps_once(self, held, wang):
        officer = user("xuesong", Role.OFFICER, person=wang)
        client, path = browser(officer), scanned(held.meetings.first())
        page = client.get(path).content.decode()
        assert "您已登录：<b>王*松</b>" in page
        ticket = re.search('name="form" value="([^"]+)"', page)[1]
        assert client.post(path, {"form": ticket, "one-tap": "yes"}).status_code == 200
        assert (held.roster.get().person, held.roster.get().by) == (wang, officer)

    def test_a_tap_without_signing_in_is_an_empty_form(self, held):
        path = scanned(held.meetings.first())
        ticket = re.search('name="form" value="([^"]+)"', Client().get(path).content.decode())[1]
        answer = Client().post(path, {"form": ticket, "one-tap": "yes"})
        assert answer.status_code == 422
        assert "请填写姓名，须与身份证件一致。" in answer.content.decode()

    def test_what_is_wrong_in_form_is_said_beside_it(self, held):
        answer = sign(held.meetings.first(), "王雪松", "110105194912310021")
        assert answer.status_code == 422
        assert "第 18 位校验位应为 X" in answer.content.decode()
        assert not RosterLine.objects.exists()

    def test_too_many_from_one_address_are_not_taken(self, held, wang, monkeypatch):
        assert views.LIMITS == {"sign": "300/h/ip"}
        monkeypatch.setattr(views, "LIMITS", {"sign": "1/h/ip"})
        assert sign(held.meetings.first(), "王雪松", wang.identity_number).status_code == 200
        answer = sign(held.meetings.first(), "李建国", rows.identity(906))
        assert answer.status_code == 429
        assert "从这个网络来的签到太多了" in answer.content.decode()
        assert not Person.objects.filter(name="李建国").exists()

    def test_empty_forms_lock_no_class_out(self, held, wang, monkeypatch):
        monkeypatch.setattr(views, "LIMITS", {"sign": "1/h/ip"})
        meeting = held.meetings.first()
        for _ in range(3):
            assert sign(meeting, "", "").status_code == 422
        assert sign(meeting, "王雪松", wang.identity_number).status_code == 200
        assert sign(meeting, "李建国", rows.identity(906)).status_code == 429  # the control
        assert sign(meeting, "", "").status_code == 422

    def test_a_tap_counts_too(self, held, wang, monkeypatch):
        monkeypatch.setattr(views, "LIMITS", {"sign": "1/h/ip"})
        client = browser(user("xuesong", Role.OFFICER, person=wang))
        taps = [
            sign(held.meetings.first(), "", "", client=client, **{"one-tap": "yes"}).status_code
            for _ in range(2)
        ]
        assert taps == [200, 429]


# ── between the scan and the lock the organiser does something else with the session ─────────────
def cancel(held, tan):
    perform(CANCEL, held, by=tan, note="停课", today=DAY)


def take_the_meeting_out(held, tan):
    held.meetings.last().delete()


def post(held, tan):
    rows.came(held, rows.person("李四"))
    rows.posted(held, by=tan, today=DAY)


def do_nothing(held, tan):
    """The control."""


@pytest.mark.parametrize(
    ("act", "status", "signed"),
    [(cancel, 410, 0), (take_the_meeting_out, 410, 0), (post, 410, 0), (do_nothing, 200, 1)],
)
def test_a_session_that_ended_meanwhile_takes_nobody_and_nobody_becomes_known(
    held, tan, clock, monkeypatch, act, status, signed
):
    clock.move_to("2026-11-20T16:00:00+08:00")
    found = signing.sent_with

    def and_then(ticket, *, now):
        meeting = found(ticket, now=now)
        act(held, tan)
        return meeting

    monkeypatch.setattr(signing, "sent_with", and_then)
    answer = sign(held.meetings.last(), "李建国", rows.identity(905))
    assert answer.status_code == status
    assert ("没有登记任何内容" in answer.content.decode()) is (status == 410)
    assert held.roster.filter(name="李建国").count() == signed
    assert Person.objects.filter(name="李建国").count() == signed


class TestDoubt:
    @pytest.fixture
    def doubted(self, held):
        other = rows.person("赵六")
        sign(held.meetings.first(), "赵七", other.identity_number)
        return held.roster.get()

    def test_a_doubtful_line_is_marked_and_holds_the_posting_back(self, held, tan, doubted):
        page = browser(tan).get(f"/training/sessions/{held.pk}/").content.decode()
        assert "签到时写的姓名与证件号码对不上，请当面核对证件" in page
        assert "赵六" not in page
        with pytest.raises(Refused, match="赵七签到时写的姓名与证件号码对不上，请先核对"):
            rows.posted(held, by=tan)

    def test_another_name_for_whoever_has_signed_makes_the_line_doubtful(self, held, wang):
        meeting = held.meetings.first()
        for name, doubtful in (("王雪松", False), ("王雪松", False), ("王雪峰", True), ("王雪松", True)):
            assert sign(meeting, name, wang.identity_number).status_code == 200
            assert held.roster.get().in_doubt is doubtful
        line = held.roster.get()
        assert (line.name, line.hours, line.meetings) == ("王雪松", D("3.5"), [meeting.pk])
        said = Event.objects.about(held).filter(action="sign-in").order_by("id")
        assert [event.data.get("typed") for event in said] == [None, "王雪峰"]

    @pytest.mark.parametrize("how", ["written", "corrected"])
    def test_what_the_organiser_wrote_or_corrected_is_in_no_doubt(self, held, tan, wang, how):
        if how == "written":
            rows.came(held, wang, "2")
        else:
            sign(held.meetings.first(), "王雪松", wang.identity_number)
            services.correct_line(held.roster.get(), hours=D(2), meetings=[], by=tan)
        sign(held.meetings.first(), "王雪峰", wang.identity_number)
        assert not held.roster.get().in_doubt

    def test_once_settled_it_is_posted_for_the_person_on_record(self, held, tan, doubted, clock):
        browser(tan).post(f"/training/sessions/{held.pk}/roster/{doubted.pk}/settle/")
        clock.move_to("2026-11-20T16:00:00+08:00")
        rows.posted(held, by=tan)
        assert doubted.person.entries.get().hours == D("3.5")


@pytest.mark.parametrize(
    ("hours", "attended", "of", "proposed"),
    [
        ("6", 300, 300, "6"),
        ("6", 180, 300, "3.5"),
        ("6.5", 150, 300, "3.25"),
        ("6", 1, 300, "0.25"),
        ("0.1", 1, 2, "0.1"),
    ],
)
def test_a_part_of_the_time_is_a_part_of_the_hours_in_whole_quarters(hours, attended, of, proposed):
    assert hours_for(D(hours), attended=attended, of=of) == D(proposed)
