"""Pages that need more than one app: the desk of each role, the register, the dossier, the rules."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cqo_portal import jurisdictions
from cqo_portal.accounts.models import Role
from cqo_portal.accounts.permissions import acts_as
from cqo_portal.audit.record import look
from cqo_portal.desk import dossier as dossiers
from cqo_portal.desk import queries, rulebook
from cqo_portal.desk.doctor import examine
from cqo_portal.desk.models import Heartbeat
from cqo_portal.desk.register import RegisterQuery, posts_of
from cqo_portal.ui.paging import keyset
from registry.forms import RevealForm
from registry.models import Officer

PER_PAGE = 50
PROCESSES_SHOWN = 20


@require_safe
@login_required
def home(request):
    """What waits for me, what waits for others, what happens next."""
    desk = queries.desk_of(request.user, today=timezone.localdate())
    alarm = queries.alarm_for(request.user, today=timezone.localdate())
    return render(request, desk.template, {"desk": desk, "alarm": alarm})


@require_safe
@login_required
def register(request):
    """The register: searched by characters, pinyin, initials or codes; filters stand in the address."""
    today = timezone.localdate()
    query = RegisterQuery(request.GET, user=request.user, today=today)
    page = keyset(query.rows(), request.GET, order=("pinyin", "id"), per_page=PER_PAGE)
    # While one types, htmx asks for the results alone; the whole page is what the address shows.
    template = "desk/_register.html" if request.htmx and not request.htmx.boosted else "desk/register.html"
    response = render(request, template, {"page": page, "query": query, "posts": posts_of(page, today=today)})
    patch_vary_headers(response, ["HX-Request"])
    return response


def _officer(request, pk) -> Officer:
    seen = Officer.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("person", "organisation", "office__parent", "filing"), pk=pk)


@require_safe
@login_required
def dossier(request, pk):
    """One officer, from the first filing to today."""
    officer = _officer(request, pk)
    page = dossiers.dossier_of(officer, user=request.user, today=timezone.localdate())
    return render(request, "desk/dossier.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reveal_identity(request, pk):
    """Show the identity number in clear, after the reason is written down."""
    officer = _officer(request, pk)
    form = RevealForm(request.POST or None)
    page = {"officer": officer, "form": form}
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            look(officer.person, by=request.user, what="identity_number", why=form.cleaned_data["why"])
        page["value"] = officer.person.identity_number
    return render(request, "desk/reveal.html", page, status=422 if form.errors else 200)


@require_safe
def rules_index(request):
    return render(request, "rules/index.html", {"shelf": rulebook.shelf(today=timezone.localdate())})


@require_safe
def rules_pack(request, jurisdiction):
    """One jurisdiction's rules, edition by edition, from the objects that decide."""
    try:
        editions = jurisdictions.editions(jurisdiction)
    except jurisdictions.NoSuchRule as unknown:
        raise Http404 from unknown
    page = rulebook.page(editions, asked=request.GET.get("edition"), today=timezone.localdate())
    return render(request, "rules/pack.html", page)


@require_safe
@login_required
@never_cache
def doctor(request):
    """How everything that nobody sees is doing, for whoever keeps it running."""
    if not acts_as(Role.ADMIN).test(request.user):
        raise PermissionDenied
    findings = examine()
    worst = [each for each in findings if each.look == "unmet"]
    processes = Heartbeat.objects.order_by("-at")[:PROCESSES_SHOWN]
    return render(request, "desk/doctor.html", {"findings": findings, "worst": worst, "processes": processes})


@require_safe
def healthz(request):
    """Alive: the process answers. Needs nothing else."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request):
    """Ready: the database answers too. Redis may be away: pages work without it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return HttpResponse("database unreachable", status=503, content_type="text/plain")
    return HttpResponse("ready", content_type="text/plain")
