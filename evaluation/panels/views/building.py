"""The body builds a panel: names experts, says who leads and how marks become one result, asks them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.parties.models import Person
from cqo_portal.reference import expertise
from cqo_portal.wording import day_long
from cqo_portal.workflow.engine import Refused, open_to
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once
from evaluation import convening
from evaluation.bodies.standing import clocks_of
from evaluation.experts.models import Expert
from evaluation.models import Evaluation, Panellist
from evaluation.panels import clocks, services
from evaluation.panels.facts import detected, words_of
from evaluation.panels.forms import AggregationForm, CoincidenceForm, FindingForm, ReasonForm, kind_of
from evaluation.panels.offers import fields_of_the_case, offers
from evaluation.panels.practice import unpractised
from evaluation.panels.workflow import BEGIN, is_being_convened
from evaluation.permissions import runs_it
from evaluation.queries import HANDED_IN
from evaluation.workflow.evaluation import rule_of
from evaluation.workflow.panellist import LEAVE, recusing

SHOWN = 12  # open experts on the page before one asks for all
P = Panellist.State


def _case(request, pk) -> Evaluation:
    seen = Evaluation.objects.visible_to(request.user).select_related(
        "application__organisation", "application__officer", "application__person", "body"
    )
    case = get_object_or_404(seen, pk=pk)
    if not runs_it.test(request.user, case):
        raise PermissionDenied
    return case


def _seat(request, pk) -> Panellist:
    seen = Panellist.objects.visible_to(request.user).select_related("person", "evaluation__application")
    seat = get_object_or_404(seen, pk=pk)
    if not runs_it.test(request.user, seat.evaluation):
        raise PermissionDenied
    return seat


@require_safe
@login_required
def panel(request, pk):
    case, today = _case(request, pk), timezone.localdate()
    if not is_being_convened(case):
        return redirect(case)
    wanted = _fields_in(request.GET)
    wanted = wanted or ([] if "field" in request.GET else fields_of_the_case(case))
    found = offers(case, today=today, wanted=wanted)
    could, text = sum(offer.is_open for offer in found), request.GET.get("q", "").strip()[:60]
    if text:
        known = set(
            Expert.objects.filter(institution=case.body_id).matching(text).values_list("pk", flat=True)
        )
        found = tuple(offer for offer in found if offer.expert.pk in known)
    open_ones = [offer for offer in found if offer.is_open]
    everybody = request.GET.get("all") == "1"
    standing = _standing(request.user, case, today)
    words = {
        "evaluation": case,
        "application": case.application,
        "advised": min(could, max(standing["size"] - len(standing["seats"]), 0)),
        "wanted": wanted,
        "fields": expertise.grouped(),
        "text": text,
        "offers": open_ones if everybody else open_ones[:SHOWN],
        "hidden": 0 if everybody else max(len(open_ones) - SHOWN, 0),
        "closed": [offer for offer in found if not offer.is_open],
        "roster": len(found),
        "unpractised": unpractised({offer.expert.person_id for offer in found}, case.rule_edition),
        **standing,
    }
    return render(request, "evaluation/panels/panel.html", words)


def _fields_in(said) -> list[str]:
    return [code for code in said.getlist("field") if code in expertise.names()]


def _standing(user, case: Evaluation, today) -> dict:
    """Who is on the panel so far, and what stands in the way of beginning."""
    seats = list(case.panellists.on_the_panel().select_related("person").prefetch_related("conflicts"))
    against = detected(case, [seat.person for seat in seats], day=today)
    members = [str(seat.person_id) for seat in seats]
    leading = [str(seat.person_id) for seat in seats if seat.is_leader]
    new = unpractised({seat.person_id for seat in seats}, case.rule_edition)
    rule, size = rule_of(case), clocks_of(case.body).panel_size
    form = AggregationForm(initial={"aggregation": case.aggregation}, known=rule.aggregations)
    return {
        "seats": [
            (seat, against[seat.person_id], _is_late(seat, today), seat.person_id in new) for seat in seats
        ],
        "rule": rule,
        "size": size,
        "led": bool(leading),
        "missing": convening.objections(members, leading, rule),
        "advice": convening.advice(members, leading, rule, usual=size) if seats else (),
        "named": sum(seat.state == P.PROPOSED for seat in seats),
        "answer_by": clocks.answer_by(case, today),
        "coincidences": case.coincidences.select_related("person", "by"),
        "aggregation": form,
        "chosen": case.panellists.filter(sheet__isnull=False).exists(),
        "begin": BEGIN,
        "begins": bool(seats) and all(seat.state == P.SERVING for seat in seats),
    }


def _is_late(seat: Panellist, today) -> bool:
    return seat.state == P.INVITED and seat.answer_by is not None and seat.answer_by < today


# ── acts ──────────────────────────────────────────────────────────────────────────────────────
@login_required
@require_POST
@once
def propose(request, pk):
    case = _case(request, pk)
    expert = get_object_or_404(
        Expert.objects.visible_to(request.user).engaged(), pk=_key(request.POST.get("expert"))
    )
    leads = request.POST.get("leads") == "1"
    try:
        services.propose(case, expert, leads=leads, by=request.user, today=timezone.localdate())
    except Refused as refused:
        refuse(request, refused)
    else:
        seat = "组长" if leads else "成员"
        messages.success(request, f"{expert.name}已列为{seat}，还没有邀请。")
    return redirect("evaluation:panel", case.pk)


@login_required
@require_POST
@once
def propose_as_advised(request, pk):
    """As many as are lacking, in the order of the page."""
    case, wanted = _case(request, pk), _fields_in(request.POST)
    try:
        named = services.propose_as_advised(case, wanted=wanted, by=request.user, today=timezone.localdate())
    except Refused as refused:
        refuse(request, refused)
    else:
        said = "、".join(f"{each.person.name}{'（组长）' if each.is_leader else ''}" for each in named)
        messages.success(request, f"已按建议列出{said}，还没有邀请；可以换下，再邀请。")
    return redirect("evaluation:panel", case.pk)


def _key(typed: str | None) -> str | None:
    """A key as a form sends it; what is none finds nothing."""
    try:
        return str(UUID(typed or ""))
    except ValueError:
        return None


@login_required
@require_POST
def lead(request, pk):
    seat = _seat(request, pk)
    try:
        services.lead(seat, by=request.user)
    except Refused as refused:
        refuse(request, refused)
    else:
        messages.success(request, f"{seat.person.name}任组长。")
    return redirect("evaluation:panel", seat.evaluation_id)


@login_required
@require_POST
def aggregation(request, pk):
    case = _case(request, pk)
    try:
        services.choose_aggregation(case, request.POST.get("aggregation", ""), by=request.user)
    except Refused as refused:
        refuse(request, refused)
    else:
        messages.success(request, "合成方式已选定，开始评分以后不能再改。")
    return redirect("evaluation:panel", case.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def rule_out(request, pk, person, fingerprint):
    """A finding that rests on a name alone is about somebody else of the name: said in writing, with the reason."""
    case, today = _case(request, pk), timezone.localdate()
    of_the_body = Q(engagements__institution=case.body_id) | Q(panels__evaluation=case)
    expert = get_object_or_404(Person.objects.filter(of_the_body).distinct(), pk=person)
    form = CoincidenceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            services.rule_out(case, expert, fingerprint, reason=reason, by=request.user, today=today)
        except Refused as refused:
            refuse(request, refused, reason)
        else:
            messages.success(request, f"已认定与{expert.name}有关的这一情形不是同一人或同一单位。")
        return redirect("evaluation:panel", case.pk)
    found = detected(case, [expert], day=today)[expert.pk]
    finding = next((each for each in found if each.fingerprint == fingerprint and each.by_name), None)
    if finding is None or not is_being_convened(case):
        refuse(request, Refused(services.GONE), request.POST.get("reason", ""))
        return redirect("evaluation:panel", case.pk)
    page = {"evaluation": case, "expert": expert, "finding": finding, "form": form}
    return render(request, "evaluation/panels/rule_out.html", page, status=422 if form.errors else 200)


@login_required
@require_POST
@once
def invite(request, pk):
    case = _case(request, pk)
    try:
        asked = services.invite(case, by=request.user, today=timezone.localdate())
    except Refused as refused:
        refuse(request, refused)
    else:
        names = "、".join(each.person.name for each in asked)
        messages.success(request, f"已邀请{names}，请在 {day_long(asked[0].answer_by)}以前（含当日）答复。")
    return redirect("evaluation:panel", case.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def release(request, pk):
    """Exchange a member; a name that was never asked goes without a reason."""
    seat = _seat(request, pk)
    asked = seat.answer_by is not None
    form = ReasonForm(request.POST if request.method == "POST" else None)
    form.fields["note"].required = asked
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        try:
            services.release(seat, note=note, by=request.user, today=timezone.localdate())
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"{seat.person.name}已换下。")
            return redirect("evaluation:panel", seat.evaluation_id)
    page = {"seat": seat, "form": form, "asked": asked}
    return render(request, "evaluation/panels/release.html", page, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def leave(request, pk):
    """A member goes for another reason than a conflict."""
    seat = _seat(request, pk)
    if not open_to(request.user, seat, steps=[LEAVE]):
        messages.error(request, f"{seat.person.name}现在是“{seat.get_state_display()}”，没有可退出的。")
        return redirect(seat.evaluation)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        try:
            services.leave(seat, note=note, by=request.user, today=timezone.localdate())
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"{seat.person.name}已退出，并已告知本人和组长。")
            return redirect(seat.evaluation)
    page = {"seat": seat, "form": form}
    return render(request, "evaluation/panels/leave.html", page, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def recuse(request, pk):
    """Set a member aside on a finding of the body."""
    seat, today = _seat(request, pk), timezone.localdate()
    if not open_to(request.user, seat, steps=[recusing(source="", kind="", said="")]):
        messages.error(request, f"{seat.person.name}现在是“{seat.get_state_display()}”，不用登记回避。")
        return redirect(seat.evaluation)
    found = detected(seat.evaluation, [seat.person], day=today)[seat.person_id]
    delicate = seat.evaluation.state in HANDED_IN
    initial = {"said": words_of(found), "kind": kind_of(found[0]) if found else ""}
    form = FindingForm(
        request.POST if request.method == "POST" else None, initial=initial, needs_evidence=delicate
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.report_a_conflict(seat, **form.cleaned_data, found=found, by=request.user, today=today)
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"{seat.person.name}已回避，并已告知本人和组长。")
            return redirect(seat.evaluation)
    page = {"seat": seat, "form": form, "found": found, "delicate": delicate}
    return render(request, "evaluation/panels/recuse.html", page, status=422 if form.errors else 200)
