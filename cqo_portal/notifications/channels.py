"""The ways out of the house. Each sends one message to one person, and says of an earlier try whether it went out.

A worker may die between sending and writing down that it sent. A channel that can be asked makes the second try a
question; plain SMTP cannot be asked, so there the second copy bears the name of the first (`Message.message_id`).
"""

import logging
from smtplib import SMTPException
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils.module_loading import import_string

from cqo_portal.notifications.models import Message, TextLog

logger = logging.getLogger(__name__)


class Undeliverable(Exception):
    """This message cannot go out this way now; the words say why."""


class Channel(Protocol):
    def send(self, message: Message) -> None:
        """Raises `Undeliverable`."""

    def was_sent(self, message: Message) -> bool | None:
        """Whether an earlier try went out; None where nobody can say."""

    def close(self) -> None: ...


class Email:
    """One recipient, plain and HTML; one conversation with the server for a whole round."""

    def __init__(self) -> None:
        self._connection = None

    def send(self, message: Message) -> None:
        if not message.recipient.email:  # Django would send it to nobody, and say nothing
            raise Undeliverable("收件人没有邮箱。")
        try:
            if self._connection is None:
                self._connection = get_connection()
                self._connection.open()
            _written(message, self._connection).send()
        except (OSError, SMTPException, ValueError) as error:
            self.close()  # ValueError: an address no mail can be written to
            raise Undeliverable(f"{type(error).__name__}: {error}") from error

    def was_sent(self, message: Message) -> None:
        return None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _written(message: Message, connection) -> EmailMultiAlternatives:
    letter = EmailMultiAlternatives(
        subject=message.title,
        body=message.body,
        to=[message.recipient.email],
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    page = {"message": message, "public_url": settings.PUBLIC_URL}
    letter.attach_alternative(render_to_string("mail/page.html", page), "text/html")
    return letter


class LoggedText:
    """Short messages as far as the house itself goes: every one is logged instead of sent, once by its name.

    A gateway takes this place by `TEXT_GATEWAY`: send with `message.message_id` as the key of the request, and
    ask for that key in `was_sent`.
    """

    def send(self, message: Message) -> None:
        number = getattr(message.recipient, "text_number", None)
        if number is None:
            raise Undeliverable("收件人没有留短信号码。")
        _, made = TextLog.objects.get_or_create(
            name=message.message_id, defaults={"to": str(number), "words": message.title}
        )
        if made:
            logger.info("text to %s: %s", number, message.title)

    def was_sent(self, message: Message) -> bool:
        return TextLog.objects.filter(name=message.message_id).exists()

    def close(self) -> None:
        pass


def opened() -> dict[str, Channel]:
    """Every way out, for one round; `close` each afterwards."""
    return {
        Message.Channel.EMAIL: Email(),
        Message.Channel.TEXT: import_string(settings.TEXT_GATEWAY)(),
    }
