"""运行状况: what is well, what is not, and what to do about it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cqo_portal.desk import beats, doctor
from cqo_portal.desk.models import Heartbeat
from cqo_portal.desk.tasks import forget_the_dead
from cqo_portal.notifications.models import Hold, Message, Release
from cqo_portal.reminders import holding
from tests.cast import browser, user

pytestmark = pytest.mark.django_db


def found(what: str) -> doctor.Finding | None:
    return next((each for each in doctor.examine() if each.what == what), None)


@pytest.fixture
def operator(people):
    return user("guan", "admin")


def test_it_is_the_operators_page(people, operator):
    assert browser(operator).get("/doctor/").status_code == 200
    for who in (people.liu, people.wang, people.meng):
        assert browser(who).get("/doctor/").status_code == 403


@pytest.mark.parametrize(("kind", "what"), [("worker", "后台进程"), ("beat", "定时器")])
def test_a_process_lives_as_long_as_it_says_so(kind, what):
    assert (found(what).look, found(what).said) == ("unmet", "从来没有心跳")
    Heartbeat.objects.create(name=f"{kind}@a:1", kind=kind, at=timezone.now())
    Heartbeat.objects.create(name=f"{kind}@b:2", kind=kind, at=timezone.now() - timedelta(minutes=1))
    assert found(what).look == "met" and found(what).said.startswith("2 个在运行")
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=3))
    assert found(what).look == "unmet" and found(what).said.startswith("没有心跳，最近一次在")


def test_a_sign_of_life_is_written_every_half_minute_at_most(monkeypatch):
    monkeypatch.setattr(beats, "_last", {})
    monkeypatch.setattr(beats.connection, "close", lambda: None)
    beats.lives("worker")
    first = Heartbeat.objects.get().at
    beats.lives("worker")
    assert Heartbeat.objects.get().at == first
    monkeypatch.setattr(beats, "_last", {"worker": -1_000_000.0})
    beats.lives("worker")
    assert Heartbeat.objects.get().at > first


def test_the_long_dead_are_forgotten():
    Heartbeat.objects.create(name="worker@a:1", kind="worker", at=timezone.now() - timedelta(days=8))
    Heartbeat.objects.create(name="worker@a:2", kind="worker", at=timezone.now())
    assert forget_the_dead() == 1


def test_a_queue_that_does_not_answer_is_said_and_takes_nothing_down(operator, settings):
    assert found("消息队列（Redis）").look == "met"  # the control
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    page = browser(operator).get("/doctor/")
    assert page.status_code == 200 and "什么也不会丢" in page.content.decode()


def test_mail_that_waits_too_long_and_mail_that_is_dead(people):
    people.filing(until="at_county")
    assert found("待发的邮件").look == "met"
    known = Message.objects.get(channel="inbox")
    known.pk, known.channel, known.state = None, "email", "waiting"
    known.not_before = timezone.now() - timedelta(minutes=16)
    known.save()
    assert found("待发的邮件").look == "unmet" and "1 封现在可以发" in found("待发的邮件").said
    Message.objects.filter(pk=known.pk).update(state="dead")
    assert found("发不出的邮件").said == "1 封"


class TestAfterADeployment:
    def test_the_very_first_code_holds_nothing(self):
        assert holding.hold_after_deployment() is None
        assert Release.objects.count() == 1 and not Hold.objects.exists()

    def test_where_people_were_told_things_before_it_the_first_code_that_knows_of_holds_is_held(self, people):
        people.filing(until="at_county")
        assert holding.hold_after_deployment().reason == holding.NEW_CODE

    def test_other_code_holds_everything_once_and_the_same_code_nothing(self, monkeypatch):
        holding.hold_after_deployment()
        monkeypatch.setattr(holding, "digest_of_the_code", lambda: "b" * 64)
        held = holding.hold_after_deployment()
        assert (held.kind, held.by) == ("", None)
        assert found("暂缓发送").look == "soon"
        assert holding.hold_after_deployment() is None
        assert Hold.objects.in_force().count() == 1

    def test_the_digest_follows_the_words(self, settings, tmp_path):
        (tmp_path / "templates").mkdir()
        words = tmp_path / "templates" / "body.txt"
        words.write_text("您好")
        settings.BASE_DIR = tmp_path
        before = holding.digest_of_the_code()
        assert holding.digest_of_the_code() == before
        words.write_text("您好！")
        assert holding.digest_of_the_code() != before
