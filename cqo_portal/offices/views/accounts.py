"""The administrator's pages: accounts, roles, passwords, hand-overs, offices."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.models import Assignment, User
from cqo_portal.offices import accounts, handover, switching
from cqo_portal.offices.forms import AccountForm, AssignmentForm, EndForm, ReasonForm
from cqo_portal.offices.models import HandOver
from cqo_portal.offices.pages import AccountQuery, account_page, acts_about, front_page, offices_list
from cqo_portal.offices.views.doors import keeper_only, offices_and_keeper, posted
from cqo_portal.parties.models import Office
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused

PER_PAGE = 50


@require_safe
@offices_and_keeper
def index(request):
    """What waits: registrations and moves; for the administrator accounts and offices too."""
    return render(request, "offices/index.html", front_page(request.user))


# ── accounts ──────────────────────────────────────────────────────────────────────────────────
@require_safe
@keeper_only
def account_list(request):
    query = AccountQuery(request.GET, today=timezone.localdate())
    page = keyset(query.rows(), request.GET, order=query.order, per_page=PER_PAGE)
    return render(request, "offices/account_list.html", {"page": page, "query": query})


@require_http_methods(["GET", "HEAD", "POST"])
@keeper_only
def account_create(request):
    """Open an account; its first password is shown on the answer to this very request and nowhere else."""
    form = AccountForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            user, password = accounts.open_account(**form.cleaned_data, by=request.user)
        except (ValidationError, IntegrityError):
            form.add_error("username", "这个用户名已经有人用了，请换一个。")
        else:
            return _told_once(request, user, password, opened=True)
    return render(request, "offices/account_create.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@keeper_only
def account(request, pk):
    user = get_object_or_404(User, pk=pk)
    form = AssignmentForm(user=user, today=timezone.localdate())
    return render(request, "offices/account.html", account_page(user) | {"form": form})


@require_POST
@keeper_only
def give(request, pk):
    """Give a role; what is wrong stands beside its field on the account's page."""
    user = get_object_or_404(User, pk=pk)
    form = AssignmentForm(request.POST, user=user, today=timezone.localdate())
    if not form.is_valid():
        return render(request, "offices/account.html", account_page(user) | {"form": form}, status=422)
    try:
        held = accounts.assign(user, form.cleaned_data["role"], by=request.user, **form.scope)
    except IntegrityError:  # a second click
        messages.error(request, "这个账号已经有同样的岗位。")
    else:
        messages.success(request, f"{user}现在是“{held}”，下次打开页面就能办理。")
    return redirect("offices:account", user.pk)


@require_POST
@keeper_only
def password(request, pk):
    """A link by mail, or a one-time password shown on this very answer."""
    user = get_object_or_404(User, pk=pk)
    if not user.is_active:
        messages.error(request, "账号已停用，请先启用，再重设密码。")
    elif request.POST.get("how") == "once":
        return _told_once(request, user, accounts.one_time_password(user, by=request.user))
    elif not user.email:
        messages.error(request, "这个账号没有电子邮箱，请改用一次性密码。")
    else:
        mail_a_link(request, user)
    return redirect("offices:account", user.pk)


def mail_a_link(request, user: User, *, otherwise: str = "请稍后再试，或者改用一次性密码。") -> None:
    """`otherwise`: what to do where the mail server does not answer."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    link = request.build_absolute_uri(reverse("account_reset_password_from_key", kwargs=key))
    try:
        accounts.send_link(user, link=link, by=request.user)
    except OSError:  # SMTP's own errors are of this kind
        messages.error(request, f"邮件没有发出去（邮件服务器没有应答）。{otherwise}")
    else:
        messages.success(request, f"设置密码的链接已发到 {user.email}，三天内有效，只能用一次。")


def _told_once(request, user: User, password: str, *, opened: bool = False):
    return render(request, "offices/password.html", {"account": user, "password": password, "opened": opened})


@require_http_methods(["GET", "HEAD", "POST"])
@keeper_only
def disable(request, pk):
    """First the hand-over lists of all roles, then the act."""
    user = get_object_or_404(User, pk=pk)
    if not user.is_active:
        messages.error(request, "这个账号已经停用。")
        return redirect("offices:account", user.pk)
    held = user.assignments.filter(active=True).select_related("user", "office", "organisation", "person")
    lists = [handover.in_hand(assignment) for assignment in held]

    def act(form):
        accounts.disable(user, by=request.user, **form.cleaned_data)
        return f"{user}的账号已停用，已在各处退出登录。"

    return _end(request, user, lists, act, whole=True)


@require_http_methods(["GET", "HEAD", "POST"])
@keeper_only
def withdraw(request, pk):
    """Take one role away: its hand-over list first."""
    held = Assignment.objects.select_related("user", "office", "organisation", "person")
    assignment = get_object_or_404(held, pk=pk)
    if not assignment.active:
        messages.error(request, "这个岗位已经撤销。")
        return redirect("offices:account", assignment.user_id)

    def act(form):
        accounts.withdraw(assignment, by=request.user, **form.cleaned_data)
        return f"{assignment.user}的“{assignment}”已撤销。"

    return _end(request, assignment.user, [handover.in_hand(assignment)], act, whole=False)


def _end(request, user, lists, act, *, whole: bool):
    form = EndForm(posted(request), alone=any(each.alone for each in lists))
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, act(form))
        except Refused as refused:
            for reason in refused.reasons:
                form.add_error(None, reason)
        else:
            return redirect("offices:account", user.pk)
    page = {"account": user, "lists": lists, "form": form, "whole": whole}
    return render(request, "offices/hand_over_form.html", page, status=422 if form.errors else 200)


@require_POST
@keeper_only
def enable(request, pk):
    user = get_object_or_404(User, pk=pk)
    try:
        accounts.enable(user, by=request.user)
        messages.success(request, f"{user}的账号已启用，原来的岗位照旧。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("offices:account", user.pk)


# ── hand-overs ────────────────────────────────────────────────────────────────────────────────
@require_safe
@offices_and_keeper
def hand_over_list(request):
    rows = HandOver.objects.visible_to(request.user).select_related("user", "by")
    page = keyset(rows, request.GET, order=("-at", "-id"), per_page=PER_PAGE)
    return render(request, "offices/hand_over_list.html", {"page": page})


@require_safe
@login_required
def hand_over(request, pk):
    """One list as it was said; printable. Colleagues of the same role see it, the administrator too."""
    rows = HandOver.objects.visible_to(request.user).select_related("user", "by")
    return render(request, "offices/hand_over.html", {"kept": get_object_or_404(rows, pk=pk)})


# ── offices ───────────────────────────────────────────────────────────────────────────────────
STANDINGS = {"on": "启用", "off": "停用", "all": "全部"}


@require_safe
@keeper_only
def office_list(request):
    asked = request.GET.get("standing", "")
    standing = asked if asked in STANDINGS else "on"
    offices = offices_list(active={"on": True, "off": False, "all": None}[standing])
    page = {"offices": offices, "standing": standing, "standings": STANDINGS}
    return render(request, "offices/office_list.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@keeper_only
def office(request, code):
    """One office: what hangs on it, and the switch with its consequences."""
    found = get_object_or_404(Office.objects.select_related("parent"), pk=code)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            found = switching.switch(
                found,
                on=request.POST.get("on") == "1",
                reason=form.cleaned_data["reason"],
                by=request.user,
                today=timezone.localdate(),
            )
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"{found.name}已{'启用' if found.active else '停用'}。")
            return redirect("offices:office", found.pk)
    page = {"office": found, "what": switching.consequences(found), "form": form, "acts": acts_about(found)}
    return render(request, "offices/office.html", page, status=422 if form.errors else 200)
