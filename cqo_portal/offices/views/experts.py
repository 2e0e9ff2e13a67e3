"""The page on which a body opens the account of an expert it engaged."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cqo_portal.accounts.models import Assignment
from cqo_portal.offices import experts
from cqo_portal.offices.forms import ExpertAccountForm
from cqo_portal.offices.views.accounts import mail_a_link
from cqo_portal.offices.views.doors import keeper_only, posted
from cqo_portal.ui.identity import IdentityForm
from cqo_portal.workflow.engine import Refused
from evaluation.experts.models import Expert
from evaluation.experts.permissions import engages


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request, pk):
    """A new account, or the role for the one the person has; `how=link`. A person has one: sent twice it is refused.

    Not within `once`: a letter is no thing to wait for while the record is held.
    """
    seen = Expert.objects.visible_to(request.user).select_related("person", "institution")
    expert = get_object_or_404(seen, pk=pk)
    if not engages.test(request.user, expert):
        raise PermissionDenied
    there = experts.account_of(expert.person)
    form = ExpertAccountForm(posted(request) if request.POST.get("how") != "link" else None)
    if request.method == "POST":
        try:
            user = _opened(expert, form, request, linked=request.POST.get("how") == "link")
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(expert)
        if user:
            return redirect(expert)
    page = {"expert": expert, "form": form, "there": there, "has_one": experts.has_account(expert.person)}
    return render(request, "offices/expert_account.html", page, status=422 if form.errors else 200)


def _opened(expert: Expert, form: ExpertAccountForm, request, *, linked: bool):
    """The user, or None with what is wrong in the form. Raises `Refused`."""
    if linked:
        user = experts.link(expert, by=request.user)
        messages.success(request, f"{expert.name}原有的账号现在也是评价专家，本人下次打开页面就能切换岗位。")
        return user
    if not form.is_valid():
        return None
    try:
        user = experts.open_for(expert, **form.cleaned_data, by=request.user)
    except (ValidationError, IntegrityError):
        form.add_error("username", "这个用户名已经有人用了，请换一个。")
        return None
    mail_a_link(request, user, otherwise="账号已经开好，请系统管理员稍后再发一次链接。")
    return user


@require_http_methods(["GET", "HEAD", "POST"])
@keeper_only
def role_person(request, pk):
    """Say who acts in a role of expert that names nobody."""
    assignment = get_object_or_404(Assignment.objects.select_related("user", "institution"), pk=pk)
    if not experts.needs_a_person(assignment):
        messages.error(request, "这个岗位不用写明本人。")
        return redirect("offices:account", assignment.user_id)
    form = IdentityForm(posted(request), today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            experts.name_person(
                assignment, kind=said["identity_kind"], number=said["identity_number"], by=request.user
            )
        except Refused as refused:
            form.add_error("identity_number", str(refused))
        else:
            messages.success(request, f"{assignment.user}的评价专家岗位已写明本人。")
            return redirect("offices:account", assignment.user_id)
    page = {"account": assignment.user, "form": form}
    return render(request, "offices/role_person.html", page, status=422 if form.errors else 200)
