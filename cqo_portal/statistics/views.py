"""Statistics in the browser: read what is asked, have it counted, show it, lock it, hand it over."""

from itertools import islice
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from cqo_portal.exports.formats import SafeCsv
from cqo_portal.exports.official import OfficialXlsx
from cqo_portal.parties.models import Office
from cqo_portal.statistics import orders as ordering
from cqo_portal.statistics import publishing, yearly
from cqo_portal.statistics.asked import AsOf, yesterday
from cqo_portal.statistics.catalogue import SUBJECTS
from cqo_portal.statistics.counting import faults, faults_of_kept
from cqo_portal.statistics.forms import AskedForm, LockForm, OrderForm, PublishForm
from cqo_portal.statistics.leaving import FORMATS, Leaving, answer
from cqo_portal.statistics.models import Order, Published, Yearbook
from cqo_portal.statistics.pages import (
    CellPage,
    Laid,
    Question,
    Side,
    TablePage,
    WhyPage,
    difference_in_words,
)
from cqo_portal.statistics.permissions import publishes, reads_figures, works_at_an_office
from cqo_portal.statistics.pictures import pictures_of
from cqo_portal.statistics.queries import areas_of
from cqo_portal.statistics.roster import COLUMNS, USUAL, Roster
from cqo_portal.statistics.subject import Subject
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.once import once

PREVIEWED = 5  # enough to see what the columns hold; all of it leaves for a purpose
LISTED = 50
OTHERS = 5  # tables one published stands beside
NOT_YOURS = "统计是市场监督管理部门的工作；企业和个人可以看自己的档案和公开名录。"
NO_NAMES = "系统管理员只看数字：企业和人员的名单由市场监督管理部门查看。"


def _readers_only(request) -> None:
    if not reads_figures.test(request.user):
        raise PermissionDenied(NOT_YOURS)


def _offices_only(request) -> None:
    _readers_only(request)
    if not works_at_an_office.test(request.user):
        raise PermissionDenied(NO_NAMES)


def _subject(code: str) -> Subject:
    if code not in SUBJECTS:
        raise Http404
    return SUBJECTS[code]


def _question(request, subject: str) -> Question:
    question = Question(_subject(subject), request.GET, user=request.user, today=timezone.localdate())
    if not question.areas:
        raise PermissionDenied("还没有登记任何机构，没有可以统计的。")
    return question


# ── tables ────────────────────────────────────────────────────────────────────────────────────
@require_safe
@login_required
def index(request):
    """Every table with what it answers; the years; what was published last; the own files."""
    _readers_only(request)
    today = timezone.localdate()
    own = request.user.acting.office
    published_last = (
        Published.objects.visible_to(request.user).for_list().filter(yearbook=None).order_by("-at")[:5]
    )
    page = {
        "subjects": list(SUBJECTS.values()),
        "years": [
            yearly.YearPage(own, y, {}, user=request.user, today=today) for y in yearly.years_offered(today)
        ]
        if own
        else [],
        "published": published_last,
        "own": own,
        "with_names": works_at_an_office.test(request.user),
    }
    return render(request, "statistics/index.html", page)


@require_safe
@login_required
def table(request, subject):
    _readers_only(request)
    question = _question(request, subject)
    return _table(request, question)


def _table(request, question: Question, *, status: int = 200, **more):
    status = 422 if question.form.errors else status
    return render(request, "statistics/table.html", {"it": TablePage(question), **more}, status=status)


@require_safe
@login_required
def cell(request, subject):
    """Exactly the records of one number."""
    _offices_only(request)
    question = _question(request, subject)
    if question.form.errors:
        return _table(request, question)
    page = CellPage(question.table, request.GET, at=question.at, user=request.user)
    if not page.known:
        raise Http404
    back = f"?{question.address()}"
    return render(request, "statistics/cell.html", {"it": page, "question": question, "back": back})


@require_safe
@login_required
def table_file(request, subject, as_format):
    """The figures as a file; a table that contradicts itself does not leave."""
    _readers_only(request)
    question = _question(request, subject)
    if as_format not in FORMATS:
        raise Http404
    if question.form.errors or faults(question.table):
        return _table(request, question, status=409)
    pack = question.world.pack
    leaving = Leaving(
        table=question.table,
        office=question.area,
        at=question.at,
        edition=pack.edition if pack else "",
        made_at=None if question.is_final else timezone.now(),
    )
    return answer(leaving, as_format)


@require_safe
@login_required
def why(request, subject):
    """Two pairs of days side by side: `?on=&known=` and, before it, `?was_on=&was_known=`."""
    _offices_only(request)
    question = _question(request, subject)
    asked = {"on": request.GET.get("was_on", ""), "known": request.GET.get("was_known", "")}
    form = AskedForm(asked, today=question.today)
    earlier = AsOf(form.cleaned_data["on"], form.cleaned_data["known"]) if form.is_valid() else question.at
    before, after = Side(question.asked_of(earlier).table, earlier), Side(question.table, question.at)
    page = WhyPage(before, after, request.GET, user=request.user)
    shown = {"it": page, "question": question, "was": form, "earlier": earlier, "lines": _lines(page)}
    wrong = bool(form.errors or question.form.errors)
    return render(request, "statistics/why.html", shown, status=422 if wrong else 200)


def _lines(page: WhyPage) -> list[tuple]:
    return [(each, *difference_in_words(each)) for each in page.shown]


# ── publishing ────────────────────────────────────────────────────────────────────────────────
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def publish(request, subject):
    """What would be locked, with its checks; a POST locks it."""
    _offices_only(request)
    question = _question(request, subject)
    if not publishes.test(request.user, question.area):
        raise PermissionDenied("各级只公布自己辖区的表。")
    if question.form.errors:
        return _table(request, question)
    if question.within:
        messages.error(request, "公布的是整张表：请先把“只看”都选回“全部”。")
        return redirect(f"{reverse('statistics:table', args=[subject])}?{question.address()}")
    if "known" not in request.GET:
        question.at = AsOf(min(question.at.on, yesterday(question.today)), yesterday(question.today))
    form = PublishForm(request.POST or None)
    page = TablePage(question)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            made = publishing.publish(
                question.subject,
                question.area,
                question.at,
                by_dimension=question.dimension.code,
                statement=form.cleaned_data["statement"],
                by=request.user,
                today=question.today,
            )
        except Refused as refused:
            status = 409
            for reason in refused.reasons:
                form.add_error(None, reason)
        else:
            messages.success(request, "已公布并锁定；以后的登记和更正不再改变这张表。")
            return redirect(made)
    elif request.method == "POST":
        status = 422
    return render(request, "statistics/publish.html", {"it": page, "form": form}, status=status)


@require_safe
@login_required
def published_list(request):
    _readers_only(request)
    found = Published.objects.visible_to(request.user).for_list().filter(yearbook=None)
    page = keyset(found, request.GET, order=("-at", "-id"), per_page=LISTED)
    return render(request, "statistics/published_list.html", {"page": page})


def _published(request, pk) -> Published:
    _readers_only(request)
    found = Published.objects.visible_to(request.user).select_related("office__parent", "by", "yearbook")
    return get_object_or_404(found, pk=pk)


@require_safe
@login_required
def published(request, pk):
    """A locked table as it was; `?again=1` computes it once more from the same days and compares the bytes."""
    held = _published(request, pk)
    locked = held.table
    wrong = tuple(faults_of_kept(locked))
    again = publishing.computed_again(held) if request.GET.get("again") == "1" else None
    cells = f"{held.get_absolute_url()}cell/?p=1" if works_at_an_office.test(request.user) else ""
    page = {
        "held": held,
        "laid": Laid(locked, cells, wrong),
        "charts": pictures_of(locked),
        "sound": held.is_what_was_said and not wrong,
        "others": _beside(held),
        "asked_again": request.GET.get("again") == "1",
        "again": again,
        "same": again is not None and again == locked,
        "with_names": works_at_an_office.test(request.user),
    }
    return render(request, "statistics/published.html", page)


def _beside(held: Published) -> list[Published]:
    """What it may be compared with: every edition of its year, and the newest of the others."""
    found = held.others().for_list().order_by("-at")
    of_the_year = Q(yearbook__year=held.yearbook.year) if held.yearbook else Q(pk=None)
    return [*found.filter(of_the_year), *found.exclude(of_the_year)[:OTHERS]]


@require_safe
@login_required
def published_cell(request, pk):
    _offices_only(request)
    held = _published(request, pk)
    page = CellPage(held.table, request.GET, at=held.at_days, user=request.user)
    if not page.known:
        raise Http404
    return render(
        request, "statistics/cell.html", {"it": page, "held": held, "back": held.get_absolute_url()}
    )


@require_safe
@login_required
def published_why(request, pk):
    """A locked table against another one (`?with=`), or against the same as it is counted now, or at the days one names."""
    _offices_only(request)
    held, today = _published(request, pk), timezone.localdate()
    subject = _subject(held.subject)
    params = request.GET.copy()
    params["by"], params["office"] = held.dimension, held.office_id
    if "with" in params:  # its days are its own
        params["on"], params["known"] = held.on.isoformat(), held.known.isoformat()
    elif "on" not in params:
        params["on"] = held.on.isoformat()
    question = Question(subject, params, user=request.user, today=today)
    other = _other(request, held)
    after = Side(other.table, other.at_days) if other else Side(question.table, question.at)
    page = WhyPage(Side(held.table, held.at_days), after, params, user=request.user)
    shown = {"it": page, "question": question, "held": held, "other": other, "earlier": held.at_days}
    shown["lines"] = _lines(page)
    return render(request, "statistics/why.html", shown, status=422 if question.form.errors else 200)


def _other(request, held: Published) -> Published | None:
    """The locked table that is asked to stand beside: of the same office, counted by the same definition."""
    said = request.GET.get("with", "")
    return get_object_or_404(held.others(), pk=_key(said)) if said else None


def _key(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError as error:
        raise Http404 from error


@require_safe
@login_required
def published_file(request, pk, as_format):
    held = _published(request, pk)
    if as_format not in FORMATS:
        raise Http404
    if not publishing.is_sound(held):
        messages.error(request, "这张表与锁定时不一致，不能送出；请联系系统管理员。")
        return redirect(held)
    leaving = Leaving(
        table=held.table,
        office=held.office,
        at=held.at_days,
        edition=held.rule_edition,
        digest=held.digest,
        statement=held.statement,
        made_at=held.at,
    )
    return answer(leaving, as_format)


# ── years ─────────────────────────────────────────────────────────────────────────────────────
def _year_page(request, year: int, code: str) -> yearly.YearPage:
    _readers_only(request)
    today = timezone.localdate()
    if not yearly.EARLIEST <= year <= today.year:
        raise Http404
    office = get_object_or_404(areas_of(request.user).select_related("parent"), pk=code)
    return yearly.YearPage(office, year, request.GET, user=request.user, today=today)


@require_safe
@login_required
def year(request, year, office):
    return render(request, "statistics/year.html", {"it": _year_page(request, year, office)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def lock(request, year, office):
    """Lock a year's tables: what is missing below, the statement, and then the act."""
    page = _year_page(request, year, office)
    if not publishes.test(request.user, page.office):
        raise PermissionDenied("各级只锁定自己辖区的年度统计。")
    form = LockForm(
        request.POST or None, year=year, today=page.today, missing=page.missing, usual_day=page.usual_day
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            made = publishing.lock_year(
                page.office,
                year,
                known=form.cleaned_data["known"],
                statement=form.cleaned_data["statement"],
                absences=form.absences,
                by=request.user,
                today=page.today,
            )
        except Refused as refused:
            status = 409
            for reason in refused.reasons:
                form.add_error(None, reason)
        else:
            messages.success(request, f"{year} 年度统计第 {made.edition} 版已锁定。")
            return redirect(made)
    elif request.method == "POST":
        status = 422
    return render(request, "statistics/lock.html", {"it": page, "form": form}, status=status)


@require_safe
@login_required
def year_report(request, year, office):
    """The annual report to the office above, made of the locked tables alone."""
    page = _year_page(request, year, office)
    if page.book is None:
        raise Http404
    if not publishing.holds(page.book):
        messages.error(request, "有表与锁定时不一致，报告不能送出；请联系系统管理员。")
        return redirect(page.book)
    made = HttpResponse(yearly.report(page.book), content_type="application/pdf")
    name = f"{page.office.area}首席质量官{year}年度统计报告.pdf"
    made.headers["Content-Disposition"] = content_disposition_header(True, name)
    return made


# ── lists of people ───────────────────────────────────────────────────────────────────────────
def _roster_question(request) -> tuple[Office, AsOf, AskedForm]:
    """Whose roster, at which two days."""
    today = timezone.localdate()
    said = request.POST if request.method == "POST" else request.GET
    form = AskedForm(said if "on" in said or "known" in said else None, today=today)
    told = form.cleaned_data if form.is_bound and form.is_valid() else {}
    areas = {office.pk: office for office in areas_of(request.user)}
    area = areas.get(said.get("office", "")) or areas[request.user.acting.office_id]
    return area, AsOf(told.get("on") or today, told.get("known") or today), form


@require_safe
@login_required
def roster(request):
    """The first rows of the roster, and the way to all of it."""
    _offices_only(request)
    area, at, asked = _roster_question(request)
    chosen = [code for code in request.GET.getlist("columns") if code in COLUMNS] or USUAL
    shown = Roster(area, at, [code for code in chosen if code != "phone"])
    first = islice(shown.rows(), PREVIEWED)
    page = {
        "area": area,
        "at": at,
        "asked": asked,
        "areas": list(areas_of(request.user).order_by("pk")),
        "columns": shown.columns,
        "lines": [(row, list(shown.values(row).values())) for row in first],
        "most": PREVIEWED,
        "form": OrderForm(initial={"columns": chosen}),
        "orders": Order.objects.visible_to(request.user)
        .select_related("office", "yearbook")
        .order_by("-asked_at")[:3],
    }
    return render(request, "statistics/roster.html", page, status=422 if asked.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def order(request):
    """Ask for the roster as a file, for a purpose; the worker writes it."""
    _offices_only(request)
    area, at, asked = _roster_question(request)
    book = _yearbook(request)
    if book is not None:
        area, at = book.office, AsOf(book.on, book.known)
    form = OrderForm(request.POST or None)
    wrong = asked.is_bound and not asked.is_valid()
    if request.method == "POST" and form.is_valid() and not wrong:
        try:
            made = ordering.order(
                area,
                at,
                columns=form.cleaned_data["columns"],
                as_format=form.cleaned_data["format"],
                purpose=form.cleaned_data["purpose"],
                by=request.user,
                yearbook=book,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(made)
    page = {"area": area, "at": at, "asked": asked, "form": form, "book": book}
    return render(request, "statistics/order.html", page, status=422 if request.method == "POST" else 200)


def _yearbook(request) -> Yearbook | None:
    """The locked year whose roster is asked for; none where it is counted anew."""
    said = (request.POST if request.method == "POST" else request.GET).get("yearbook", "")
    if not said:
        return None
    seen = Yearbook.objects.visible_to(request.user).select_related("office")
    return get_object_or_404(seen, pk=_key(said))


@require_safe
@login_required
def orders(request):
    _offices_only(request)
    found = Order.objects.visible_to(request.user).select_related("office", "yearbook")
    page = keyset(found, request.GET, order=("-asked_at", "-id"), per_page=LISTED)
    return render(request, "statistics/orders.html", {"page": page})


def _order(request, pk) -> Order:
    return get_object_or_404(
        Order.objects.visible_to(request.user).select_related("office", "by", "yearbook"), pk=pk
    )


@require_safe
@login_required
def order_detail(request, pk):
    """How far it is; once it is ready, the way to the file."""
    made = _order(request, pk)
    waits = made.state == Order.State.WAITING
    page = {"order": made, "waiting": ordering.waiting_of(made) if waits else None}
    if request.htmx:
        response = render(request, "statistics/_order.html", page)
        if not waits:
            response["HX-Refresh"] = "true"
        return response
    page["labels"] = [COLUMNS[code].label for code in made.columns if code in COLUMNS]
    return render(request, "statistics/order_detail.html", page)


@login_required
@require_http_methods(["POST"])
def order_file(request, pk):
    """The file itself; that it left is on record first."""
    made = _order(request, pk)
    if made.state != Order.State.READY or made.expires_on < timezone.localdate():
        messages.error(request, "文件已经不在了：到期删除，或者没有做成。请重新导出。")
        return redirect(made)
    ordering.fetched(made, by=request.user)
    form = SafeCsv() if made.format == Order.Format.CSV else OfficialXlsx()
    response = StreamingHttpResponse(ordering.opened(made), content_type=form.get_content_type())
    response.headers["Content-Disposition"] = content_disposition_header(True, made.name)
    response.headers["Content-Length"] = str(made.size)
    return response
