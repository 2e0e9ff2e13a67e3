"""The one view behind every workflow button."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cqo_portal.wording import BLANKS
from cqo_portal.workflow.engine import Refused, Transition, open_to, perform
from cqo_portal.workflow.notes import Typed, keep, refuse


def step_view(model, steps):
    """A POST view for the buttons of `model`: strangers get 404, the wrong role 403, the wrong state a sentence."""

    @login_required
    @require_POST
    def take_step(request, pk, step):
        if step not in steps:
            raise Http404
        obj = get_object_or_404(model.objects.visible_to(request.user), pk=pk)
        note = request.POST.get("note", "")
        try:
            refuse_unfit(note, steps[step])
            obj = perform(steps[step], obj, by=request.user, note=note)
        except Refused as refused:
            give_back(request, obj, steps[step], note, refused)
        else:
            messages.success(request, steps[step].done)
        return redirect(obj)

    return take_step


def refuse_unfit(note: str, step: Transition) -> None:
    """Raises `Refused` for what cannot stand on record as a reason."""
    if not all((sign.isprintable() and sign not in BLANKS) or sign in "\r\n\t" for sign in note):
        raise Refused("理由里有看不见的字符，多半是粘贴带来的；请删去后再办理。")
    if (long := len(note.replace("\r\n", "\n"))) > step.longest_note:  # as the browser counts
        raise Refused(f"理由最多 {step.longest_note} 字，现在有 {long} 字，请缩短后再办理。")


def give_back(request, obj, step, note: str, refused: Refused, *, address: str | None = None) -> None:
    """Say why, and keep what was typed: in its field at `address`, else on the page of `obj`, or in a message."""
    obj.refresh_from_db(fields=["state"])  # somebody may have been first: then the field is gone
    if still_open := bool(open_to(request.user, obj, steps=[step])):
        keep(request, address or obj.get_absolute_url(), step, Typed(note, list(refused.reasons)))
    refuse(request, refused, "" if still_open else note)
