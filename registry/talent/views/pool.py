"""The talent pool: who is in it, who can be asked, who came and went."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import is_city
from cqo_portal.jurisdictions import NoSuchRule
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.once import once
from registry.editions import edition_for
from registry.models import Officer
from registry.talent import pages, services
from registry.talent.forms import AdmitForm, AvailabilityForm, LeaveForm
from registry.talent.models import PoolEntry
from registry.talent.permissions import keeps_the_pool, says_when_free
from registry.talent.workflow import LEAVE

PER_PAGE = 50
MAY_LOOK = frozenset({Role.COUNTY, Role.CITY, Role.PROVINCE, Role.OFFICER})


@require_safe
@login_required
def pool(request):
    acting, today = request.user.acting, timezone.localdate()
    if acting is None or acting.role not in MAY_LOOK:
        raise PermissionDenied
    query = pages.PoolQuery(request.GET, user=request.user, today=today)
    page = keyset(query.rows(), request.GET, order=("pinyin", "id"), per_page=PER_PAGE)
    rows = [(entry, entry.is_free_on(today)) for entry in page]
    words = {
        "page": page,
        "rows": rows,
        "query": query,
        "admits": is_city.test(request.user),
        "in_doubt": pages.in_doubt(request.user),
    }
    return render(request, "talent/pool.html", words)


@require_safe
@login_required
def choose(request):
    """Find somebody in the register to put into the pool."""
    if not is_city.test(request.user):
        raise PermissionDenied
    text = request.GET.get("q", "").strip()[:60]
    rows = Officer.objects.visible_to(request.user).in_office().for_list().matching(text)
    page = keyset(rows, request.GET, order=("pinyin", "id"), per_page=PER_PAGE)
    there = PoolEntry.objects.live().filter(person__in=[row.person_id for row in page])
    inside = set(there.values_list("person_id", flat=True))
    return render(request, "talent/pool_choose.html", {"page": page, "text": text, "inside": inside})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def admit(request, officer):
    """What is on record of the person, and the form that puts him into the pool."""
    if not is_city.test(request.user):
        raise PermissionDenied
    seen = Officer.objects.visible_to(request.user).select_related("person", "organisation", "office")
    officer, today, city = (
        get_object_or_404(seen, pk=officer),
        timezone.localdate(),
        request.user.acting.office,
    )
    try:
        pack = edition_for(city, today)
    except NoSuchRule as unknown:
        messages.error(request, str(unknown))
        return redirect("talent:pool")
    if pack.pool is None:
        messages.error(request, f"{pack.title}没有设人才库，不能入库。")
        return redirect("talent:pool")
    form = AdmitForm(
        request.POST if request.method == "POST" else None,
        initial={"basis": pack.pool.basis.value, "entered_on": today.isoformat()},
        name=officer.name,
        bases=[(pack.pool.basis.value, f"{pack.pool.basis.label}（{pack.pool.cites}）")],
        today=today,
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            entry = services.admit(
                officer.person,
                officer=officer,
                city=city,
                fields=said["fields_of"],
                entered_on=said["entered_on"],
                reason=said["reason"],
                consent_name=said["consent_name"],
                by=request.user,
                today=today,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{entry.name}已入库，并告知本人。")
            return redirect(entry)
    page = {
        "form": form,
        "officer": officer,
        "pack": pack,
        "record": pages.on_record(officer, user=request.user),
    }
    return render(request, "talent/pool_admit.html", page, status=422 if form.errors else 200)


def _entry(request, pk) -> PoolEntry:
    seen = PoolEntry.objects.visible_to(request.user).select_related(
        "person", "officer__organisation", "officer__office", "city", "office"
    )
    return get_object_or_404(seen, pk=pk)


def _page(request, entry: PoolEntry, *, form: AvailabilityForm | None = None) -> dict:
    user, today = request.user, timezone.localdate()
    live = entry.state == PoolEntry.State.IN_POOL
    if form is None and live and says_when_free.test(user, entry):
        until = entry.busy_until.isoformat() if entry.busy_until else ""
        form = AvailabilityForm(
            initial={"availability": entry.availability, "busy_until": until}, today=today
        )
    return {
        "entry": entry,
        "tone": pages.TONES[entry.state],
        "free": live and entry.is_free_on(today),
        "form": form,
        "may_leave": live and keeps_the_pool.test(user, entry),
        "may_pair": live and is_city.test(user) and entry.officer and not entry.officer.ended_on,
        "moves": entry.moves.select_related("by"),
        "mine": user.acting.role == Role.OFFICER,
        "in_doubt": PoolEntry.objects.without_a_certificate().filter(pk=entry.pk).exists(),
    }


@require_safe
@login_required
def entry(request, pk):
    return render(request, "talent/entry.html", _page(request, _entry(request, pk)))


@login_required
@require_POST
def availability(request, pk):
    entry, today = _entry(request, pk), timezone.localdate()
    if not says_when_free.test(request.user, entry):
        raise PermissionDenied
    form = AvailabilityForm(request.POST, today=today)
    if not form.is_valid():
        return render(request, "talent/entry.html", _page(request, entry, form=form), status=422)
    try:
        services.set_availability(entry, **form.cleaned_data, by=request.user, today=today)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已更新可否承担任务。")
    return redirect(entry)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request, pk):
    entry, today = _entry(request, pk), timezone.localdate()
    if not LEAVE.allowed.test(request.user, entry):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = LeaveForm(posted, initial={"left_on": today.isoformat()}, entry=entry, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            services.leave(
                entry, on=form.cleaned_data["left_on"], reason=form.cleaned_data["reason"], by=request.user
            )
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, LEAVE.done)
            return redirect(entry)
    page = {"entry": entry, "form": form}
    return render(request, "talent/leave.html", page, status=422 if form.errors else 200)
