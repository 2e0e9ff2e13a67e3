"""The operator's pages: forecast, holds, what could not be sent. Everybody's: how mail comes, the calendar, what was said of a case."""

from datetime import date
from functools import wraps

from django.conf import settings as configured
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.notifications.models import Feed, Hold, Message
from cqo_portal.reminders import forecast, holding, told, undelivered
from cqo_portal.reminders.catalogue import Reminder, all_reminders, reminder
from cqo_portal.reminders.feed import calendar_of
from cqo_portal.reminders.forms import HoldForm, PutAsideForm, SettingsForm
from cqo_portal.reminders.pages import ForecastPage
from cqo_portal.reminders.permissions import is_operator
from cqo_portal.reminders.stages import Stage
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.once import once

PER_PAGE = 50
RELEASED = "已放行，等着的 {} 封开始发送；每天汇总的，今天那封已经发过就随明天的。已经不需要的不再发。"
RELEASED_AND_HELD = "这一类已放行；全部邮件还暂缓着，放行以后一起发。"


def operator_only(view):
    @login_required
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not is_operator.test(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


# ── what will go out ──────────────────────────────────────────────────────────────────────────
@require_safe
@operator_only
def coming(request):
    return render(request, "reminders/forecast.html", {"page": ForecastPage(timezone.localdate())})


@require_safe
@operator_only
def stage(request, kind, offset, due_on):
    """One line of the forecast: of what, to whom, by which clause, and in which words."""
    what, step, day = _line(kind, offset, due_on)
    rows, more = forecast.those_told(what, step, day, beyond=_key(what, request.GET.get("after", "")))
    words = forecast.words_of(what, step, day, rows[0]) if rows and not what.confidential else None
    known = {
        "kind": what, "stage": step, "due_on": day, "on": step.reached_on(day), "rows": rows, "words": words,
        "after": rows[-1].subject.pk if more else "",
    }  # fmt: skip
    return render(request, "reminders/stage.html", known)


def _key(kind: Reminder, said: str):
    """Of the thing a page ended with; nonsense is the beginning."""
    try:
        return kind.subjects().model._meta.pk.to_python(said or None)
    except ValidationError:
        return None


def _line(code: str, offset: str, due_on: str) -> tuple[Reminder, Stage, date]:
    kind = reminder(code)
    step = next((each for each in kind.stages if each.code == offset), None) if kind else None
    if step is None:
        raise Http404
    try:
        day = date.fromisoformat(due_on)
        step.reached_on(day), kind.stages.span(day)
    except (ValueError, OverflowError) as wrong:
        raise Http404 from wrong
    return kind, step, day


# ── holding and letting go ────────────────────────────────────────────────────────────────────
@require_http_methods(["GET", "HEAD", "POST"])
@operator_only
@once
def hold(request, kind=holding.EVERYTHING):
    """Of one kind, or of everything; why is asked, because somebody else will wonder."""
    known = reminder(kind)
    if kind and known is None:
        raise Http404
    form = HoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            holding.hold(kind, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"{known.label if known else '全部邮件'}已暂缓，放行以前不发。")
        return redirect("reminders:forecast")
    waits = holding.waiting()
    count = waits.get(kind, 0) if kind else sum(waits.values())
    page = {"form": form, "kind": known, "waiting": count}
    return render(request, "reminders/hold.html", page, status=422 if form.errors else 200)


@require_POST
@operator_only
def release(request, pk):
    held = get_object_or_404(Hold, pk=pk)
    try:
        waited = holding.release(held, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, RELEASED_AND_HELD if holding.everything_is_held() else RELEASED.format(waited)
        )
    return redirect("reminders:forecast")


# ── what could not be sent ────────────────────────────────────────────────────────────────────
@require_safe
@operator_only
def dead(request):
    page = keyset(undelivered.undelivered(), request.GET, order=("-id",), per_page=PER_PAGE)
    return render(request, "reminders/undelivered.html", {"page": page})


@require_POST
@operator_only
def send_again(request, pk):
    return _about(
        request, pk, lambda message: undelivered.try_again(message, by=request.user), "已重新排队发送。"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@operator_only
@once
def put_aside(request, pk):
    message = get_object_or_404(undelivered.undelivered(), pk=pk)
    form = PutAsideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        how = form.cleaned_data["how"]
        return _about(
            request,
            pk,
            lambda each: undelivered.put_aside(each, how=how, by=request.user),
            "已记下，不再发送。",
        )
    page = {"form": form, "message": message}
    return render(request, "reminders/put_aside.html", page, status=422 if form.errors else 200)


def _about(request, pk, act, said: str):
    try:
        act(get_object_or_404(Message, pk=pk, channel__in=["email", "text"]))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("reminders:undelivered")


# ── everybody's own ───────────────────────────────────────────────────────────────────────────
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def settings(request):
    """How mail comes, and the address of one's calendar."""
    form = SettingsForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "已保存，从下一条消息起照此发送。")
        return redirect("reminders:settings")
    return render(
        request, "reminders/settings.html", _settings(request, form), status=422 if form.errors else 200
    )


def _settings(request, form) -> dict:
    compulsory = [kind for kind in all_reminders() if kind.compulsory]
    return {"form": form, "feed": Feed.objects.filter(user=request.user).first(), "compulsory": compulsory}


@require_POST
@login_required
@never_cache
def make_feed(request):
    """A new address, told on this very answer; one from before leads nowhere any more."""
    secret = Feed.made_for(request.user)
    address = configured.PUBLIC_URL + reverse("reminders:feed", args=[secret])
    form = SettingsForm(user=request.user)
    return render(request, "reminders/settings.html", _settings(request, form) | {"address": address})


@require_POST
@login_required
def end_feed(request):
    Feed.objects.filter(user=request.user).delete()
    messages.success(request, "日历订阅已停用，原来的地址打不开了。")
    return redirect("reminders:settings")


@require_safe
@never_cache
def feed(request, secret):
    """Whoever has the address reads it: no session, no cookie. Nothing in it lets anybody act."""
    found = get_object_or_404(
        Feed.objects.select_related("user"), digest=Feed.digest_of(secret), user__is_active=True
    )
    Feed.objects.filter(pk=found.pk).update(read_at=timezone.now())
    answer = HttpResponse(
        calendar_of(found.user, timezone.localdate()), content_type="text/calendar; charset=utf-8"
    )
    answer["Content-Disposition"] = 'inline; filename="cqo.ics"'
    answer["X-Robots-Tag"] = "noindex"
    return answer


@require_safe
@login_required
def said_of(request, label, pk):
    """What was said of a case, to whom and when."""
    case = told.case_of(request.user, label, pk)
    page = keyset(told.said_of(case, request.user), request.GET, order=("-id",), per_page=PER_PAGE)
    return render(request, "reminders/told.html", {"case": case, "page": page})
