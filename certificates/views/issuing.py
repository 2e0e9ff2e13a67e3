"""Issuing in the browser: what waits, what was asked for and how far it is, sending a whole list."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from certificates.forms import CodeForm
from certificates.issuing import sending
from certificates.issuing.ordering import MOST, order
from certificates.issuing.standing import to_issue
from certificates.life.coding import take_code
from certificates.models import Batch
from certificates.pages.issuing import BatchPage, IssuePage, key_of
from cqo_portal.accounts.permissions import is_body
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once


def _insist_on_a_body(request) -> None:
    if not is_body.test(request.user):
        raise PermissionDenied


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def issue(request):
    """Decisions that have no certificate yet; those that are ticked are asked for with one act."""
    _insist_on_a_body(request)
    if request.method == "POST":
        try:
            batch = order(_ticked(request), by=request.user)
        except Refused as refused:
            return _issuing(request, refused=list(refused.reasons))
        return redirect(batch)
    return _issuing(request)


def _issuing(request, *, refused: list[str] = (), code_form: CodeForm | None = None) -> HttpResponse:
    page = IssuePage(request.GET, request.user, timezone.localdate())
    ticked = set(request.POST.getlist("decision"))
    shown = {"page": page, "refused": refused, "ticked": ticked, "most": MOST}
    shown |= {"code_form": code_form or CodeForm()}
    failed = refused or (code_form and code_form.errors)
    return render(request, "certificates/issue.html", shown, status=422 if failed else 200)


def _ticked(request) -> list:
    """The decisions ticked on the page as they were seen there; what is none of ours, or changed meanwhile, is said."""
    ticked = set(request.POST.getlist("decision"))
    keys = {each.partition(".")[0] for each in ticked}
    wanted = {key for key in keys if key.isascii() and key.isdigit() and len(key) < 18}
    found = list(to_issue(request.user.acting.institution_id).filter(pk__in=wanted))
    if {key_of(each) for each in found} != ticked:
        raise Refused("所选的里面有的刚刚发过证、现在不能发，或者登记的名称刚刚改过；请再看一遍名单。")
    return found


@login_required
@require_http_methods(["POST"])
@once
def code(request):
    """The code of the own house, once."""
    _insist_on_a_body(request)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _issuing(request, code_form=form)
    try:
        house = take_code(form.cleaned_data["code"], by=request.user)
    except Refused as refused:
        refuse(request, refused, form.cleaned_data["code"])
    else:
        messages.success(request, f"机构代号已定为 {house.code}。")
    return redirect("certificates:issue")


# ── one act of issuing ────────────────────────────────────────────────────────────────────────
def _batch(request, pk: UUID) -> Batch:
    return get_object_or_404(Batch.objects.visible_to(request.user).select_related("by", "body"), pk=pk)


@require_safe
@login_required
def batch(request, pk):
    """How far it is; a page that is waiting asks again by itself."""
    page = BatchPage(_batch(request, pk), request.user, now=timezone.now())
    template = "certificates/_batch.html" if request.htmx else "certificates/batch.html"
    return render(request, template, {"page": page, "batch": page.batch})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def send_batch(request, pk):
    """Everything of this act that is in force and was not sent: the words are looked at, then they go."""
    page = BatchPage(_batch(request, pk), request.user, now=timezone.now())
    if not page.unsent:
        messages.info(request, "这一批没有要发送的。")
        return redirect(page.batch)
    if request.method != "POST":
        heard = {"unheard": sending.unheard(page.unsent), "letters": sending.letters(page.unsent[0])}
        shown = {"page": page, "batch": page.batch, **heard}
        return render(request, "certificates/send_batch.html", shown)
    sent = sending.send(page.unsent, by=request.user)
    if sent:
        messages.success(request, sending.said(sent))
    if left := len(page.unsent) - len(sent):
        messages.error(request, f"{left} 张没有发送：同事刚刚办理过，或者您与它有关，请由同事办理。")
    return redirect(page.batch)
