"""A form takes effect once, however often it arrives: a double click, “back”, a line that sends again.

    @once                               on the view, below `login_required`
    <form …>{% csrf_token %}{% once %}  in its page

Where a form takes long to check (papers are made anew), it is on the part that acts, not on the view: its transaction
is nothing to wait in.

The key is drawn with the form and kept in the transaction of the act: of two at the same moment one waits for the
other, and where that takes long is told so instead. “Back” draws the page anew, and a new key with it: so a form is
known by its words too, for ten minutes.
A form that was refused, or led to no act (every act leaves its event), may be sent again.
"""

import hashlib
import secrets
from datetime import timedelta
from functools import wraps

from django import template
from django.contrib import messages
from django.db import OperationalError, transaction
from django.db.models import Max
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html

from cqo_portal.audit.models import Event
from cqo_portal.busy import waited_too_long
from cqo_portal.workflow.models import SentForm

register = template.Library()
FIELD = "once"
BACK = timedelta(minutes=10)  # “back”, and sent again
SENT_BEFORE = "这张表单已经提交过，没有重复办理；下面是那一次的结果。后来又改过的内容没有记入，请在这里核对。"
STILL_AT_IT = "刚才提交的还在办理，没有重复提交；请稍候刷新，看那一次的结果。"


@register.simple_tag(name=FIELD)
def key_of_the_form() -> str:
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, secrets.token_urlsafe(16))


def once(view):
    """What is sent a second time leads to where it led the first time."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        sent = None
        try:
            with transaction.atomic():
                sent = {how: _noted(request.user, key) for how, key in _keys(request).items()}
                return _unless_it_led_somewhere(view, sent, request, *args, **kwargs)
        except OperationalError as error:
            if sent is not None or not waited_too_long(error):
                raise
        messages.info(request, STILL_AT_IT)
        return redirect(request.get_full_path())

    return guarded


def _unless_it_led_somewhere(view, sent: dict[str, SentForm], request, *args, **kwargs):
    these = SentForm.objects.filter(pk__in=[each.pk for each in sent.values()])
    if led_to := _led_before(**sent):
        messages.info(request, SENT_BEFORE)
        these.update(led_to=led_to)
        return redirect(led_to)
    before = _last_act(request.user)
    answer = view(request, *args, **kwargs)
    if answer.status_code >= 400 or _last_act(request.user) == before:
        these.delete()
    else:
        these.update(led_to=answer.headers.get("Location", request.path)[:500], at=timezone.now())
    return answer


def _keys(request) -> dict[str, str]:
    """The key drawn with the form, if it came along, and one made of its words; each with the address."""
    words = sorted(each for each in request.POST.lists() if each[0] not in ("csrfmiddlewaretoken", FIELD))
    known_by = {"drawn": request.POST.get(FIELD), "words": words}
    return {
        how: hashlib.sha256(repr((request.path, said)).encode()).hexdigest()
        for how, said in known_by.items()
        if said is not None
    }


def _noted(user, key: str) -> SentForm:
    return SentForm.objects.get_or_create(user=user, key=key)[0]


def _led_before(*, words: SentForm, drawn: SentForm | None = None) -> str:
    """Where an earlier arrival led, or "". Words alone speak for a while only: the same may be meant again."""
    if drawn and drawn.led_to:
        return drawn.led_to
    return words.led_to if timezone.now() - words.at < BACK else ""


def _last_act(user) -> int | None:
    return Event.objects.filter(actor=user).aggregate(last=Max("id"))["last"]
