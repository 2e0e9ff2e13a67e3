"""Pairings: proposed by the city, agreed by both sides, written down meeting by meeting, closed with an outcome."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.permissions import is_city
from cqo_portal.jurisdictions.vocabulary import Size
from cqo_portal.parties.models import Organisation
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.once import once
from registry.models import Officer
from registry.talent import pages, services
from registry.talent.forms import MeetingForm, OutcomeForm, PairingForm
from registry.talent.models import Pairing
from registry.talent.permissions import keeps_its_log, leads_the_pairing
from registry.talent.workflow import CLOSE_PAIRING, PAIRING, PAIRING_BUTTONS

PER_PAGE = 50
OFFERED = 60  # enterprises in the select; a search brings others
WORDS = {name: step.label for name, step in PAIRING.items()} | {"propose": "提出结对", "log": "记录活动"}
FORWARD = frozenset({"agree-as-mentor", "agree-as-learner", "join-as-mentor", "join-as-learner"})


@require_safe
@login_required
def pairings(request):
    acting = request.user.acting
    if acting is None or acting.role not in pages.LOOKS:
        raise PermissionDenied
    rows = Pairing.objects.visible_to(request.user).for_list()
    page = keyset(rows, request.GET, order=("-moved_at", "-id"), per_page=PER_PAGE)
    shown = [(row, pages.TONES[row.state]) for row in page]
    return render(request, "talent/pairings.html", {"page": page, "rows": shown})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request, officer):
    """Pair this officer with a smaller enterprise of the city."""
    if not is_city.test(request.user):
        raise PermissionDenied
    seen = Officer.objects.visible_to(request.user).in_office().select_related("organisation", "person")
    officer, today = get_object_or_404(seen, pk=officer), timezone.localdate()
    case, entry = pages.grounds_for(officer)
    if case is None and entry is None:
        messages.error(request, f"{officer.name}没有已公布的典型经验，也不在人才库，不能作为标杆。")
        return redirect("talent:pairings")
    text = request.GET.get("q", "").strip()[:60]
    form = _form(request, officer, text=text, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            pairing = services.pair(officer, form.cleaned_data, case=case, entry=entry, by=request.user)
        except Refused as refused:
            form.add_error("learner", str(refused))
        else:
            messages.success(request, "已提出结对，并告知双方；双方都同意后开始。")
            return redirect(pairing)
    size = Size(officer.organisation.size).label
    page = {"form": form, "officer": officer, "size": size, "case": case, "entry": entry, "text": text}
    return render(request, "talent/pairing_form.html", page, status=422 if form.errors else 200)


def _form(request, officer: Officer, *, text: str, today) -> PairingForm:
    learners = Organisation.objects.filter(office__parent=request.user.acting.office)
    learners = (
        learners.exclude(pk=officer.organisation_id).defer("search", "haystack").order_by("pinyin", "id")
    )
    posted = request.POST if request.method == "POST" else None
    initial = {"begins_on": today.isoformat()}
    form = PairingForm(posted, initial=initial, learners=learners, mentor=officer.organisation, today=today)
    shown = list(learners.matching(text)[:OFFERED])
    form.fields["learner"].choices = [("", "请选择"), *((each.pk, _with_size(each)) for each in shown)]
    return form


def _with_size(organisation: Organisation) -> str:
    return f"{organisation.name}（{Size(organisation.size).label}）"


def _pairing(request, pk) -> Pairing:
    seen = Pairing.objects.visible_to(request.user).select_related(
        "officer__person", "mentor", "learner", "office", "case__organisation", "entry"
    )
    return get_object_or_404(seen, pk=pk)


def _page(request, pairing: Pairing, *, form: MeetingForm | None = None) -> dict:
    user, today = request.user, timezone.localdate()
    under_way = pairing.state == Pairing.State.UNDER_WAY
    if form is None and under_way and keeps_its_log.test(user, pairing):
        form = MeetingForm(pairing=pairing, today=today)
    steps = PAIRING_BUTTONS.values()
    return {
        "pairing": pairing,
        "head": pages.pairing_head(pairing, today=today),
        "tone": pages.TONES[pairing.state],
        "sizes": (Size(pairing.mentor.size).label, Size(pairing.learner.size).label),
        "buttons": pages.buttons(user, pairing, steps, route="talent:pairing-step", primary=FORWARD),
        "may_close": under_way and leads_the_pairing.test(user, pairing),
        "meetings": pairing.meetings.select_related("by").order_by("-held_on", "-id"),
        "form": form,
        "timeline": pages.timeline(pairing, WORDS),
    }


@require_safe
@login_required
def pairing(request, pk):
    return render(request, "talent/pairing.html", _page(request, _pairing(request, pk)))


@login_required
@require_POST
@once
def meeting(request, pk):
    """Write down a meeting or a result; what was written stays."""
    pairing = _pairing(request, pk)
    if not keeps_its_log.test(request.user, pairing):
        raise PermissionDenied
    form = MeetingForm(request.POST, pairing=pairing, today=timezone.localdate())
    if form.is_valid():
        try:
            services.log_meeting(pairing, form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, "已记下。写下的不能改，有误请补记一条。")
            return redirect(pairing)
    return render(request, "talent/pairing.html", _page(request, pairing, form=form), status=422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request, pk):
    pairing, today = _pairing(request, pk), timezone.localdate()
    if not CLOSE_PAIRING.allowed.test(request.user, pairing):
        raise PermissionDenied
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.close_pairing(pairing, **form.cleaned_data, by=request.user, today=today)
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, CLOSE_PAIRING.done)
            return redirect(pairing)
    page = {"pairing": pairing, "form": form}
    return render(request, "talent/pairing_close.html", page, status=422 if form.errors else 200)
