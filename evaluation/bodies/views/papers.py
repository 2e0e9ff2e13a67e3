"""The papers of a record: seen page by page by whoever sees it, added by the body while it writes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.papers.accepting import NotAccepted
from cqo_portal.papers.showing import as_download, as_picture, viewing
from cqo_portal.workflow.engine import Refused
from evaluation.bodies import services
from evaluation.bodies.forms import PaperForm
from evaluation.bodies.models import BodyPaper, BodyRecord
from evaluation.bodies.permissions import keeps_the_record
from evaluation.bodies.workflow import SUBMIT

VIEWER = {"file": "bodies:paper-file", "page_picture": "bodies:paper-page"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def papers(request, pk):
    user = request.user
    seen = BodyRecord.objects.visible_to(user).select_related("institution", "office")
    record = get_object_or_404(seen, pk=pk)
    keeps = keeps_the_record.test(user, record)
    form, problem = PaperForm(request.POST if request.method == "POST" else None), ""
    if request.method == "POST":
        if not keeps:
            raise PermissionDenied
        try:
            _attached(request, record, form)
        except (NotAccepted, Refused) as refusal:
            problem = str(refusal)
        else:
            messages.success(request, "材料已收下。")
            return redirect("bodies:papers", record.pk)
    found = list(BodyPaper.objects.visible_to(user).filter(record=record).select_related("uploaded_by"))
    writes = keeps and record.state in SUBMIT.source
    page = VIEWER | {
        "record": record,
        "papers": found,
        "viewed": viewing(found, request.GET),
        "writes": writes,
        "missing": SUBMIT.reasons_against(record, timezone.localdate()) if writes else [],
        "form": form,
        "problem": problem,
    }
    return render(request, "bodies/papers.html", page, status=422 if problem else 200)


def _attached(request, record: BodyRecord, form: PaperForm) -> BodyPaper:
    if not form.is_valid():
        raise NotAccepted("请选择材料的种类，再上传。")
    if (upload := request.FILES.get("file")) is None:
        raise NotAccepted("请选择文件，再上传。")
    return services.attach(record, upload, kind=form.cleaned_data["kind"], by=request.user)


def _paper(request, pk) -> BodyPaper:
    seen = BodyPaper.objects.visible_to(request.user).select_related("record")
    return get_object_or_404(seen, pk=pk)


@login_required
@require_POST
def remove(request, pk):
    paper = _paper(request, pk)
    try:
        services.take_away(paper, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已拿掉：{paper.name}。")
    return redirect("bodies:papers", paper.record_id)


@require_safe
@login_required
def paper_file(request, pk):
    return as_download(_paper(request, pk))


@require_safe
@login_required
def paper_page(request, pk, number):
    return as_picture(_paper(request, pk), number=number)
