"""The board of open questions: what offices settle, and what organisers explain."""

from collections.abc import Mapping
from functools import cached_property
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cqo_portal.accounts.models import AT_AN_INSTITUTION, AT_AN_OFFICE, Role
from cqo_portal.ui.paging import capped_each, keyset
from cqo_portal.workflow.engine import Refused
from cqo_portal.workflow.notes import refuse
from cqo_portal.workflow.once import once
from training import flagging
from training.forms.audits import ExplainForm, SettleForm, SettleManyForm
from training.looking import note_look
from training.models import Entry, Explanation, Flag, Session, Settlement
from training.permissions import explains_flags, settles_flags, works_for_its_organiser

PER_PAGE = 50
MAY_LOOK = AT_AN_OFFICE | AT_AN_INSTITUTION
TURNS = {"mine": "待本局核查", "own": "本单位的", "done": "已核查"}


class FlagQuery:
    """`?turn=` whose move, `?kind=` what is asked, `?of=` the organiser: an institution or an office."""

    def __init__(self, params: Mapping, *, user) -> None:
        self.user, self.params = user, params
        self.turns = [turn for turn in TURNS if turn != "mine" or user.acting.role in AT_AN_OFFICE]
        asked = params.get("turn", "")
        self.turn = asked if asked in self.turns else self.turns[0]
        self.kind = params.get("kind", "") if params.get("kind") in Flag.Kind.values else ""

    def _of_turn(self, turn: str) -> QuerySet:
        flags, acting = Flag.objects.all(), self.user.acting
        match turn:
            case "mine":
                return flags.to_settle(acting)
            case "own":
                return flags.of_own_house(acting).unsettled()
        return flags.visible_to(self.user).exclude(settlement=None)

    def rows(self) -> QuerySet:
        rows = self._of_turn(self.turn).filter(_of_organiser(self.of))
        return (rows.filter(kind=self.kind) if self.kind else rows).for_list()

    @cached_property
    def of(self) -> str:
        """Only an organiser that is on the list; anything else counts as all."""
        asked = self.params.get("of", "")
        return asked if asked in dict(self.organisers) else ""

    @cached_property
    def organisers(self) -> list[tuple[str, str]]:
        names = ("entry__institution", "entry__institution__name", "entry__office", "entry__office__name")
        found = self._of_turn(self.turn).order_by().values_list(*names).distinct()
        return sorted((str(a or c), b or d) for a, b, c, d in found)

    @property
    def choices(self) -> list[tuple[str, str, str]]:
        counts = capped_each([self._of_turn(turn) for turn in self.turns], beside=self.user)
        return [(turn, TURNS[turn], count) for turn, count in zip(self.turns, counts, strict=True)]

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return Flag.Kind.choices

    @property
    def narrowed(self) -> bool:
        return bool(self.kind or self.of)


def _of_organiser(key: str) -> Q:
    if not key:
        return Q()
    try:
        return Q(entry__institution=UUID(key))
    except ValueError:
        return Q(entry__office=key)


@require_safe
@login_required
def index(request):
    acting = request.user.acting
    if acting is None or acting.role not in MAY_LOOK:
        raise PermissionDenied
    query = FlagQuery(request.GET, user=request.user)
    page = keyset(query.rows(), request.GET, order=("id",), per_page=PER_PAGE)
    return render(
        request, "training/flags.html", {"page": page, "query": query, "today": timezone.localdate()}
    )


# ── one ───────────────────────────────────────────────────────────────────────────────────────
def _flag(request, pk) -> Flag:
    seen = Flag.objects.visible_to(request.user).for_list()
    return get_object_or_404(seen, pk=pk)


def _page(
    request, flag: Flag, *, settle: SettleForm | None = None, explain: ExplainForm | None = None
) -> dict:
    user, entry = request.user, flag.entry
    settlement, explanation = _said(Settlement, flag), _said(Explanation, flag)
    open_ = settlement is None and not Entry.objects.filter(reverses=entry).exists()
    oversees = Entry.objects.filter(pk=entry.pk).overseen_by(user.acting).exists()
    may_settle = open_ and oversees and settles_flags.test(user, entry)
    may_explain = open_ and explanation is None and explains_flags.test(user, entry)
    return {
        "flag": flag,
        "entry": entry,
        "settlement": settlement,
        "explanation": explanation,
        "open": open_,
        "oversees": oversees,
        "others": _others(flag, user=user) if may_settle else 0,
        "papers": entry.evidence.count(),
        "opens_session": user.acting.role in AT_AN_OFFICE | {Role.PROVIDER},
        "lines": _lines(flag, user=user, oversees=oversees),
        "commissions": list(entry.institution.commissions.select_related("office"))
        if entry.institution
        else [],
        "settle": (settle or SettleForm()) if may_settle else None,
        "explain": (explain or ExplainForm()) if may_explain else None,
    }


def _said(model, flag: Flag):
    return model.objects.filter(flag=flag).select_related("by").first()


def _lines(flag: Flag, *, user, oversees: bool) -> list[Entry]:
    """Everything of those days for the office and the person; its own lines for the organiser."""
    lines = flagging.lines_beside(flag)
    if oversees or user.acting.person_id == flag.entry.person_id:
        return lines
    house = (flag.entry.institution_id, flag.entry.office_id)
    return [line for line in lines if (line.institution_id, line.office_id) == house]


def _others(flag: Flag, *, user) -> int:
    """How many more of that session wait."""
    if flag.entry.session_id is None:
        return 0
    waiting = Flag.objects.to_settle(user.acting).filter(entry__session=flag.entry.session_id, kind=flag.kind)
    return waiting.exclude(pk=flag.pk).count()


@require_safe
@login_required
def flag(request, pk):
    found = _flag(request, pk)
    note_look(found.entry.session, by=request.user, today=timezone.localdate())
    return render(request, "training/flag.html", _page(request, found))


@login_required
@require_POST
@once
def settle(request, pk):
    found = _flag(request, pk)
    if not settles_flags.test(request.user, found.entry):
        raise PermissionDenied
    form = SettleForm(request.POST)
    if not form.is_valid():
        return render(request, "training/flag.html", _page(request, found, settle=form), status=422)
    try:
        flagging.settle([found], **form.cleaned_data, by=request.user)
    except Refused as refused:
        refuse(request, refused, form.cleaned_data["reason"])
    else:
        messages.success(request, "已核查，并告知组织者和本人。")
    return redirect(found)


@login_required
@require_POST
@once
def explain(request, pk):
    found = _flag(request, pk)
    if not explains_flags.test(request.user, found.entry):
        raise PermissionDenied
    form = ExplainForm(request.POST)
    if not form.is_valid():
        return render(request, "training/flag.html", _page(request, found, explain=form), status=422)
    try:
        flagging.explain(found, form.cleaned_data["text"], by=request.user)
    except Refused as refused:
        refuse(request, refused, form.cleaned_data["text"])
    else:
        messages.success(request, "说明已记下，监管机关核查时看得到。")
    return redirect(found)


# ── many of one session ───────────────────────────────────────────────────────────────────────
def _waiting(request, pk, kind: str) -> tuple[Session, QuerySet, bool]:
    """(session, the flags of that kind this person may settle, whether there are more). 404 where there is nothing."""
    if kind not in Flag.Kind.values:
        raise Http404
    user = request.user
    flags = Flag.objects.to_settle(user.acting) if user.acting else Flag.objects.none()
    flags = flags.filter(entry__session=pk, kind=kind).exclude(entry__by=user)
    flags = flags.exclude(entry__person__in=user.assignments.exclude(person=None).values("person"))
    if not flags.exists():
        raise Http404
    session = get_object_or_404(Session.objects.select_related("institution", "office"), pk=pk)
    if works_for_its_organiser.test(user, session):
        raise Http404
    return session, flags.for_list().order_by("id"), flags.count() > flagging.MOST


def _picked(request) -> set[int]:
    """What was ticked, as it was sent: shown again where the form is."""
    return {int(key) for key in request.POST.getlist("chosen") if key.isdecimal() and len(key) < 19}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def many(request, pk, kind):
    """Choose; and before anything is done, what would be done."""
    session, flags, more = _waiting(request, pk, kind)
    form = SettleManyForm(request.POST if request.method == "POST" else None, flags=flags)
    page = {"session": session, "flags": flags[: flagging.MOST], "more": more, "form": form, "kind": kind}
    page |= {"label": Flag.Kind(kind).label, "most": flagging.MOST}
    if request.method == "POST" and form.is_valid() and "again" not in request.POST:
        return render(request, "training/flags_preview.html", page | {"chosen": form.cleaned_data["chosen"]})
    page["picked"] = _picked(request)
    return render(request, "training/flags_many.html", page, status=422 if form.errors else 200)


@login_required
@require_POST
@once
def settle_many(request, pk, kind):
    session, flags, more = _waiting(request, pk, kind)
    form = SettleManyForm(request.POST, flags=flags)
    page = {"session": session, "flags": flags[: flagging.MOST], "more": more, "form": form, "kind": kind}
    page |= {
        "label": Flag.Kind(kind).label,
        "most": flagging.MOST,
        "picked": _picked(request),
    }
    if form.is_valid():
        said = form.cleaned_data
        chosen = list(said.pop("chosen")[: flagging.MOST])
        try:
            made = flagging.settle(chosen, **said, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已核查 {len(made)} 笔，并告知组织者和各人。")
            return redirect("training:flags")
    return render(request, "training/flags_many.html", page, status=422)
