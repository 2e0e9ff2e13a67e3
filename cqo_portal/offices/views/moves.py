"""Enterprises that move county: find one, see what goes along, propose, answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.offices import carrying, moves
from cqo_portal.offices.forms import MoveForm
from cqo_portal.offices.models import Move
from cqo_portal.offices.pages import acts_about, earliest_move_of
from cqo_portal.offices.permissions import served_either_side
from cqo_portal.offices.views.doors import offices_and_keeper, offices_only, posted
from cqo_portal.offices.workflow import ACCEPT, MOVE
from cqo_portal.parties.models import Organisation
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused, open_to
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once
from cqo_portal.workflow.views import step_view

PER_PAGE = 50


@require_safe
@offices_and_keeper
def move_list(request):
    rows = Move.objects.visible_to(request.user).for_list()
    page = keyset(rows, request.GET, order=("-proposed_at", "-id"), per_page=PER_PAGE)
    return render(request, "offices/move_list.html", {"page": page})


@require_safe
@offices_only
def find(request):
    """Which enterprise is it? One's own by name, another county's by its whole credit code."""
    text = request.GET.get("q", "")[:100]
    page = {"text": text, "found": moves.found(request.user, text)}
    return render(request, "offices/move_find.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@offices_only
@once
def create(request, pk):
    """Say where to, from when and why; what would go along is shown before it is proposed."""
    organisation = get_object_or_404(Organisation.objects.select_related("office__parent"), pk=pk)
    destinations = moves.destinations(request.user, organisation).select_related("parent")
    if not destinations.exists():
        raise Http404
    form = MoveForm(posted(request), destinations=destinations, earliest=earliest_move_of(organisation))
    sound = request.method == "POST" and form.is_valid()
    if sound and request.POST.get("action") == "propose":
        try:
            made = moves.propose(organisation, **form.cleaned_data, by=request.user)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("offices:move-list")
        messages.success(request, "已提出，等对方答复；办结以前仍由原机构管辖。")
        return redirect(made)
    page = {"organisation": organisation, "form": form, "sound": sound}
    if sound:
        page |= _preview(organisation, form.cleaned_data["to"], user=request.user)
    return render(request, "offices/move_create.html", page, status=422 if form.errors else 200)


def _preview(organisation, to, *, user) -> dict:
    against = carrying.against(organisation, to)
    return {"to": to, "against": against} | _cases(carrying.cases(organisation, to), user=user)


def _cases(cases: list[carrying.Case], *, user) -> dict:
    """Case by case what the person may see, and of the others how many there are of each kind."""
    shown = carrying.shown_to(user, cases)
    return {
        "cases": shown,
        "counted": carrying.counted(case.what for case in cases if case not in shown),
    }


def _carried(move: Move, *, user) -> dict:
    if served_either_side.test(user, move):
        return {"cases": move.carried}
    return {"counted": carrying.counted(case["what"] for case in move.carried)}


@require_safe
@login_required
def move(request, pk):
    """One move: who has to answer, what goes along, what went along."""
    found = _visible(request, pk)
    under_way = found.state in (Move.State.PROPOSED, Move.State.ACCEPTED)
    steps = open_to(request.user, found, steps=MOVE.values())
    page = {
        "move": found,
        "under_way": under_way,
        "steps": steps,
        "against": ACCEPT.reasons_against(found, timezone.localdate()) if under_way else [],
        "acts": acts_about(found),
        "today": timezone.localdate(),
    }
    if under_way:
        page |= _cases(carrying.cases(found.organisation, found.to_office), user=request.user)
    else:
        page |= _carried(found, user=request.user)
    return render(request, "offices/move.html", page)


def _visible(request, pk) -> Move:
    rows = Move.objects.visible_to(request.user).select_related(
        "organisation__office",
        "from_office__parent",
        "to_office__parent",
        "proposed_by",
        "proposed_at_office",
    )
    return get_object_or_404(rows, pk=pk)


take_step = step_view(Move, MOVE)


@login_required
@require_POST
def step(request, pk, step):
    """As every button; but a move whose day has come is carried out with the same yes."""
    if step != ACCEPT.name:
        return take_step(request, pk=pk, step=step)
    found = _visible(request, pk)
    try:
        found = moves.accept(found, by=request.user, today=timezone.localdate())
    except Refused as refused:
        refuse(request, refused)
    else:
        done = found.state == Move.State.DONE
        messages.success(request, MOVE["carry-out"].done if done else ACCEPT.done)
    return redirect(found)
