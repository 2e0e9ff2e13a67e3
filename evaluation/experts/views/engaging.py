"""The body's pages: whom it engaged, whom it may engage out of the pools, and anybody else by number."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import is_body
from cqo_portal.parties.models import Person
from cqo_portal.parties.names import masked_name
from cqo_portal.parties.people import known
from cqo_portal.ui.identity import IdentityForm, mark, may_look, was_looked_at
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused, open_to
from cqo_portal.workflow.once import once
from evaluation.experts import pages, services
from evaluation.experts.forms import UNKNOWN, DirectForm, EngageForm
from evaluation.experts.models import Confirmation, Expert
from evaluation.experts.queries import may_be_engaged
from evaluation.experts.workflow import END

PER_PAGE = 50
TOO_MANY = "本机构一天内按证件号码核对已满 300 次，请明天再核对。"


def _for_bodies(request) -> None:
    if not is_body.test(request.user):
        raise PermissionDenied


@require_safe
@login_required
def index(request):
    """The experts of the own body."""
    _for_bodies(request)
    today = timezone.localdate()
    query = pages.ExpertQuery(request.GET, user=request.user, today=today)
    page = keyset(query.rows(), request.GET, order=("pinyin", "id"), per_page=PER_PAGE)
    words = {"page": page, "query": query, "rows": pages.rows_of(page, today=today), "year": today.year}
    return render(request, "experts/index.html", words)


@require_safe
@login_required
def pool(request):
    """Who of any city's pool can be asked today."""
    _for_bodies(request)
    query = pages.PoolQuery(request.GET, user=request.user, today=timezone.localdate())
    page = keyset(query.rows(), request.GET, order=("pinyin", "id"), per_page=PER_PAGE)
    return render(request, "experts/pool.html", {"page": page, "query": query})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def engage(request, pk):
    """Somebody out of the pool, for the fields he is in it with or others."""
    _for_bodies(request)
    today = timezone.localdate()
    entry = get_object_or_404(may_be_engaged(day=today).for_list(), pk=pk)
    form = EngageForm(request.POST if request.method == "POST" else None, initial={"fields_of": entry.fields})
    if request.method == "POST" and form.is_valid():
        try:
            expert = services.engage_from_pool(
                entry, fields=form.cleaned_data["fields_of"], by=request.user, today=today
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _engaged(request, expert)
    page = {"entry": entry, "form": form}
    return render(request, "experts/engage.html", page, status=422 if form.errors else 200)


def _engaged(request, expert: Expert):
    messages.success(request, f"已聘任{expert.name}，并告知本人。还没有账号的，请在这一页为其开设。")
    return redirect(expert)


# ── by number ─────────────────────────────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def find(request):
    """Whose number that is: the masked name, to be confirmed; or that a full name is needed."""
    _for_bodies(request)
    today = timezone.localdate()
    if request.method != "POST":
        return _found(request, IdentityForm(today=today), status=200)
    form = IdentityForm(request.POST, today=today)
    if not form.is_valid():
        return _found(request, form, status=422)
    return _looked(request, form)


def _looked(request, form: IdentityForm):
    """The second step of the form, after the look is noted."""
    if not may_look(request):
        form.add_error("identity_number", TOO_MANY)
        return _found(request, form, status=429)
    said = {name: form.cleaned_data[name] for name in ("identity_kind", "identity_number")}
    person = services.look_up(said["identity_kind"], said["identity_number"], by=request.user)
    asked = DirectForm(today=timezone.localdate(), known=person is not None, initial=_typed(request) | said)
    return _found(request, asked, status=200, **_who(person, said))


def _typed(request) -> dict:
    """What stands in the form already stays."""
    typed = {name: request.POST[name] for name in ("name", "reason") if name in request.POST}
    return typed | {"fields_of": request.POST.getlist("fields_of")}


def _who(person: Person | None, said: dict) -> dict:
    masked = masked_name(person.name) if person else ""
    return {"checked": True, "masked": masked, "unknown": "" if person else UNKNOWN, "seen": mark(said)}


def _found(request, form, *, status: int, **more):
    return render(request, "experts/find.html", {"form": form, **more}, status=status)


@login_required
@require_POST
@once
def engage_directly(request):
    """Engage whoever was confirmed; a number nobody looked at is looked at first."""
    _for_bodies(request)
    today = timezone.localdate()
    number = IdentityForm(request.POST, today=today)
    if not number.is_valid():
        return _found(request, number, status=422)
    if not was_looked_at(request, number.cleaned_data):
        return _looked(request, number)
    said = number.cleaned_data
    person = known(said["identity_kind"], said["identity_number"])
    form = DirectForm(request.POST, today=today, known=person is not None)
    if form.is_valid():
        if not _may_guess(request, person, form.cleaned_data):
            form.add_error("identity_number", TOO_MANY)
            return _found(request, form, status=429, **_who(person, said))
        try:
            return _engaged(
                request, services.engage_directly(form.cleaned_data, by=request.user, today=today)
            )
        except Refused as refused:
            form.add_error("identity_number", str(refused))
    return _found(request, form, status=422, **_who(person, said))


def _may_guess(request, person: Person | None, said: dict) -> bool:
    """A name typed for a known number is told right or wrong. Where no look is left, neither; a wrong one is a look."""
    if person is None or not said["name"]:
        return True
    fits = said["name"] == person.name
    may = may_look(request, only_ask=fits)
    if may and not fits:
        services.look_up(said["identity_kind"], said["identity_number"], by=request.user)
    return may


# ── one expert ────────────────────────────────────────────────────────────────────────────────
def _own_pages(user, pk) -> str:
    """Where whoever was engaged reads about it: as an expert his own page; an officer has none of it."""
    home = {Role.EXPERT: "experts:mine", Role.OFFICER: "home"}.get(user.acting and user.acting.role, "")
    return home if home and Expert.objects.filter(pk=pk, person=user.acting.person_id).exists() else ""


@require_safe
@login_required
def expert(request, pk):
    """One engagement: its life, the account, and what was declared. Messages lead here: who was engaged goes on."""
    if home := _own_pages(request.user, pk):
        return redirect(home)
    _for_bodies(request)
    seen = Expert.objects.visible_to(request.user).select_related("institution", "person", "entry__city")
    found, today = get_object_or_404(seen, pk=pk), timezone.localdate()
    live = found.state == Expert.State.ENGAGED
    page = {
        "expert": found,
        "tone": pages.TONES[found.state],
        "free": found.is_free_on(today),
        "live": live,
        "may_end": bool(open_to(request.user, found, steps=[END])),
        "account": pages.with_accounts().filter(person=found.person_id).exists(),
        "confirmation": Confirmation.objects.filter(person=found.person_id).first() if live else None,
        "year": today.year,
        "parts": pages.declared_of(found.person, user=request.user) if live else [],
        "posts": pages.posts_of(found.person) if live else [],
        "timeline": pages.timeline(found),
    }
    return render(request, "experts/expert.html", page)
