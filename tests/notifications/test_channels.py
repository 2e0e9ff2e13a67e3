"""Ways out beside mail: a short message is asked about before it is sent again, and a mail says what a mail may say."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cqo_portal.notifications import channels
from cqo_portal.notifications.models import Message, TextLog, TextNumber
from cqo_portal.notifications.outbox import claim, deliver
from cqo_portal.notifications.tasks import sweep

pytestmark = pytest.mark.django_db
State = Message.State


@pytest.fixture
def text(people) -> Message:
    TextNumber.objects.create(user=people.liu, number="13800138000")
    return Message.objects.create(
        kind="filing-returned", cause="x", subject_type="registry.filing", subject_id="0", recipient=people.liu,
        channel="text", title="任职备案退回补正", body="…", url="/",
    )  # fmt: skip


class Counted(channels.LoggedText):
    """The gateway that logs, with its conversations written down; it may die after it sent."""

    def __init__(self) -> None:
        self.asked, self.sent, self.dies = [], [], False

    def send(self, message: Message) -> None:
        super().send(message)
        self.sent.append(message.message_id)
        if self.dies:
            raise KeyboardInterrupt

    def was_sent(self, message: Message) -> bool:
        self.asked.append(message.message_id)
        return super().was_sent(message)


def again(text: Message) -> Message:
    """The lease of the worker that died is over."""
    Message.objects.filter(pk=text.pk).update(not_before=timezone.now() - timedelta(seconds=1))
    return claim(text.pk)


def test_it_is_logged_with_a_masked_number_and_the_title_alone(text, caplog):
    with caplog.at_level("INFO"):
        assert sweep() == 1
    logged = TextLog.objects.get()
    assert (logged.to, logged.words, logged.name) == ("138****8000", "任职备案退回补正", text.message_id)
    assert "138****8000" in caplog.text and "13800138000" not in caplog.text


def test_a_first_try_asks_nobody(text):
    gateway = Counted()
    deliver(claim(text.pk), {"text": gateway})
    assert (gateway.asked, gateway.sent) == ([], [text.message_id])


def test_a_worker_that_died_after_sending_is_followed_by_a_question_and_no_second_message(text):
    gateway = Counted()
    gateway.dies = True
    with pytest.raises(KeyboardInterrupt):
        deliver(claim(text.pk), {"text": gateway})
    text.refresh_from_db()
    assert text.state == State.CLAIMED  # nobody wrote down that it went out
    gateway.dies = False
    deliver(again(text), {"text": gateway})
    text.refresh_from_db()
    assert text.state == State.SENT
    assert (gateway.asked, gateway.sent) == ([text.message_id], [text.message_id])


def test_a_worker_that_died_before_sending_is_followed_by_a_message(text):
    gateway = Counted()
    claim(text.pk)
    deliver(again(text), {"text": gateway})
    text.refresh_from_db()
    assert text.state == State.SENT
    assert (gateway.asked, gateway.sent) == ([text.message_id], [text.message_id])


def test_without_a_number_it_waits_visibly(text):
    TextNumber.objects.all().delete()
    sweep()
    text.refresh_from_db()
    assert (text.state, text.error) == (State.WAITING, "收件人没有留短信号码。")


def test_the_number_is_sealed_in_the_database(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM notifications_textnumber")
        [(stored,)] = cursor.fetchall()
    assert stored.startswith("v1:aesgcm:")


def test_a_mail_is_plain_and_html_and_nothing_typed_becomes_markup(people, mailoutbox):
    people.liu.email = "liu@example.com"
    people.liu.save()
    Message.objects.create(
        kind="filing-returned", cause="y", subject_type="registry.filing", subject_id="0", recipient=people.liu,
        channel="email", title="<b>退回</b>", body="原因：<script>alert(1)</script>\n第二行", url="/filings/0/",
    )  # fmt: skip
    sweep()
    [letter] = mailoutbox
    [(page, kind)] = letter.alternatives
    assert kind == "text/html"
    assert "&lt;b&gt;退回&lt;/b&gt;" in page and "&lt;script&gt;" in page and "<script" not in page
    assert 'href="http://testserver/filings/0/"' in page
    assert "http://testserver/reminders/settings/" in page  # where one may choose otherwise
    assert letter.to == ["liu@example.com"] and letter.cc == letter.bcc == []
