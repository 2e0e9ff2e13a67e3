"""Notices in the browser: a public list, a page each, the city's draft, the enterprise's answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.permissions import is_city, is_enterprise
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once
from registry.notices import forms, services
from registry.notices.models import Notice
from registry.notices.pages import NoticePage
from registry.notices.permissions import issues, regulates
from registry.notices.queries import owed, unanswered
from registry.notices.workflow import PUBLISH

PER_PAGE = 30


@require_safe
def index(request):
    """Everybody reads what was published; an enterprise finds first what it owes, a city its drafts."""
    today = timezone.localdate()
    found = Notice.objects.concerning(request.user).select_related("office")
    page = keyset(found, request.GET, order=("-opens_on", "-id"), per_page=PER_PAGE)
    mine = owed(request.user.acting.organisation, today=today) if is_enterprise.test(_known(request)) else []
    return render(
        request,
        "notices/index.html",
        {
            "page": page,
            "pages": [NoticePage(notice, request.user, today) for notice in page],
            "owed": mine,
            "unanswered": unanswered(mine),
            "is_enterprise": is_enterprise.test(_known(request)),
            "may_compose": is_city.test(_known(request)),
            "regulates": regulates(request.user),
            "today": today,
        },
    )


@require_safe
def notice(request, pk):
    found = _visible(request, pk)
    page = NoticePage(found, request.user, timezone.localdate())
    form = forms.AmendmentForm()
    return render(request, "notices/notice.html", {"notice": found, "page": page, "amendment_form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def create(request):
    if not is_city.test(request.user):
        raise PermissionDenied
    office, today = request.user.acting.office, timezone.localdate()
    if request.method != "POST":
        form = forms.NoticeForm(initial=forms.first_words(office, today=today), office=office, today=today)
        return render(request, "notices/edit.html", {"form": form})
    form = forms.NoticeForm(request.POST, office=office, today=today)
    if not form.is_valid():
        return render(request, "notices/edit.html", {"form": form}, status=422)
    draft = services.open_draft(form.said(), office=office, by=request.user)
    messages.success(request, "草稿已存。下面是发布以后的样子和通知的预览，核对后再发布。")
    return redirect(draft)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request, pk):
    found, today = _own(request, pk), timezone.localdate()
    if found.state != Notice.State.DRAFT:
        messages.error(request, "通告已经不是草稿，原文不能再改；可以发补充通告或者延期。")
        return redirect(found)
    if request.method != "POST":
        form = forms.NoticeForm(initial=forms.words_of(found), office=found.office, today=today)
        return render(request, "notices/edit.html", {"form": form, "notice": found})
    form = forms.NoticeForm(request.POST, office=found.office, today=today)
    if not form.is_valid():
        return render(request, "notices/edit.html", {"form": form, "notice": found}, status=422)
    try:
        services.save_draft(found, form.said(), version=form.cleaned_data["version"], by=request.user)
    except services.Stale:
        found.refresh_from_db()
        page = {"form": form, "notice": found, "stale": True}
        return render(request, "notices/edit.html", page, status=409)
    except Refused as refused:
        form.add_error(None, list(refused.reasons))
        return render(request, "notices/edit.html", {"form": form, "notice": found}, status=409)
    else:
        messages.success(request, "草稿已存。核对下面的预览后再发布。")
    return redirect(found)


@login_required
@require_POST
def publish(request, pk):
    found = _own(request, pk)
    try:
        services.publish(found, version=_version(request), by=request.user, today=timezone.localdate())
    except services.Stale:
        messages.error(request, "您预览以后，同事又改过这份草稿。下面是最新的内容，请核对后再发布。")
    except Refused as refused:
        refuse(request, refused)
    else:
        messages.success(request, PUBLISH.done)
    return redirect(found)


@login_required
@require_POST
@once
def amend(request, pk):
    found, today = _own(request, pk), timezone.localdate()
    form = forms.AmendmentForm(request.POST)
    if form.is_valid():
        try:
            services.amend(found, **form.cleaned_data, by=request.user, today=today)
        except Refused as refused:
            form.add_error("until" if form.cleaned_data["until"] else None, str(refused))
        else:
            messages.success(request, "补充已发布，已通知原来的收件人。")
            return redirect(found)
    page = {"notice": found, "page": NoticePage(found, request.user, today), "amendment_form": form}
    return render(request, "notices/notice.html", page, status=422)


@login_required
@require_POST
def unchanged(request, pk):
    """The enterprise's answer: nothing has changed."""
    found = _visible(request, pk)
    if not is_enterprise.test(request.user):
        raise PermissionDenied
    organisation = request.user.acting.organisation
    try:
        services.answer_unchanged(found, organisation, by=request.user, today=timezone.localdate())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已答复：没有变化。以后有变化，随时可以报送变更。")
    return redirect(found)


def _visible(request, pk) -> Notice:
    return get_object_or_404(Notice.objects.visible_to(request.user).select_related("office"), pk=pk)


def _own(request, pk) -> Notice:
    found = _visible(request, pk)
    if not issues.test(request.user, found):
        raise PermissionDenied
    return found


def _known(request):
    """The person who signed in, or None: predicates ask for a role."""
    return request.user if request.user.is_authenticated else None


def _version(request) -> int:
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
