"""One-time codes: mailed to the address of the account, kept as a keyed hash, good for ten minutes and five tries."""

import secrets
from collections.abc import Callable
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from cqo_portal.audit.record import record
from cqo_portal.workflow.engine import Refused
from evaluation.models import Evaluation, OneTimeCode, Panellist
from evaluation.permissions import answers

DIGITS = 6
VALID = timedelta(minutes=10)
MOST_TRIES = 5
MOST_AN_HOUR = 5
WRONG = "验证码不对，或者已经失效。请核对邮件里最新的一个；十分钟以前的、试过五次的，请重新发送。"
NO_ADDRESS = "您的账号没有登记电子邮箱，收不到验证码；请联系邀请您的评价机构。"
TOO_MANY = "一小时内最多发送五次验证码，请稍后再发。"


def send(panellist: Panellist, *, by, carry: Callable[[str], object] | None = None) -> OneTimeCode:
    """A new code to the address of the account; the one before it holds no more. Raises `Refused`, OSError.

    A secret: it goes out directly and is kept in no message row. `carry`: who takes it there instead of the mail, for
    accounts of the demonstration, which have no mailbox.
    """
    if not answers.test(by, panellist):
        raise PermissionDenied
    if not by.email:
        raise Refused(NO_ADDRESS)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    with transaction.atomic():
        panellist = _held(panellist)
        if panellist.state != Panellist.State.INVITED:
            raise Refused("这份邀请现在不能签署，不用发送验证码。")
        since = timezone.now() - timedelta(hours=1)
        if panellist.codes.filter(sent_at__gt=since).count() >= MOST_AN_HOUR:
            raise Refused(TOO_MANY)
        made = OneTimeCode.objects.create(
            panellist=panellist, code_hash=_hash(panellist, code), sent_to=masked_address(by.email)
        )
        if carry is None:
            _mail(panellist, code, to=by.email)
        else:
            carry(code)
        record("send-code", panellist, by=by)  # last: the chain of events is held from here on
    return made


def _mail(panellist: Panellist, code: str, *, to: str) -> None:
    words = {"subject": panellist, "code": code, "minutes": VALID.seconds // 60}
    title = " ".join(render_to_string("mail/panel-code/subject.txt", words).split())
    EmailMessage(
        subject=title, body=render_to_string("mail/panel-code/body.txt", words).strip(), to=[to]
    ).send()


def spend_a_try(panellist: Panellist, typed: str, *, by) -> OneTimeCode | None:
    """The code that was typed, if it is the last one sent and still good; whatever the answer, a try is spent.

    In a transaction of its own: what follows may fail, and the try stays spent.
    """
    if not answers.test(by, panellist):
        raise PermissionDenied
    with transaction.atomic():
        # The case first, as in every act on a seat: in the transaction of a form this lock lasts until the statement.
        Evaluation.objects.select_for_update(no_key=True).get(pk=panellist.evaluation_id)
        panellist = _held(panellist)
        last = panellist.codes.select_for_update(no_key=True).first()
        known = last.code_hash if last else _hash(panellist, "")
        right = constant_time_compare(known, _hash(panellist, typed))
        if last is None or not _good(last):
            return None
        last.tries += 1
        last.save(update_fields=["tries"])
    return last if right else None


def _good(code: OneTimeCode) -> bool:
    return code.used_at is None and code.tries < MOST_TRIES and timezone.now() < code.sent_at + VALID


def _held(panellist: Panellist) -> Panellist:
    """One after the other: codes are counted, and tries are spent, under this lock."""
    return Panellist.objects.select_for_update(no_key=True).get(pk=panellist.pk)


def _hash(panellist: Panellist, code: str) -> str:
    """Keyed: a million codes are tried in a second, so a plain hash would be the code itself."""
    return salted_hmac("evaluation.one-time-code", f"{panellist.pk}:{code}", algorithm="sha256").hexdigest()


def masked_address(address: str) -> str:
    """Enough to know one's own by: w***@example.com."""
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}"
