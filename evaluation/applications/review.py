"""Applications in the browser, the body's side: pins, determinations, refusal. Steps have their own view."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from cqo_portal.workflow.engine import Refused, perform
from cqo_portal.workflow.notes import refuse as refuse_with
from evaluation.applications import services
from evaluation.applications.content import said_last
from evaluation.applications.forms import DeterminationForm, RefusalForm
from evaluation.applications.pages.case import Deciding, case_page
from evaluation.applications.pages.returns import Composer, PinForm, cites_of, composer, composing
from evaluation.applications.rules import grounds_of, reading_of_refusals
from evaluation.applications.steps import judged, refuse_on, undetermined
from evaluation.models import Application
from evaluation.permissions import reviews_applications

CASE = "evaluation/applications/application.html"


def _to_review(request, pk) -> Application:
    seen = Application.objects.visible_to(request.user)
    found = get_object_or_404(seen.select_related("organisation", "body", "officer__filing", "person"), pk=pk)
    if not reviews_applications.test(request.user, found):
        raise PermissionDenied
    return found


@login_required
@require_POST
def pin(request, pk):
    """Note one thing to complete."""
    application = _to_review(request, pk)
    scheme = judged(application).pack.evaluation
    form = PinForm(request.POST, application=application, scheme=scheme)
    typed = request.POST.get("reason", "")
    if application.state != Application.State.SUBMITTED:
        return _too_late(request, application, Refused(services.no_review(application)), typed)
    if not form.is_valid():
        return _composing(request, application, form)
    said = form.cleaned_data
    place = {name: said[name] for name in ("key", "reason", "proof", "page")}
    try:
        services.pin(application, **place, cites=cites_of(said["key"], scheme), by=request.user)
    except Refused as refused:
        return _too_late(request, application, refused, typed)
    return redirect(f"{application.get_absolute_url()}{_still_looking_at(request.POST)}#composer")


def _too_late(request, application: Application, refused: Refused, *words: str) -> HttpResponse:
    """It was taken back or decided meanwhile: what was typed has no field any more and goes back to whoever wrote it."""
    refuse_with(request, refused, *words)
    return redirect(application)


def _still_looking_at(posted) -> str:
    """The page of the paper that lay beside the composer, whatever was pinned."""
    at = {name: posted[name] for name in ("paper", "page") if posted.get(name)}
    return f"?{urlencode(at)}" if "paper" in at else ""


def _composing(request, application: Application, form: PinForm) -> HttpResponse:
    """The case again with what was typed in the composer."""
    typed = request.POST
    looked_at = {name: typed.get(name, "") for name in ("paper", "page")}
    page = case_page(application, request.user, looked_at)
    pins = composing(application, form.scheme)
    opened = composer({"pin": typed.get("key", "")}, scheme=form.scheme, viewed=page.get("viewed"), pins=pins)
    errors = [sentence for said in form.errors.values() for sentence in said]
    kept = opened or Composer("recommendation", "请重新指出是哪一处")
    page["composer"] = replace(kept, reason=typed.get("reason", ""), errors=errors)
    return render(request, CASE, page, status=422)


@login_required
@require_POST
def unpin(request, pk, item):
    application = _to_review(request, pk)
    try:
        services.unpin(application, item_pk=item, by=request.user)
    except Refused as refused:
        return _too_late(request, application, refused)
    return redirect(f"{application.get_absolute_url()}#composer")


@login_required
@require_POST
def determine(request, pk):
    """Decide in writing that an open clause counts as met."""
    application = _to_review(request, pk)
    form, typed = DeterminationForm(request.POST), request.POST.get("reason", "")
    if application.state != Application.State.SUBMITTED:
        return _too_late(request, application, Refused(services.no_review(application)), typed)
    if request.POST.get("clause") not in {clause.key for clause in undetermined(application)}:
        return _too_late(request, application, Refused("这一条已经认定，或者不用认定。"), typed)
    if not form.is_valid():
        faults = [sentence for said in form.errors.values() for sentence in said]
        deciding = Deciding(request.POST["clause"], typed, faults)
        return render(request, CASE, case_page(application, request.user, {}, deciding=deciding), status=422)
    try:
        services.determine(application, **form.cleaned_data, by=request.user)
    except Refused as refused:
        return _too_late(request, application, refused, typed)
    return redirect(f"{application.get_absolute_url()}#clauses")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request, pk):
    """不予受理, on a ground and with its finding."""
    application = _to_review(request, pk)
    if application.state != Application.State.SUBMITTED:
        no_longer = Refused(services.no_review(application))
        return _too_late(request, application, no_longer, request.POST.get("finding", ""))
    judgement = judged(application, said=said_last(application))
    posted = request.POST if request.method == "POST" else None
    form = RefusalForm(posted, grounds=grounds_of(judgement.pack))
    if posted is not None and form.is_valid():
        said = form.cleaned_data
        try:
            step = refuse_on(ground=said["ground"], finding=said["finding"])
            perform(step, application, by=request.user, note=said["finding"])
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, step.done)
            return redirect(application)
    page = {
        "application": application,
        "form": form,
        "judgement": judgement,
        "reading": reading_of_refusals(judgement.pack),
    }
    return render(request, "evaluation/applications/refuse.html", page, status=422 if form.errors else 200)
