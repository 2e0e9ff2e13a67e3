"""The list, one certificate, its PDF, what a body does with it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates import renewal
from certificates.forms import ActForm
from certificates.issuing import sending
from certificates.life import acts
from certificates.models import Act, Certificate, Evidence
from certificates.pages.certificate import LABELS, CertificatePage
from certificates.pages.lists import CertificateQuery
from certificates.permissions import certifies
from cqo_portal.accounts.models import AT_AN_OFFICE, Role
from cqo_portal.audit.models import Event
from cqo_portal.audit.record import look_once
from cqo_portal.papers.showing import as_download
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once
from cqo_portal.workflow.views import give_back, refuse_unfit

PER_PAGE = 50
MAY_LOOK = AT_AN_OFFICE | {Role.BODY, Role.OFFICER, Role.ENTERPRISE}
LOOKED_AT, EVIDENCE = "评价证书", "证书办理的依据"


@require_safe
@login_required
def index(request):
    user = request.user
    if user.acting is None or user.acting.role not in MAY_LOOK:
        raise PermissionDenied
    query = CertificateQuery(request.GET, user=user, today=timezone.localdate())
    page = keyset(query.rows(), request.GET, order=query.order, per_page=PER_PAGE)
    shown = {"query": query, "page": page, "rows": [query.shown(each) for each in page]}
    return render(request, "certificates/index.html", shown)


def _seen(request, pk) -> Certificate:
    seen = Certificate.objects.visible_to(request.user).select_related(
        "organisation", "body", "person", "imprint", "rendering", "replaces", "decision__evaluation"
    )
    return get_object_or_404(seen.defer("rendering__content").with_acts(), pk=pk)


@require_safe
@login_required
def certificate(request, pk):
    found = _seen(request, pk)
    _note_the_look(found, by=request.user)
    return _shown(request, found)


def _shown(request, found: Certificate, *, status: int = 200) -> HttpResponse:
    page = CertificatePage(found, request.user, timezone.localdate())
    words = {"page": page, "certificate": found, "head": page}
    return render(request, "certificates/certificate.html", words, status=status)


@require_safe
@login_required
def pdf(request, pk):
    """The bytes as they were signed, never made again."""
    seen = Certificate.objects.told_why_to(request.user).filter(rendering__isnull=False)
    found = get_object_or_404(seen.select_related("rendering", "person"), pk=pk)
    _note_the_look(found, by=request.user)
    answer = HttpResponse(bytes(found.rendering.content), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(True, f"评价证书 {found.number}.pdf")
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _note_the_look(found: Certificate, *, by) -> None:
    """An office looked at a person's certificate: for the person to read."""
    if by.acting.role in AT_AN_OFFICE:
        today = timezone.localdate()
        look_once(Event.LOOK, found.person, by=by, what=LOOKED_AT, today=today, certificate=found.number)


@require_safe
@login_required
def evidence(request, pk):
    seen = Evidence.objects.visible_to(request.user).select_related("act__certificate__person")
    paper = get_object_or_404(seen, pk=pk)
    if request.user.acting.role in AT_AN_OFFICE:
        whom, today = paper.act.certificate.person, timezone.localdate()
        look_once(Event.PAPER, whom, by=request.user, what=EVIDENCE, today=today, paper=str(paper.pk))
    return as_download(paper)


# ── acts of the body ──────────────────────────────────────────────────────────────────────────
def _own(request, pk) -> Certificate:
    found = _seen(request, pk)
    if not certifies.test(request.user, found):
        raise PermissionDenied
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request, pk, kind):
    """暂停、恢复、中止、声明作废、登记收回: a page that says what follows, and asks for what it needs."""
    if kind not in LABELS:
        raise Http404
    found, today = _own(request, pk), timezone.localdate()
    if against := acts.why_closed(kind, found, today):
        messages.error(request, against)
        return redirect(found)
    asked = {"kind": kind, "certificate": found, "today": today}
    if request.method != "POST":
        _, last = acts.days_for(kind, found, today)
        return _acting(request, ActForm(initial={"effective_on": last.isoformat()}, **asked))
    form = ActForm(request.POST, request.FILES, **asked)
    return _done(request, form) if form.is_valid() else _acting(request, form, status=422)


def _acting(request, form: ActForm, *, status: int = 200) -> HttpResponse:
    page = {
        "form": form,
        "certificate": form.certificate,
        "kind": form.kind,
        "label": LABELS[form.kind],
        "rule": form.certificate.rule,
    }
    return render(request, "certificates/act.html", page, status=status)


@once
def _done(request, form: ActForm) -> HttpResponse:
    said, by, today = form.said(), request.user, form.today
    try:
        if form.kind == Act.Kind.RECOVER:
            acts.recover(form.certificate, said, by=by, today=today)
            done = "已登记收回。"
        else:
            acts.do(form.kind, form.certificate, said, by=by, today=today)
            done = acts.step_of(form.kind, said).done
    except Refused as refused:
        refuse(request, refused, said.reason)
    else:
        messages.success(request, done)
    return redirect(form.certificate)


@login_required
@require_POST
@once
def abandon(request, pk):
    """Void the number of a certificate that is not made yet."""
    found, note = _own(request, pk), request.POST.get("note", "")
    step = acts.ABANDON
    try:
        refuse_unfit(note, step)
        acts.abandon(found, note, by=request.user, today=timezone.localdate())
    except Refused as refused:
        give_back(request, found, step, note, refused)
    else:
        messages.success(request, step.done)
    return redirect(found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def send(request, pk):
    """The words that go out, and to whom; then they go."""
    found = _own(request, pk)
    if found.sent_at or found.state not in sending.SENT_WHILE:
        messages.info(request, "这张证书已经发送过，或者现在不能发送。")
        return redirect(found)
    if request.method != "POST":
        page = {"certificate": found, "letters": sending.letters(found)}
        return render(request, "certificates/send.html", page)
    if sending.send([found], by=request.user):
        messages.success(request, sending.said([found]))
    else:
        messages.error(request, "没有发送：同事刚刚办理过，或者您与这张证书有关，请由同事办理。")
    return redirect(found)


# ── the holder's side ─────────────────────────────────────────────────────────────────────────
@login_required
@require_POST
@once
def renew(request, pk):
    """Begin a re-evaluation from this certificate."""
    found = _seen(request, pk)
    if request.user.acting.role not in (Role.OFFICER, Role.ENTERPRISE):
        raise PermissionDenied
    try:
        opened = renewal.begin(found, by=request.user, today=timezone.localdate())
    except Refused as refused:
        refuse(request, refused)
        return redirect(getattr(refused, "standing", None) or found)
    return redirect("evaluation:application-edit", opened.pk)
