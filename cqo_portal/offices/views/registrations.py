"""An enterprise registers, hands in its licence and waits; the county looks and answers."""

from allauth.account.utils import perform_login
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.models import Role
from cqo_portal.offices import registration as services
from cqo_portal.offices.forms import ClerkForm, ContactForm, EnterpriseForm, LicenceForm
from cqo_portal.offices.models import Licence, Registration
from cqo_portal.offices.pages import acts_about
from cqo_portal.offices.permissions import admits
from cqo_portal.offices.views.doors import offices_and_keeper, posted
from cqo_portal.offices.workflow import REGISTRATION
from cqo_portal.papers.accepting import NotAccepted
from cqo_portal.papers.showing import as_download, as_picture
from cqo_portal.parties import size
from cqo_portal.ui.paging import keyset
from cqo_portal.workflow.engine import Refused, open_to
from registry.forms import RevealForm

PER_PAGE = 50
# How many forms one address may send, and how many registrations it may make. Kept in the database's cache.
LIMITS = {"send": "60/h/ip", "make": "10/h/ip"}
TOO_MANY = "从您的网络来的注册太多了。请一小时后再试；急需的，请联系所属市场监督管理局。"


def _within_the_limit(request, action: str) -> bool:
    return bool(ratelimit.consume(request, app="offices", action=action, config=LIMITS))


# ── the form ──────────────────────────────────────────────────────────────────────────────────
@require_http_methods(["GET", "HEAD", "POST"])
def register(request):
    """For a visitor: enterprise, clerk, account. Whoever has an account already is not asked for one again."""
    user = request.user if request.user.is_authenticated else None
    if user and (elsewhere := _nothing_to_register(request, user)):
        return elsewhere
    said = posted(request)
    enterprise = EnterpriseForm(said, today=timezone.localdate(), initial=_said_before(user))
    clerk = _clerk_form(user, said)
    if said is None:
        return _form(request, enterprise, clerk, status=200)
    if not _within_the_limit(request, "send"):
        return _form(request, enterprise, clerk, status=429, too_many=TOO_MANY)
    sound = enterprise.is_valid() & clerk.is_valid()
    if sound and not _within_the_limit(request, "make"):
        return _form(request, enterprise, clerk, status=429, too_many=TOO_MANY)
    if sound and (answer := _register(request, enterprise, clerk, user)):
        return answer
    return _form(request, enterprise, clerk, status=422)


def _nothing_to_register(request, user):
    under_way = user.registrations.under_way().first()
    if under_way:
        return redirect(under_way)
    if user.acting is not None:
        messages.info(request, "您的账号已有岗位，不用注册。要为另一家企业办理的，请退出后另行注册。")
        return redirect("home")
    return None


def _said_before(user) -> dict:
    """A refused registration is filled in again, to be put right."""
    before = user and user.registrations.first()
    names = ("credit_code", "name", "industry", "persons", "revenue", "assets")
    return (
        {name: getattr(before, name) for name in names} | {"office": before.chosen_office} if before else {}
    )


def _clerk_form(user, said):
    if user is None:
        return ClerkForm(said)
    return ContactForm(said, initial={"full_name": user.full_name, "email": user.email})


def _register(request, enterprise, clerk, user):
    try:
        made = services.register(
            enterprise.cleaned_data, clerk.cleaned_data, today=timezone.localdate(), user=user
        )
    except services.NameTaken:
        clerk.add_error("username", "这个用户名刚刚有人用了，请换一个。")
        return None
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("offices:register")
    if user is None:
        return perform_login(
            request, made.applicant, email_verification="none", redirect_url=made.get_absolute_url()
        )
    return redirect(made)


def _form(request, enterprise, clerk, *, status: int, too_many: str = ""):
    page = {
        "enterprise": enterprise,
        "clerk": clerk,
        "derived": enterprise.derived(),
        "code_in_doubt": enterprise.code_in_doubt,
        "as_printed": bool(enterprise["credit_code_as_printed"].value()),
        "too_many": too_many,
    }
    return render(request, "offices/register.html", page, status=status)


@require_safe
def register_size(request):
    """The size that follows from the figures, while one types."""
    form = EnterpriseForm(request.GET, today=timezone.localdate())
    return render(request, "registry/_size.html", {"derived": form.derived()})


# ── one registration ──────────────────────────────────────────────────────────────────────────
@require_safe
@offices_and_keeper
def registration_list(request):
    rows = Registration.objects.visible_to(request.user).select_related("office")
    waiting_only = request.GET.get("state", "waiting") == "waiting"
    rows = rows.waiting() if waiting_only else rows
    page = keyset(rows, request.GET, order=("-created_at", "-id"), per_page=PER_PAGE)
    return render(request, "offices/registration_list.html", {"page": page, "waiting_only": waiting_only})


def _visible(request, pk) -> Registration:
    rows = Registration.objects.visible_to(request.user).select_related(
        "applicant", "office__parent", "chosen_office__parent", "organisation"
    )
    return get_object_or_404(rows, pk=pk)


@require_safe
@login_required
def registration(request, pk):
    """Where it stands: for the applicant, for the office that decides, for the enterprise that is asked about."""
    found = _visible(request, pk)
    return render(request, "offices/registration.html", _page(request, found, LicenceForm()))


def _page(request, found: Registration, form) -> dict:
    user = request.user
    own = found.applicant_id == user.pk
    official = not own and user.acting.role != Role.ENTERPRISE
    paper = found.licence if own or official else None
    return {
        "registration": found,
        "own": own,
        "official": official,
        "licence": paper,
        "pages": range(1, paper.pages + 1) if paper and official else (),
        "sized": size.classify(
            found.industry, persons=found.persons, revenue=found.revenue, assets=found.assets
        ),
        "known": found.on_record if official else None,
        "steps": open_to(user, found, steps=REGISTRATION.values()),
        "may_pass_on": admits.test(user, found),
        "acts": acts_about(found) if official else [],
        "form": form,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def licence(request, pk):
    """POST: the applicant hands in the licence. GET: the paper as a download, never as it was sent."""
    found = _visible(request, pk)
    if request.method != "POST":
        return as_download(_paper(request, found))
    if found.applicant_id != request.user.pk:
        raise PermissionDenied
    form = LicenceForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.attach_licence(found, form.cleaned_data["file"], by=request.user)
        except NotAccepted as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, "营业执照已上传。看清楚了，就可以提交。")
            return redirect(found)
    return render(request, "offices/registration.html", _page(request, found, form), status=422)


def _paper(request, found: Registration) -> Licence:
    paper = Licence.objects.visible_to(request.user).filter(registration=found)
    newest = paper.order_by("-uploaded_at", "-id").first()
    if newest is None:
        raise Http404
    return newest


@require_safe
@login_required
def licence_page(request, pk, number):
    return as_picture(_paper(request, _visible(request, pk)), number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def phone(request, pk):
    """The clerk's telephone number, after the reason is written down; for the office that decides."""
    found = _visible(request, pk)
    if not admits.test(request.user, found):
        raise PermissionDenied
    form = RevealForm(posted(request))
    page = {"registration": found, "form": form}
    if request.method == "POST" and form.is_valid():
        page["value"] = services.reveal_phone(found, why=form.cleaned_data["why"], by=request.user)
    return render(request, "offices/phone.html", page, status=422 if form.errors else 200)


@require_POST
@login_required
def pass_on(request, pk):
    found = _visible(request, pk)
    try:
        found = services.pass_on(found, by=request.user)
        messages.success(request, f"已转给{found.office.name}。")
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(found)
    return redirect("offices:registration-list")
