"""Signing in by QR: the page for the projector, and the one a telephone opens."""

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cqo_portal.accounts.permissions import is_officer
from cqo_portal.parties.names import masked_name
from cqo_portal.workflow.engine import Refused
from training import services, signing
from training.forms.rosters import SignForm
from training.models import Meeting
from training.permissions import organises
from training.views.sessions import visible

# A whole class comes through the one address of its building; beyond that somebody is trying something.
LIMITS = {"sign": "300/h/ip"}
TOO_MANY = "从这个网络来的签到太多了，这一次没有收下。请改用手机流量再试，或者请主办单位当场登记。"


@require_safe
@login_required
def projector(request, pk):
    """A code for each meeting that is open now; htmx asks for the codes alone, every minute."""
    session, now = visible(request, pk), timezone.now()
    if not organises.test(request.user, session):
        raise PermissionDenied
    shown = [_shown(request, each, now=now) for each in session.meetings.all()]
    page = {"session": session, "shown": shown, "renewed": signing.RENEWED, "at": timezone.localtime(now)}
    template = "training/_codes.html" if request.htmx else "training/projector.html"
    return render(request, template, page)


def _shown(request, meeting: Meeting, *, now) -> dict:
    if not signing.is_open(meeting, now):
        return {"meeting": meeting, "opens_at": signing.opens_at(meeting), "over": now > meeting.during.upper}
    path = reverse("training:sign", args=[signing.code_of(meeting)])
    return {"meeting": meeting, "code": signing.drawn(request.build_absolute_uri(path)), "path": path}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign(request, code):
    """Whoever scanned says who he is. The answer is the same whatever is known of the number."""
    now = timezone.now()
    if request.method == "POST":
        meeting = signing.sent_with(request.POST.get("form", ""), now=now)
    else:
        meeting = signing.opened_by(code, now=now)
    if meeting is None:
        return _closed(request)
    known = request.user.is_authenticated and is_officer.test(request.user)
    own = request.user.acting.person if known else None
    form = SignForm(request.POST if request.method == "POST" else None, today=timezone.localdate())
    page = {"meeting": meeting, "session": meeting.session, "form": form}
    page |= {
        "ticket": request.POST.get("form") or signing.form_of(meeting),
        "masked": masked_name(own.name) if own else "",
    }
    if request.method != "POST":
        return render(request, "training/sign.html", page)
    one_tap = own and "one-tap" in request.POST
    if not one_tap and not form.is_valid():
        return render(request, "training/sign.html", page, status=422)
    # Only what could be a signing counts: empty forms of one would lock out the class.
    if not ratelimit.consume(request, app="training", action="sign", config=LIMITS):
        return render(request, "training/sign.html", page | {"too_many": TOO_MANY}, status=429)
    if one_tap:
        return _signed(request, page, services.sign_in_person, person=own, at=now, by=request.user)
    said = form.cleaned_data
    who = {"kind": said["identity_kind"], "number": said["identity_number"], "name": said["name"]}
    return _signed(request, page, services.sign_in, **who, at=now)


def _signed(request, page: dict, sign_in, **who):
    try:
        sign_in(page["meeting"], **who)
    except Refused:
        return _closed(request)
    return render(request, "training/signed.html", page)


def _closed(request):
    return render(request, "training/sign_closed.html", status=410)
