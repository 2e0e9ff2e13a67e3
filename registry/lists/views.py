"""Yearly lists in the browser: counts by county, the entries, one on, one off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cqo_portal.accounts.models import AT_AN_OFFICE, Role
from cqo_portal.imports.permissions import works_at_an_office
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.once import once
from registry.lists import services
from registry.lists.forms import ReasonForm
from registry.lists.pages import FIRST_YEAR, LISTS, ListPage, Which, YearPage
from registry.lists.permissions import keeps

PER_PAGE = 50


def _may_look(user) -> None:
    if user.acting is None or user.acting.role not in AT_AN_OFFICE | {Role.ENTERPRISE}:
        raise PermissionDenied


def _said(request):
    """What was sent, even if it is nothing: an empty form is answered with its mistakes."""
    return request.POST if request.method == "POST" else None


def _which(slug: str, year: int | None = None) -> Which:
    if slug not in LISTS or (year is not None and not FIRST_YEAR <= year <= timezone.localdate().year + 1):
        raise Http404
    return LISTS[slug]


@require_safe
@login_required
def index(request):
    """The lists of a year: for an office by county, for an enterprise its own entries."""
    _may_look(request.user)
    view = YearPage(request.GET, user=request.user, today=timezone.localdate())
    template = "lists/index.html" if view.of_an_office else "lists/own.html"
    return render(request, template, {"view": view, "lists": LISTS.values()})


@require_safe
@login_required
def listing(request, which, year):
    """One list of one year, searched and narrowed."""
    _may_look(request.user)
    query = ListPage(_which(which, year), year, request.GET, user=request.user)
    page = keyset(query.rows(), request.GET, order=query.order, per_page=PER_PAGE)
    known = {"query": query, "page": page, "keeps": works_at_an_office.test(request.user)}
    return render(request, "lists/listing.html", known)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request, which, year):
    """Put one enterprise on a list, with its source."""
    found = _which(which, year)
    if not works_at_an_office.test(request.user):
        raise PermissionDenied
    form = found.form(_said(request), office=request.user.acting.office)
    if request.method == "POST" and form.is_valid():
        try:
            entry = services.put_on(form.entry(year), by=request.user)
        except Refused as refused:
            form.add_error("credit_code", " ".join(refused.reasons))
        else:
            messages.success(request, f"{entry}已列入名单。")
            return redirect(entry)
    known = {"which": found, "year": year, "form": form}
    return render(request, "lists/add.html", known, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, which, pk):
    """Take an enterprise off a list: the reason is asked first, the entry stays with it."""
    found = _which(which)
    entries = found.entries(request.user).select_related("organisation__office__parent", "ended_by")
    entry = get_object_or_404(entries, pk=pk)
    if not keeps.test(request.user, entry):
        raise PermissionDenied
    form = ReasonForm(_said(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.take_off(entry, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"{entry}已移出名单，记录和理由保留。")
            return redirect(entry)
    known = {"which": found, "entry": entry, "form": form}
    return render(request, "lists/remove.html", known, status=422 if form.errors else 200)
