"""Facts against a person or an enterprise: those on record, one of them with all its words, and saying one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.once import once
from registry.incidents import services
from registry.incidents.forms import CorrectionForm, IncidentForm, WithdrawalForm
from registry.incidents.models import Incident
from registry.incidents.permissions import changes_facts, concerned, records_facts

PER_PAGE = 50
STANDINGS = {"counting": "现行", "withdrawn": "已撤销", "all": "全部"}


@require_safe
@login_required
def index(request):
    """What the person may see, latest first; `?standing=counting|withdrawn|all`."""
    if not concerned.test(request.user):
        raise PermissionDenied
    asked = request.GET.get("standing", "")
    standing = asked if asked in STANDINGS else "counting"
    rows = Incident.objects.visible_to(request.user).latest_words().for_list()
    if standing != "all":
        rows = rows.counting() if standing == "counting" else rows.filter(act=Incident.Act.WITHDRAWN)
    page = keyset(rows, request.GET, order=("-at", "-id"), per_page=PER_PAGE)
    shown = {
        "page": page,
        "standing": standing,
        "standings": STANDINGS.items(),
        "may_record": records_facts.test(request.user),
    }
    return render(request, "incidents/index.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request):
    if not records_facts.test(request.user):
        raise PermissionDenied
    form = IncidentForm(
        request.POST if request.method == "POST" else None, user=request.user, today=timezone.localdate()
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.enter(form.values, by=request.user)
        except services.OnRecord as known:
            form.add_error("document_number", str(known))
        else:
            messages.success(request, "已登记。有关的人会收到消息，资格判定随之更新。")
            return redirect(made)
    return render(request, "incidents/form.html", {"form": form}, status=422 if form.errors else 200)


def _last_word(request, pk) -> Incident:
    """What is said of this fact now."""
    seen = Incident.objects.visible_to(request.user).latest_words()
    return get_object_or_404(seen.select_related("organisation", "office", "by"), thread=pk)


def _changeable(request, pk) -> Incident:
    found = _last_word(request, pk)
    if not changes_facts.test(request.user, found):
        raise PermissionDenied
    return found


@require_safe
@login_required
def incident(request, pk):
    """One fact: what counts, by which finding, and every word said on it."""
    return render(request, "incidents/incident.html", _page(request, _last_word(request, pk)))


def _page(request, found: Incident, **more) -> dict:
    seen = Incident.objects.visible_to(request.user).filter(thread=found.thread)
    words = seen.select_related("by", "office").order_by("-at", "-id")
    return {
        "incident": found,
        "words": words,
        "may_change": found.in_force and changes_facts.test(request.user, found),
        "form": WithdrawalForm(),
        **more,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def correct(request, pk):
    """Say it anew. Somebody else's newer word is shown, and nothing typed is lost."""
    found = _changeable(request, pk)
    typed = request.POST if request.method == "POST" else None
    form = CorrectionForm(typed, incident=found, user=request.user, today=timezone.localdate())
    page, status = {"form": form, "incident": found}, 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            opened = get_object_or_404(Incident, thread=found.thread, pk=_row(request, found))
            made = services.correct(opened, form.values, reason=form.cleaned_data["reason"], by=request.user)
        except services.Superseded as somebody:
            return render(request, "incidents/form.html", page | {"superseded": str(somebody)}, status=409)
        messages.success(request, _what_was_done(made))
        return redirect(made)
    return render(request, "incidents/form.html", page, status=status)


def _what_was_done(made: Incident) -> str:
    if made.previous_id:
        return "已更正。原来的内容保留在登记经过里。"
    return f"原来的登记已撤销，关于{made.about}的另立一条；两方各自收到消息，互相看不到。"


def _row(request, found: Incident):
    """The row the page was opened with, as far as it is one of this fact's."""
    asked = request.POST.get("row", "")
    rows = {str(pk): pk for pk in Incident.objects.filter(thread=found.thread).values_list("pk", flat=True)}
    return rows.get(asked, found.pk)


@login_required
@require_http_methods(["POST"])
def withdraw(request, pk):
    found = _changeable(request, pk)
    form = WithdrawalForm(request.POST)
    if not form.is_valid():
        return render(request, "incidents/incident.html", _page(request, found, form=form), status=422)
    try:
        services.withdraw(found, reason=form.cleaned_data["reason"], by=request.user)
    except services.Superseded as somebody:
        messages.error(request, str(somebody))
    else:
        messages.success(request, "已撤销，不再影响资格判定；登记经过保留。")
    return redirect(found)
