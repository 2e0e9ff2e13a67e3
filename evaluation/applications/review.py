"""Applications in the browser, the body's side: pins, determinations, refusal. Steps have their own view."""

from dataclasses import replace

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cqo_portal.ui.fields import ProseField
from cqo_portal.ui.forms import SpokenForm
from cqo_portal.workflow.engine import Refused, perform
from evaluation.applications import services
from evaluation.applications.content import said_last
from evaluation.applications.pages.case import case_page
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
    if not form.is_valid():
        return _composing(request, application, form)
    said = form.cleaned_data
    place = {name: said[name] for name in ("key", "reason", "proof", "page")}
    services.pin(application, **place, cites=cites_of(said["key"], scheme), by=request.user)
    return redirect(f"{application.get_absolute_url()}{_still_looking_at(said)}#composer")


def _still_looking_at(said: dict) -> str:
    return f"?paper={said['paper']}&page={said['page'] or 1}" if said.get("paper") else ""


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
    services.unpin(application, item_pk=item, by=request.user)
    return redirect(f"{application.get_absolute_url()}#composer")


class DeterminationForm(SpokenForm):
    clause = forms.CharField(max_length=60, widget=forms.HiddenInput)
    reason = ProseField(label="认定理由", max_length=2000)


@login_required
@require_POST
def determine(request, pk):
    """Decide in writing that an open clause counts as met."""
    application = _to_review(request, pk)
    form = DeterminationForm(request.POST)
    still_open = {clause.key for clause in undetermined(application)} if application.round else set()
    if form.is_valid() and form.cleaned_data["clause"] in still_open:
        services.determine(application, **form.cleaned_data, by=request.user)
    else:
        faults = [sentence for said in form.errors.values() for sentence in said]
        messages.error(request, faults[0] if faults else "这一条已经认定，或者不用认定。")
    return redirect(f"{application.get_absolute_url()}#clauses")


class RefusalForm(SpokenForm):
    """One of the grounds of 8.2, and the finding it rests on."""

    ground = forms.ChoiceField(label="不予受理的情形", widget=forms.RadioSelect)
    finding = ProseField(
        label="认定的事实与依据",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="写明事实、认定机关、文号和日期；申请人看得到。",
    )

    def __init__(self, *args, grounds, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [(each.key, f"{each.label}（{each.cites}）") for each in grounds]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request, pk):
    """不予受理, on a ground and with its finding."""
    application = _to_review(request, pk)
    if application.state != Application.State.SUBMITTED:
        messages.error(request, f"现在的状态是“{application.get_state_display()}”，这一步办不了。")
        return redirect(application)
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
