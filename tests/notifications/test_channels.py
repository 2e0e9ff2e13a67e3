"""Ways out beside mail: a short message is asked about before it is sent again, and a mail says what a mail may say."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cqo_portal.notifications import channels
from cqo_portal.notifications.models import Message, TextLog, TextNumber
from cqo_portal.notifications.outbox import DIED, claim, deliver
from cqo_portal.notifications.tasks import sweep
from cqo_portal.reminders.undelivered import try_again

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


def test_one_that_was_given_up_and_is_tried_again_is_asked_about_first(text, people):
    gateway = Counted()
    gateway.send(text)
    Message.objects.filter(pk=text.pk).update(state=State.DEAD, attempts=9, error=DIED)
    try_again(text, by=people.meng)
    deliver(claim(text.pk), {"text": gateway})
    text.refresh_from_db()
    assert text.state == State.SENT
    assert (len(gateway.asked), len(gateway.sent)) == (1, 1)


def test_whoever_took_the_number_back_gets_none(text):
    TextNumber.objects.all().delete()
    sweep()
    text.refresh_from_db()
    assert (text.state, text.error) == (State.STRUCK, "收件人不收短信。")


def test_a_mail_to_somebody_without_an_address_was_not_sent(people, mailoutbox):
    mail = Message.objects.create(
        kind="filing-returned", cause="y", subject_type="registry.filing", subject_id="0", recipient=people.liu,
        channel="email", title="退回", body="…", url="/",
    )  # fmt: skip
    sweep()
    mail.refresh_from_db()
    assert (mail.state, mail.error) == (State.WAITING, "收件人没有邮箱。")
    assert mailoutbox == []


def test_one_that_cannot_be_worked_out_keeps_no_other_from_being_sent(text, people):
    broken = Message.objects.create(
        kind="nothing", cause="y", subject_type="registry.filing", subject_id="0", recipient=people.liu,
        channel="text", title="…", body="…", url="/", not_before=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    assert sweep() == 2
    text.refresh_from_db()
    broken.refresh_from_db()
    assert (text.state, broken.state) == (State.SENT, State.WAITING)
    assert broken.error == "KeyError: 'nothing'" and broken.not_before > timezone.now()


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
