"""The clocks of a body: what counts now, how it was before."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cqo_portal.accounts.permissions import is_body
from cqo_portal.workflow.once import once
from evaluation.bodies import pages, services, texts, usual
from evaluation.bodies.forms import ClocksForm
from evaluation.bodies.standing import clocks_of, text_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def clocks(request):
    if not is_body.test(request.user):
        raise PermissionDenied
    institution = request.user.acting.institution
    pack, now = text_of(institution), clocks_of(institution)
    initial = {name: getattr(now, name) for name in services.CLOCKS_SAID}
    posted = request.POST if request.method == "POST" else None
    form = ClocksForm(posted, initial=initial, pack=pack)
    if posted is not None and form.is_valid():
        _set(request, institution, form.cleaned_data, panel=texts.panel(pack))
        return redirect("bodies:clocks")
    page = {
        "form": form,
        "days": [form[step] for step in usual.DAYS],
        "history": pages.clocks_history(institution),
        "set_by_itself": now.pk is not None,
        "reading": usual.READING,
        "pack": pack,
    }
    return render(request, "bodies/clocks.html", page, status=422 if form.errors else 200)


def _set(request, institution, said: dict, *, panel) -> None:
    services.set_clocks(institution, said, by=request.user)
    messages.success(request, "时限已保存，以后开始的各个环节按它计算；已经开始的不变。")
    if panel.odd_advised and said["panel_size"] % 2 == 0:
        messages.warning(request, f"评价组 {said['panel_size']} 人是双数，宜为单数（{panel.cites}）。")
