"""Checking without a network: the page that explains it, and the checker to save."""

from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from certificates.models import StatusFile
from certificates.signing.current import CannotCheck, public_keys
from certificates.verification.headers import kept_nowhere, to_save, unlisted
from certificates.verification.offline import NAME, assembled

NOT_NOW = 503


@require_safe
@unlisted
def offline(request):
    return render(request, "verify/offline.html", {"newest": StatusFile.objects.first(), "name": NAME})


@require_safe
@kept_nowhere
def checker(request):
    try:
        keys = public_keys()
    except CannotCheck:
        return render(request, "verify/offline.html", {"no_key": True}, status=NOT_NOW)
    page = assembled(keys=keys, address=settings.PUBLIC_URL, day=timezone.localdate())
    answer = HttpResponse(page)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(NAME)}"
    return to_save(answer)
