"""A form takes effect once, however often it arrives: a double click, “back”, a line that sends again.

    @once                               on the view, below `login_required`
    <form …>{% csrf_token %}{% once %}  in its page

The key is drawn with the form and kept in the transaction of the act: of two at the same moment one waits for the
other. A form that was refused, or led to no act (every act leaves its event), may be sent again.
"""

import hashlib
import secrets
from functools import wraps

from django import template
from django.contrib import messages
from django.db import transaction
from django.db.models import Max
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html

from cqo_portal.audit.models import Event
from cqo_portal.workflow.models import SentForm

register = template.Library()
FIELD = "once"
SENT_BEFORE = "这张表单已经提交过，没有重复办理；下面是那一次的结果。后来又改过的内容没有记入，请在这里核对。"


@register.simple_tag(name=FIELD)
def key_of_the_form() -> str:
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, secrets.token_urlsafe(16))


def once(view):
    """What is sent a second time leads to where it led the first time."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            sent, first = SentForm.objects.get_or_create(user=request.user, key=_key(request))
            if not first:
                messages.info(request, SENT_BEFORE)
                return redirect(sent.led_to)
            before = _last_act(request.user)
            answer = view(request, *args, **kwargs)
            if answer.status_code >= 400 or _last_act(request.user) == before:
                sent.delete()
            else:
                sent.led_to = answer.headers.get("Location", request.path)[:500]
                sent.save(update_fields={"led_to"})
        return answer

    return guarded


def _key(request) -> str:
    """Drawn with the form; of one that was sent without, its words, for the day."""
    words = sorted((name, said) for name, said in request.POST.lists() if name != "csrfmiddlewaretoken")
    said = request.POST.get(FIELD) or (timezone.localdate(), words)
    return hashlib.sha256(repr((request.path, said)).encode()).hexdigest()


def _last_act(user) -> int | None:
    return Event.objects.filter(actor=user).aggregate(last=Max("id"))["last"]
