"""Who trains: the list of institutions, the page of one, and its commissions."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import is_provider
from cqo_portal.audit.models import Event
from cqo_portal.parties.models import Institution
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.once import once
from training import providers as services
from training.forms.providers import CommissionForm, EndForm, InstitutionForm
from training.models import Commission, Completion, Session
from training.permissions import (
    commissions_providers,
    ends_a_commission,
    is_office,
    keeps_the_institution,
)
from training.providers import WORDS
from training.queries import that_train
from training.workflow import END

PER_PAGE = 50
SHOWN = 20  # of sessions and certificates on the page of one provider
STANDING = {"all": "全部", "holding": "委托有效", "none": "没有有效的委托"}


@require_safe
@login_required
def providers(request):
    """For offices; a provider goes to its own page."""
    user, today = request.user, timezone.localdate()
    if is_provider.test(user):
        return redirect("training:provider", user.acting.institution_id)
    if not is_office.test(user):
        raise PermissionDenied
    text = request.GET.get("q", "").strip()[:60]
    standing = request.GET.get("standing") if request.GET.get("standing") in STANDING else "all"
    found = that_train(Institution.objects.matching(text)).prefetch_related(
        Prefetch("commissions", Commission.objects.select_related("office"))
    )
    holding = Commission.objects.covering(today, today).values("institution")
    if standing == "holding":
        found = found.filter(pk__in=holding)
    elif standing == "none":
        found = found.exclude(pk__in=holding)
    page = keyset(found.defer("search", "haystack"), request.GET, order=("pinyin", "id"), per_page=PER_PAGE)
    rows = [(each, _current(each.commissions.all(), today)) for each in page]
    words = {"page": page, "rows": rows, "text": text, "standing": standing, "standings": STANDING.items()}
    words |= {"today": today, "keeps": commissions_providers.test(user)}
    return render(request, "training/providers.html", words)


def _current(commissions, today) -> Commission | None:
    """The one that holds longest, or else the one that came last."""
    held = [each for each in commissions if each.standing_on(today) == "holding"]
    endless = [each for each in held if each.holds_until is None]
    if endless:
        return endless[0]
    return max(held, key=lambda each: each.holds_until, default=next(iter(commissions), None))


def _seen(request, pk) -> Institution:
    """An office sees all of them, a provider its own."""
    user = request.user
    if user.acting and user.acting.role == Role.PROVIDER:
        return get_object_or_404(Institution, pk=pk, id=user.acting.institution_id)
    if not is_office.test(user):
        raise PermissionDenied
    return get_object_or_404(Institution, pk=pk)


@require_safe
@login_required
def provider(request, pk):
    """Its data, its commissions, and what it did: posted sessions and certificates are here at once.

    All are counted, for any office; the area's own are listed.
    """
    user, today, institution = request.user, timezone.localdate(), _seen(request, pk)
    commissions = list(institution.commissions.select_related("office", "by"))
    ended = _why_ended(commissions)
    sessions = Session.objects.filter(institution=institution, state=Session.State.POSTED)
    papers = Completion.objects.filter(institution=institution)
    words = {
        "institution": institution,
        "commissions": [
            (
                each,
                each.standing_on(today),
                each.days_left(today),
                ended.get(str(each.pk)),
                _may_end(user, each, today=today),
            )
            for each in commissions
        ],
        "today": today,
        "current": _current(commissions, today),
        "sessions": sessions.visible_to(user).for_list().order_by("-moved_at", "-id")[:SHOWN],
        "sessions_total": sessions.count(),
        "papers": papers.visible_to(user).for_list().order_by("-issued_on", "-id")[:SHOWN],
        "papers_total": papers.count(),
        "keeps": keeps_the_institution.test(user, institution) if commissions_providers.test(user) else False,
        "may_commission": commissions_providers.test(user),
        "acts": _corrections(institution),
        "mine": is_provider.test(user),
    }
    return render(request, "training/provider.html", words)


def _may_end(user, held: Commission, *, today) -> bool:
    """What is over has nothing left to end."""
    return (
        held.standing_on(today) != "over" and held.state in END.source and ends_a_commission.test(user, held)
    )


def _why_ended(commissions) -> dict[str, Event]:
    keys = [str(each.pk) for each in commissions]
    events = Event.objects.filter(subject_type="training.commission", subject_id__in=keys, action=END.name)
    return {event.subject_id: event for event in events}


LABELS = {"name": "名称", "credit_code": "信用代码", "code": "代号", "contact": "联系人", "phone": "电话"}


def _corrections(institution: Institution) -> list[tuple[Event, list[tuple[str, str, str]]]]:
    """What was corrected when and by whom: [(event, [(label, before, after)])]."""
    found = []
    for event in Event.objects.about(institution).filter(action="correct").order_by("-id"):
        before, after = event.data["before"], event.data["after"]
        changed = [
            (LABELS[n], before[n] or "（空）", after[n] or "（空）") for n in WORDS if before[n] != after[n]
        ]
        found.append((event, changed))
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request):
    if not commissions_providers.test(request.user):
        raise PermissionDenied
    form = InstitutionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.enter(form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{made.name}已登记；接着登记委托，才能开展培训。")
            return redirect("training:commission-new", made.pk)
    page = {"form": form, "institution": None}
    return render(request, "training/provider_form.html", page, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request, pk):
    institution = _seen(request, pk)
    if not keeps_the_institution.test(request.user, institution):
        raise PermissionDenied
    now = {name: getattr(institution, name) or "" for name in WORDS}
    posted = request.POST if request.method == "POST" else None
    form = InstitutionForm(posted, initial=now, institution=institution)
    if request.method == "POST" and form.is_valid():
        try:
            services.correct(institution, form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已更正；改动前后的内容都有记录。")
            return redirect("training:provider", institution.pk)
    page = {"form": form, "institution": institution}
    return render(request, "training/provider_form.html", page, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def commission(request, pk):
    """A new commission; `?after=` one that ends, it begins the day after."""
    institution = _seen(request, pk)
    if not commissions_providers.test(request.user):
        raise PermissionDenied
    before = _renewed(request, institution)
    initial = {"first_day": (before.holds_until + timedelta(days=1)).isoformat()} if before else {}
    form = CommissionForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        institution=institution,
        office=request.user.acting.office,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.commission(institution, form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "委托已登记，并告知培训机构。")
            return redirect("training:provider", institution.pk)
    page = {"form": form, "institution": institution, "before": before, "office": request.user.acting.office}
    return render(request, "training/commission_form.html", page, status=422 if form.errors else 200)


def _renewed(request, institution: Institution) -> Commission | None:
    asked = request.GET.get("after", "")
    own = institution.commissions.filter(office=request.user.acting.office)
    return next((each for each in own if str(each.pk) == asked and each.holds_until), None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request, pk):
    held = get_object_or_404(
        Commission.objects.visible_to(request.user).select_related("institution", "office"), pk=pk
    )
    if not ends_a_commission.test(request.user, held):
        raise PermissionDenied
    today = timezone.localdate()
    posted = request.POST if request.method == "POST" else None
    form = EndForm(posted, initial={"ended_on": today.isoformat()}, commission=held, today=today)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            services.end(held, on=said["ended_on"], reason=said["reason"], by=request.user, today=today)
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, END.done)
            return redirect("training:provider", held.institution_id)
    page = {"form": form, "commission": held}
    return render(request, "training/commission_end.html", page, status=422 if form.errors else 200)
