"""A roster by paste or by file: both become a run of the importer, where the rows are looked at and decided.

`once` would do harm here: a file is no word of a form, so a second file would count as the first. What is the same
the importer itself knows by its digest, and leads to the run it became.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cqo_portal.imports import workbooks
from cqo_portal.imports.catalogue import kind
from cqo_portal.imports.forms import FileForm
from cqo_portal.imports.sheets import Unreadable
from cqo_portal.imports.views import begun, workbook
from training.forms.pasting import PasteForm
from training.importing import CODE, columns_of
from training.models import Session
from training.permissions import organises


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def roster_paste(request, pk):
    """The page that takes a roster, pasted or as a file."""
    session = _open_session(request, pk)
    form = PasteForm(request.POST if request.method == "POST" else None, session=session, auto_id="paste-%s")
    if request.method == "POST" and form.is_valid():
        upload = ContentFile(form.table.content, name=_name_of(form))
        run = begun(request, upload, of_kind=kind(CODE), target=session.pk)
        if form.table.assumed:
            messages.info(
                request, f"粘贴的内容没有表头，已按“{form.table.assumed}”的顺序读；行号从补上的表头数起。"
            )
        return redirect(run)
    return _page(request, session, paste=form)


def _name_of(form: PasteForm) -> str:
    return f"粘贴的名单（按{form.table.assumed}的顺序）" if form.table.assumed else "粘贴的名单"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def roster_upload(request, pk):
    session = _open_session(request, pk)
    told = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FileForm(*told, auto_id="upload-%s")
    if request.method == "POST" and form.is_valid():
        said = {"sheet": form.cleaned_data["sheet"], "target": session.pk}
        try:
            return redirect(begun(request, form.cleaned_data["file"], of_kind=kind(CODE), **said))
        except Unreadable as refusal:
            form.add_error("file", str(refusal))
    return _page(request, session, upload=form)


@require_safe
@login_required
def roster_template(request, pk):
    """An empty workbook with just the columns this session asks."""
    session = _open_session(request, pk)
    return workbook(workbooks.template(columns_of(session)), f"{session.number}（名单模板）.xlsx")


def _open_session(request, pk) -> Session:
    session = get_object_or_404(Session.objects.visible_to(request.user).for_list(), pk=pk)
    if not organises.test(request.user, session):
        raise PermissionDenied
    if session.state == Session.State.CANCELLED:
        raise PermissionDenied("这一场已经取消，不再登记名单。")
    return session


def _page(request, session: Session, *, paste=None, upload=None) -> HttpResponse:
    wrong = any(form is not None and form.errors for form in (paste, upload))
    known = {"session": session, "paste": paste, "upload": upload}
    return render(request, "training/roster_paste.html", known, status=422 if wrong else 200)
