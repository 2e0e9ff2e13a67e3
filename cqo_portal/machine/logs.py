"""What may stand in a log: no secret that lies in an address, and no line but those we begin ourselves."""

import logging
import re

# Addresses that open something to whoever has them, up to the part that does. A new one belongs here.
BEFORE_A_SECRET = (
    r"c/+[^/]*/+",  # the code of a certificate
    r"training/sign/+",  # the code on the projector
    r"accounts/password/reset/key/+",
    r"accounts/confirm-email/+",
    r"reminders/calendar/+",  # the feed of somebody's days
)
_SECRET = re.compile(rf"(?<![\w-])({'|'.join(BEFORE_A_SECRET)})\s*[^/\s?'\"]+", re.IGNORECASE)


def presentable(text: str) -> str:
    """The same, with secrets left out and whatever is no visible sign written as Python would write it."""
    text = _SECRET.sub(r"\1…", text)
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


class Presentable(logging.Filter):
    """Of every record: its message, and the lines of its traceback, which begin with a blank so that none looks like ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = presentable(_message_of(record)), ()
        if record.exc_info:
            lines = _FORMATTER.formatException(record.exc_info).split("\n")
            record.exc_text = "\n".join(f"  {presentable(line)}" for line in lines)
        return True


def _message_of(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # a line that is put together wrongly must not end what it speaks of
        return str(record.msg)


_FORMATTER = logging.Formatter()
