"""Signing in by QR: what the code says, how long it holds, and how it is drawn.

A code names a meeting and is a minute or two old: a picture of it sent to somebody who stayed at home is worth nothing
soon. Whoever scanned in time has ten minutes to type, because a number is long and a telephone small.
"""

from datetime import datetime, timedelta

from django.core import signing
from django.utils import timezone

from cqo_portal.printing.qr import path_of
from training.models import Meeting, Session

RENEWED = 60  # seconds after which the projector shows another code
OLDEST = timedelta(minutes=3)
TO_TYPE = timedelta(minutes=10)
BEFORE = timedelta(minutes=30)  # one may sign so long before a meeting begins
_CODE, _FORM = "training.signing.code", "training.signing.form"
BORDER = 3  # light modules around a code


def code_of(meeting: Meeting) -> str:
    return signing.dumps(meeting.pk, salt=_CODE)


def form_of(meeting: Meeting) -> str:
    """What a page opened by a code carries, so that it can still be sent when the code itself has aged."""
    return signing.dumps(meeting.pk, salt=_FORM)


def opened_by(code: str, *, now: datetime) -> Meeting | None:
    """The meeting a code opens now, or None."""
    return _open_meeting(_said(code, salt=_CODE, oldest=OLDEST), now=now)


def sent_with(form: str, *, now: datetime) -> Meeting | None:
    return _open_meeting(_said(form, salt=_FORM, oldest=TO_TYPE), now=now)


def is_open(meeting: Meeting, now: datetime) -> bool:
    return opens_at(meeting) <= now <= meeting.during.upper


def opens_at(meeting: Meeting) -> datetime:
    return timezone.localtime(meeting.during.lower - BEFORE)


def _said(token: str, *, salt: str, oldest: timedelta) -> int | None:
    try:
        return signing.loads(token, salt=salt, max_age=oldest)
    except signing.BadSignature:
        return None


def _open_meeting(key: int | None, *, now: datetime) -> Meeting | None:
    known = Meeting.objects.filter(pk=key, session__state=Session.State.PLANNED)
    meeting = known.select_related("session__institution", "session__office").first() if key else None
    return meeting if meeting and is_open(meeting, now) else None


def drawn(text: str) -> dict:
    """A code as one SVG path on a square of `size` modules."""
    path, size = path_of(text, border=BORDER)
    return {"path": path, "size": size}
