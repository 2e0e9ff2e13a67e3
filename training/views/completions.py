"""Certificates of training: the list, issuing after a session, one of them, its PDF, voiding."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from cqo_portal.accounts.models import AT_AN_OFFICE, Role
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import look_once
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once
from training import completions as services
from training.forms.providers import VoidForm
from training.models import Completion, Session
from training.permissions import has_a_part_in_it, holds_trainings, voids

PER_PAGE = 50
MAY_LOOK = AT_AN_OFFICE | {Role.PROVIDER, Role.OFFICER, Role.ENTERPRISE}
STANDING = {"all": "全部", "valid": "有效", "doubt": "学时已冲正", "void": "已作废"}
LOOKED_AT = "培训证书"


@require_safe
@login_required
def completions(request):
    user = request.user
    if user.acting is None or user.acting.role not in MAY_LOOK:
        raise PermissionDenied
    text = request.GET.get("q", "").strip()[:60]
    standing = request.GET.get("standing") if request.GET.get("standing") in STANDING else "all"
    found = _standing(Completion.objects.visible_to(user), standing).for_list().matching(text)
    page = keyset(found, request.GET, order=("-issued_on", "-id"), per_page=PER_PAGE)
    words = {"page": page, "text": text, "standing": standing, "standings": STANDING.items()}
    words |= {"to_certify": _to_certify(user)}
    return render(request, "training/completions.html", words)


def _standing(found, standing: str):
    match standing:
        case "valid":
            return found.standing()
        case "doubt":
            return found.in_doubt()
        case "void":
            return found.exclude(voiding=None)
    return found


def _to_certify(user) -> list[Session]:
    """The own sessions posted last, to issue for."""
    if not holds_trainings.test(user):
        return []
    own = Session.objects.of_organiser(user.acting).filter(state=Session.State.POSTED)
    return list(own.for_list().order_by("-moved_at", "-id")[:10])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def issue(request, pk):
    """Who of a session can have a certificate, who not and why; then those that were ticked, with one act."""
    user, today = request.user, timezone.localdate()
    if not holds_trainings.test(user):
        raise PermissionDenied
    own = Session.objects.of_organiser(user.acting).select_related("institution", "office", "course")
    session = get_object_or_404(own, pk=pk)
    refused: list[str] = []
    if request.method == "POST":
        try:
            made = services.issue(session, _ticked(request), by=user, today=today)
        except Refused as error:
            refused = list(error.reasons)
        else:
            messages.success(request, f"已颁发 {len(made)} 张培训证书，并告知本人。")
            return redirect("training:session-completions", session.pk)
    found = services.candidates(session, by=user)
    page = {
        "session": session,
        "blocked": services.reasons_against(session),
        "able": [each for each in found if not each.against],
        "held": [each for each in found if each.holds],
        "unable": [each for each in found if each.against and not each.holds],
        "refused": refused,
        "ticked": set(request.POST.getlist("person")),
        "most": services.MOST,
        "today": today,
    }
    return render(request, "training/issue.html", page, status=422 if refused else 200)


def _ticked(request) -> list[UUID]:
    """The people ticked on the page; what is no key of ours is nobody."""
    found = []
    for key in request.POST.getlist("person"):
        try:
            found.append(UUID(key))
        except ValueError:
            raise Refused("所选的人里有人在本场没有入账的学时，请再看一遍名单。") from None
    return found


def _seen(request, pk) -> Completion:
    seen = Completion.objects.visible_to(request.user).with_hours_left()
    return get_object_or_404(
        seen.select_related(
            "session", "institution", "office", "person", "voiding__by", "by", "imprint"
        ).defer("imprint__content"),
        pk=pk,
    )


@require_safe
@login_required
def completion(request, pk):
    made = _seen(request, pk)
    _note_the_look(made, by=request.user)
    return render(request, "training/completion.html", _page(request, made))


def _page(request, made: Completion, *, form: VoidForm | None = None) -> dict:
    user = request.user
    may_void = not made.is_void and voids.test(user, made) and not has_a_part_in_it.test(user, made)
    return {
        "completion": made,
        "words": made.imprint.words,
        "form": form or (VoidForm() if may_void else None),
        "may_void": may_void,
        "mine": user.acting.role == Role.OFFICER,
    }


@require_safe
@login_required
def pdf(request, pk):
    """The bytes as they were printed, never made again."""
    made = get_object_or_404(Completion.objects.visible_to(request.user).select_related("imprint"), pk=pk)
    _note_the_look(made, by=request.user)
    answer = HttpResponse(bytes(made.imprint.content), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(True, f"培训证书 {made.number}.pdf")
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _note_the_look(made: Completion, *, by) -> None:
    """An office looked at a person's paper: for the person to read."""
    if by.acting.role in AT_AN_OFFICE and by.acting.office_id != made.office_id:
        today = timezone.localdate()
        look_once(Event.LOOK, made.person, by=by, what=LOOKED_AT, today=today, completion=made.number)


@login_required
@require_http_methods(["POST"])
@once
def void(request, pk):
    made = _seen(request, pk)
    if not voids.test(request.user, made) or has_a_part_in_it.test(request.user, made):
        raise PermissionDenied
    form = VoidForm(request.POST)
    if form.is_valid():
        try:
            services.void(
                made, reason=form.cleaned_data["reason"], by=request.user, today=timezone.localdate()
            )
        except Refused as refused:
            refuse(request, refused, form.cleaned_data["reason"])
        else:
            messages.success(request, f"{made.number} 已作废，并告知本人；编号保留在案，不再使用。")
        return redirect(made)
    return render(request, "training/completion.html", _page(request, made, form=form), status=422)
