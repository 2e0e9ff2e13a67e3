"""The register beyond its list: one enterprise, corrections, paper, files, saved queues, the public extract."""

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.desk import as_of, corrections, saved
from cqo_portal.desk.exporting import Export
from cqo_portal.desk.lists import REGISTER, work_list
from cqo_portal.desk.models import SavedQueue
from cqo_portal.desk.public import LIMITS, PublicQuery
from cqo_portal.desk.register import RegisterQuery, posts_of
from cqo_portal.exports.forms import ExportForm
from cqo_portal.workflow.engine import Refused
from registry.models import Entry
from registry.permissions import corrects
from registry.queries import organisations_visible_to

PRINTED_AT_MOST = 1_000


# ── one enterprise ────────────────────────────────────────────────────────────────────────────
@require_safe
@login_required
def enterprise(request, pk):
    """The enterprise in the register: who held the post when, as known when, and every entry."""
    organisation = get_object_or_404(organisations_visible_to(request.user).select_related("office"), pk=pk)
    page = as_of.EnterprisePage(
        organisation, params=request.GET, user=request.user, today=timezone.localdate()
    )
    status = 422 if page.form.errors else 200
    return render(request, "desk/register_enterprise.html", {"it": page}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, pk):
    """Correct an entry: first what would change, then the act."""
    entries = Entry.objects.visible_to(request.user).select_related("organisation__office", "post__person")
    entry = get_object_or_404(entries, pk=pk)
    if not corrects.test(request.user, entry):
        raise PermissionDenied
    form = corrections.CorrectionForm(request.POST or None, entry=entry)
    page = {"entry": entry, "form": form, "kind": form.kind, "said": corrections.words_of(entry)}
    later = Entry.objects.filter(corrects=entry).select_related("by").first()
    if later:
        return render(request, "desk/correct_closed.html", page | {"later": later}, status=_closed(request))
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("do") == "correct":
                made = corrections.apply(entry, form.said, by=request.user)
                messages.success(
                    request, f"已更正“{form.kind.label}”，原登记保留，名录已按更正后的内容更新。"
                )
                return redirect(made)
            page["changes"] = corrections.preview(entry, form.said, by=request.user)
            page["previewed"] = True
            page["elsewhere"] = corrections.counties_that_keep_the_name(entry)
        except Refused as refused:
            for reason in refused.reasons:
                form.add_error(None, reason)
    return render(request, "desk/correct.html", page, status=422 if form.errors else 200)


def _closed(request) -> int:
    return 409 if request.method == "POST" else 200


# ── paper and files ───────────────────────────────────────────────────────────────────────────
def _query(request) -> RegisterQuery:
    return RegisterQuery(request.GET, user=request.user, today=timezone.localdate())


@require_safe
@login_required
def print_register(request):
    """Everything the query finds on A4 landscape, with the query said above."""
    query = _query(request)
    rows = list(query.rows().order_by(*query.order)[: PRINTED_AT_MOST + 1])
    more, rows = len(rows) > PRINTED_AT_MOST, rows[:PRINTED_AT_MOST]
    posts = [] if query.of_enterprises else posts_of(rows, today=query.today)
    page = {"query": query, "rows": rows, "posts": posts, "more": more, "most": PRINTED_AT_MOST}
    return render(request, "desk/register_print.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def export(request):
    """Ask for the purpose, note it, and hand over the file."""
    if request.user.acting is None or request.user.acting.office is None:
        raise PermissionDenied("导出名录是市场监督管理部门的工作；企业可以打印自己的档案页。")
    wanted = Export(_query(request), user=request.user, today=timezone.localdate())
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and wanted.count and not wanted.too_many:
        said = {"purpose": form.cleaned_data["purpose"], "as_format": form.cleaned_data["format"]}
        wanted.note(**said)
        return wanted.answer(**said)
    page = {"export": wanted, "form": form}
    return render(request, "desk/export.html", page, status=422 if request.method == "POST" else 200)


# ── saved queues ──────────────────────────────────────────────────────────────────────────────
@require_safe
@login_required
def queues(request):
    mine = SavedQueue.objects.visible_to(request.user)
    shown = saved.shown(mine, user=request.user, today=timezone.localdate())
    return render(request, "desk/queues.html", {"queues": shown, "most": saved.PINNED_AT_MOST})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def save_queue(request):
    """Keep the query of a list under a name: `?page=register&address=standing%3Dactive`."""
    told = request.POST if request.method == "POST" else request.GET
    kind, address = told.get("page", REGISTER), told.get("address", "")[:500]
    wanted = work_list(kind, QueryDict(address), user=request.user, today=timezone.localdate())
    if request.user.acting is None or wanted is None:
        raise PermissionDenied("这个清单不能存为常用查询。")
    form = saved.NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kept = saved.save_queue(wanted, name=form.cleaned_data["name"], by=request.user)
        if isinstance(kept, SavedQueue):
            messages.success(request, f"已存为“{kept.name}”，在工作台和“常用查询”里可以打开。")
            return redirect(kept)
        form.add_error("name", kept)
    page = {"form": form, "wanted": wanted}
    return render(request, "desk/queue_save.html", page, status=422 if form.errors else 200)


def _own_queue(request, pk) -> SavedQueue:
    return get_object_or_404(SavedQueue.objects.visible_to(request.user), pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rename_queue(request, pk):
    queue = _own_queue(request, pk)
    form = saved.NameForm(request.POST or None, initial={"name": queue.name})
    if request.method == "POST" and form.is_valid():
        kept = saved.rename(queue, name=form.cleaned_data["name"])
        if isinstance(kept, SavedQueue):
            messages.success(request, f"已改名为“{kept.name}”。")
            return redirect("desk:queues")
        form.add_error("name", kept)
    wanted = saved.list_of(queue, user=request.user, today=timezone.localdate())
    page = {"form": form, "wanted": wanted, "queue": queue}
    return render(request, "desk/queue_save.html", page, status=422 if form.errors else 200)


@login_required
@require_POST
def delete_queue(request, pk):
    """Two clicks in a row delete it once: the second finds nothing left to do, and says so."""
    queue = SavedQueue.objects.visible_to(request.user).filter(pk=pk).first()
    if queue is None:
        messages.info(request, "这个常用查询已经不在了。")
    else:
        queue.delete()
        messages.success(request, f"已删去“{queue.name}”；名录和备案本身没有变动。")
    return redirect("desk:queues")


@login_required
@require_POST
def pin_queue(request, pk):
    """`onto=yes`, or off it: said outright, so that a second click asks for the same."""
    queue = _own_queue(request, pk)
    if request.POST.get("onto") != "yes":
        saved.unpin(queue)
        messages.success(request, f"“{queue.name}”已从工作台取下。")
    elif problem := saved.pin(queue, by=request.user):
        messages.error(request, problem)
    else:
        messages.success(request, f"“{queue.name}”已放到工作台。")
    return redirect("desk:queues")


# ── for everybody ─────────────────────────────────────────────────────────────────────────────
@require_safe
def public_register(request):
    """Which enterprises have a filed officer; no sign-in, nothing a search engine shall keep."""
    query = PublicQuery(request.GET, today=timezone.localdate())
    if query.name and not _may_try_another_name(request):
        query.stop_confirming()
    page = query.page
    shown = {"query": query, "page": page, "posts": query.posts(page)}
    status = 429 if query.too_many else 200
    response = render(request, "desk/public_register.html", shown, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _may_try_another_name(request) -> bool:
    """Counted in the database's cache under a lock, like failed sign-ins: it holds in parallel and outlives Redis."""
    return bool(ratelimit.consume(request, app="desk", action="confirm", config=LIMITS, limit_get=True))
