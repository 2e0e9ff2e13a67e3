"""The one view behind every workflow button."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cqo_portal.workflow.engine import Refused, perform


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
            if not all(character.isprintable() or character in "\r\n\t" for character in note):
                raise Refused("理由里有看不见的字符，多半是粘贴带来的；请删去后再办理。")
            obj = perform(steps[step], obj, by=request.user, note=note)
        except Refused as refused:
            for reason in refused.reasons:
                messages.error(request, reason)
        else:
            messages.success(request, steps[step].done)
        return redirect(obj)

    return take_step
