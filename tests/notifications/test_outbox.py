"""From a cause to a delivered mail, under fire: a real SMTP conversation, refusals, dead workers, a dead broker."""

import socket
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from kombu import pools

from cqo_portal.celery import app
from cqo_portal.notifications import channels, outbox
from cqo_portal.notifications.models import Message
from cqo_portal.notifications.outbox import LEASE, MOST_ATTEMPTS, claim, deliver, queue
from cqo_portal.notifications.tasks import sweep
from cqo_portal.workflow.engine import perform
from registry.workflow import SUBMIT
from tests.cast import CODES, IDENTITY, TODAY, browser, cast, organisation, user

State = Message.State
pytestmark = pytest.mark.django_db


class Sink:
    """A mail server that keeps what it got, or refuses."""

    def __init__(self) -> None:
        self.got, self.refuse = [], ""

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 -- aiosmtpd's name
        if self.refuse:
            return self.refuse
        self.got.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


@pytest.fixture
def sink(settings):
    kept = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_TIMEOUT = 5
    yield kept
    server.stop()


@pytest.fixture
def mail(people):
    """One message that waits for wang, who has an address."""
    return waiting_mail(people)


def words_of(letter) -> str:
    """Plain and HTML."""
    return "".join(part.get_content() for part in letter.walk() if not part.is_multipart())


def waiting_mail(people) -> Message:
    people.wang.email = "wang@example.com"
    people.wang.save()
    people.filing(until="at_county")
    return Message.objects.get(channel="email")


def now_state(message: Message) -> tuple[str, int]:
    message.refresh_from_db()
    return message.state, message.attempts


class TestOneMail:
    def test_it_is_delivered_once_with_a_name_of_its_own(self, sink, mail):
        assert sweep() == 1
        assert sweep() == 0
        [(to, letter)] = sink.got
        assert to == ["wang@example.com"]
        assert letter["Message-ID"] == mail.message_id
        assert letter["Auto-Submitted"] == "auto-generated"
        assert "泊头恒通管件有限公司" in letter["Subject"] + words_of(letter)
        assert now_state(mail) == (State.SENT, 1)
        assert mail.sent_at

    def test_it_says_nothing_personal_and_its_link_lends_no_right(self, sink, mail):
        sweep()
        [(_, letter)] = sink.got
        words = letter.as_string() + words_of(letter) + letter["Subject"]
        for secret in (IDENTITY, "13800138000", IDENTITY[-4:]):
            assert secret not in words
        assert "token" not in words and "key=" not in words
        assert browser().get(mail.url).status_code == 302  # to the login

    def test_a_refusal_is_waited_out_longer_each_time(self, sink, mail):
        sink.refuse = "451 try again later"
        waits = []
        for attempt in range(1, MOST_ATTEMPTS):
            assert sweep() == 1
            assert sweep() == 0  # not at once again
            assert now_state(mail) == (State.WAITING, attempt)
            waits.append(round((mail.not_before - timezone.now()) / timedelta(minutes=1)))
            Message.objects.filter(pk=mail.pk).update(not_before=Now())
        assert waits == [2, 4, 8, 16, 32, 64, 128]
        assert "451" in mail.error
        sink.refuse = ""
        assert sweep() == 1
        assert now_state(mail) == (State.SENT, 8)
        assert len(sink.got) == 1

    def test_after_eight_refusals_it_is_given_up_visibly(self, sink, mail):
        sink.refuse = "554 no"
        for _ in range(MOST_ATTEMPTS + 2):
            Message.objects.filter(pk=mail.pk).update(not_before=Now())
            sweep()
        assert now_state(mail) == (State.DEAD, 8)
        assert "554" in mail.error

    def test_a_server_that_is_not_there_is_waited_for(self, settings, mail):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        assert sweep() == 1
        assert now_state(mail) == (State.WAITING, 1)
        assert "refused" in mail.error

    @pytest.mark.parametrize(
        "address", ["x@y.com\r\nBcc: evil@example.com", "not an address", "王@例子", "@", "a@" + "b" * 300]
    )
    def test_an_address_no_mail_can_be_written_to_stops_nobody_else(self, sink, mail, people, address):
        people.wang.__class__.objects.filter(pk=people.wang.pk).update(email=address[:254])
        Message.objects.filter(pk=mail.pk).update(not_before=Now())
        good = Message.objects.get(pk=mail.pk)
        good.pk, good.recipient = None, people.meng
        people.meng.email = "meng@example.com"
        people.meng.save()
        good.save()
        assert sweep() == 2
        assert now_state(good)[0] == State.SENT
        assert all("evil@example.com" not in to for rcpt, _ in sink.got for to in rcpt)
        assert all(letter["Bcc"] is None for _, letter in sink.got)


class TestOneCause:
    def test_the_same_cause_never_makes_a_second_message(self, people):
        filing = people.filing(until="at_county")
        told = Message.objects.count()
        event = Message.objects.first().cause
        for _ in range(3):
            queue("filing-submitted", filing, cause=event, context={"note": "", "by": people.liu})
        assert Message.objects.count() == told
        queue("filing-submitted", filing, cause="event:999999", context={"note": "", "by": people.liu})
        assert Message.objects.count() == told + 1  # the control: another cause does

    def test_a_name_with_a_line_break_makes_no_header(self, sink, people):
        people.hengtong.name = "恒通\r\nBcc: evil@example.com\r\n\r\n<script>\u2028\x0b"
        people.hengtong.save()
        people.wang.email = "wang@example.com"
        people.wang.save()
        filing = people.filing(until="at_county")
        sweep()
        [(to, letter)] = sink.got
        assert to == ["wang@example.com"]
        assert letter["Bcc"] is None
        assert "\n" not in letter["Subject"]
        assert "\n" not in Message.objects.filter(subject_id=str(filing.pk)).first().title

    def test_whoever_lost_the_role_or_the_account_is_not_told(self, people):
        second = user("wang2", "county", office=people.offices["130981"])
        second.assignments.update(active=False)
        third = user("wang3", "county", office=people.offices["130981"])
        type(third).objects.filter(pk=third.pk).update(is_active=False)
        people.filing(until="at_county")
        assert list(Message.objects.values_list("recipient__username", flat=True)) == ["wang"]

    def test_an_act_that_failed_announces_nothing(self, people, monkeypatch):
        filing = people.filing()
        monkeypatch.setattr("cqo_portal.workflow.engine.queue", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            perform(SUBMIT, filing, by=people.liu, today=TODAY)
        filing.refresh_from_db()
        assert filing.state == "draft"
        assert Message.objects.count() == 0


class TestTwoWorkers:
    def test_a_claimed_message_is_left_alone_until_its_lease_is_over(self, sink, mail):
        assert claim(mail.pk)
        assert claim(mail.pk) is None
        assert sweep() == 0
        Message.objects.filter(pk=mail.pk).update(not_before=timezone.now() - timedelta(seconds=1))
        assert sweep() == 1  # the worker that held it was killed
        assert now_state(mail) == (State.SENT, 2)

    def test_the_lease_is_long_enough_for_one_mail(self, mail):
        held = claim(mail.pk)
        assert LEASE - timedelta(seconds=5) < held.not_before - timezone.now() <= LEASE

    @pytest.mark.django_db(transaction=True)
    def test_of_many_workers_one_gets_it(self, transactional_db):
        message = waiting_mail(cast())
        for _ in range(10):
            Message.objects.filter(channel="email").update(
                state=State.WAITING, not_before=timezone.now(), attempts=0
            )
            gate, got = threading.Barrier(6), []

            def try_it(gate=gate, got=got):
                gate.wait()
                got.append(claim(message.pk))
                connection.close()

            threads = [threading.Thread(target=try_it) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len([m for m in got if m]) == 1
            assert now_state(message) == (State.CLAIMED, 1)

    @pytest.mark.django_db(transaction=True)
    def test_two_sweeps_at_once_send_every_mail_once(self, transactional_db, sink):
        message = waiting_mail(cast())
        Message.objects.bulk_create(_copies(message, 40))
        threads = [threading.Thread(target=lambda: (sweep(), connection.close())) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        names = [letter["Message-ID"] for _, letter in sink.got]
        assert len(names) == len(set(names)) == 41  # the first went out when its cause was committed
        assert set(Message.objects.filter(channel="email").values_list("state", flat=True)) == {State.SENT}


def _copies(message: Message, number: int):
    fields = {f.attname for f in Message._meta.fields} - {"id", "cause"}
    same = {name: getattr(message, name) for name in fields}
    anew = {"state": State.WAITING, "attempts": 0, "not_before": timezone.now()}
    return [Message(**same | anew, cause=f"copy:{n}") for n in range(number)]


class TestWithoutABroker:
    @pytest.mark.parametrize("hangs", [False, True], ids=["refuses", "hangs"])
    @pytest.mark.django_db(transaction=True)
    def test_the_request_succeeds_and_the_row_waits(self, transactional_db, caplog, hangs):
        people = cast()
        people.wang.email = "wang@example.com"
        people.wang.save()
        filing = people.filing()
        with no_broker(hangs=hangs):
            began = time.monotonic()
            answer = browser(people.liu).post(f"/filings/{filing.pk}/steps/submit/")
            taken = time.monotonic() - began
        assert answer.status_code == 302
        assert [m.state for m in Message.objects.filter(channel="email")] == [State.WAITING]
        assert taken < 10, taken
        assert "on_commit" in caplog.text  # control: the broker was asked, and was not there

    def test_delivery_needs_no_broker(self, sink, mail):
        deliver(claim(mail.pk), channels.opened())
        assert len(sink.got) == 1


@contextmanager
def no_broker(*, hangs: bool):
    """Celery as in production, against a Redis that is not there, or that takes the call and says nothing."""
    before = app.conf.task_always_eager, app.conf.broker_url, app.conf.broker_write_url
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1] if hangs else 1}/0"
        app.conf.task_always_eager, app.conf.broker_url, app.conf.broker_write_url = False, url, url
        _forget_connections()
        try:
            yield
        finally:
            app.conf.task_always_eager, app.conf.broker_url, app.conf.broker_write_url = before
            _forget_connections()


def _forget_connections() -> None:
    pools.reset()
    app._pool = None
    app.__dict__.pop("amqp", None)


class TestTheInbox:
    def test_one_reads_only_what_was_said_to_oneself(self, people):
        people.filing(until="at_county")
        message = Message.objects.get(channel="inbox")
        assert browser(people.liu).post(f"/inbox/{message.pk}/").status_code == 404
        assert browser(people.qing).post(f"/inbox/{message.pk}/").status_code == 404
        assert message.title not in browser(people.qing).get("/inbox/").content.decode()
        message.refresh_from_db()
        assert message.read_at is None
        answer = browser(people.wang).post(f"/inbox/{message.pk}/")
        assert answer.headers["Location"] == message.url
        message.refresh_from_db()
        assert message.read_at

    def test_opening_a_message_is_no_link(self, people):
        people.filing(until="at_county")
        message = Message.objects.get()
        assert browser(people.wang).get(f"/inbox/{message.pk}/").status_code == 405
        assert browser(people.wang).get("/inbox/read/").status_code == 405

    def test_marking_all_as_read_touches_nobody_elses(self, people):
        people.filing(until="at_city")
        assert Message.objects.unread().count() == 2
        browser(people.wang).post("/inbox/read/")
        assert [m.recipient for m in Message.objects.unread()] == [people.meng]

    @pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 5000, "\0", "²"])
    def test_a_page_of_nonsense_is_answered(self, people, page):
        assert browser(people.wang).get("/inbox/", {"page": page}).status_code == 200


def test_a_message_goes_to_the_office_of_the_filing_and_no_other(people):
    organisation(people.offices["130922"], code=CODES[2], name="别家")
    people.filing(until="filed")
    assert set(Message.objects.values_list("recipient__username", flat=True)) == {"wang", "meng", "liu"}
    assert outbox.MOST_ATTEMPTS == 8
