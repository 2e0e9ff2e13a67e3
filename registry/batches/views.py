"""Batches in the browser: choose, preview, send, print, take back; and how far a notice has come."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cqo_portal.accounts.models import Role
from cqo_portal.parties.models import Office
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused
from registry.batches import pages, services
from registry.batches.models import Batch, Reminder
from registry.batches.pages import Scope
from registry.batches.permissions import recalls, sends
from registry.batches.progress import STANDINGS, board, standings
from registry.batches.receipt import receipt
from registry.models import Filing
from registry.notices.models import Notice
from registry.notices.permissions import regulates

PER_PAGE = 50


@require_safe
@login_required
def index(request):
    """Batches sent by this county, or received by this city; a province looks on."""
    _insist(regulates(request.user))
    batches = Batch.objects.visible_to(request.user).for_list()
    page = keyset(batches, request.GET, order=("-at", "-id"), per_page=PER_PAGE)
    may_send = sends.test(request.user)
    waiting = Filing.objects.awaiting(request.user).order_by().count() if may_send else 0
    return render(request, "batches/index.html", {"page": page, "may_send": may_send, "waiting": waiting})


@require_safe
@login_required
def choose(request):
    """Everything that waits at this county; what is ready is ticked."""
    _insist(sends.test(request.user))
    scope, none = Scope(request.user, request.GET.get("notice", "")), request.GET.get("pick") == "none"
    page = pages.choose_page(scope, today=timezone.localdate(), none=none)
    return render(request, "batches/choose.html", page)


@login_required
@require_POST
def preview(request):
    """`again`: back to choosing, with what was ticked and typed."""
    _insist(sends.test(request.user))
    today, scope = timezone.localdate(), _scope(request)
    if "again" in request.POST:
        page = pages.choose_page(scope, today=today, posted=request.POST)
        return render(request, "batches/choose.html", page)
    shown = pages.preview(scope, request.POST, today=today)
    if not shown.chosen:
        for sentence in shown.gone or ["一件也没有选，请至少选一件再预览。"]:
            messages.error(request, sentence)
        return redirect(scope.address)
    return render(request, "batches/preview.html", {"preview": shown})


@login_required
@require_POST
def send(request):
    """The one act. Where one filing cannot go any more nothing is sent, and the preview is shown again."""
    _insist(sends.test(request.user))
    today, scope = timezone.localdate(), _scope(request)
    chosen = pages.chosen_rounds(request.POST)
    left, shared, readable = pages.reasons(request.POST)
    if not readable:
        return _with_mistakes(request, scope, today=today)
    try:
        batch = services.send_up(
            chosen, left=left, shared=shared, notice=scope.notice, by=request.user, today=today
        )
    except services.Unexplained:
        return _with_mistakes(request, scope, today=today)
    except (services.NotSent, Refused) as refused:
        if done := pages.batch_of(chosen, request.user):
            messages.info(
                request, f"这 {done.included_count} 件已经在批次 {done.number} 里上报过了，没有重复上报。"
            )
            return redirect(done)
        return _shown_again(request, scope, refused.reasons, today=today)
    messages.success(request, f"已上报 {batch.included_count} 件，批次号 {batch.number}。回执可以打印。")
    return redirect(batch)


def _with_mistakes(request, scope: Scope, *, today):
    shown = pages.preview(scope, request.POST, today=today, checked=True)
    return render(request, "batches/preview.html", {"preview": shown}, status=422)


def _shown_again(request, scope: Scope, reasons, *, today):
    for reason in reasons:
        messages.error(request, f"一件也没有上报。{reason}")
    shown = pages.preview(scope, request.POST, today=today)
    if not shown.chosen:
        return redirect(scope.address)
    return render(request, "batches/preview.html", {"preview": shown}, status=409)


@require_safe
@login_required
def batch(request, pk):
    """The receipt: to read, to print, and to take back from while the city has not begun."""
    found = get_object_or_404(
        Batch.objects.visible_to(request.user).select_related("office__parent", "notice", "by"), pk=pk
    )
    return render(request, "batches/batch.html", _receipt_page(request, found))


def _receipt_page(request, found: Batch, **typed) -> dict:
    may_recall = recalls.test(request.user, found)
    return {"batch": found, "receipt": receipt(found), "may_recall": may_recall, **typed}


@login_required
@require_POST
def recall(request, pk):
    """All that were ticked, or none; what stopped it is said beside what was ticked and typed."""
    seen = Batch.objects.visible_to(request.user).select_related("office__parent", "notice", "by")
    found = get_object_or_404(seen, pk=pk)
    _insist(recalls.test(request.user, found))
    reason, error = pages.reason_and_error(request.POST.get("reason", ""))
    chosen = pages.keys(request.POST, "chosen")
    typed = {"chosen": chosen, "reason": request.POST.get("reason", "")}
    if mistakes := pages.mistakes_in_recall(chosen, typed["reason"], error=error):
        page = _receipt_page(request, found, mistakes=mistakes, **typed)
        return render(request, "batches/batch.html", page, status=422)
    try:
        back = services.recall(found, chosen, reason=reason, by=request.user, today=timezone.localdate())
    except (services.NotSent, Refused) as refused:
        page = _receipt_page(request, found, refused=refused.reasons, **typed)
        return render(request, "batches/batch.html", page, status=409)
    messages.success(request, f"已从市局撤回 {len(back)} 件，回到本局预审；其余各件照常。")
    return redirect(found)


# ── how far a notice has come ─────────────────────────────────────────────────────────────────
@require_safe
@login_required
def progress(request, pk):
    notice = _notice(request, pk)
    own = request.user.acting.office if request.user.acting.role == Role.COUNTY else None
    today = timezone.localdate()
    page = {"notice": notice, "today": today, "board": board(notice, office=own), "own": own}
    return render(request, "batches/progress.html", page)


@require_safe
@login_required
def enterprises(request, pk):
    """The enterprises behind a number of the board: `?standing=`, `?office=`."""
    notice = _notice(request, pk)
    standing, office = request.GET.get("standing", ""), _office(request, notice)
    found = standings(notice).select_related("office").annotate(own=F("office__area"))
    if standing in STANDINGS:
        found = found.filter(standing=standing)
    if office:
        found = found.filter(office=office)
    rows = keyset(found, request.GET, order=("pinyin", "id"), per_page=PER_PAGE)
    today = timezone.localdate()
    page = {
        "notice": notice,
        "page": rows,
        "standing": standing if standing in STANDINGS else "",
        "word": STANDINGS.get(standing, "面向的企业"),
        "words": STANDINGS,
        "office": office,
        "today": today,
        "may_remind": sends.test(request.user) and notice.is_open(today),
        "reminded": Reminder.objects.filter(notice=notice, office=office).order_by("-on").first(),
    }
    return render(request, "batches/enterprises.html", page)


@login_required
@require_POST
def remind(request, pk):
    notice = _notice(request, pk)
    _insist(sends.test(request.user))
    try:
        reminder = services.remind(notice, by=request.user, today=timezone.localdate())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已提醒 {reminder.enterprises} 家没有动静的企业。明天可以再催。")
    return redirect("batches:progress", notice.pk)


def _notice(request, pk) -> Notice:
    """A published notice of the person's own city or province."""
    _insist(regulates(request.user))
    found = Notice.objects.concerning(request.user).exclude(published_at=None)
    return get_object_or_404(found.select_related("office"), pk=pk)


def _office(request, notice: Notice) -> Office | None:
    acting = request.user.acting
    if acting.role == Role.COUNTY:
        return acting.office
    counties = Office.objects.filter(parent=notice.office_id)
    return next((office for office in counties if office.pk == request.GET.get("office")), None)


def _scope(request) -> Scope:
    return Scope(request.user, request.POST.get("notice", ""))


def _insist(may: bool) -> None:
    if not may:
        raise PermissionDenied
