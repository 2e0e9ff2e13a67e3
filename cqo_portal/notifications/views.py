"""The inbox: what was said to me, and whether I have read it."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cqo_portal.notifications.models import Message

PER_PAGE = 30
STOP_ASKING = 286  # htmx's own status: the last answer to something that asks every minute


@require_safe
@login_required
def inbox(request):
    page = Paginator(Message.objects.inbox_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/inbox.html", {"page": page})


@require_safe
@never_cache
def unread(request):
    """The number beside the bell, asked for by the page itself; whoever has signed out need not ask any more."""
    if not request.user.is_authenticated:
        return HttpResponse(status=STOP_ASKING)
    count = Message.objects.inbox_of(request.user).unread().count()
    return render(request, "notifications/_unread.html", {"unread": count})


@login_required
@require_POST
def read(request, pk):
    """Open a message: mark it read and go where it points."""
    message = get_object_or_404(Message.objects.inbox_of(request.user), pk=pk)
    Message.objects.filter(pk=message.pk, read_at=None).update(read_at=timezone.now())
    return redirect(message.url or "notifications:inbox")


@login_required
@require_POST
def read_all(request):
    Message.objects.inbox_of(request.user).unread().update(read_at=timezone.now())
    return redirect("notifications:inbox")
