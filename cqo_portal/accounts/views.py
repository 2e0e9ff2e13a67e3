"""Switching between one's roles."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cqo_portal.accounts.middleware import SESSION_KEY


@login_required
@require_POST
def act(request, pk):
    """From now on act in another of one's own roles; the key of the session changes with the rights."""
    role = get_object_or_404(request.user.assignments.filter(active=True), pk=pk)
    request.session[SESSION_KEY] = role.pk
    request.session.cycle_key()
    messages.success(request, f"现在您以“{role}”的身份办理。")
    return redirect("home")
