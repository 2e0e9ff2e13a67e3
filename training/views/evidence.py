"""The papers of a session: seen page by page by whoever sees the session, added by whoever holds it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.papers.accepting import NotAccepted
from cqo_portal.papers.showing import as_download, as_picture, viewing
from cqo_portal.workflow.engine import Refused
from training import evidence
from training.models import Session, SessionEvidence
from training.permissions import organises
from training.views.sessions import visible

VIEWER = {"file": "training:session-evidence-file", "page_picture": "training:session-evidence-page"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_evidence(request, pk):
    session = visible(request, pk)
    problem = ""
    if request.method == "POST":
        if not organises.test(request.user, session):
            raise PermissionDenied
        try:
            _attached(request, session)
        except NotAccepted as refusal:
            problem = str(refusal)
        else:
            messages.success(request, "材料已收下。")
            return redirect("training:session-evidence", session.pk)
    papers = list(session.evidence.current().select_related("uploaded_by"))
    ours = organises.test(request.user, session)
    page = VIEWER | {
        "session": session,
        "papers": papers,
        "viewed": viewing(papers, request.GET),
        "may_attach": ours and session.state != Session.State.CANCELLED,
        "may_remove": ours and session.state == Session.State.PLANNED,
        "problem": problem,
    }
    return render(request, "training/evidence.html", page, status=422 if problem else 200)


def _attached(request, session: Session) -> SessionEvidence:
    if (upload := request.FILES.get("file")) is None:
        raise NotAccepted("请选择文件，再上传。")
    return evidence.attach(session, upload, by=request.user)


def _paper(request, pk) -> SessionEvidence:
    seen = SessionEvidence.objects.current().visible_to(request.user)
    return get_object_or_404(seen.select_related("session__institution", "session__office"), pk=pk)


@login_required
@require_POST
def remove(request, pk):
    paper = _paper(request, pk)
    try:
        evidence.take_away(paper, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已拿掉：{paper.name}。")
    return redirect("training:session-evidence", paper.session_id)


@require_safe
@login_required
def evidence_file(request, pk):
    paper = _paper(request, pk)
    answer = as_download(paper)
    evidence.note_opened(paper, by=request.user, today=timezone.localdate())
    return answer


@require_safe
@login_required
def evidence_page(request, pk, number):
    paper = _paper(request, pk)
    answer = as_picture(paper, number=number)
    evidence.note_opened(paper, by=request.user, today=timezone.localdate())
    return answer
