"""The expert's invitation: enough to recognise a conflict, and nothing of the file before the statement is signed."""

from smtplib import SMTPException

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cqo_portal.accounts.permissions import is_body
from cqo_portal.workflow.engine import Refused, perform
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once
from cqo_portal.workflow.views import give_back, refuse_unfit
from evaluation.models import Evaluation, Panellist
from evaluation.panels import codes, invitation, services, statement
from evaluation.panels.forms import ConflictForm, StatementForm
from evaluation.panels.practice import unpractised
from evaluation.panels.workflow import is_being_convened
from evaluation.permissions import is_expert
from evaluation.workflow.panellist import DECLINE

P = Panellist.State


def _own(request, pk) -> Panellist:
    seen = Panellist.objects.visible_to(request.user).select_related(
        "person",
        "evaluation__body",
        "evaluation__application__organisation",
        "evaluation__application__officer",
        "evaluation__application__person",
    )
    return get_object_or_404(seen if is_expert.test(request.user) else seen.none(), pk=pk)


@require_safe
@login_required
def invitation_page(request, pk):
    """For the expert. Letters about a seat lead here: the body goes on to the panel, the leader to the case."""
    if not Panellist.objects.visible_to(request.user).filter(pk=pk).exists() or is_body.test(request.user):
        return _to_the_case(request.user, pk)
    return _page(request, _own(request, pk))


def _to_the_case(user, pk):
    case = Evaluation.objects.visible_to(user).filter(panellists=pk).first()
    if case is None or user.acting.role not in ("body", "expert"):
        raise Http404
    return redirect("evaluation:panel", case.pk) if is_body.test(user) else redirect(case)


def _page(request, seat: Panellist, *, sign=None, conflict=None):
    """`sign`, `conflict`: forms that were refused."""
    asked = seat.state == P.INVITED and is_being_convened(seat.evaluation)
    words = {
        "seat": seat,
        "asked": asked,
        "known": invitation.known(seat) if asked or seat.state == P.SERVING else None,
        "text": statement.text_for(seat) if asked else "",
        "version": statement.VERSION,
        "signed": getattr(seat, "statement", None),
        "practice_due": bool(unpractised({seat.person_id}, seat.evaluation.rule_edition)),
        "code": seat.codes.first() if asked else None,
        "codes_sent": seat.codes.count() if asked else 0,
        "sign": sign or StatementForm(person=seat.person.name, prefix="sign"),
        "conflict": conflict or ConflictForm(prefix="conflict"),
        "left": list(seat.conflicts.all()) if seat.state == P.RECUSED else [],
    }
    refused = any(form is not None and form.errors for form in (sign, conflict))
    return render(request, "evaluation/panels/invitation.html", words, status=422 if refused else 200)


@login_required
@require_POST
@once
def send_code(request, pk):
    seat, shown = _own(request, pk), _mailbox_of(request)
    try:
        code = codes.send(seat, by=request.user, carry=shown)
    except Refused as refused:
        refuse(request, refused)
    except (OSError, SMTPException):
        messages.error(request, "邮件现在发不出去，请稍后再试；之前的验证码仍然有效。")
    else:
        if not shown:
            messages.success(request, f"验证码已发到 {code.sent_to}，十分钟内有效。")
    return redirect(seat.get_absolute_url() + "#sign")


def _mailbox_of(request):
    """An account of the demonstration has none: the code is shown where its letter would be read. Else None."""
    if not (settings.DEMO and request.user.is_demo):
        return None
    return lambda code: messages.info(request, f"演示账号没有邮箱，本应在邮件里的验证码是 {code}。")


@login_required
@require_POST
@once
def accept(request, pk):
    """Sign the statement: by the own name and the code."""
    seat = _own(request, pk)
    form = StatementForm(request.POST, person=seat.person.name, prefix="sign")
    if not form.is_valid():
        return _page(request, seat, sign=form)
    said = form.cleaned_data | {"version": request.POST.get("version", "")}
    try:
        services.declare(seat, **said, by=request.user, today=timezone.localdate())
    except Refused as refused:
        for reason in refused.reasons:
            form.add_error("code" if reason == codes.WRONG else None, reason)
        seat.refresh_from_db()
        return _page(request, seat, sign=form)
    messages.success(request, "声明已签署，案卷已向您打开。")
    return redirect(seat.evaluation)


@login_required
@require_POST
@once
def declare_conflict(request, pk):
    seat = _own(request, pk)
    form = ConflictForm(request.POST, prefix="conflict")
    if not form.is_valid():
        return _page(request, seat, conflict=form)
    try:
        services.declare_a_conflict(seat, **form.cleaned_data, by=request.user, today=timezone.localdate())
    except Refused as refused:
        refuse(request, refused, form.cleaned_data["said"])
    else:
        messages.success(request, "已记下，您不再参加这次评价。谢谢您如实申报。")
    return redirect(seat)


@login_required
@require_POST
def decline(request, pk):
    seat = _own(request, pk)
    note = request.POST.get("note", "")
    try:
        refuse_unfit(note, DECLINE)
        perform(DECLINE, seat, by=request.user, note=note)
    except Refused as refused:
        give_back(request, seat, DECLINE, note, refused)
    else:
        messages.success(request, DECLINE.done)
    return redirect(seat)
