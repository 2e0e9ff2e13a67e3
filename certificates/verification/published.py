"""The status files as anybody fetches them: the page that explains them, the newest, and every earlier day for ever."""

from datetime import date

from django.conf import settings
from django.http import FileResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from certificates.models import StatusFile
from certificates.verification.forms import DayForm
from certificates.verification.headers import YEAR, kept_nowhere, to_save, unlisted

SHOWN = 14  # days on the page


class DayConverter:
    """A day in an address, as 2026-11-28; what is no day is no address."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


@require_safe
@unlisted
def index(request):
    """What the files are for, and the last of them; `on`: another day."""
    form = DayForm(request.GET) if "on" in request.GET else DayForm()
    asked = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
    files = StatusFile.objects.filter(day=asked) if asked else StatusFile.objects.all()[:SHOWN]
    page = {"files": files, "form": form, "asked": asked}
    return render(request, "verify/status.html", page, status=422 if form.errors else 200)


@require_safe
@kept_nowhere
def latest(request):
    return _manifest(get_object_or_404(StatusFile.objects.all()[:1]))


@require_safe
@unlisted
def manifest(request, day):
    return _manifest(get_object_or_404(StatusFile, day=day))


def _manifest(found: StatusFile) -> JsonResponse:
    """The manifest as JWS, and where its file lies; the day stands there once more for whoever reads without a library."""
    url = f"{settings.PUBLIC_URL}{reverse('verify:status-file', args=[found.day])}"
    said = {"day": found.day.isoformat(), "url": url, "manifest": found.manifest}
    answer = JsonResponse(said)
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.day}.json"'
    return to_save(answer)


@require_safe
@unlisted
def file(request, day):
    """The bytes that the manifest speaks of; they never change."""
    found = get_object_or_404(StatusFile, day=day)
    answer = FileResponse(
        found.file.open(), as_attachment=True, filename=f"{day}.jsonl.gz", content_type="application/gzip"
    )
    answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return to_save(answer)
