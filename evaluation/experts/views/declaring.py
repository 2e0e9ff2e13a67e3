"""What an expert says of himself, and what a body adds: pages and acts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.parties.models import Person
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.once import once
from evaluation.experts import pages, services
from evaluation.experts.forms import FORMS, EndForm, WishesForm, WithdrawForm
from evaluation.experts.models import DECLARED, Confirmation, Declared, Expert
from evaluation.experts.permissions import engages, goes_on_with, speaks_for_himself


def _himself(request) -> Person:
    if not speaks_for_himself.test(request.user):
        raise PermissionDenied
    return request.user.acting.person


@require_safe
@login_required
def mine(request):
    return render(request, "experts/mine.html", _page(request, _himself(request)))


def _page(request, person: Person, *, wishes: WishesForm | None = None) -> dict:
    today = timezone.localdate()
    engaged = list(Expert.objects.visible_to(request.user).engaged().for_list())
    if wishes is None and engaged:
        until = max((each.busy_until for each in engaged if not each.is_free_on(today)), default=None)
        initial = {"fields_of": sorted({code for each in engaged for code in each.fields})}
        initial["busy_until"] = until.isoformat() if until else ""
        wishes = WishesForm(initial=initial, today=today)
    confirmations = list(Confirmation.objects.filter(person=person))
    return {
        "person": person,
        "engaged": engaged,
        "wishes": wishes,
        "parts": pages.declared_of(person, user=request.user),
        "posts": pages.posts_of(person),
        "confirmations": confirmations,
        "confirmed": next((each for each in confirmations if each.year == today.year), None),
        "said": services.NOTHING_MISSING,
        "year": today.year,
    }


@login_required
@require_POST
@once
def wishes(request):
    person, today = _himself(request), timezone.localdate()
    form = WishesForm(request.POST, today=today)
    if not form.is_valid():
        return render(request, "experts/mine.html", _page(request, person, wishes=form), status=422)
    said = form.cleaned_data
    services.say_what_one_can(said["fields_of"], said["busy_until"], by=request.user)
    messages.success(request, "已更新专长和承担意愿。")
    return redirect("experts:mine")


@login_required
@require_POST
def confirm(request):
    _himself(request)
    try:
        services.confirm(by=request.user, today=timezone.localdate())
    except Refused as refused:
        messages.info(request, str(refused))
    else:
        messages.success(request, "已确认。有变化时随时补充。")
    return redirect("experts:mine")


# ── a new row ─────────────────────────────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def declare(request, kind):
    """By the expert, of himself."""
    return _declared(request, kind, _himself(request), back=reverse("experts:mine"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request, pk, kind):
    """By the body, of an expert it engaged: what it knows of him."""
    seen = Expert.objects.visible_to(request.user).select_related("person")
    expert = get_object_or_404(seen, pk=pk)
    if not engages.test(request.user, expert):
        raise PermissionDenied
    if expert.state != Expert.State.ENGAGED:
        messages.error(request, f"{expert.name}已解聘，不再补充。")
        return redirect(expert)
    return _declared(request, kind, expert.person, back=expert.get_absolute_url())


def _declared(request, kind: str, person: Person, *, back: str):
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](
        request.POST if request.method == "POST" else None, person=person, today=timezone.localdate()
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.declare(form.row(), by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已记下{form.title}。")
            return redirect(back)
    page = {"form": form, "title": form.title, "person": person, "back": back, "kind": kind}
    return render(request, "experts/declare.html", page, status=422 if form.errors else 200)


# ── a later row ───────────────────────────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request, kind, pk):
    row, today = _row(request, kind, pk), timezone.localdate()
    if kind == "lecture" or row.ends:
        raise Http404
    form = EndForm(request.POST if request.method == "POST" else None, row=row, today=today)
    return _goes_on(request, row, form, Declared.Act.ENDED)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, kind, pk):
    row = _row(request, kind, pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    return _goes_on(request, row, form, Declared.Act.WITHDRAWN)


def _row(request, kind: str, pk) -> Declared:
    if kind not in DECLARED:
        raise Http404
    seen = DECLARED[kind].objects.visible_to(request.user).exclude(act=Declared.Act.WITHDRAWN)
    row = get_object_or_404(seen.select_related("person"), pk=pk)
    if not goes_on_with.test(request.user, row):
        raise PermissionDenied
    return row


def _goes_on(request, row: Declared, form, act: str):
    back = _back(request, row)
    if request.method == "POST" and form.is_valid():
        try:
            services.go_on(row, act, by=request.user, **form.cleaned_data)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "已记下，原来写的仍然留着。")
        return redirect(back)
    page = {"row": row, "form": form, "withdraws": act == Declared.Act.WITHDRAWN, "back": back}
    return render(request, "experts/go_on.html", page, status=422 if form.errors else 200)


def _back(request, row: Declared) -> str:
    if speaks_for_himself.test(request.user):
        return reverse("experts:mine")
    held = Expert.objects.visible_to(request.user).engaged().get(person=row.person_id)
    return held.get_absolute_url()
