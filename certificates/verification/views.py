"""Verification in the browser: no sign-in, phone first, and nothing of it stays in a cache or a search engine."""

import hashlib
import json
from urllib.parse import urlsplit

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates.models import Certificate
from certificates.signing.examining import Unfinished
from certificates.verification import limits
from certificates.verification.answer import Answer, as_json
from certificates.verification.files import Said, said_of
from certificates.verification.forms import AskForm, DayForm, FileForm, PerhapsDayForm
from certificates.verification.headers import kept_nowhere, of_no_other_site
from certificates.verification.lookup import found_by_code, found_by_digest, found_by_name, known_of

NOT_FOUND, TOO_MANY, NOT_NOW = 404, 429, 503
REFUSED = {TOO_MANY: "too_many", NOT_NOW: "busy"}


# ── by number and name ────────────────────────────────────────────────────────────────────────
@require_http_methods(["GET", "HEAD", "POST"])
@kept_nowhere
def ask(request):
    """The form; a POST answers on the page itself, so that no name comes into an address."""
    if request.method != "POST":
        return render(request, "verify/ask.html", {"form": AskForm(), "file_form": FileForm()})
    form, day_form = AskForm(request.POST), PerhapsDayForm(request.POST)
    if not form.is_valid():
        return _asking(request, form, status=422)
    certificate, refused = _found_by_name(request, form.cleaned_data)
    if refused:
        return _asking(request, form, status=TOO_MANY, said=refused)
    if certificate is None:
        return _asking(request, form, status=NOT_FOUND, missed="typed")
    return _answered(request, certificate, day_form=day_form, asked=form.cleaned_data)


def _found_by_name(request, said: dict) -> tuple[Certificate | None, str]:
    """(the certificate, why nobody looked for it). What is found is not counted."""
    if limits.used_up(request):
        return None, limits.TOO_MANY_IN_ALL
    if (usage := limits.one_more(request)) is None:
        return None, limits.TOO_MANY
    if certificate := found_by_name(said["number"], said["name"]):
        usage.rollback()
    else:
        limits.count_for_all(request)
    return certificate, ""


def _asking(request, form: AskForm, *, status: int, missed: str = "", said: str = "") -> HttpResponse:
    page = {"form": form, "file_form": FileForm(), "missed": missed, "too_many": said}
    return render(request, "verify/ask.html", page, status=status)


# ── by the code in the QR ─────────────────────────────────────────────────────────────────────
@require_safe
@kept_nowhere
def scanned(request, number, code):
    """What the QR on the paper opens. Whoever has the right code is always answered."""
    certificate = found_by_code(number, code)
    if certificate is None:
        return _missed_by_code(request)
    form = DayForm(request.GET) if "on" in request.GET else DayForm()
    return _answered(request, certificate, day_form=form, scanned=True)


def _missed_by_code(request) -> HttpResponse:
    if limits.one_more(request) is None:
        return _asking(request, AskForm(), status=TOO_MANY, said=limits.TOO_MANY_CODES)
    return _asking(request, AskForm(), status=NOT_FOUND, missed="scanned")


def _answered(request, certificate: Certificate, *, day_form: DayForm, **how) -> HttpResponse:
    """A day that cannot be read is said beside its field; the answer of today stands all the same."""
    on = day_form.cleaned_data["on"] if day_form.is_bound and day_form.is_valid() else None
    answer = Answer(known=known_of(certificate), today=timezone.localdate(), on=on)
    page = {"answer": answer, "at": timezone.now(), "day_form": day_form, **how}
    if "asked" not in how:  # whoever asked by name is not told the code
        page["address"] = urlsplit(certificate.imprint.words["address"]).path
    return render(request, "verify/answer.html", page, status=422 if day_form.errors else 200)


# ── by the file ───────────────────────────────────────────────────────────────────────────────
@require_POST
@kept_nowhere
def file(request):
    """Are these our bytes? The digest says it; the signature says what else can be said. Nothing of it is kept."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        page = {"form": AskForm(), "file_form": form}
        return render(request, "verify/ask.html", page, status=422)
    raw = form.cleaned_data["file"].read()
    certificate = found_by_digest(hashlib.sha256(raw).hexdigest())
    if certificate:
        return _answered(request, certificate, day_form=DayForm(), by_file=True)
    said, status = _examined(request, raw)
    if status in REFUSED:
        return _later(_asking(request, AskForm(), status=status, said=said))
    return render(request, "verify/file.html", {"said": said, "at": timezone.now()}, status=status)


def _examined(request, raw: bytes) -> tuple[Said | str, int]:
    """What is said of it, or why nothing can be said yet. Whoever finds no place is told at once, and not counted."""
    with limits.a_place() as free:
        if not free:
            return limits.BUSY, NOT_NOW
        if limits.one_more(request, action="file") is None:
            return limits.TOO_MANY_FILES, TOO_MANY
        try:
            return said_of(raw), NOT_FOUND
        except Unfinished:
            return limits.UNFINISHED, NOT_NOW


def _later(answer: HttpResponse) -> HttpResponse:
    if answer.status_code == NOT_NOW:
        answer.headers["Retry-After"] = str(limits.AGAIN_IN)
    return answer


# ── the same for machines ─────────────────────────────────────────────────────────────────────
@require_safe
@kept_nowhere
@of_no_other_site
def scanned_json(request, number, code):
    certificate = found_by_code(number, code)
    if certificate is None and limits.one_more(request) is None:
        return _json({"state": "too_many"}, status=TOO_MANY)
    form = DayForm(request.GET) if "on" in request.GET else None
    if form and not form.is_valid():
        return _wrong(form)
    return _answered_json(certificate, form.cleaned_data["on"] if form else None)


@csrf_exempt  # it changes nothing, and a machine has no cookie
@require_POST
@kept_nowhere
@of_no_other_site
def ask_json(request):
    """`{"number": …, "name": …, "on": …}` as a form or as JSON; the answer of the page."""
    said = _said(request)
    form, day_form = AskForm(said), PerhapsDayForm(said)
    if not (form.is_valid() & day_form.is_valid()):
        return _wrong(form, day_form)
    certificate, refused = _found_by_name(request, form.cleaned_data)
    if refused:
        return _json({"state": "too_many"}, status=TOO_MANY)
    return _answered_json(certificate, day_form.cleaned_data["on"])


@csrf_exempt
@require_POST
@kept_nowhere
@of_no_other_site
def file_json(request):
    """The answer of the page to a file that is ours; of another one why it is not (`file_not_on_record`)."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _wrong(form)
    raw = form.cleaned_data["file"].read()
    certificate = found_by_digest(hashlib.sha256(raw).hexdigest())
    if certificate:
        return _answered_json(certificate, None)
    said, status = _examined(request, raw)
    if status in REFUSED:
        return _later(_json({"state": REFUSED[status], "sentence": said}, status=status))
    return _json({"state": "file_not_on_record", "word": said.word, "sentence": said.sentence}, status=status)


def _wrong(*forms) -> JsonResponse:
    return _json(
        {"errors": {k: v for form in forms for k, v in form.errors.get_json_data().items()}}, status=422
    )


def _said(request) -> dict:
    if request.content_type != "application/json":
        return request.POST
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    texts = said.items() if isinstance(said, dict) else ()
    return {name: value for name, value in texts if isinstance(value, str)}


def _answered_json(certificate: Certificate | None, on) -> JsonResponse:
    now = timezone.localtime()
    answer = certificate and Answer(known=known_of(certificate), today=now.date(), on=on)
    return _json(
        as_json(answer, asked_at=now.isoformat(timespec="seconds")), status=200 if answer else NOT_FOUND
    )


def _json(said: dict, *, status: int) -> JsonResponse:
    return JsonResponse(said, status=status, json_dumps_params={"ensure_ascii": False})
